import { DuplicateKey, type DoorMapping } from '../../src/store';
import { admin, allPages, freshId, freshNumber, useStore } from './fixtures';

const { store, clock } = useStore();

function aMapping(fields: Partial<DoorMapping> = {}): Omit<DoorMapping, 'createdAt' | 'updatedAt'> {
  return {
    id: freshId('dm'),
    integrationId: 'int_1',
    organizationId: 7,
    locationId: null,
    spaceId: 'room_1',
    resourceType: 'lock',
    resourceId: freshNumber(),
    name: 'Front door',
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
});
