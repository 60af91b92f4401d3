import { ServiceError } from '@temporalio/client';
import {
  createDoorMapping,
  deleteDoorMapping,
  getDoorMapping,
  patchDoorMapping,
} from '../../api/door-mappings/schema';
import { createIntegration } from '../../api/integrations/schema';
import { getJob } from '../../api/jobs/schema';
import { lockGroupMark } from '../../src/access/lock-group';
import type { DoorMapping } from '../../src/store';
import {
  expectProblem,
  OTHER_ORGANIZATION_KEY,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
} from './api-under-test';
import { furnish, idOf, type Building } from './fixtures';

let api: ApiUnderTest;
let building: Building;
let locks: number[];
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  locks = api.simulator.state().locks.map(({ id }) => id);
  for (const id of ['spc_1b', 'spc_1c']) {
    await api.store.spaces.upsert({ id, name: id, locationId: 'loc_1' });
  }
});
afterEach(() => {
  api.sources.mood = 'prompt';
  api.sources.changes.splice(0);
});
afterAll(() => api.close());

interface Change {
  doorMapping: Record<string, unknown>;
  effect: object | null;
  job: { id: string } | null;
}

let made = 0;
/** A lock in a space of its own, or a group in `loc_1`. */
async function mapped(kind: 'lock' | 'group' = 'lock'): Promise<DoorMapping> {
  made += 1;
  const integration = await api.store.integrations.get(building.integrationId);
  const id = `dm_${String(made)}`;
  const space = { id: `spc_of_${id}`, name: id, locationId: 'loc_1' };
  await api.store.spaces.upsert(space);
  return api.store.doorMappings.insert({
    id,
    integrationId: building.integrationId,
    organizationId: integration?.organizationId ?? 0,
    locationId: 'loc_1',
    spaceId: kind === 'lock' ? space.id : null,
    resourceType: kind,
    resourceId: kind === 'lock' ? building.lockId : building.groupId,
    name: 'Front Door',
    active: true,
    createdBy: { type: 'api_key', id: api.keyIds.admin },
  });
}

const patch = (
  id: string,
  body: object,
  query: Record<string, string> = {},
): Promise<ApiResponse> => api.call(patchDoorMapping, { params: { id }, body, query });
const changeOf = ({ body }: ApiResponse): Change => body as Change;
const read = async (id: string): Promise<unknown> =>
  (await api.call(getDoorMapping, { params: { id } })).body;

