import { putMembership } from '../../api/memberships/schema';
import {
  addDoorAccess,
  getPlan,
  listDoorAccess,
  listPlans,
  putPlan,
  removeDoorAccess,
} from '../../api/plans/schema';
import {
  expectProblem,
  NOW,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
} from './api-under-test';
import { furnish, type Building } from './fixtures';

let api: ApiUnderTest;
let building: Building;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
});
beforeEach(() => {
  api.clock.time = NOW;
  api.sources.mood = 'prompt';
  api.sources.changes.length = 0;
});
afterAll(() => api.close());

const put = (id: string, body: object = { name: id }): Promise<ApiResponse> =>
  api.call(putPlan, { params: { id }, body });
const add = (id: string, doorMappingId: string, dryRun?: string): Promise<ApiResponse> =>
  api.call(addDoorAccess, {
    params: { id },
    body: { doorMappingId },
    ...(dryRun === undefined ? {} : { query: { dryRun } }),
  });
const remove = (id: string, doorMappingId: string, dryRun?: string): Promise<ApiResponse> =>
  api.call(removeDoorAccess, {
    params: { id, doorMappingId },
    ...(dryRun === undefined ? {} : { query: { dryRun } }),
  });
const doorsOf = async (id: string): Promise<string[]> => {
  const { body } = await api.call(listDoorAccess, { params: { id } });
  return (body as { data: { doorMappingId: string }[] }).data.map((door) => door.doorMappingId);
};

describe('PUT /v1/plans/:id', () => {
  it('makes a plan, and renames it without touching its doors', async () => {
    const first = await put('pln_1', { name: ' Resident ' });
    expect([first.status, first.body]).toMatchObject([
      200,
      { name: 'Resident', doorMappingIds: [] },
    ]);
    await add('pln_1', building.mappingId);
    const second = await put('pln_1', { name: 'Member' });
    expect(second.body).toMatchObject({ name: 'Member', doorMappingIds: [building.mappingId] });
    expect((await api.call(getPlan, { params: { id: 'pln_1' } })).body).toEqual(second.body);
  });

  it('refuses a plan without a name, and what it does not know', async () => {
    const response = await put('pln_x', { doors: [] });
    expectProblem(response, 'request_invalid', 'body.name', 'body.doors');
    expectProblem(await api.call(getPlan, { params: { id: 'pln_x' } }), 'plan_not_found');
  });
});

describe('GET /v1/plans', () => {
  it('lists all in order of id, or those with a door', async () => {
    await put('pln_a');
    await put('pln_b');
    await add('pln_b', building.mappingId);
    const ids = async (query: Record<string, string>): Promise<string[]> => {
      const { body } = await api.call(listPlans, { query });
      return (body as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    expect(await ids({})).toEqual(['pln_1', 'pln_a', 'pln_b']);
    expect(await ids({ doorMappingId: building.mappingId })).toEqual(['pln_1', 'pln_b']);
  });
});

describe("a plan's door access", () => {
  beforeEach(() => put('pln_d'));

  it('is added once, told to the memberships by a job, and taken away again', async () => {
    const { status, body, headers } = await add('pln_d', building.mappingId);
    expect([status, body]).toMatchObject([202, { kind: 'mapping_change', state: 'running' }]);
    expect(headers['location']).toBe(`/v1/jobs/${(body as { id: string }).id}`);
    expect(await doorsOf('pln_d')).toEqual([building.mappingId]);
    // Again, since an earlier attempt may have died before anybody was told.
    expect((await add('pln_d', building.mappingId)).status).toBe(202);
    expect(await doorsOf('pln_d')).toEqual([building.mappingId]);
    expect((await remove('pln_d', building.mappingId)).status).toBe(202);
    expect(await doorsOf('pln_d')).toEqual([]);
    expect((await remove('pln_d', building.mappingId)).status).toBe(202);
    const change = { kind: 'plan', planId: 'pln_d' };
    expect(api.sources.changes).toEqual([change, change, change, change]);
  });

  it('is tried out with dryRun, which says who gains and who loses and changes nothing', async () => {
    const membership = {
      version: 1,
      memberIds: ['mem_1'],
      planId: 'pln_d',
      locationId: 'loc_2',
      startsAt: '2026-11-01T00:00:00Z',
      endsAt: null,
      status: 'active',
    };
    await api.call(putMembership, { params: { id: 'mbs_d' }, body: membership });
    const share = {
      memberId: 'mem_1',
      doorMappingId: building.mappingId,
      doorName: 'Front Door',
      source: 'plan',
      sourceId: 'mbs_d',
      startsAt: '2026-11-01T00:00:00.000Z',
      endsAt: null,
    };
    const gain = await add('pln_d', building.mappingId, 'true');
    expect([gain.status, gain.body]).toEqual([
      200,
      { gains: [share], loses: [], isComplete: true },
    ]);
    expect(await doorsOf('pln_d')).toEqual([]);
    expect(api.sources.changes).toEqual([]);

    await add('pln_d', building.mappingId, 'false');
    await api.call(putMembership, { params: { id: 'mbs_d' }, body: { ...membership, version: 2 } });
    const loss = await remove('pln_d', building.mappingId, 'true');
    expect([loss.status, loss.body]).toEqual([
      200,
      { gains: [], loses: [share], isComplete: true },
    ]);
    expect(await doorsOf('pln_d')).toEqual([building.mappingId]);
    expectProblem(await remove('pln_d', 'x', 'yes'), 'request_invalid', 'query.dryRun');
  });

  it('refuses a door that is unknown, or that nobody has assigned to a location', async () => {
    const path = 'body.doorMappingId';
    expectProblem(await add('pln_d', 'dm_no'), 'door_mapping_unknown', path);
    await api.store.doorMappings.update(building.mappingId, { locationId: null, spaceId: null });
    for (const dryRun of ['true', 'false']) {
      const response = await add('pln_d', building.mappingId, dryRun);
      expectProblem(response, 'door_mapping_unassigned', path);
    }
    await api.store.doorMappings.update(building.mappingId, {
      locationId: 'loc_1',
      spaceId: 'spc_1',
    });
    expect(api.sources.changes).toEqual([]);
  });

  it('answers 503 when Temporal is away, and tells by a repetition', async () => {
    api.sources.mood = 'away';
    expectProblem(await add('pln_d', building.mappingId), 'temporal_unavailable');
    api.sources.mood = 'prompt';
    expect((await add('pln_d', building.mappingId)).status).toBe(202);
    expect(api.sources.changes).toHaveLength(1);
  });

  it('says when there is no such plan', async () => {
    const params = { id: 'pln_no', doorMappingId: building.mappingId };
    expectProblem(await api.call(listDoorAccess, { params }), 'plan_not_found');
    expectProblem(await add('pln_no', building.mappingId), 'plan_not_found');
    expectProblem(await api.call(removeDoorAccess, { params }), 'plan_not_found');
  });
});
