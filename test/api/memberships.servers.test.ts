import { createDoorMapping } from '../../api/door-mappings/schema';
import {
  deleteMembership,
  getMembership,
  listMemberships,
  putMembership,
} from '../../api/memberships/schema';
import {
  expectProblem,
  NOW,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
} from './api-under-test';
import { furnish, idOf, type Building } from './fixtures';

let api: ApiUnderTest;
let building: Building;
let groupMappingId: string;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  const { integrationId, groupId } = building;
  const group = await api.call(createDoorMapping, {
    body: { integrationId, resourceType: 'group', resourceId: groupId, locationId: 'loc_1' },
  });
  groupMappingId = idOf(group.body);
  await api.store.plans.upsert({ id: 'pln_1', name: 'Resident' });
  await api.store.plans.addDoor('pln_1', building.mappingId);
  await api.store.plans.upsert({ id: 'pln_bare', name: 'Virtual office' });
});
beforeEach(() => {
  api.clock.time = NOW;
  api.sources.mood = 'prompt';
});
afterAll(() => api.close());

const HOUR = 3_600_000;
const iso = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toISOString();

const active = {
  version: 10,
  memberIds: ['mem_1'],
  planId: 'pln_1',
  locationId: 'loc_1',
  startsAt: iso(NOW - HOUR),
  endsAt: null,
  status: 'active',
};

let made = 0;
const newId = (): string => `mbs_${String((made += 1))}`;

const put = (id: string, body: object = {}, key?: string): Promise<ApiResponse> =>
  api.call(putMembership, {
    params: { id },
    body: { ...active, ...body },
    ...(key === undefined ? {} : { key }),
  });
const remove = (id: string, version: number): Promise<ApiResponse> =>
  api.call(deleteMembership, { params: { id }, query: { version: String(version) } });
const read = async (id: string): Promise<unknown> =>
  (await api.call(getMembership, { params: { id } })).body;

describe('PUT /v1/memberships/:id', () => {
  it("opens the plan's doors and the location's groups, open-ended, for each member", async () => {
    const id = newId();
    const { status, body } = await put(id, { memberIds: ['mem_1', 'mem_2'] }, api.keys.booking);
    expect(status).toBe(200);
    const door = (doorMappingId: string, memberId: string): object => ({
      doorMappingId,
      memberId,
      startsAt: active.startsAt,
      endsAt: null,
      status: 'active',
      provisioning: 'in_place',
    });
    const { version, ...content } = active;
    expect(body).toMatchObject({
      ...content,
      id,
      memberIds: ['mem_1', 'mem_2'],
      acceptedVersion: version,
      appliedVersion: version,
      settled: true,
      doors: [
        door(groupMappingId, 'mem_1'),
        door(groupMappingId, 'mem_2'),
        door(building.mappingId, 'mem_1'),
        door(building.mappingId, 'mem_2'),
      ],
      warnings: [],
    });
    expect(await read(id)).toEqual(body);
    const { data } = await api.store.grants.list({ source: 'plan' }, { limit: 10 }, NOW);
    expect(data.map(({ sourceId }) => sourceId)).toEqual([id, id, id, id]);
  });

  it('takes access away while paused or cancelled, and gives it back', async () => {
    const id = newId();
    await put(id);
    const paused = await put(id, { version: 11, status: 'paused' });
    expect(paused.body).toMatchObject({ status: 'paused', doors: [], warnings: [], settled: true });
    const back = await put(id, { version: 12 });
    expect(back.body).toMatchObject({ doors: [{ status: 'active' }, { status: 'active' }] });
    const gone = await put(id, { version: 13, status: 'cancelled' });
    expect(gone.body).toMatchObject({ doors: [], settled: true });
  });

  it('follows dates, plan, location and members', async () => {
    const id = newId();
    await put(id);
    const endsAt = iso(NOW + HOUR);
    const ending = await put(id, { version: 11, endsAt });
    expect(ending.body).toMatchObject({ endsAt, doors: [{ endsAt }, { endsAt }] });
    const bare = await put(id, { version: 12, planId: 'pln_bare' });
    expect(bare.body).toMatchObject({ doors: [{ doorMappingId: groupMappingId }] });
    const moved = await put(id, { version: 13, locationId: 'loc_2' });
    expect(moved.body).toMatchObject({ doors: [{ doorMappingId: building.mappingId }] });
    const other = await put(id, { version: 14, memberIds: ['mem_2'] });
    expect(other.body).toMatchObject({ doors: [{ memberId: 'mem_2' }, { memberId: 'mem_2' }] });
  });

  it('warns when nothing will open, and says what to do', async () => {
    const { body } = await put(newId(), { planId: 'pln_bare', locationId: 'loc_2' });
    expect(body).toMatchObject({ doors: [], warnings: [{ code: 'no_door' }] });
    expect(JSON.stringify(body)).toContain('POST /v1/plans/pln_bare/door-access');
  });

  it('names all that is unknown at once, unless it takes access away', async () => {
    const unknown = { memberIds: ['mem_no'], planId: 'pln_no', locationId: 'loc_no' };
    const response = await put(newId(), unknown);
    const paths = ['body.memberIds', 'body.planId', 'body.locationId'];
    expectProblem(response, 'member_unknown', ...paths);
    expectProblem(await put(newId(), { planId: 'pln_no' }), 'plan_unknown', 'body.planId');
    const elsewhere = await put(newId(), { locationId: 'loc_no' });
    expectProblem(elsewhere, 'location_unknown', 'body.locationId');
    for (const status of ['paused', 'cancelled']) {
      expect((await put(newId(), { ...unknown, status })).status).toBe(200);
    }
  });

  it('keeps versions in order, as bookings do', async () => {
    const id = newId();
    const first = await put(id);
    expectProblem(await put(id, { version: 9 }), 'version_older');
    expectProblem(await put(id, { planId: 'pln_bare' }), 'version_reused');
    expect((await put(id)).body).toEqual(first.body);
    api.sources.mood = 'slow';
    const slow = await put(id, { version: 11, endsAt: iso(NOW + HOUR) });
    expect([slow.status, slow.headers['location']]).toEqual([202, `/v1/memberships/${id}`]);
    expect(slow.body).toMatchObject({ acceptedVersion: 11, appliedVersion: 10, settled: false });
    api.sources.mood = 'away';
    expectProblem(await put(id, { version: 12 }), 'temporal_unavailable');
  });

  it.each([
    ['an end that is not after the start', { endsAt: active.startsAt }, 'window_invalid'],
    ['a missing end', { endsAt: undefined }, 'request_invalid'],
  ] as const)('refuses %s', async (_what, body, code) => {
    expectProblem(await put(newId(), body), code, 'body.endsAt');
  });

  it('refuses a status of bookings and a version that is none', async () => {
    const response = await put(newId(), { status: 'confirmed', version: '7' });
    expectProblem(response, 'request_invalid', 'body.status', 'body.version');
  });
});

