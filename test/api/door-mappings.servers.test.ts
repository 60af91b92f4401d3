import {
  createDoorMapping,
  getDoorMapping,
  listDoorMappings,
  testDoorMapping,
} from '../../api/door-mappings/schema';
import { listKisiResources } from '../../api/integrations/schema';
import { lockGroupMark } from '../../src/access/lock-group';
import { whileRemoved } from '../support/while-removed';
import type { Integration } from '../../src/store';
import { expectProblem, NOW, startApi, type ApiUnderTest } from './api-under-test';
import { furnish, type Building } from './fixtures';

let api: ApiUnderTest;
let building: Building;
let lock: Record<string, unknown>;
let group: Record<string, unknown>;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  const { integrationId, lockId, groupId } = building;
  lock = { integrationId, resourceType: 'lock', resourceId: lockId, spaceId: 'spc_1' };
  group = { integrationId, resourceType: 'group', resourceId: groupId, locationId: 'loc_1' };
});
afterEach(() => {
  api.simulator.clearFaults();
});
afterAll(() => api.close());

async function theIntegration(): Promise<Integration> {
  const integration = await api.store.integrations.get(building.integrationId);
  if (integration === null) throw new Error('there is no integration');
  return integration;
}

const create = (body: object): ReturnType<ApiUnderTest['call']> =>
  api.call(createDoorMapping, { body });

