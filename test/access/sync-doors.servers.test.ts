import type { DoorSyncResult, PullProgress } from '../../src/contracts/door-activities';
import { lockGroupMark } from '../../src/access/lock-group';
import { pullDoors } from '../../src/access/pull-doors';
import { mapPulledDoors } from '../../src/access/sync-doors';
import { keyWithout } from '../../simulator';
import { KisiError } from '../../src/kisi';
import type { DoorMapping, DoorMappingFilter } from '../../src/store';
import { accessUnderTest, BY, MINUTE, type AccessUnderTest } from './access-under-test';

let access: AccessUnderTest;
let syncs = 0;

beforeEach(async () => {
  access = await accessUnderTest();
});
afterEach(() => access.close());

const organizationId = (): number => access.integration.organizationId;

/** What a run of the workflow comes to, with the clock a minute on from the sync before. */
async function sync(
  options: { includeDeleted?: boolean; jobId?: string; progress?: PullProgress } = {},
): Promise<DoorSyncResult & { message: string | null }> {
  syncs += 1;
  access.clock.advance(MINUTE);
  const { jobId = `job_${String(syncs)}`, includeDeleted = false } = options;
  const seenAt = access.clock.now();
  const progress = options.progress ?? { calls: 0, locksRead: false };
  const pulled = await pullDoors(
    access.deps,
    { organizationId: organizationId(), jobId, seenAt, progress },
    { signal: new AbortController().signal, heartbeat: () => undefined },
  );
  if (pulled.outcome !== 'pulled') throw new Error(JSON.stringify(pulled));
  const { lists, missingRights, message } = pulled;
  const input = { jobId, integrationId: access.integration.id, by: BY, includeDeleted };
  const counts = await mapPulledDoors(access.deps, {
    ...input,
    organizationId: organizationId(),
    seenAt,
    lists,
  });
  return { ...counts, calls: pulled.progress.calls, missingRights, message };
}

async function mappings(filter: DoorMappingFilter = {}): Promise<DoorMapping[]> {
  return (await access.store.doorMappings.list(filter, { limit: 200 })).data;
}

async function mappingOf(kind: 'lock' | 'group', id: number): Promise<DoorMapping> {
  const [mapping] = await access.store.doorMappings.byResource(organizationId(), { kind, id });
  if (!mapping) throw new Error(`No mapping of ${kind} ${String(id)}`);
  return mapping;
}

const NOTHING = { created: 0, renamed: 0, vanished: 0, returned: 0, left: 0, missingRights: [] };

