import { createSimulator, type Simulator } from '../../simulator';
import type { AccessLogEntry, Grant, LogAction, LogStatus } from '../../src/domain/grant';
import type { DoorMapping, Member } from '../../src/store';
import { AccessBreach, expectAccess, expectNoGap, type JudgedStack } from './oracle';
import { requiredAccess } from './required-access';

const T0 = Date.parse('2026-03-01T10:00:00Z');
const by = { type: 'api_key', id: 'key_1' } as const;

const base: Grant = {
  id: 'grt_1',
  memberId: 'mem_1',
  doorMappingId: 'dm_1',
  source: 'manual',
  sourceId: null,
  sourceOrder: 0,
  startsAt: T0,
  endsAt: T0 + 10_000,
  stops: [],
  provisioning: 'pending',
  problem: null,
  revision: 1,
  settled: false,
  recordNumber: 1,
  createdAt: T0,
  createdBy: by,
  changedAt: T0,
  changedBy: by,
  reason: null,
  inPlaceAt: null,
  removedAt: null,
};

/** One row at T0 + `after`; record numbers follow the time. */
function row(
  after: number,
  action: LogAction,
  status: LogStatus,
  grant: Partial<Grant>,
): AccessLogEntry {
  const document = { ...base, recordNumber: after + 1, ...grant };
  const id = `${document.id}:${String(document.recordNumber)}`;
  return { id, action, status, reason: null, problem: null, by, at: T0 + after, grant: document };
}

const granted = [
  row(0, 'grant', 'accepted', { revision: 1 }),
  row(200, 'grant', 'in_place', { revision: 1, settled: true }),
];

describe('what the door must be', () => {
  it.each([
    ['before anything was accepted', -1, 'closed'],
    ['between acceptance and settling', 100, 'either'],
    ['once settled', 200, 'open'],
    ['up to the end', 9_999, 'open'],
    ['at the end, which was written ahead', 10_000, 'closed'],
  ] as const)('%s', (_, after, required) => {
    expect(requiredAccess(granted, T0 + after)).toBe(required);
  });

  it.each([
    ['as before until the change is accepted', 4_999, 'open'],
    ['either while it is under way', 5_000, 'either'],
    ['as the change says once it settled', 5_300, 'closed'],
  ] as const)('is, with a revoke at 5 s, %s', (_, after, required) => {
    const revoked = { revision: 2, stops: ['admin' as const] };
    const rows = [
      ...granted,
      row(5_000, 'revoke', 'accepted', revoked),
      row(5_100, 'revoke', 'removing', revoked),
      row(5_300, 'revoke', 'removed', { ...revoked, settled: true }),
    ];
    expect(requiredAccess(rows, T0 + after)).toBe(required);
  });

  it('takes a settled later revision as settling those before', () => {
    const rows = [
      ...granted,
      row(5_000, 'change', 'accepted', { revision: 2, endsAt: T0 + 6_000 }),
      row(5_001, 'change', 'accepted', { revision: 3, endsAt: T0 + 60_000 }),
      row(5_300, 'change', 'in_place', { revision: 3, settled: true, endsAt: T0 + 60_000 }),
    ];
    expect(requiredAccess(rows, T0 + 30_000)).toBe('open');
  });

  it('excuses neither an expiry, nor a retry, nor trouble after a change had settled', () => {
    const expired = [...granted, row(10_000, 'expire', 'accepted', { revision: 2 })];
    expect(requiredAccess(expired, T0 + 10_001)).toBe('closed');
    const retried = [...granted, row(3_000, 'retry', 'accepted', { revision: 2 })];
    expect(requiredAccess(retried, T0 + 3_001)).toBe('open');
    const lost = [...granted, row(4_000, 'grant', 'pending', { revision: 1 })];
    expect(requiredAccess(lost, T0 + 4_001)).toBe('open');
  });

  it('is open when any of several grants is live', () => {
    const second = { id: 'grt_2', startsAt: T0 + 8_000, endsAt: T0 + 20_000 };
    const rows = [
      ...granted,
      row(300, 'grant', 'accepted', { ...second, revision: 1 }),
      row(500, 'grant', 'in_place', { ...second, revision: 1, settled: true }),
    ];
    expect(requiredAccess(rows, T0 + 15_000)).toBe('open');
    expect(requiredAccess(rows, T0 + 20_000)).toBe('closed');
  });

  it('is closed while the member is on hold', () => {
    const problem = { type: 'member_on_hold' as const, detail: '' };
    const rows = [...granted, row(4_000, 'grant', 'removed', { settled: true, problem })];
    expect(requiredAccess(rows, T0 + 4_500)).toBe('closed');
  });

  it('leaves unlocks out', () => {
    const unlock = row(9_000, 'unlock', 'accepted', { revision: 7 });
    expect(requiredAccess([...granted, unlock], T0 + 9_500)).toBe('open');
  });
});

