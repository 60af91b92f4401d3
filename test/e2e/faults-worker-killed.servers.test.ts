import { setTimeout as sleep } from 'node:timers/promises';
import { expectNoGap } from '../support/oracle';
import { build, BUILD_TIMEOUT_MS, withInstallation, type Installation } from '../support/processes';
import { hostOf, iso } from './host';
import { judgeSince, outcomesOf, timesDone } from './verdict';
import {
  act,
  holdOf,
  isThere,
  OPERATIONS,
  prepareAll,
  rowsWanted,
  TOLD,
  type Operation,
  type Victim,
} from './victims';

/** An attempt that died with its worker is tried again 30 s after it began. */
const AFTER_RETRY_MS = 90_000;
/** Time enough for a worker that wakes to send what it was about to send. */
const AWAKE_MS = 8_000;
/** After an unknown outcome the rows are listed once more 60 s later. */
const AFTER_SECOND_LIST_MS = 90_000;

beforeAll(build, BUILD_TIMEOUT_MS);

/** In two halves: all calls must be held before Kisi's client gives the first of them up, after 8 s. */
const ALL = Object.keys(OPERATIONS) as Operation[];
const HALVES = [ALL.slice(0, 3), ALL.slice(3)];

describe('a worker that stops with a look half done', () => {
  it.each(HALVES)(
    'killed before, while or after Kisi does the call: nothing is lost and nothing doubled (%s, %s, %s)',
    async (...operations) => {
      await withInstallation({}, async (installation) => {
        const { simulator } = installation;
        // The harsher organization: what is asked twice stands twice.
        simulator.setSwitches({ duplicateGrant: 'newRow' });
        const host = hostOf(installation);
        const begun = Date.now();
        const victims = (
          await Promise.all(
            operations.map((operation) => prepareAll(installation, host, operation)),
          )
        ).flat();
        const preparedAt = Date.now();

        for (const victim of victims) {
          victim.faultId = simulator.addFault(holdOf(victim)).id;
        }
        const answers = victims.map((victim) => act(installation, host, victim));
        await Promise.all(victims.map(({ faultId }) => simulator.waitUntilHeld(faultId, 20_000)));
        const [worker] = installation.workers();
        await worker?.kill('SIGKILL');
        for (const { faultId, moment } of victims) {
          if (moment !== 'late') simulator.releaseFault(faultId, { drop: moment !== 'during' });
        }
        for (const [index, victim] of victims.entries()) {
          victim.grantId = await (answers[index] ?? Promise.reject(new Error('no answer')));
        }

        await installation.startWorker();
        await Promise.all(
          victims.map((victim) =>
            installation.until(victim.grantId, (grant) => isThere(victim, grant), AFTER_RETRY_MS),
          ),
        );
        for (const victim of victims) {
          await expectRight(installation, victim);
        }
        for (const operation of operations) {
          const [first] = victims.filter((victim) => victim.operation === operation);
          const { method, done } = OPERATIONS[operation];
          const { organizationId } = first?.organization ?? { organizationId: 0 };
          const times = timesDone(installation, { method, path: done, organizationId }, preparedAt);
          // Once for each, also for `late`, which Kisi has not done yet.
          const each = victims.filter((victim) => victim.operation === operation).length;
          expect({ operation, times }).toEqual({ operation, times: each });
        }
        if (operations.includes('createRow')) await expectLateRowRemoved(installation, victims);
        for (const { member, lockId } of victims) {
          await judgeSince(installation, member, lockId, begun);
        }
      });
    },
    AFTER_RETRY_MS + AFTER_SECOND_LIST_MS + 60_000,
  );

  it('frozen for long: it sends nothing when it wakes, since another has done the work', async () => {
    await withInstallation({}, async (installation) => {
      const { api, simulator, settled, rowsOf, until } = installation;
      const host = hostOf(installation);
      const begun = Date.now();
      const organization = await host.connect('Stalled', 1);
      const [lockId = 0] = organization.lockIds;
      const member = await host.newMember();
      const { body } = await host.grant(member, await host.map(organization, lockId));
      await settled(body.id);
      await api.ok('POST', `/v1/grants/${body.id}/revoke`, {});
      const posts = (): number =>
        timesDone(
          installation,
          { method: 'POST', path: /^\/role_assignments$/, ...organization },
          begun,
        );
      expect(posts()).toBe(1);

      // It has asked for the rows and would next make the missing one; then it is frozen.
      const { id: faultId } = simulator.addFault({
        kind: 'hold',
        when: 'after',
        method: 'GET',
        path: '/role_assignments',
        organizationId: organization.organizationId,
        count: 1,
      });
      const restoring = api.ok('POST', `/v1/grants/${body.id}/restore`, {});
      await simulator.waitUntilHeld(faultId);
      const [stalled] = installation.workers();
      process.kill(stalled?.pid ?? 0, 'SIGSTOP');
      simulator.releaseFault(faultId);
      await restoring;

      await installation.startWorker();
      await until(body.id, ({ provisioning }) => provisioning === 'in_place', AFTER_RETRY_MS);
      expect(posts()).toBe(2);
      await api.ok('POST', `/v1/grants/${body.id}/revoke`, {});
      await until(body.id, ({ provisioning }) => provisioning === 'removed');

      process.kill(stalled?.pid ?? 0, 'SIGCONT');
      await sleep(AWAKE_MS);
      expect(stalled?.hasEnded()).toBe(false);
      expect(posts()).toBe(2);
      expect(rowsOf(member)).toEqual([]);
      await judgeSince(installation, member, lockId, begun);
    });
  }, 240_000);
});