describe('PATCH /v1/door-mappings/:id', () => {
  it('renames, which is nobody else’s concern, and follows Kisi’s name again', async () => {
    const { id } = await mapped();
    const renamed = await patch(id, { name: 'Portal' });
    expect(renamed.status).toBe(200);
    expect(changeOf(renamed)).toMatchObject({
      doorMapping: { name: 'Portal', hasOwnName: true, resourceName: 'Front Door' },
      effect: null,
      job: null,
    });
    const again = await patch(id, { name: null });
    expect(changeOf(again).doorMapping).toMatchObject({ name: 'Front Door', hasOwnName: false });
    expect(api.sources.changes).toEqual([]);
  });

  it('moves a lock to another space, whose location goes with it, and has all follow', async () => {
    const { id, spaceId } = await mapped();
    const moved = await patch(id, { spaceId: 'spc_1b' });
    expect(moved.status).toBe(202);
    const { doorMapping, job } = changeOf(moved);
    expect(doorMapping).toMatchObject({ spaceId: 'spc_1b', locationId: 'loc_1' });
    expect(doorMapping).toEqual(await read(id));
    expect(moved.headers['location']).toBe(`/v1/jobs/${job?.id ?? ''}`);
    expect((await api.call(getJob, { params: { id: job?.id ?? '' } })).status).toBe(200);
    expect(api.sources.changes).toEqual([
      {
        kind: 'mapping',
        doorMappingId: id,
        spaceIds: [spaceId, 'spc_1b'],
        locationIds: [],
        deleted: false,
      },
    ]);
  });

  it('points it at another door, under the name that this one has at Kisi', async () => {
    const { id } = await mapped();
    const response = await patch(id, { resourceId: locks[1] });
    expect(response.status).toBe(202);
    expect(changeOf(response).doorMapping).toMatchObject({
      resourceId: locks[1],
      name: 'Meeting Room',
      resourceName: 'Meeting Room',
    });
    const own = await mapped();
    await patch(own.id, { name: 'My door' });
    const kept = await patch(own.id, { resourceId: locks[1] });
    expect(changeOf(kept).doorMapping).toMatchObject({
      name: 'My door',
      resourceName: 'Meeting Room',
    });
  });

  it('turns a lock into a group, which leaves the space', async () => {
    const { id } = await mapped();
    const response = await patch(id, { resourceType: 'group', resourceId: building.groupId });
    expect(changeOf(response).doorMapping).toMatchObject({
      resourceType: 'group',
      spaceId: null,
      locationId: 'loc_1',
      name: 'Common Areas',
    });
    expect(api.sources.changes).toMatchObject([{ locationIds: ['loc_1'] }]);
    await api.call(deleteDoorMapping, { params: { id } });
  });

  it('takes the assignment away', async () => {
    const { id } = await mapped();
    const response = await patch(id, { spaceId: null, locationId: null });
    expect(changeOf(response).doorMapping).toMatchObject({ spaceId: null, locationId: null });
    expect(response.status).toBe(202);
    await api.call(deleteDoorMapping, { params: { id } });
  });

  it('points it at a door of another organization whose integration serves the location', async () => {
    await api.store.locations.upsert({ id: 'loc_x', name: 'X', timeZone: 'Europe/Berlin' });
    const body = { provider: 'kisi', apiKey: OTHER_ORGANIZATION_KEY, locationIds: ['loc_x'] };
    const integrationId = idOf((await api.call(createIntegration, { body })).body);
    const other = await api.store.integrations.get(integrationId);
    const kisi = await api.kisi.forOrganization(other?.organizationId ?? 0);
    const group = await kisi.createGroup({ name: 'Elsewhere', description: null });
    const { id } = await mapped('group');
    const pointed = { integrationId, resourceId: group.id };
    expectProblem(await patch(id, pointed), 'location_not_served');
    const response = await patch(id, { ...pointed, locationId: 'loc_x' });
    expect(changeOf(response).doorMapping).toMatchObject({ ...pointed, locationId: 'loc_x' });
    const stored = await api.store.doorMappings.get(id);
    expect(stored?.organizationId).toBe(other?.organizationId);
    const without = await patch(id, { integrationId: building.integrationId });
    expectProblem(without, 'request_invalid', 'body.resourceId');
  });

  it('changes nothing in a dry run', async () => {
    const { id } = await mapped();
    const before = await read(id);
    const response = await patch(id, { spaceId: 'spc_1c', name: 'New' }, { dryRun: 'true' });
    expect(response.status).toBe(200);
    expect(changeOf(response)).toMatchObject({
      doorMapping: { spaceId: 'spc_1c', name: 'New' },
      effect: { gains: [], loses: [], isComplete: true },
      job: null,
    });
    expect(await read(id)).toEqual(before);
    expect(api.sources.changes).toEqual([]);
  });

  it.each([
    ['an unknown space', { spaceId: 'spc_no' }, 'space_unknown', ['body.spaceId']],
    [
      'an unknown location',
      { spaceId: null, locationId: 'loc_no' },
      'location_unknown',
      ['body.locationId'],
    ],
    [
      'a space outside the location',
      { spaceId: 'spc_2', locationId: 'loc_1' },
      'space_not_fitting',
      ['body.spaceId'],
    ],
    [
      'a location apart from its space',
      { locationId: 'loc_2' },
      'space_not_fitting',
      ['body.spaceId'],
    ],
    ['no location with a space', { locationId: null }, 'space_not_fitting', ['body.spaceId']],
    ['a location that is not served', { spaceId: 'spc_2' }, 'location_not_served', []],
    ['an unknown door', { resourceId: 999_999 }, 'kisi_resource_unknown', []],
    [
      'an unknown integration',
      { integrationId: 'int_no', resourceId: 7 },
      'integration_unknown',
      ['body.integrationId'],
    ],
    [
      'another type without a door',
      { resourceType: 'group' },
      'request_invalid',
      ['body.resourceId'],
    ],
    ['nothing', {}, 'request_invalid', ['body']],
    [
      'what is no field',
      { colour: 'red', resourceType: 'gate' },
      'request_invalid',
      ['body.colour', 'body.resourceType'],
    ],
  ] as const)('refuses %s', async (_what, body, code, paths) => {
    const { id } = await mapped();
    const before = await read(id);
    expectProblem(await patch(id, body), code, ...paths);
    expectProblem(await patch(id, body, { dryRun: 'true' }), code, ...paths);
    expect(await read(id)).toEqual(before);
    expect(api.sources.changes).toEqual([]);
  });

  it('refuses the same door for the same place, and a group that is kept for one lock', async () => {
    const [one, other] = [await mapped(), await mapped()];
    const response = await patch(other.id, { spaceId: one.spaceId });
    expectProblem(response, 'door_mapping_exists');
    const kisi = await api.kisi.forOrganization(one.organizationId);
    const ours = await kisi.createGroup({
      name: 'Ours',
      description: lockGroupMark(building.lockId),
    });
    const group = { resourceType: 'group', resourceId: ours.id };
    expectProblem(await patch(one.id, group), 'kisi_group_reserved', 'body.resourceId');
  });

  it('tells of a stored change when it is repeated, where Temporal was away', async () => {
    const { id, spaceId } = await mapped();
    api.sources.mood = 'away';
    expectProblem(
      await patch(id, { spaceId: 'spc_1b', resourceId: locks[1] }),
      'temporal_unavailable',
    );
    expect(await read(id)).toMatchObject({ spaceId: 'spc_1b' });
    api.sources.mood = 'prompt';
    const again = await patch(id, { spaceId: 'spc_1b', resourceId: locks[1] });
    expect(again.status).toBe(202);
    expect(api.sources.changes).toMatchObject([{ doorMappingId: id, spaceIds: ['spc_1b'] }]);
    const third = await patch(id, { spaceId: 'spc_1b' });
    expect([third.status, spaceId]).toEqual([200, `spc_of_${id}`]);
    await api.call(deleteDoorMapping, { params: { id } });
  });

  it('finds no mapping that is not there', async () => {
    expectProblem(await patch('dm_no', { name: 'X' }), 'door_mapping_not_found');
  });
});

