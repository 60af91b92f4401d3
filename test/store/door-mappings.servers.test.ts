import { DuplicateKey, type DoorMapping, type NewDoorMapping } from '../../src/store';
import { admin, allPages, freshId, freshNumber, useStore } from './fixtures';

const { store, clock } = useStore();

function aMapping(
  fields: Partial<DoorMapping> = {},
): NewDoorMapping & Omit<DoorMapping, 'createdAt' | 'updatedAt'> {
  return {
    id: freshId('dm'),
    integrationId: 'int_1',
    organizationId: 7,
    locationId: null,
    spaceId: 'room_1',
    resourceType: 'lock',
    resourceId: freshNumber(),
    name: 'Front door',
    hasOwnName: false,
    resourceName: 'Front door',
    origin: 'manual',
    missingSince: null,
    isUntold: false,
    active: true,
    createdBy: admin,
    ...fields,
  };
}

describe('doorMappings', () => {
  it('inserts once', async () => {
    const mapping = aMapping();
    const made = await store().doorMappings.insert(mapping);
    expect(made).toEqual({ ...mapping, createdAt: clock.now(), updatedAt: clock.now() });
    expect(await store().doorMappings.get(mapping.id)).toEqual(made);
    expect(await store().doorMappings.getMany([mapping.id, 'dm_none'])).toEqual([made]);
    await expect(store().doorMappings.insert(mapping)).rejects.toThrow(DuplicateKey);
  });

  it('updates nothing that is not any more what the change was judged by', async () => {
    const made = await store().doorMappings.insert(aMapping({ resourceId: 5 }));
    const { resourceType, resourceId } = made;
    const judged = { resourceType, resourceId };
    await store().doorMappings.update(made.id, { resourceType: 'group', resourceId: 7 }, judged);
    const late = await store().doorMappings.update(made.id, { resourceId: 9 }, judged);
    expect(late).toBeNull();
    expect(await store().doorMappings.get(made.id)).toMatchObject({
      resourceType: 'group',
      resourceId: 7,
    });
  });

  it('updates what is given, and the search with the name', async () => {
    const integrationId = freshId('int');
    const made = await store().doorMappings.insert(aMapping({ integrationId }));
    clock.pass(1);
    expect(
      await store().doorMappings.update(made.id, { name: 'Back gate', spaceId: null }),
    ).toEqual({
      ...made,
      name: 'Back gate',
      spaceId: null,
      updatedAt: clock.now(),
    });
    const found = async (search: string) =>
      (await store().doorMappings.list({ integrationId, search }, { limit: 5 })).data.length;
    expect(await found('gate')).toBe(1);
    expect(await found('front')).toBe(0);
    expect(await store().doorMappings.update('dm_none', { active: false })).toBeNull();
  });

  it('filters by each field', async () => {
    const integrationId = freshId('int');
    const lock = await store().doorMappings.insert(
      aMapping({ integrationId, spaceId: 'room_a', name: 'Meeting Room 1' }),
    );
    const group = await store().doorMappings.insert(
      aMapping({
        integrationId,
        spaceId: null,
        locationId: 'loc_a',
        resourceType: 'group',
        name: 'All (24/7)',
        active: false,
      }),
    );
    const list = async (filter: Parameters<ReturnType<typeof store>['doorMappings']['list']>[0]) =>
      (await store().doorMappings.list({ integrationId, ...filter }, { limit: 10 })).data;
    expect(await list({ spaceId: 'room_a' })).toEqual([lock]);
    expect(await list({ locationId: 'loc_a' })).toEqual([group]);
    expect(await list({ resourceType: 'lock' })).toEqual([lock]);
    expect(await list({ active: false })).toEqual([group]);
    expect(await list({ search: ' room  1' })).toEqual([lock]);
    expect(await list({ search: 'MEET' })).toEqual([lock]);
    expect(await list({ search: '(24' })).toEqual([group]);
    expect(await list({ search: 'oom' })).toEqual([]);
    expect(await list({ search: '.' })).toEqual([]);
    expect(await list({ spaceId: 'room_a', active: false })).toEqual([]);
    const pages = await allPages(
      (cursor) => store().doorMappings.list({ integrationId }, { cursor, limit: 1 }),
      1,
    );
    expect(pages.map(({ id }) => id)).toEqual([lock.id, group.id].sort());
  });

  it('finds every mapping of one door', async () => {
    const resourceId = freshNumber();
    const first = await store().doorMappings.insert(
      aMapping({ id: `dm_1_${String(resourceId)}`, resourceId }),
    );
    const second = await store().doorMappings.insert(
      aMapping({ id: `dm_2_${String(resourceId)}`, resourceId }),
    );
    await store().doorMappings.insert(aMapping({ resourceId, resourceType: 'group' }));
    await store().doorMappings.insert(aMapping({ resourceId, organizationId: 8 }));
    const found = await store().doorMappings.byResource(7, { kind: 'lock', id: resourceId });
    expect(found).toEqual([first, second]);
  });

  it('fills in what a mapping by hand leaves out', async () => {
    const { hasOwnName, resourceName, origin, missingSince, ...given } = aMapping();
    const made = await store().doorMappings.insert(given);
    expect(made).toMatchObject({ hasOwnName, resourceName, origin, missingSince });
  });

  it('tells missing from present and assigned from unassigned', async () => {
    const integrationId = freshId('int');
    const [free, placed, gone] = await Promise.all([
      store().doorMappings.insert(aMapping({ integrationId, spaceId: null, origin: 'sync' })),
      store().doorMappings.insert(aMapping({ integrationId, locationId: 'loc_a' })),
      store().doorMappings.insert(
        aMapping({ integrationId, locationId: 'loc_b', missingSince: clock.now() }),
      ),
    ]);
    const list = async (filter: Parameters<ReturnType<typeof store>['doorMappings']['list']>[0]) =>
      (await store().doorMappings.list({ integrationId, ...filter }, { limit: 10 })).data
        .map(({ id }) => id)
        .sort();
    const idsOf = (...of: DoorMapping[]) => of.map(({ id }) => id).sort();
    expect(await list({ unassigned: true })).toEqual(idsOf(free));
    expect(await list({ unassigned: false })).toEqual(idsOf(placed, gone));
    expect(await list({ unassigned: true, locationId: 'loc_a' })).toEqual([]);
    expect(await list({ unassigned: false, locationId: 'loc_a' })).toEqual(idsOf(placed));
    expect(await list({ missing: true })).toEqual(idsOf(gone));
    expect(await list({ missing: false })).toEqual(idsOf(free, placed));
    expect(await list({ origin: 'sync' })).toEqual(idsOf(free));
  });

  it('shows a deleted mapping nowhere but in its history', async () => {
    const organizationId = freshNumber();
    const made = await store().doorMappings.insert(aMapping({ organizationId }));
    const { doorMappings } = store();
    const removed = await doorMappings.remove(made.id);
    expect(removed).toEqual({ ...made, isUntold: true });
    expect(await doorMappings.remove(made.id)).toBeNull();
    expect(await doorMappings.get(made.id)).toBeNull();
    expect(await doorMappings.getMany([made.id])).toEqual([]);
    const target = { kind: 'lock', id: made.resourceId } as const;
    expect(await doorMappings.byResource(organizationId, target)).toEqual([]);
    const filter = { integrationId: 'int_1', search: 'front door' };
    const { data } = await doorMappings.list(filter, { limit: 200 });
    expect(data.map(({ id }) => id)).not.toContain(made.id);
    expect(await doorMappings.update(made.id, { name: 'Back' })).toBeNull();
    expect(await doorMappings.getEvenDeleted(made.id)).toEqual(removed);
    const [known] = await doorMappings.ofResources(organizationId, 'lock');
    expect(known).toEqual({ ...removed, deleted: true });
  });

  it('is untold after a change until the very change is told', async () => {
    const { doorMappings } = store();
    const made = await doorMappings.insert(aMapping());
    clock.pass(1);
    const changed = await doorMappings.update(made.id, { spaceId: 'room_9', isUntold: true });
    expect(changed?.isUntold).toBe(true);
    await doorMappings.markTold(made);
    expect((await doorMappings.get(made.id))?.isUntold).toBe(true);
    await doorMappings.markTold(changed ?? made);
    expect((await doorMappings.get(made.id))?.isUntold).toBe(false);
  });

  it('inserts many, each once', async () => {
    const organizationId = freshNumber();
    const many = Array.from({ length: 3 }, (_, index) =>
      aMapping({ organizationId, origin: 'sync', resourceId: index + 1 }),
    );
    const { doorMappings } = store();
    expect(await doorMappings.insertMany(many.slice(0, 2))).toBe(2);
    expect(await doorMappings.insertMany(many)).toBe(1);
    const known = await doorMappings.ofResources(organizationId, 'lock');
    expect(known.map(({ id }) => id).sort()).toEqual(many.map(({ id }) => id).sort());
    expect(await doorMappings.ofResources(organizationId, 'group')).toEqual([]);
  });

  it("follows Kisi's name unless an admin chose one, and never to another door", async () => {
    const { doorMappings } = store();
    const [plain, own, moved] = await Promise.all([
      doorMappings.insert(aMapping({ missingSince: clock.now() })),
      doorMappings.insert(aMapping({ hasOwnName: true, name: 'Our door' })),
      doorMappings.insert(aMapping()),
    ]);
    const sights = [plain, own, moved].map(({ id, resourceType, resourceId }) => ({
      id,
      resourceType,
      resourceId,
      resourceName: 'Gate',
      missingSince: null,
    }));
    await doorMappings.update(moved.id, { resourceId: freshNumber() });
    await doorMappings.followKisi(sights);
    const seen = async (id: string) => {
      const mapping = await doorMappings.get(id);
      return [mapping?.name, mapping?.resourceName, mapping?.missingSince];
    };
    expect(await seen(plain.id)).toEqual(['Gate', 'Gate', null]);
    expect(await seen(own.id)).toEqual(['Our door', 'Gate', null]);
    expect(await seen(moved.id)).toEqual(['Front door', 'Front door', null]);
  });

  it('turns all mappings of one integration off and on', async () => {
    const integrationId = freshId('int');
    const { doorMappings } = store();
    const made = await doorMappings.insert(aMapping({ integrationId }));
    const other = await doorMappings.insert(aMapping({ integrationId: freshId('int') }));
    expect(await doorMappings.setActive(integrationId, false)).toBe(1);
    expect(await doorMappings.setActive(integrationId, false)).toBe(0);
    expect((await doorMappings.get(made.id))?.active).toBe(false);
    expect((await doorMappings.get(other.id))?.active).toBe(true);
  });

  it('finds what a booking reaches, and nothing that was deleted', async () => {
    const { doorMappings } = store();
    const [spaceId, locationId] = [freshId('spc'), freshId('loc')];
    const lock = await doorMappings.insert(aMapping({ spaceId, locationId }));
    const group = await doorMappings.insert(
      aMapping({ spaceId: null, locationId, resourceType: 'group' }),
    );
    expect(await doorMappings.locksOfSpace(spaceId)).toEqual([lock]);
    expect(await doorMappings.groupsOfLocation(locationId)).toEqual([group]);
    await doorMappings.remove(lock.id);
    await doorMappings.remove(group.id);
    expect(await doorMappings.locksOfSpace(spaceId)).toEqual([]);
    expect(await doorMappings.groupsOfLocation(locationId)).toEqual([]);
  });
});