describe('the judgement against the ledger', () => {
  let simulator: Simulator;
  let now: number;
  let lockId: number;
  let groupId: number;
  const member = { id: 'mem_1', email: 'mem_1@example.com' } as Member;
  let userId: number;

  beforeEach(() => {
    now = T0 - 60_000;
    simulator = createSimulator({ clock: { now: () => now } });
    const { groups, groupLocks, organizations } = simulator.state();
    groupId = groups[0]?.id ?? 0;
    lockId = groupLocks.find((held) => held.groupId === groupId)?.lockId ?? 0;
    userId = simulator.drift({
      kind: 'addUser',
      organizationId: organizations[0]?.id ?? 0,
      email: member.email,
    });
  });

  const give = (from: number, until: number): number =>
    simulator.drift({
      kind: 'addRow',
      assigneeId: userId,
      groupId,
      validFrom: from,
      validUntil: until,
    });

  /** A stack whose log holds these rows and whose one mapping is of this kind. */
  function stackWith(rows: AccessLogEntry[], mapping: Partial<DoorMapping>): JudgedStack {
    const newestFirst = [...rows].reverse();
    return {
      simulator,
      rowsOf: () => [],
      store: {
        accessLog: {
          list: (_: unknown, { cursor }: { cursor?: string | null }) => {
            const start = Number(cursor ?? 0);
            const data = newestFirst.slice(start, start + 1);
            const next = start + 1 < newestFirst.length ? String(start + 1) : null;
            return Promise.resolve({ data, nextCursor: next });
          },
        },
        doorMappings: { get: () => Promise.resolve(mapping) },
      },
    } as unknown as JudgedStack;
  }

  const byGroup = (): Partial<DoorMapping> => ({ resourceType: 'group', resourceId: groupId });

  it('agrees with a Kisi that is right', async () => {
    give(T0, T0 + 10_000);
    now = T0 + 20_000;
    const stack = stackWith(granted, byGroup());
    expect(await expectAccess(stack, member, lockId, T0 + 5_000)).toBe('open');
    expect(await expectAccess(stack, member, lockId, T0 + 10_000)).toBe('closed');
    expect(await expectAccess(stack, member, lockId, T0 + 100)).toBe('either');
  });

  it('tells the story of a door that is closed though it must be open', async () => {
    give(T0, T0 + 4_000);
    const judged = expectAccess(stackWith(granted, byGroup()), member, lockId, T0 + 5_000);
    await expect(judged).rejects.toThrow(AccessBreach);
    await expect(judged).rejects.toThrow(
      /mem_1 at lock \d+, 2026-03-01T10:00:05.000Z: had to be open, was closed .*grt_1 .* live\nAccess log:\n.*grant in_place revision 1 settled/s,
    );
  });

  it('tells of a door that is open though it must be closed', async () => {
    give(T0, T0 + 11_000);
    const judged = expectAccess(stackWith(granted, byGroup()), member, lockId, T0 + 10_500);
    await expect(judged).rejects.toThrow('had to be closed, was open');
  });

  it('holds only those grants against a lock that lead to it', async () => {
    const elsewhere = stackWith(granted, { resourceType: 'lock', resourceId: lockId + 1 });
    expect(await expectAccess(elsewhere, member, lockId, T0 + 5_000)).toBe('closed');
    const here = stackWith(granted, { resourceType: 'lock', resourceId: lockId });
    await expect(expectAccess(here, member, lockId, T0 + 5_000)).rejects.toThrow(AccessBreach);
  });

  it('finds the shortest gap', () => {
    give(T0, T0 + 4_000);
    give(T0 + 5_000, T0 + 10_000);
    const stack = stackWith([], byGroup());
    expect(() => {
      expectNoGap(stack, member, lockId, { from: T0, until: T0 + 4_000 });
    }).not.toThrow();
    expect(() => {
      expectNoGap(stack, member, lockId, { from: T0, until: T0 + 10_000 });
    }).toThrow('closed at 2026-03-01T10:00:04.000Z');
  });
});