/** Rows at Kisi exactly as wanted, one user, one group, the log without doubles, the ledger right. */
async function expectRight(installation: Installation, victim: Victim): Promise<void> {
  const { operation, moment, member, lockId, grantId } = victim;
  const { users, groupLocks, groups } = installation.simulator.state();
  const held = groupLocks.filter((entry) => entry.lockId === lockId);
  const found = {
    victim: `${operation} ${moment}`,
    rows: installation.rowsOf(member).map(({ from, until }) => ({ from, until })),
    users: users.filter(({ email }) => email === member.email).length,
    groups: groups.filter(({ id }) => held.some(({ groupId }) => groupId === id)).length,
    told: await outcomesOf(installation, grantId),
  };
  expect(found).toEqual({
    victim: `${operation} ${moment}`,
    rows: rowsWanted(victim),
    users: 1,
    groups: 1,
    told: TOLD[operation],
  });
  if (operation === 'patchRow') {
    const [inPlace] = (await installation.logOf(grantId)).filter(
      ({ status }) => status === 'in_place',
    );
    expectNoGap(installation, member, lockId, { from: inPlace?.at ?? 0, until: Date.now() });
  }
}

/** What Kisi does very late stands beside the row that the next attempt made; the second list finds it. */
async function expectLateRowRemoved(
  { simulator, rowsOf }: Installation,
  victims: readonly Victim[],
): Promise<void> {
  // Faults take calls in the order of their arrival, so it may have hit any of these members.
  const created = victims.filter(({ operation }) => operation === 'createRow');
  const late = created.find(({ moment }) => moment === 'late');
  simulator.releaseFault(late?.faultId ?? 0);
  const releasedAt = Date.now();
  const doubled = (): Victim[] => created.filter(({ member }) => rowsOf(member).length === 2);
  while (doubled().length === 0 && Date.now() < releasedAt + 5_000) await sleep(20);
  const [victim] = doubled();
  if (!victim) throw new Error('Kisi did not do the late call');
  while (doubled().length > 0 && Date.now() < releasedAt + AFTER_SECOND_LIST_MS) await sleep(100);
  expect(rowsOf(victim.member)).toHaveLength(1);
  expect(rowsOf(victim.member)[0]?.until).toBe(iso(victim.endsAt));
}
