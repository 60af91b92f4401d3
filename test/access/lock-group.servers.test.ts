import { ensureLockGroup, lockGroupMark } from '../../src/access/lock-group';
import { accessUnderTest, type AccessUnderTest } from './access-under-test';

let access: AccessUnderTest;

beforeEach(async () => {
  access = await accessUnderTest();
});
afterEach(() => access.close());

const ensure = (lockId = access.lockId) =>
  ensureLockGroup(access.deps, { organizationId: access.integration.organizationId, lockId });

/** Groups that bear our mark, with the locks in them. */
function marked(lockId = access.lockId) {
  const { groups, groupLocks } = access.simulator.state();
  return groups
    .filter(({ description }) => description?.includes(lockGroupMark(lockId)))
    .map((group) => ({
      ...group,
      locks: groupLocks.filter(({ groupId }) => groupId === group.id).map(({ lockId: id }) => id),
    }));
}

test('makes a group that holds just this lock, open to every means, and remembers it', async () => {
  const result = await ensure();
  expect(access.calls()).toEqual([
    'GET /groups 200',
    'GET /locks/:id 200',
    'POST /groups 200',
    'GET /group_locks 200',
    'POST /group_locks 200',
  ]);
  const [group, ...others] = marked();
  expect(others).toEqual([]);
  expect(group).toMatchObject({
    locks: [access.lockId],
    loginEnabled: true,
    readerRestrictionEnabled: false,
    geofenceRestrictionEnabled: false,
    primaryDeviceRestrictionEnabled: false,
    tapToAccessRestrictionEnabled: false,
  });
  expect(result).toEqual({ outcome: 'stands', groupId: group?.id });
  const { organizationId } = access.integration;
  expect(await access.store.lockGroups.get(organizationId, access.lockId)).toMatchObject({
    groupId: group?.id,
  });
});

test('finds its group by the mark, and puts right what differs', async () => {
  await ensure();
  const group = marked()[0];
  const groupId = group?.id ?? 0;
  const otherLock = access.simulator.state().locks.find(({ id }) => id !== access.lockId)?.id ?? 0;
  access.simulator.drift({ kind: 'editGroup', id: groupId, loginEnabled: false });
  access.simulator.drift({ kind: 'addGroupLock', groupId, lockId: otherLock });
  access.simulator.drift({ kind: 'removeGroupLock', groupId, lockId: access.lockId });
  access.calls();
  expect(await ensure()).toEqual({ outcome: 'stands', groupId });
  expect(access.calls()).toEqual([
    'GET /groups 200',
    'PATCH /groups/:id 204',
    'GET /group_locks 200',
    'POST /group_locks 200',
    'DELETE /group_locks/:id 204',
  ]);
  expect(marked()).toMatchObject([{ id: groupId, loginEnabled: true, locks: [access.lockId] }]);
});

test.each([
  ['POST', '/groups'],
  ['POST', '/group_locks'],
] as const)(
  'a lost reply of %s %s doubles nothing and is no fault of the integration',
  async (method, path) => {
    access.simulator.addFault({ kind: 'dropAfter', method, path, count: 1 });
    expect(await ensure()).toMatchObject({ outcome: 'stands' });
    expect(marked()).toMatchObject([{ locks: [access.lockId] }]);
    expect(await access.fault()).toBeNull();
    expect(access.messages.probers).toBe(0);
  },
);

test('a group with a similar name is somebody else’s', async () => {
  const similar = access.simulator.state().groups[0]?.id ?? 0;
  const name = `Latchkey lock ${String(access.lockId)}`;
  access.simulator.drift({ kind: 'editGroup', id: similar, name });
  const result = await ensure();
  expect(result).not.toEqual({ outcome: 'stands', groupId: similar });
  expect(marked()).toHaveLength(1);
});

test('an outage is the one fault of the integration', async () => {
  access.simulator.setSwitches({ outage: 'unavailable' });
  expect(await ensure()).toMatchObject({ outcome: 'again', afterMs: 10_000 });
  expect(await access.fault()).toBe('kisi_unavailable');
  expect(access.messages.probers).toBe(1);
});

test('a lock that is gone, a throttled call: again later, no fault', async () => {
  const result = await ensure(999_999);
  expect(result).toMatchObject({ outcome: 'again', afterMs: 15 * 60_000 });
  access.simulator.addFault({
    kind: 'answerBefore',
    path: '/groups',
    status: 429,
    headers: { 'Retry-After': '4' },
    count: 1,
  });
  expect(await ensure()).toMatchObject({ outcome: 'again', afterMs: 4_000 });
  expect(await access.fault()).toBeNull();
});
