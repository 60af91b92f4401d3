import { deleteBooking, getBooking, listBookings, putBooking } from '../../api/bookings/schema';
import { createDoorMapping } from '../../api/door-mappings/schema';
import { revokeGrant } from '../../api/grants/schema';
import { eventually } from '../support/eventually';
import {
  expectProblem,
  NOW,
  SETTLE_WAIT_MS,
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
});
beforeEach(() => {
  api.clock.time = NOW;
  api.sources.mood = 'prompt';
});
afterAll(() => api.close());

const HOUR = 3_600_000;
const iso = (ms: number): string => new Date(Math.floor(ms / 1000) * 1000).toISOString();

const confirmed = {
  version: 10,
  memberIds: ['mem_1'],
  spaceId: 'spc_1',
  startsAt: iso(NOW + HOUR),
  endsAt: iso(NOW + 2 * HOUR),
  status: 'confirmed',
};

let made = 0;
const newId = (): string => `bkg_${String((made += 1))}`;

const put = (id: string, body: object = {}, key?: string): Promise<ApiResponse> =>
  api.call(putBooking, {
    params: { id },
    body: { ...confirmed, ...body },
    ...(key === undefined ? {} : { key }),
  });
/** The grant behind the first door of an answer. */
function firstGrantOf(body: unknown): string {
  const [door] = (body as { doors: { grantId: string }[] }).doors;
  if (door === undefined) throw new Error(`no door in ${JSON.stringify(body)}`);
  return door.grantId;
}
const remove = (id: string, version: number): Promise<ApiResponse> =>
  api.call(deleteBooking, { params: { id }, query: { version: String(version) } });
const read = async (id: string): Promise<unknown> =>
  (await api.call(getBooking, { params: { id } })).body;