describe('POST /v1/door-mappings', () => {
  it("ties a lock to a space, in the space's location, under Kisi's name", async () => {
    const { body } = await api.call(getDoorMapping, { params: { id: building.mappingId } });
    expect(body).toMatchObject({
      id: expect.stringMatching(/^dm_/) as string,
      resourceType: 'lock',
      resourceId: building.lockId,
      spaceId: 'spc_1',
      locationId: 'loc_1',
      name: 'Front Door',
      active: true,
      createdBy: { type: 'api_key', id: api.keyIds.admin },
    });
  });

  it('ties a group to a location, under a friendly name', async () => {
    const { status, body } = await create({ ...group, name: 'Common doors' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ spaceId: null, locationId: 'loc_1', name: 'Common doors' });
  });

  it('refuses the same door for the same space, and names the mapping that is there', async () => {
    const response = await create(lock);
    expectProblem(response, 'door_mapping_exists');
    expect((response.body as { detail: string }).detail).toBe(
      `The door mapping Front Door (${building.mappingId}) ties the same lock to the same place.`,
    );
  });

  it('makes one mapping however often the request is repeated', async () => {
    const params = { id: 'spc_3' };
    await api.store.spaces.upsert({ ...params, name: 'Three', locationId: 'loc_1' });
    const options = {
      body: { ...lock, spaceId: 'spc_3' },
      headers: { 'Idempotency-Key': 'map-spc-3' },
    };
    const finish = jest
      .spyOn(api.store.idempotency, 'finish')
      .mockRejectedValueOnce(new Error('the database went away'));
    expectProblem(await api.call(createDoorMapping, options), 'internal_error');
    finish.mockRestore();
    const again = await api.call(createDoorMapping, options);
    expect(again.status).toBe(201);
    const { body } = await api.call(listDoorMappings, { query: { spaceId: 'spc_3' } });
    expect((body as { data: unknown[] }).data).toEqual([again.body]);
  });

  it.each([
    [
      'an unknown integration',
      { integrationId: 'int_no' },
      'integration_unknown',
      'body.integrationId',
    ],
    ['an unknown space', { spaceId: 'spc_no' }, 'space_unknown', 'body.spaceId'],
  ] as const)('refuses %s', async (_what, change, code, path) => {
    expectProblem(await create({ ...lock, ...change }), code, path);
  });

  it('refuses an unknown location, one that the integration does not serve, and what Kisi does not know', async () => {
    const unknown = await create({ ...group, locationId: 'loc_no' });
    expectProblem(unknown, 'location_unknown', 'body.locationId');
    const notServed = await create({ ...group, locationId: 'loc_2' });
    expectProblem(notServed, 'location_not_served');
    expect((notServed.body as { detail: string }).detail).toBe(
      `The integration First Coworking (${building.integrationId}) does not serve the location loc_2 (loc_2).`,
    );
    expectProblem(await create({ ...lock, resourceId: 999_999 }), 'kisi_resource_unknown');
  });

  it('refuses a group that is kept for one lock, by the record of it or by its mark', async () => {
    const { organizationId } = await theIntegration();
    const kisi = await api.kisi.forOrganization(organizationId);
    const make = async (description: string): Promise<number> =>
      (await kisi.createGroup({ name: 'Latchkey lock', description })).id;
    const marked = await make(`Front Door. ${lockGroupMark(building.lockId)}`);
    const recorded = await make('Its mark was edited away.');
    await api.store.lockGroups.put({ organizationId, lockId: 4711, groupId: recorded });
    for (const resourceId of [marked, recorded]) {
      const response = await create({ ...group, resourceId });
      expectProblem(response, 'kisi_group_reserved', 'body.resourceId');
    }
    const params = { id: building.integrationId };
    const { body } = await api.call(listKisiResources, { params, query: { type: 'group' } });
    const shown = (body as { data: { id: number }[] }).data.map(({ id }) => id);
    expect(shown).toEqual([building.groupId]);
  });

  it('says when Kisi is away', async () => {
    api.simulator.addFault({ kind: 'answerBefore', status: 503 });
    expectProblem(await create({ ...lock, resourceId: 4711 }), 'kisi_unavailable');
  });

  it('refuses an integration that is not active', async () => {
    await whileRemoved(api.store, building.integrationId, async () => {
      expectProblem(await create(lock), 'integration_inactive', 'body.integrationId');
    });
  });

  it('ties a lock to a location alone, where it protects no space', async () => {
    const { status, body } = await create({ ...lock, spaceId: null, locationId: 'loc_1' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ spaceId: null, locationId: 'loc_1', name: 'Front Door' });
    const again = await create({ ...lock, spaceId: undefined, locationId: 'loc_1' });
    expectProblem(again, 'door_mapping_exists');
  });

  it('has the bookings follow that reach the space already', async () => {
    expect(api.sources.changes).toEqual([]);
    await api.store.spaces.upsert({ id: 'spc_4', name: 'Four', locationId: 'loc_1' });
    const booking = {
      version: 1,
      memberIds: ['mem_1'],
      spaceId: 'spc_4',
      startsAt: new Date(NOW).toISOString(),
      endsAt: new Date(NOW + 3_600_000).toISOString(),
      status: 'confirmed',
    };
    await api.sources.changeSource({ kind: 'booking', id: 'bk_4' }, booking);
    api.sources.mood = 'away';
    const options = {
      body: { ...lock, spaceId: 'spc_4' },
      headers: { 'Idempotency-Key': 'map-spc-4' },
    };
    expectProblem(await api.call(createDoorMapping, options), 'temporal_unavailable');
    api.sources.mood = 'prompt';
    const { status, body } = await api.call(createDoorMapping, options);
    expect(status).toBe(201);
    const { id } = body as { id: string };
    expect(api.sources.changes).toMatchObject([
      { kind: 'mapping', doorMappingId: id, spaceIds: ['spc_4'], deleted: false },
    ]);
  });

  it('is tried out with dryRun, which says who gains and stores nothing, under whatever key', async () => {
    await api.store.spaces.upsert({ id: 'spc_5', name: 'Five', locationId: 'loc_1' });
    const booking = {
      version: 1,
      memberIds: ['mem_2'],
      spaceId: 'spc_5',
      startsAt: new Date(NOW + 3_600_000).toISOString(),
      endsAt: new Date(NOW + 7_200_000).toISOString(),
      status: 'confirmed',
    };
    await api.sources.changeSource({ kind: 'booking', id: 'bk_5' }, booking);
    const before = api.sources.changes.length;
    const body = { ...lock, spaceId: 'spc_5' };
    const headers = { 'Idempotency-Key': 'map-spc-5' };
    const tried = await api.call(createDoorMapping, { body, headers, query: { dryRun: 'true' } });
    expect(tried.status).toBe(200);
    expect(tried.body).toMatchObject({
      gains: [{ memberId: 'mem_2', source: 'booking', sourceId: 'bk_5', doorName: 'Front Door' }],
      loses: [],
      isComplete: true,
    });
    const stored = await api.call(listDoorMappings, { query: { spaceId: 'spc_5' } });
    expect(stored.body).toMatchObject({ data: [] });
    expect(api.sources.changes).toHaveLength(before);
    expectProblem(await api.call(createDoorMapping, { body, headers }), 'idempotency_key_reused');
    expect((await create(body)).status).toBe(201);
  });

  it('refuses a space outside the location that is named beside it', async () => {
    const response = await create({ ...lock, spaceId: 'spc_2', locationId: 'loc_1' });
    expectProblem(response, 'space_not_fitting', 'body.spaceId');
  });

  it('keeps what it saw at Kisi: the lock, and a group with its locks', async () => {
    const { organizationId } = await theIntegration();
    const seen = await api.store.kisiDoors.lock(organizationId, building.lockId);
    expect(seen).toMatchObject({ name: 'Front Door', online: true, seenAt: NOW, goneAt: null });
    const target = { kind: 'group', id: building.groupId } as const;
    const locks = await api.store.kisiDoors.locksOf(organizationId, target);
    expect(locks).toEqual([building.lockId]);
  });

  it('refuses a body whose fields do not fit its type', async () => {
    const noType = await create({ integrationId: 'int_1' });
    expectProblem(noType, 'request_invalid', 'body.resourceType');
    const groupInSpace = await create({ ...lock, resourceType: 'group', resourceId: -1 });
    const faults = ['body.locationId', 'body.resourceId', 'body.spaceId'];
    expectProblem(groupInSpace, 'request_invalid', ...faults);
    const nowhere = await create({ ...lock, spaceId: null });
    expectProblem(nowhere, 'request_invalid', 'body.locationId');
  });
});

