import { setTimeout as sleep } from 'node:timers/promises';
import type { SwitchesPatch } from '../../simulator';
import { expectNoGap } from '../support/oracle';
import { build, BUILD_TIMEOUT_MS, withInstallation, type Installation } from '../support/processes';
import { fromNow, hostOf, iso } from './host';
import { outcomesOf, timesDone } from './verdict';

const SECOND = 1_000;
/** How finely the ledger's past is judged. */
const SAMPLE_MS = 20;
/** Time enough for both grants to be accepted and held, on a busy machine. */
const FIRST_MS = 15 * SECOND;
const GAP_MS = 3 * SECOND;
const DOWN_AFTER_START_MS = 3 * SECOND;
const SECOND_WINDOW_MS = 35 * SECOND;

beforeAll(build, BUILD_TIMEOUT_MS);

// Both wait for the clock most of the time, so they run at the same time.
describe('no worker runs when the one row that Kisi takes must roll to the next window', () => {
  it.concurrent.each<SwitchesPatch['patchWindow']>(['honoured', 'refused'])(
    'PATCH %s: the next window opens when a worker is back, once, and never in the gap',
    async (patchWindow) => {
      await withInstallation({}, async (installation) => {
        const { simulator, settled, until, rowsOf, workers, startWorker } = installation;
        simulator.setSwitches({ duplicateGrant: 'conflict', patchWindow });
        const host = hostOf(installation);
        const organization = await host.connect('One row', 1);
        const [lockId = 0] = organization.lockIds;
        const mapping = await host.map(organization, lockId);
        const member = await host.newMember();
        const isOpenAt = (at: number): boolean =>
          simulator.couldOpen({ email: member.email, lockId, at }).open;

        const begun = Date.now();
        const endsAt = fromNow(FIRST_MS);
        const nextFrom = endsAt + GAP_MS;
        const nextUntil = nextFrom + SECOND_WINDOW_MS;
        const first = (await host.grant(member, mapping, { endsAt })).body.id;
        const held = await settled(first);
        const next = (await host.grant(member, mapping, { startsAt: nextFrom, endsAt: nextUntil }))
          .body.id;
        await until(next, ({ provisioning }) => provisioning === 'queued');
        expect(Date.now()).toBeLessThan(endsAt - SECOND);

        await sleepUntil(endsAt - SECOND);
        await workers()[0]?.kill('SIGKILL');
        await sleepUntil(nextFrom + DOWN_AFTER_START_MS);
        // The limit that the README names: nobody is there who could roll.
        expect(isOpenAt(Date.now())).toBe(false);
        expect(rowsOf(member).map((row) => row.until)).toEqual([iso(endsAt)]);

        await startWorker();
        const { inPlaceAt } = await until(next, ({ provisioning }) => provisioning === 'in_place');
        expect(rowsOf(member).map((row) => row.until)).toEqual([iso(nextUntil)]);
        await until(first, ({ provisioning }) => provisioning === 'removed');

        // One row was made for each window, and each grant was told each thing once.
        expect(await outcomesOf(installation, first)).toEqual([...HELD, ...OVER]);
        expect(await outcomesOf(installation, next)).toEqual(HELD);
        expect(Date.now()).toBeLessThan(nextUntil);
        await sleepUntil(nextUntil + SECOND);
        expect(timesMade(installation, organization.organizationId, begun)).toBe(2);
        // Open throughout both windows, but for the late start of the second; shut in the gap and after.
        const span = { from: held.inPlaceAt ?? 0, until: endsAt };
        expectNoGap(installation, member, lockId, span);
        expectNoGap(installation, member, lockId, { from: inPlaceAt ?? 0, until: nextUntil });
        expect(instants(endsAt, nextFrom).filter(isOpenAt)).toEqual([]);
        expect(instants(nextUntil, Date.now()).filter(isOpenAt)).toEqual([]);
      });
    },
    FIRST_MS + SECOND_WINDOW_MS + 120_000,
  );
});

/** What a grant's log says of its beginning and of its end. */
const HELD = ['grant accepted', 'grant in_place'];
const OVER = ['expire accepted', 'expire removed'];

function timesMade(installation: Installation, organizationId: number, since: number): number {
  const call = { method: 'POST', path: /^\/role_assignments$/, organizationId };
  return timesDone(installation, call, since);
}

function instants(from: number, until: number): number[] {
  const all: number[] = [];
  for (let at = from; at < until; at += SAMPLE_MS) all.push(at);
  return all;
}

async function sleepUntil(instant: number): Promise<void> {
  await sleep(Math.max(0, instant - Date.now()));
}