describe('PUT /v1/bookings/:id', () => {
  it('answers which doors will open, for whom and when, once they are settled', async () => {
    const id = newId();
    const { status, body } = await put(id, { memberIds: ['mem_2', 'mem_1'] }, api.keys.booking);
    expect(status).toBe(200);
    const window = { startsAt: iso(NOW + HOUR), endsAt: iso(NOW + 2 * HOUR) };
    const door = (doorMappingId: string, name: string, memberId: string): object => ({
      doorMappingId,
      name,
      memberId,
      ...window,
      grantId: expect.stringMatching(/^grt_/) as string,
      status: 'scheduled',
      provisioning: 'in_place',
      problem: null,
    });
    expect(body).toMatchObject({
      ...window,
      id,
      memberIds: ['mem_1', 'mem_2'],
      spaceId: 'spc_1',
      status: 'confirmed',
      deleted: false,
      acceptedVersion: 10,
      appliedVersion: 10,
      settled: true,
      doors: [
        door(groupMappingId, 'Common Areas', 'mem_1'),
        door(groupMappingId, 'Common Areas', 'mem_2'),
        door(building.mappingId, 'Front Door', 'mem_1'),
        door(building.mappingId, 'Front Door', 'mem_2'),
      ],
      warnings: [],
    });
    expect(await read(id)).toEqual(body);
  });

  it('opens nothing for a pending or cancelled one, without a warning', async () => {
    for (const status of ['pending', 'cancelled']) {
      const { body } = await put(newId(), { status });
      expect(body).toMatchObject({ status, doors: [], warnings: [], settled: true });
    }
  });

  it('follows a later version, and shows what an admin has stopped', async () => {
    const id = newId();
    const { body } = await put(id);
    const grantId = firstGrantOf(body);
    const later = { startsAt: iso(NOW + 3 * HOUR), endsAt: iso(NOW + 4 * HOUR) };
    const moved = await put(id, { version: 11, ...later });
    expect(moved.body).toMatchObject({ acceptedVersion: 11, doors: [later, later] });
    expect(firstGrantOf(moved.body)).toBe(grantId);

    await api.call(revokeGrant, { params: { id: grantId }, body: {} });
    expect(await read(id)).toMatchObject({ doors: [{ grantId, status: 'revoked' }, {}] });

    const cancelled = await put(id, { version: 12, status: 'cancelled' });
    expect(cancelled.body).toMatchObject({ doors: [], settled: true });
    expect(await api.store.grants.get(grantId)).toMatchObject({ stops: ['admin', 'source'] });
  });

  it('warns when nothing will open, and says what to do', async () => {
    const { status, body } = await put(newId(), { spaceId: 'spc_2' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      doors: [],
      warnings: [{ code: 'no_door', message: expect.stringContaining('spc_2') as string }],
    });
    expect(JSON.stringify(body)).toContain('POST /v1/door-mappings');
  });

  it('warns of doors that are not active, of members on hold and of times that are over', async () => {
    await api.store.doorMappings.update(building.mappingId, { active: false });
    await api.store.members.setHold('mem_1', { reason: 'x', by: { type: 'system', id: 'test' } });
    const { body } = await put(newId());
    await api.store.doorMappings.update(building.mappingId, { active: true });
    await api.store.members.clearHold('mem_1');
    expect((body as { warnings: object[] }).warnings).toMatchObject([
      { code: 'door_inactive', doorMappingId: building.mappingId, memberId: null },
      { code: 'member_on_hold', doorMappingId: null, memberId: 'mem_1' },
    ]);
    const past = { startsAt: iso(NOW - 2 * HOUR), endsAt: iso(NOW - HOUR) };
    const over = await put(newId(), past);
    expect(over.body).toMatchObject({ settled: true, warnings: [{ code: 'window_past' }] });
  });

  it('refuses an older version, which changes nothing', async () => {
    const id = newId();
    await put(id, { version: 5 });
    const before = await read(id);
    const response = await put(id, { version: 4, status: 'cancelled' });
    expectProblem(response, 'version_older');
    expect(response.status).toBe(409);
    expect((response.body as { detail: string }).detail).toContain('5');
    expect(await read(id)).toEqual(before);
  });

  it('refuses a version that is known with other content', async () => {
    const id = newId();
    await put(id);
    expectProblem(await put(id, { status: 'cancelled' }), 'version_reused');
    expect(await read(id)).toMatchObject({ status: 'confirmed' });
  });

  it('accepts the same again without telling anybody, in whatever order its members come', async () => {
    const id = newId();
    const first = await put(id, { memberIds: ['mem_1', 'mem_2'] });
    const sent = api.sources.sent.length;
    const again = await put(id, { memberIds: ['mem_2', 'mem_1', 'mem_2'] });
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(api.sources.sent).toHaveLength(sent);
  });

  it('accepts the same again where it was not applied, and has it applied', async () => {
    const id = newId();
    await api.store.bookings.accept(id, {
      version: 10,
      content: {
        memberIds: ['mem_1'],
        spaceId: 'spc_1',
        startsAt: NOW - 500 + HOUR,
        endsAt: NOW - 500 + 2 * HOUR,
        status: 'confirmed',
      },
    });
    expect(await read(id)).toMatchObject({
      acceptedVersion: 10,
      appliedVersion: null,
      settled: false,
      doors: [{ status: null, provisioning: null }, { status: null }],
    });
    const { status, body } = await put(id);
    expect(status).toBe(200);
    expect(body).toMatchObject({ appliedVersion: 10, settled: true, doors: [{}, {}] });
  });

  it('answers 202 with what will stand when nobody works on it in time', async () => {
    api.sources.mood = 'slow';
    const id = newId();
    const begun = performance.now();
    const { status, body, headers } = await put(id);
    expect(performance.now() - begun).toBeGreaterThan(SETTLE_WAIT_MS - 50);
    expect(status).toBe(202);
    expect(headers['location']).toBe(`/v1/bookings/${id}`);
    expect(body).toMatchObject({
      acceptedVersion: 10,
      appliedVersion: null,
      settled: false,
      doors: [{ status: null }, { status: null }],
    });
  });

  it('answers 202 while a grant is not settled', async () => {
    const id = newId();
    const { body } = await put(id);
    const grantId = firstGrantOf(body);
    const grant = await api.store.grants.get(grantId);
    if (grant === null) throw new Error('no grant');
    await api.store.grants.replaceGrant({
      ...grant,
      settled: false,
      recordNumber: grant.recordNumber + 1,
    });
    const again = await put(id);
    expect([again.status, again.body]).toMatchObject([202, { appliedVersion: 10, settled: false }]);
  });

  it('answers 202 while a grant still has the dates of before, though those are settled', async () => {
    const id = newId();
    const { body } = await put(id);
    const before = await api.store.grants.get(firstGrantOf(body));
    if (before === null) throw new Error('no grant');
    const later = { version: 11, endsAt: iso(NOW + 3 * HOUR) };
    await put(id, later);
    // As if the workflow had been told and had not recorded it yet.
    await api.store.grants.replaceGrant({ ...before, recordNumber: before.recordNumber + 2 });
    const again = await put(id, later);
    expect([again.status, again.body]).toMatchObject([202, { appliedVersion: 11, settled: false }]);
  });

  it('tells of a newer version that came from elsewhere while it waited', async () => {
    // It waits long enough for the newer one to be stored on a busy machine, too.
    const patient = await startApi({ settleWaitMs: 5_000 });
    try {
      await furnish(patient);
      patient.sources.mood = 'slow';
      const id = newId();
      const answer = patient.call(putBooking, { params: { id }, body: confirmed });
      await eventually(
        () => patient.sources.sent.length,
        (sent) => sent > 0,
      );
      patient.sources.mood = 'prompt';
      await patient.sources.changeSource({ kind: 'booking', id }, { version: 11, deleted: true });
      expectProblem(await answer, 'version_older');
    } finally {
      await patient.close();
    }
  });

  it('answers 503 when Temporal is away, and nothing has changed', async () => {
    api.sources.mood = 'away';
    const id = newId();
    const response = await put(id);
    expectProblem(response, 'temporal_unavailable');
    expect(response.headers['retry-after']).toBeDefined();
    expect(response.text).not.toContain('secret-host');
    expectProblem(await api.call(getBooking, { params: { id } }), 'booking_not_found');
  });

  it('names every unknown member, the unknown space and the wrong end at once', async () => {
    const response = await put(newId(), {
      memberIds: ['mem_no', 'mem_1', 'mem_none'],
      spaceId: 'spc_no',
      endsAt: confirmed.startsAt,
    });
    const paths = ['body.endsAt', 'body.memberIds', 'body.memberIds', 'body.spaceId'];
    expectProblem(response, 'window_invalid', ...paths);
    expect(response.text).toContain('mem_none');
    expectProblem(
      await put(newId(), { memberIds: ['mem_no'] }),
      'member_unknown',
      'body.memberIds',
    );
    expectProblem(await put(newId(), { spaceId: 'spc_no' }), 'space_unknown', 'body.spaceId');
    expectProblem(
      await put(newId(), { spaceId: 'spc_no', status: 'pending' }),
      'space_unknown',
      'body.spaceId',
    );
  });

  it('takes a cancelled one whatever it names, so that no door stays open for that', async () => {
    const id = newId();
    await put(id);
    const response = await put(id, { version: 11, memberIds: ['mem_no'], status: 'cancelled' });
    expect([response.status, response.body]).toMatchObject([200, { doors: [], settled: true }]);
  });

  it.each([
    ['no members', { memberIds: [] }, ['body.memberIds']],
    ['too many', { memberIds: Array(101).fill('mem_1') }, ['body.memberIds']],
    ['a version that is none', { version: 1.5 }, ['body.version']],
    ['an open end', { endsAt: null }, ['body.endsAt']],
    [
      'a status of memberships, an instant without a zone and an unknown field',
      { status: 'active', startsAt: '2026-11-24T10:00', notes: 'x' },
      ['body.status', 'body.startsAt', 'body.notes'],
    ],
  ])('refuses %s', async (_what, body, paths) => {
    expectProblem(await put(newId(), body), 'request_invalid', ...paths);
  });
});