describe('DELETE /v1/door-mappings/:id', () => {
  const remove = (id: string, query: Record<string, string> = {}): Promise<ApiResponse> =>
    api.call(deleteDoorMapping, { params: { id }, query });

  it('deletes it, has all follow, and a second time there is none', async () => {
    const { id, spaceId } = await mapped();
    const response = await remove(id);
    expect(response.status).toBe(202);
    expect(changeOf(response)).toMatchObject({ doorMapping: { id }, effect: null });
    expect(api.sources.changes).toEqual([
      { kind: 'mapping', doorMappingId: id, spaceIds: [spaceId], locationIds: [], deleted: true },
    ]);
    const gone = await api.call(getDoorMapping, { params: { id } });
    expectProblem(gone, 'door_mapping_not_found');
    expectProblem(await remove(id), 'door_mapping_not_found');
    expectProblem(await patch(id, { name: 'X' }), 'door_mapping_not_found');
  });

  it('makes room for another mapping of the same door to the same space', async () => {
    const { id, spaceId } = await mapped();
    await remove(id);
    const { integrationId, lockId } = building;
    const body = { integrationId, resourceType: 'lock', resourceId: lockId, spaceId };
    expect((await api.call(createDoorMapping, { body })).status).toBe(201);
  });

  it('changes nothing in a dry run', async () => {
    const { id } = await mapped();
    const response = await remove(id, { dryRun: 'true' });
    expect(response.status).toBe(200);
    expect(changeOf(response)).toMatchObject({
      effect: { gains: [], loses: [], isComplete: true },
      job: null,
    });
    expect(await read(id)).toMatchObject({ id });
    expect(api.sources.changes).toEqual([]);
    const unclear = await remove(id, { dryRun: 'maybe' });
    expectProblem(unclear, 'request_invalid', 'query.dryRun');
  });

  it('tells of the deletion when it is repeated, where Temporal was away', async () => {
    const { id } = await mapped();
    const changed = jest
      .spyOn(api.sources, 'changed')
      .mockRejectedValueOnce(new ServiceError('14 UNAVAILABLE: secret-host:7233'));
    expectProblem(await remove(id), 'temporal_unavailable');
    changed.mockRestore();
    expect((await remove(id)).status).toBe(202);
    expect(api.sources.changes).toMatchObject([{ doorMappingId: id, deleted: true }]);
    expectProblem(await remove(id), 'door_mapping_not_found');
  });
});
