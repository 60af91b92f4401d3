import type { GroupAtKisi, LockAtKisi } from '../../src/store';
import { freshNumber, T0, useStore } from './fixtures';

const { store } = useStore();

function aLock(fields: Partial<LockAtKisi> = {}): LockAtKisi {
  return {
    lockId: freshNumber(),
    name: 'Front door',
    placeName: 'House',
    configured: true,
    online: true,
    lockedDown: false,
    geofenceRestrictionEnabled: false,
    readerRestrictionEnabled: false,
    timeRestrictionEnabled: false,
    ...fields,
  };
}

function aGroup(fields: Partial<GroupAtKisi> = {}): GroupAtKisi {
  return {
    groupId: freshNumber(),
    name: 'Common areas',
    lockIds: [1, 2],
    loginEnabled: true,
    geofenceRestrictionEnabled: false,
    primaryDeviceRestrictionEnabled: false,
    managedDeviceRestrictionEnabled: false,
    readerRestrictionEnabled: false,
    timeRestrictionEnabled: false,
    tapToAccessRestrictionEnabled: false,
    ...fields,
  };
}

describe('kisiDoors', () => {
  it('keeps what was seen last, for each organization', async () => {
    const lock = aLock({ online: null });
    await store().kisiDoors.putLocks(7, [lock], T0);
    const seen = { ...lock, organizationId: 7, seenAt: T0, goneAt: null };
    expect(await store().kisiDoors.lock(7, lock.lockId)).toEqual(seen);
    expect(await store().kisiDoors.lock(8, lock.lockId)).toBeNull();
    expect(await store().kisiDoors.locks(7, [lock.lockId, 999_999])).toEqual([seen]);

    await store().kisiDoors.putLocks(7, [{ ...lock, name: 'Gate', lockedDown: true }], T0 + 1);
    expect(await store().kisiDoors.lock(7, lock.lockId)).toEqual({
      ...seen,
      name: 'Gate',
      lockedDown: true,
      seenAt: T0 + 1,
    });
  });

  it('knows which locks a target opens', async () => {
    const group = aGroup({ lockIds: [11, 12] });
    await store().kisiDoors.putGroups(7, [group], T0);
    const { kisiDoors } = store();
    expect(await kisiDoors.group(7, group.groupId)).toMatchObject({ ...group, seenAt: T0 });
    expect(await kisiDoors.groups(7, [group.groupId])).toHaveLength(1);
    expect(await kisiDoors.locksOf(7, { kind: 'group', id: group.groupId })).toEqual([11, 12]);
    expect(await kisiDoors.locksOf(7, { kind: 'group', id: 999_999 })).toBeNull();
    expect(await kisiDoors.locksOf(7, { kind: 'lock', id: 999_999 })).toEqual([999_999]);

    await kisiDoors.putGroups(7, [{ ...group, lockIds: [] }], T0);
    expect(await kisiDoors.locksOf(7, { kind: 'group', id: group.groupId })).toEqual([]);
  });

  it('marks what is gone, once, and unmarks what came back', async () => {
    const { kisiDoors } = store();
    const lock = aLock();
    const target = { kind: 'lock', id: lock.lockId } as const;
    await kisiDoors.markGone(7, target, T0);
    expect(await kisiDoors.lock(7, lock.lockId)).toBeNull();
    await kisiDoors.putLocks(7, [lock], T0);
    await kisiDoors.markGone(7, target, T0 + 5);
    await kisiDoors.markGone(7, target, T0 + 9);
    expect(await kisiDoors.lock(7, lock.lockId)).toMatchObject({ goneAt: T0 + 5, seenAt: T0 });
    await kisiDoors.putLocks(7, [lock], T0 + 10);
    expect(await kisiDoors.lock(7, lock.lockId)).toMatchObject({ goneAt: null, seenAt: T0 + 10 });
  });

  it('marks all that a whole list did not show, of this organization and kind', async () => {
    const { kisiDoors } = store();
    const organizationId = freshNumber();
    const [old, fresh] = [aLock(), aLock()];
    const group = aGroup();
    await kisiDoors.putLocks(organizationId, [old], T0 - 1);
    await kisiDoors.putLocks(organizationId, [fresh], T0);
    await kisiDoors.putLocks(organizationId + 1_000_000, [old], T0 - 1);
    await kisiDoors.putGroups(organizationId, [group], T0 - 1);
    await kisiDoors.markUnseenGone(organizationId, 'lock', T0, T0 + 5);
    const goneAt = async (id: number, organization = organizationId) =>
      (await kisiDoors.lock(organization, id))?.goneAt;
    expect(await goneAt(old.lockId)).toBe(T0 + 5);
    expect(await goneAt(fresh.lockId)).toBeNull();
    expect(await goneAt(old.lockId, organizationId + 1_000_000)).toBeNull();
    expect((await kisiDoors.group(organizationId, group.groupId))?.goneAt).toBeNull();
    await kisiDoors.markUnseenGone(organizationId, 'group', T0, T0 + 6);
    expect((await kisiDoors.group(organizationId, group.groupId))?.goneAt).toBe(T0 + 6);
  });

  it('leaves the locks of a group as known where they could not be read', async () => {
    const { kisiDoors } = store();
    const [known, unknown] = [aGroup({ lockIds: [11] }), aGroup({ lockIds: null })];
    const locksOf = ({ groupId }: GroupAtKisi) =>
      kisiDoors.locksOf(7, { kind: 'group', id: groupId });
    await kisiDoors.putGroups(7, [known, unknown], T0);
    expect(await locksOf(unknown)).toBeNull();
    await kisiDoors.putGroups(7, [{ ...known, lockIds: null }], T0 + 1);
    expect(await locksOf(known)).toEqual([11]);
    expect((await kisiDoors.group(7, known.groupId))?.seenAt).toBe(T0 + 1);
  });

  it('names what one sync has seen', async () => {
    const { kisiDoors } = store();
    const organizationId = freshNumber();
    const [lock, other] = [aLock({ name: 'Gate' }), aLock()];
    await kisiDoors.putLocks(organizationId, [lock], T0);
    await kisiDoors.putLocks(organizationId, [other], T0 + 1);
    const seen = [{ id: lock.lockId, name: 'Gate' }];
    expect(await kisiDoors.seenAt(organizationId, 'lock', T0)).toEqual(seen);
    expect(await kisiDoors.seenAt(organizationId, 'group', T0)).toEqual([]);
  });

  it('takes thousands at once', async () => {
    const { kisiDoors } = store();
    const organizationId = freshNumber();
    const locks = Array.from({ length: 1_203 }, (_, index) => aLock({ lockId: index + 1 }));
    await kisiDoors.putLocks(organizationId, locks, T0);
    const ids = locks.map(({ lockId }) => lockId);
    const seen = await kisiDoors.locks(organizationId, ids);
    expect(seen.map(({ lockId }) => lockId)).toEqual(ids);
  });
});