describe('DELETE /v1/bookings/:id', () => {
  it('takes the access away and leaves a tombstone, which only a higher version revives', async () => {
    const id = newId();
    const { body } = await put(id);
    const grantId = firstGrantOf(body);
    const deleted = await remove(id, 11);
    expect([deleted.status, deleted.body]).toMatchObject([
      200,
      {
        id,
        deleted: true,
        memberIds: [],
        spaceId: null,
        startsAt: null,
        endsAt: null,
        status: null,
        acceptedVersion: 11,
        settled: true,
        doors: [],
        warnings: [],
      },
    ]);
    expect(await api.store.grants.get(grantId)).toMatchObject({ stops: ['source'] });
    expectProblem(await put(id, { version: 10 }), 'version_older');
    expectProblem(await put(id, { version: 11 }), 'version_reused');
    const revived = await put(id, { version: 12 });
    expect(revived.body).toMatchObject({
      deleted: false,
      doors: [{ grantId, status: 'scheduled' }, {}],
    });
  });

  it('takes an id that nobody knows, so that what is older and comes later opens nothing', async () => {
    const id = newId();
    expect((await remove(id, 7)).status).toBe(200);
    expectProblem(await put(id, { version: 6 }), 'version_older');
    expect(await read(id)).toMatchObject({ deleted: true, acceptedVersion: 7 });
  });

  it('refuses an older version, and needs one', async () => {
    const id = newId();
    await put(id);
    expectProblem(await remove(id, 9), 'version_older');
    expectProblem(await remove(id, 10), 'version_reused');
    const response = await api.call(deleteBooking, { params: { id } });
    expectProblem(response, 'request_invalid', 'query.version');
  });
});