describe('GET /v1/door-mappings', () => {
  it.each([
    [{ resourceType: 'group' }, ['Common doors']],
    [{ search: 'front', spaceId: 'spc_1' }, ['Front Door']],
    [{ active: 'false' }, []],
    [{ locationId: 'loc_2' }, []],
    [{ unassigned: 'true' }, []],
    [{ unassigned: 'false', resourceType: 'group' }, ['Common doors']],
    [{ missing: 'true' }, []],
    [{ missing: 'false', resourceType: 'group' }, ['Common doors']],
    [{ origin: 'sync' }, []],
  ] as [Record<string, string>, string[]][])('filters by %j', async (query, names) => {
    const { body } = await api.call(listDoorMappings, { query });
    expect((body as { data: { name: string }[] }).data.map(({ name }) => name)).toEqual(names);
  });

  it('reads many by their ids', async () => {
    const { body: all } = await api.call(listDoorMappings);
    const [first, second] = (all as { data: { id: string }[] }).data.map(({ id }) => id);
    const ids = `${String(second)},dm_none,${String(first)}`;
    const { body } = await api.call(listDoorMappings, { query: { ids } });
    expect((body as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual([first, second]);
  });

  it('refuses filters that are none', async () => {
    const query = {
      active: 'yes',
      missing: '1',
      unassigned: '',
      resourceType: 'window',
      room: '1',
    };
    const response = await api.call(listDoorMappings, { query });
    const faults = Object.keys(query).map((name) => `query.${name}`);
    expectProblem(response, 'request_invalid', ...faults);
  });
});

describe('POST /v1/door-mappings/:id/test', () => {
  const params = (): { id: string } => ({ id: building.mappingId });

  it('shows the door as it is at Kisi', async () => {
    const { body } = await api.call(testDoorMapping, { params: params() });
    expect(body).toMatchObject({
      doorMappingId: building.mappingId,
      resource: { id: building.lockId, type: 'lock', name: 'Front Door' },
      unlockable: true,
      obstacles: [],
      doors: [{ lockId: building.lockId, name: 'Front Door', online: true, obstacles: [] }],
    });
  });

  it('says what will make an unlock fail, and what to do about it', async () => {
    const { lockId, groupId } = building;
    api.simulator.drift({ kind: 'editLock', id: lockId, online: false, lockedDown: true });
    api.simulator.drift({ kind: 'editGroup', id: groupId, loginEnabled: false });
    const query = { resourceType: 'group' };
    const list = (await api.call(listDoorMappings, { query })).body as { data: { id: string }[] };
    const [mapped] = list.data;
    const { body } = await api.call(testDoorMapping, { params: { id: mapped?.id ?? '' } });
    const codes = (all: { code: string }[]): string[] => all.map(({ code }) => code);
    const test = body as {
      unlockable: boolean;
      obstacles: { code: string; remedy: string }[];
      doors: { lockId: number; obstacles: { code: string }[] }[];
    };
    expect(test.unlockable).toBe(false);
    expect(codes(test.obstacles)).toEqual(['no_app_access']);
    expect(test.obstacles[0]?.remedy).toContain('Kisi dashboard');
    expect(test.doors.map((door) => [door.lockId, codes(door.obstacles)])).toEqual([
      [lockId, ['offline', 'locked_down']],
    ]);
    const { organizationId } = await theIntegration();
    expect(await api.store.kisiDoors.lock(organizationId, lockId)).toMatchObject({ online: false });
    api.simulator.drift({ kind: 'editLock', id: lockId, online: true, lockedDown: false });
    api.simulator.drift({ kind: 'editGroup', id: groupId, loginEnabled: true });
  });

  it('says when the door is gone at Kisi and remembers it, and when Kisi is away', async () => {
    const path = `/locks/${building.lockId}`;
    const missingSince = async (): Promise<unknown> => {
      const { body } = await api.call(getDoorMapping, { params: params() });
      return (body as { missingSince: unknown }).missingSince;
    };
    api.simulator.addFault({ kind: 'answerBefore', status: 404, path, count: 1 });
    const gone = await api.call(testDoorMapping, { params: params() });
    expectProblem(gone, 'kisi_resource_unknown');
    expect(await missingSince()).toBe(new Date(NOW).toISOString());
    api.simulator.addFault({ kind: 'answerBefore', status: 503, count: 1 });
    const away = await api.call(testDoorMapping, { params: params() });
    expectProblem(away, 'kisi_unavailable');
    expect(await missingSince()).toBe(new Date(NOW).toISOString());
    api.simulator.clearFaults();
    await api.call(testDoorMapping, { params: params() });
    expect(await missingSince()).toBeNull();
  });
});

it('finds no mapping that is not there', async () => {
  const unknown = await api.call(getDoorMapping, { params: { id: 'dm_no' } });
  expectProblem(unknown, 'door_mapping_not_found');
});
