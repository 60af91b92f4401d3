import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultInput } from '../../simulator';
import type { Grant } from '../../src/domain/grant';
import type { Member } from '../../src/store';
import { expectNoGap } from '../support/oracle';
import { withInstallation, type Installation } from '../support/processes';
import { fromNow, hostOf, iso, type Connected, type Host } from './host';
import { judgeSince, outcomesOf, timesDone } from './verdict';

const HOUR = 3_600_000;
/** An attempt that died with its worker is tried again 30 s after it began. */
const AFTER_RETRY_MS = 90_000;
/** After an unknown outcome the rows are listed once more 60 s later. */
const AFTER_SECOND_LIST_MS = 90_000;

/** What the worker was about to do at Kisi when it was killed. */
const OPERATIONS = {
  createRow: { method: 'POST', path: '/role_assignments', done: /^\/role_assignments$/ },
  /** While the pass still trusts the rows that it listed a moment ago. */
  createSecondRow: { method: 'POST', path: '/role_assignments', done: /^\/role_assignments$/ },
  patchRow: { method: 'PATCH', path: '/role_assignments/*', done: /^\/role_assignments\/\d+$/ },
  deleteRow: { method: 'DELETE', path: '/role_assignments/*', done: /^\/role_assignments\/\d+$/ },
  createUser: { method: 'POST', path: '/users', done: /^\/users$/ },
  createGroup: { method: 'POST', path: '/groups', done: /^\/groups$/ },
} as const;
type Operation = keyof typeof OPERATIONS;

/**
 * When the worker was killed: before Kisi had the request (which is never done), while Kisi had it
 * (done after the worker's death), and after it was done (the answer meets nobody). `late`: done only
 * after the next attempt has made the row itself.
 */
const MOMENTS = ['before', 'during', 'after'] as const;
type Moment = (typeof MOMENTS)[number] | 'late';

interface Victim {
  operation: Operation;
  moment: Moment;
  organization: Connected;
  member: Member;
  lockId: number;
  grantId: string;
  endsAt: number;
  faultId: number;
}

describe('a worker that is killed with a call to Kisi under way', () => {
  it(
    'before, while or after Kisi does it: nothing is lost and nothing doubled',
    async () => {
      await withInstallation({}, async (installation) => {
        const { simulator } = installation;
        // The harsher organization: what is asked twice stands twice.
        simulator.setSwitches({ duplicateGrant: 'newRow' });
        const host = hostOf(installation);
        const begun = Date.now();
        const operations = Object.keys(OPERATIONS) as Operation[];
        const victims = (
          await Promise.all(operations.map((operation) => prepareAll(installation, host, operation)))
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
        await expectLateRowRemoved(installation, victims);
        for (const { member, lockId } of victims) {
          await judgeSince(installation, member, lockId, begun);
        }
      });
    },
    AFTER_RETRY_MS + AFTER_SECOND_LIST_MS + 60_000,
  );
});

interface Plan {
  operation: Operation;
  moment: Moment;
  organization: Connected;
  index: number;
}

/** One organization with a victim for each moment. */
async function prepareAll(
  installation: Installation,
  host: Host,
  operation: Operation,
): Promise<Victim[]> {
  const moments = operation === 'createRow' ? [...MOMENTS, 'late' as const] : MOMENTS;
  const organization = await host.connect(operation, moments.length);
  return Promise.all(
    moments.map((moment, index) =>
      prepare(installation, host, { operation, moment, organization, index }),
    ),
  );
}

/** Makes a victim whose next change leads to just the call in question. */
async function prepare(
  { api, settled }: Installation,
  host: Host,
  { operation, moment, organization, index }: Plan,
): Promise<Victim> {
  const lockId = organization.lockIds[operation === 'createGroup' ? index : 0] ?? 0;
  const member = await host.newMember();
  const endsAt = fromNow(HOUR);
  const victim = { operation, moment, organization, member, lockId, endsAt };
  if (operation === 'createGroup') return { ...victim, grantId: '', faultId: 0 };
  if (operation === 'createUser') {
    // Somebody else's grant makes the group, so that only the user is missing.
    if (index === 0) await firstGrant(host, settled, organization, lockId, await host.newMember());
    return { ...victim, grantId: '', faultId: 0 };
  }
  const grantId = await firstGrant(host, settled, organization, lockId, member, endsAt);
  if (operation === 'createRow') {
    await api.ok('POST', `/v1/grants/${grantId}/revoke`, {});
    await settled(grantId);
  }
  return { ...victim, grantId, faultId: 0 };
}

async function firstGrant(
  host: Host,
  settled: Installation['settled'],
  organization: Connected,
  lockId: number,
  member: Member,
  endsAt?: number,
): Promise<string> {
  const mapping = await host.map(organization, lockId);
  const { body } = await host.grant(member, mapping, endsAt === undefined ? {} : { endsAt });
  await settled(body.id, 60_000);
  return body.id;
}

function holdOf({ operation, moment, organization }: Victim): FaultInput {
  const { method, path } = OPERATIONS[operation];
  return {
    kind: 'hold',
    when: moment === 'after' ? 'after' : 'before',
    method,
    path,
    organizationId: organization.organizationId,
    count: 1,
  };
}

/** Sends the change over HTTP; answers the grant's id. */
async function act({ api }: Installation, host: Host, victim: Victim): Promise<string> {
  const { operation, grantId, member, organization, lockId, endsAt } = victim;
  switch (operation) {
    case 'createUser':
    case 'createGroup': {
      const mapping = await host.map(organization, lockId);
      return (await host.grant(member, mapping, { endsAt })).body.id;
    }
    case 'createSecondRow': {
      const mapping = await host.map(organization, lockId);
      return (await host.grant(member, mapping, { startsAt: endsAt + HOUR })).body.id;
    }
    case 'createRow':
      await api.ok('POST', `/v1/grants/${grantId}/restore`, {});
      return grantId;
    case 'deleteRow':
      await api.ok('POST', `/v1/grants/${grantId}/revoke`, {});
      return grantId;
    case 'patchRow':
      victim.endsAt += HOUR;
      await api.ok('PATCH', `/v1/grants/${grantId}`, { endsAt: iso(victim.endsAt) });
      return grantId;
  }
}

function isThere({ operation, endsAt }: Victim, grant: Grant): boolean {
  const wanted = operation === 'deleteRow' ? 'removed' : 'in_place';
  const end = operation === 'createSecondRow' ? endsAt + 2 * HOUR : endsAt;
  return grant.settled && grant.provisioning === wanted && grant.endsAt === end;
}

const TOLD: Record<Operation, string[]> = {
  createRow: [
    'grant accepted',
    'grant in_place',
    'revoke accepted',
    'revoke removed',
    'restore accepted',
    'restore in_place',
  ],
  patchRow: ['grant accepted', 'grant in_place', 'change accepted', 'change in_place'],
  deleteRow: ['grant accepted', 'grant in_place', 'revoke accepted', 'revoke removed'],
  createSecondRow: ['grant accepted', 'grant in_place'],
  createUser: ['grant accepted', 'grant in_place'],
  createGroup: ['grant accepted', 'grant in_place'],
};

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

function rowsWanted({ operation, endsAt }: Victim): { from: string | null; until: string }[] {
  const first = { from: null, until: iso(endsAt) };
  const second = { from: iso(endsAt + HOUR), until: iso(endsAt + 2 * HOUR) };
  if (operation === 'deleteRow') return [];
  return operation === 'createSecondRow' ? [first, second] : [first];
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