describe('DELETE /v1/memberships/:id', () => {
  it('leaves a tombstone, which only a higher version revives', async () => {
    const id = newId();
    await put(id);
    const { status, body } = await remove(id, 11);
    expect([status, body]).toMatchObject([200, { deleted: true, planId: null, doors: [] }]);
    expectProblem(await put(id), 'version_older');
    expect((await put(id, { version: 12 })).body).toMatchObject({ deleted: false });
    expect((await remove('mbs_unknown', 1)).status).toBe(200);
    expectProblem(await put('mbs_unknown', { version: 0 }), 'version_older');
  });
});

describe('GET /v1/memberships', () => {
  it('filters by member, plan, location, status and the beginning of the id, without the deleted', async () => {
    await api.store.plans.upsert({ id: 'pln_list', name: 'List' });
    const list = { planId: 'pln_list' };
    await put('list_1', list);
    await put('list_2', { ...list, memberIds: ['mem_2'], locationId: 'loc_2' });
    await put('list_3', { ...list, status: 'paused' });
    await put('list_4', list);
    await remove('list_4', 11);
    const ids = async (query: Record<string, string>): Promise<string[]> => {
      const { body } = await api.call(listMemberships, { query: { ...list, ...query } });
      return (body as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    expect(await ids({})).toEqual(['list_1', 'list_2', 'list_3']);
    expect(await ids({ memberId: 'mem_2' })).toEqual(['list_2']);
    expect(await ids({ locationId: 'loc_1' })).toEqual(['list_1', 'list_3']);
    expect(await ids({ status: 'paused' })).toEqual(['list_3']);
    await put('List.4', list);
    expect(await ids({ search: 'list_' })).toEqual(['list_1', 'list_2', 'list_3']);
    expect(await ids({ search: 'List.' })).toEqual(['List.4']);
    expect(await ids({ search: 'list.' })).toEqual([]);
  });

  it('says when there is no such membership, and refuses filters that are none', async () => {
    const params = { id: 'no' };
    expectProblem(await api.call(getMembership, { params }), 'membership_not_found');
    const response = await api.call(listMemberships, { query: { status: 'confirmed' } });
    expectProblem(response, 'request_invalid', 'query.status');
  });
});
