import { setTimeout as sleep } from 'node:timers/promises';
import { expectNoGap } from '../support/oracle';
import { build, BUILD_TIMEOUT_MS, withInstallation } from '../support/processes';
import { judgeSince } from './verdict';
import { blocksOf, stepsOf, theOne } from './readme';
import { withTerminal } from './terminal';

jest.setTimeout(120_000);
beforeAll(build, BUILD_TIMEOUT_MS);

const DAY = 86_400_000;
const document = 'docs/coliving.md';

interface Stay {
  settled: boolean;
  endsAt: string;
  doors: { name: string; endsAt: string }[];
  warnings: object[];
}

it('a resident moves in, stays longer, changes rooms and moves out, as the document is typed', async () => {
  const [house = ''] = blocksOf({ document, heading: 'A house and its rooms' });
  const [stay = ''] = blocksOf({ document, heading: 'A stay' });
  await withInstallation({}, async (installation) => {
    const { api, simulator, store } = installation;
    await withTerminal(installation, async (shell) => {
      for (const step of stepsOf(house)) await shell.run(step);
      const steps = stepsOf(stay);
      await shell.run(theOne(steps, 'MOVED_IN='));
      const lockOf = (name: string): number => {
        const lock = simulator.state().locks.find((one) => one.name === name);
        if (lock === undefined) throw new Error(`no lock is called ${name}`);
        return lock.id;
      };
      const [room12, room14] = [lockOf('Room 12'), lockOf('Room 14')];
      const frontDoor = lockOf('Front door');
      const noa = await store.members.get('mem_noa');
      if (noa === null) throw new Error('the document sends no Noa');
      const opens = (): boolean[] =>
        [room12, room14, frontDoor].map(
          (lockId) => simulator.couldOpen({ email: noa.email, lockId }).open,
        );
      /** Types the step and reads the stay until Kisi shows it. */
      const say = async (containing: string): Promise<Stay> => {
        let shown = JSON.parse(await shell.run(theOne(steps, containing))) as Stay;
        for (let tries = 0; !shown.settled && tries < 150; tries += 1) {
          await sleep(100);
          shown = await api.ok<Stay>('GET', '/v1/bookings/stay_noa');
        }
        expect(shown).toMatchObject({ settled: true });
        return shown;
      };
      const daysUntil = (instant: string): number =>
        Math.round((Date.parse(instant) - Date.now()) / DAY);
      expect(opens()).toEqual([false, false, false]);

      const begun = Date.now();
      const movedIn = await say('a month');
      expect(movedIn.doors.map(({ endsAt }) => daysUntil(endsAt))).toEqual([90, 90]);
      expect(opens()).toEqual([true, false, true]);
      const inside = Date.now();

      const longer = await say('half a year longer');
      expect(longer.doors.map(({ endsAt }) => daysUntil(endsAt))).toEqual([270, 270]);
      const ends = installation.rowsOf(noa).map(({ until }) => daysUntil(until ?? ''));
      expect(ends).toEqual([270, 270]);
      expectNoGap(installation, noa, room12, { from: inside, until: Date.now() });

      await say('changes to room 14');
      expect(opens()).toEqual([false, true, true]);
      expectNoGap(installation, noa, frontDoor, { from: inside, until: Date.now() });

      const out = await say('moves out early');
      expect(out.warnings).toMatchObject([{ code: 'window_past' }]);
      expect(opens()).toEqual([false, false, false]);
      for (const lockId of [room12, room14, frontDoor]) {
        await judgeSince(installation, noa, lockId, begun);
      }
    });
  });
});