describe('a sync', () => {
  it('maps all locks and groups, without a place, under their names', async () => {
    expect(await sync()).toMatchObject({
      ...NOTHING,
      created: 4,
      locks: 3,
      groups: 1,
      unchanged: 0,
    });
    const made = await mappings();
    expect(made.map(({ name }) => name).sort()).toEqual([
      'Common Areas',
      'Front Door',
      'Meeting Room',
      'Studio',
    ]);
    for (const mapping of made) {
      expect(mapping).toMatchObject({
        locationId: null,
        spaceId: null,
        origin: 'sync',
        hasOwnName: false,
        active: true,
        createdBy: BY,
      });
    }
  });

  it('keeps which locks a group opens', async () => {
    await sync();
    const { locks } = access.simulator.state();
    const opens = await access.store.kisiDoors.locksOf(organizationId(), {
      kind: 'group',
      id: access.group.id,
    });
    const names = locks.filter(({ id }) => opens?.includes(id)).map(({ name }) => name);
    expect(names).toEqual(['Front Door', 'Studio']);
  });

  it('changes nothing when it runs again', async () => {
    await sync();
    const before = await mappings();
    expect(await sync()).toMatchObject({ ...NOTHING, unchanged: 4, locks: 3, groups: 1 });
    expect(await mappings()).toEqual(before);
  });

  it('never touches what an admin set: name, place, and a mapping by hand', async () => {
    const byHand = await access.store.doorMappings.insert({
      id: 'dm_hand',
      integrationId: access.integration.id,
      organizationId: organizationId(),
      locationId: 'loc_1',
      spaceId: 'spc_1',
      resourceType: 'lock',
      resourceId: access.lockId,
      name: 'Our front door',
      hasOwnName: true,
      resourceName: 'Front Door',
      active: true,
      createdBy: BY,
    });
    expect(await sync()).toMatchObject({ created: 3, unchanged: 1 });
    access.simulator.drift({ kind: 'editLock', id: access.lockId, name: 'Portal' });
    const group = await mappingOf('group', access.group.id);
    const renamed = { name: 'Everything', hasOwnName: true, locationId: 'loc_1' };
    await access.store.doorMappings.update(group.id, renamed);
    expect(await sync()).toMatchObject({ ...NOTHING, renamed: 1, unchanged: 3 });
    expect(await mappingOf('lock', access.lockId)).toEqual({
      ...byHand,
      resourceName: 'Portal',
      updatedAt: expect.any(Number) as number,
    });
    expect(await mappingOf('group', access.group.id)).toMatchObject(renamed);
  });

  it("follows Kisi's name while no admin chose one", async () => {
    await sync();
    access.simulator.drift({ kind: 'editLock', id: access.lockId, name: 'Portal' });
    expect(await sync()).toMatchObject({ ...NOTHING, renamed: 1, unchanged: 3 });
    const portal = { name: 'Portal', resourceName: 'Portal' };
    expect(await mappingOf('lock', access.lockId)).toMatchObject(portal);
    expect(await mappings({ search: 'portal' })).toHaveLength(1);
  });

  it('marks what vanished, once, and unmarks what came back', async () => {
    await sync();
    const { name } = await mappingOf('lock', access.lockId);
    access.simulator.drift({ kind: 'deleteLock', id: access.lockId });
    expect(await sync()).toMatchObject({ ...NOTHING, vanished: 1, unchanged: 3, locks: 2 });
    const since = access.clock.now();
    const gone = await mappingOf('lock', access.lockId);
    expect(gone).toMatchObject({ missingSince: expect.any(Number) as number, name });
    expect(Math.abs((gone.missingSince ?? 0) - since)).toBeLessThan(MINUTE / 2);
    expect(await sync()).toMatchObject({ ...NOTHING, vanished: 0, unchanged: 4 });
    expect(await mappingOf('lock', access.lockId)).toEqual(gone);
    const lock = await access.store.kisiDoors.lock(organizationId(), access.lockId);
    expect(lock?.goneAt).not.toBeNull();

    // The lists show the state before the deletion again, three syncs ago.
    access.simulator.setSwitches({ listLagMs: 3.5 * MINUTE });
    expect(await sync()).toMatchObject({ ...NOTHING, returned: 1, unchanged: 3, locks: 3 });
    expect((await mappingOf('lock', access.lockId)).missingSince).toBeNull();
  });

  it('leaves a door alone whose mapping an admin deleted, unless asked to map it again', async () => {
    await sync();
    const { id } = await mappingOf('lock', access.lockId);
    await access.store.doorMappings.remove(id);
    expect(await sync()).toMatchObject({ ...NOTHING, left: 1, unchanged: 3 });
    expect(await mappings()).toHaveLength(3);
    expect(await sync({ includeDeleted: true })).toMatchObject({ created: 1, left: 0 });
    expect((await mappingOf('lock', access.lockId)).id).not.toBe(id);
  });

  it('maps a door again whose mapping was pointed at another door', async () => {
    await sync();
    const mapping = await mappingOf('lock', access.lockId);
    const [, other] = access.simulator.state().locks;
    const moved = { resourceId: other?.id ?? 0, resourceName: other?.name ?? '' };
    await access.store.doorMappings.update(mapping.id, moved);
    expect(await sync()).toMatchObject({ ...NOTHING, created: 1, unchanged: 4 });
    expect((await mappingOf('lock', access.lockId)).id).not.toBe(mapping.id);
  });

  it('never maps a group that we made for one lock', async () => {
    const kisi = await access.deps.kisi.forOrganization(organizationId());
    await kisi.createGroup({ name: 'Ours', description: lockGroupMark(access.lockId) });
    await access.lockPass(await access.member());
    expect(await sync()).toMatchObject({ created: 4, groups: 1 });
    expect(await mappings({ resourceType: 'group' })).toHaveLength(1);
  });

  it('makes nothing twice when an attempt is repeated, and still tells what it made', async () => {
    await sync({ jobId: 'job_same' });
    expect(await sync({ jobId: 'job_same' })).toMatchObject({ created: 4, unchanged: 0 });
    expect(await mappings()).toHaveLength(4);
  });

  it('takes one request for each group that has locks, and few more', async () => {
    const kisi = await access.deps.kisi.forOrganization(organizationId());
    await kisi.createGroup({ name: 'Empty', description: null });
    access.calls();
    const { calls, groups } = await sync();
    expect(groups).toBe(2);
    const asked = access.calls();
    expect(asked).toHaveLength(calls);
    expect(asked.sort()).toEqual([
      'GET /group_locks 200',
      'GET /groups 200',
      'GET /locks 200',
      'GET /organization 200',
      'GET /user 200',
    ]);
  });
});