describe('GET /v1/bookings', () => {
  const ids = async (query: Record<string, string>): Promise<string[]> => {
    const { body } = await api.call(listBookings, { query });
    return (body as { data: { id: string }[] }).data.map(({ id }) => id);
  };

  it('says when there is no such booking', async () => {
    expectProblem(await api.call(getBooking, { params: { id: 'no' } }), 'booking_not_found');
  });

  it('comes latest start first, page by page, whatever the ids say', async () => {
    const span = { from: iso(NOW + 2000 * HOUR), to: iso(NOW + 2010 * HOUR), limit: '2' };
    const at = (hour: number): object => ({
      startsAt: iso(NOW + (2000 + hour) * HOUR),
      endsAt: iso(NOW + (2001 + hour) * HOUR),
    });
    await put('order_b', at(1));
    await put('order_d', at(3));
    await put('order_a', at(2));
    await put('order_c', at(1));
    await put('order_e', at(0));
    const pages: string[][] = [];
    for (let cursor: string | null | undefined; cursor !== null;) {
      const { body } = await api.call(listBookings, {
        query: { ...span, ...(cursor && { cursor }) },
      });
      const { data, nextCursor } = body as { data: { id: string }[]; nextCursor: string | null };
      pages.push(data.map(({ id }) => id));
      cursor = nextCursor;
    }
    expect(pages).toEqual([['order_d', 'order_a'], ['order_c', 'order_b'], ['order_e']]);
  });

  it('searches by the beginning of the id, as it is written, and takes no patterns', async () => {
    await put('Find_1.a');
    await put('Find_1xa');
    await put('a_Find_1');
    expect(await ids({ search: 'Find_1' })).toEqual(['Find_1xa', 'Find_1.a']);
    expect(await ids({ search: ' Find_1. ' })).toEqual(['Find_1.a']);
    expect(await ids({ search: 'Find_1', limit: '1', memberId: 'mem_1' })).toEqual(['Find_1xa']);
    expect(await ids({ search: 'find_1' })).toEqual([]);
    expect(await ids({ search: '.' })).toEqual([]);
  });

  it('filters by location, beside the space', async () => {
    await put('place_1', { spaceId: 'spc_1' });
    await put('place_2', { spaceId: 'spc_2' });
    const search = 'place_';
    expect(await ids({ search, locationId: 'loc_1' })).toEqual(['place_1']);
    expect(await ids({ search, locationId: 'loc_1', spaceId: 'spc_2' })).toEqual([]);
    expect(await ids({ search, locationId: 'loc_2', spaceId: 'spc_2' })).toEqual(['place_2']);
    expect(await ids({ search, locationId: 'loc_nowhere' })).toEqual([]);
  });

  it('filters by member, space, status and time, without the deleted, page by page', async () => {
    const far = (hour: number): string => iso(NOW + (1000 + hour) * HOUR);
    await put('list_1', { startsAt: far(0), endsAt: far(1) });
    await put('list_2', { startsAt: far(1), endsAt: far(2), memberIds: ['mem_2', 'mem_1'] });
    await put('list_3', { startsAt: far(2), endsAt: far(3), spaceId: 'spc_2', status: 'pending' });
    await put('list_4', { startsAt: far(0), endsAt: far(3) });
    await remove('list_4', 11);
    const span = { from: far(0), to: far(3) };
    expect(await ids(span)).toEqual(['list_3', 'list_2', 'list_1']);
    expect(await ids({ from: far(1), to: far(2) })).toEqual(['list_2']);
    expect(await ids({ ...span, memberId: 'mem_2' })).toEqual(['list_2']);
    expect(await ids({ ...span, spaceId: 'spc_2' })).toEqual(['list_3']);
    expect(await ids({ ...span, status: 'pending' })).toEqual(['list_3']);
    const first = await api.call(listBookings, { query: { ...span, limit: '2' } });
    const page = first.body as { data: { id: string; doors: object[] }[]; nextCursor: string };
    expect(page.data.map(({ id, doors }) => [id, doors.length])).toEqual([
      ['list_3', 0],
      ['list_2', 4],
    ]);
    expect(await ids({ ...span, limit: '2', cursor: page.nextCursor })).toEqual(['list_1']);
  });

  it('refuses filters that are none, all at once', async () => {
    const query = { status: 'active', from: 'x', memberId: 'a b', locationId: '/', search: ' ' };
    const response = await api.call(listBookings, { query });
    const fields = ['from', 'locationId', 'memberId', 'search', 'status'];
    expectProblem(response, 'request_invalid', ...fields.map((field) => `query.${field}`));
    const turned = { from: iso(NOW + HOUR), to: iso(NOW) };
    expectProblem(await api.call(listBookings, { query: turned }), 'request_invalid', 'query.to');
  });
});