describe('a pull that is interrupted', () => {
  it('goes on where it stopped, and waits out what keeps Kisi away', async () => {
    const kisi = await access.deps.kisi.forOrganization(organizationId());
    for (const name of ['A', 'B']) {
      const { id } = await kisi.createGroup({ name, description: null });
      await kisi.createGroupLock({ groupId: id, lockId: access.lockId });
    }
    access.clock.advance(MINUTE);
    const seenAt = access.clock.now();
    const pull = (progress: PullProgress) =>
      pullDoors(
        access.deps,
        { organizationId: organizationId(), jobId: 'job_again', seenAt, progress },
        { signal: new AbortController().signal, heartbeat: () => undefined },
      );
    access.simulator.addFault({
      kind: 'answerBefore',
      status: 503,
      path: '/group_locks',
      count: 1,
    });
    access.calls();
    const first = await pull({ calls: 0, locksRead: false });
    expect(first).toMatchObject({ outcome: 'again', progress: { locksRead: true } });
    access.calls();
    if (first.outcome !== 'again') return;
    const second = await pull(first.progress);
    expect(second).toMatchObject({ outcome: 'pulled', missingRights: [] });
    const asked = access.calls();
    expect(asked.filter((call) => call.startsWith('GET /locks'))).toEqual([]);
    expect(asked.filter((call) => call.startsWith('GET /group_locks'))).toHaveLength(3);
    const third = await pull(first.progress);
    expect(third.outcome).toBe('pulled');
    expect(access.calls().filter((call) => call.startsWith('GET /group_locks'))).toEqual([]);
  });

  it('ends where Kisi refuses the key, which is a fault of the integration', async () => {
    access.simulator.addFault({ kind: 'answerBefore', status: 401 });
    await expect(sync()).rejects.toThrow(/"outcome":"failed".*API key/);
    expect(await access.fault()).toBe('kisi_key_refused');
  });
});

describe('a key that lacks a right', () => {
  async function useKey(apiKey: string): Promise<void> {
    const owner = await access.deps.kisi.withNewKey(apiKey, (kisi) => kisi.currentUser());
    await access.store.integrations.replaceKey(access.integration.id, {
      apiKey,
      keyOwnerId: owner.id,
    });
  }

  it('is told which: locks are not shown, and none is taken for vanished', async () => {
    await sync();
    await useKey(keyWithout('locks_read'));
    const result = await sync();
    expect(result).toMatchObject({ ...NOTHING, missingRights: ['locks_read'], locks: 0 });
    expect(result.message).toContain('locks_read');
    expect(result.message).toContain('Organization Owner');
    expect((await mappingOf('lock', access.lockId)).missingSince).toBeNull();
  });

  it('is told which: groups are refused, locks are mapped all the same', async () => {
    await useKey(keyWithout('groups_read'));
    expect(await sync()).toMatchObject({
      ...NOTHING,
      created: 3,
      missingRights: ['groups_read'],
    });
    expect(await mappings({ resourceType: 'group' })).toEqual([]);
  });

  it('is told which: the locks in groups are refused, and asked for just once', async () => {
    const kisi = await access.deps.kisi.forOrganization(organizationId());
    const { id } = await kisi.createGroup({ name: 'Another', description: null });
    await kisi.createGroupLock({ groupId: id, lockId: access.lockId });
    await useKey(keyWithout('group_locks_read'));
    access.calls();
    const result = await sync();
    expect(result).toMatchObject({ created: 5, missingRights: ['group_locks_read'] });
    expect(access.calls().filter((call) => call.includes('403'))).toEqual(['GET /group_locks 403']);
    const target = { kind: 'group', id: access.group.id } as const;
    expect(await access.store.kisiDoors.locksOf(organizationId(), target)).toBeNull();
  });

  it('is no reason where nothing is there: that is said as well', async () => {
    const { locks, groups } = access.simulator.state();
    for (const { id } of groups) access.simulator.drift({ kind: 'deleteGroup', id });
    for (const { id } of locks) access.simulator.drift({ kind: 'deleteLock', id });
    const result = await sync();
    expect(result).toMatchObject({ ...NOTHING, locks: 0, groups: 0 });
    expect(result.message).toContain('no locks and no groups');
  });
});

it('lets what is no answer of Kisi pass', async () => {
  const broken = {
    ...access.deps,
    kisi: { ...access.deps.kisi, forOrganization: () => Promise.reject(new Error('bug')) },
  };
  const input = {
    organizationId: 1,
    jobId: 'job_bug',
    seenAt: 0,
    progress: { calls: 0, locksRead: false },
  };
  const attempt = { signal: new AbortController().signal, heartbeat: () => undefined };
  const failure = await pullDoors(broken, input, attempt).catch((error: unknown) => error);
  expect(failure).not.toBeInstanceOf(KisiError);
  expect(failure).toMatchObject({ message: 'bug' });
});
