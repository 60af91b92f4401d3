import { getLocation, listLocations, putLocation } from '../../api/locations/schema';
import { getSpace, listSpaces, putSpace } from '../../api/spaces/schema';
import { expectProblem, startApi, type ApiResponse, type ApiUnderTest } from './api-under-test';
import { furnish, furnishPlaces } from './fixtures';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await furnishPlaces(api);
});
afterAll(() => api.close());

describe('PUT /v1/locations/:id', () => {
  it('makes a location, and replaces it under the same id', async () => {
    const params = { id: 'loc_new' };
    const first = await api.call(putLocation, {
      params,
      body: { name: 'A', timeZone: 'Europe/Rome' },
    });
    api.clock.time += 1000;
    const second = await api.call(putLocation, {
      params,
      body: { name: ' B ', timeZone: 'Europe/Rome' },
      key: api.keys.booking,
    });
    expect(first.body).toMatchObject({ id: 'loc_new', name: 'A' });
    expect(second.body).toMatchObject({ id: 'loc_new', name: 'B', timeZone: 'Europe/Rome' });
    const read = await api.call(getLocation, { params });
    expect(read.body).toEqual(second.body);
  });

  it.each([
    [
      'a missing name and an unknown zone',
      { timeZone: 'Mars/Base' },
      ['body.name', 'body.timeZone'],
    ],
    ['an offset for a zone', { name: 'A', timeZone: '+01:00' }, ['body.timeZone']],
    ['an empty name', { name: '  ', timeZone: 'UTC' }, ['body.name']],
    ['an unknown field', { name: 'A', timeZone: 'UTC', city: 'x' }, ['body.city']],
  ])('refuses %s', async (_what, body, paths) => {
    const response = await api.call(putLocation, { params: { id: 'loc_x' }, body });
    expectProblem(response, 'request_invalid', ...paths);
  });

  it('refuses an id that could not be part of a workflow id, with the body faults beside it', async () => {
    const response = await api.call(putLocation, { params: { id: 'a@b.example' }, body: {} });
    expectProblem(response, 'request_invalid', 'params.id', 'body.name', 'body.timeZone');
  });
});

describe('early and late minutes', () => {
  const location = { name: 'M', timeZone: 'UTC' };
  const space = { name: 'S', locationId: 'loc_m' };
  const putIt = (
    spec: typeof putLocation | typeof putSpace,
    id: string,
    body: object,
  ): Promise<ApiResponse> => api.call(spec, { params: { id }, body });
  beforeAll(async () => {
    await putIt(putLocation, 'loc_m', location);
    await putIt(putSpace, 'spc_m', space);
  });
  beforeEach(() => {
    api.sources.mood = 'prompt';
    api.sources.changes.length = 0;
  });

  it('are none at a new location, stay when they are left out, and change one by one', async () => {
    const { body } = await api.call(getLocation, { params: { id: 'loc_m' } });
    expect(body).toMatchObject({ earlyMinutes: 0, lateMinutes: 0 });
    const both = await putIt(putLocation, 'loc_m', {
      ...location,
      earlyMinutes: 10,
      lateMinutes: 5,
    });
    expect(both.body).toMatchObject({ earlyMinutes: 10, lateMinutes: 5 });
    const one = await putIt(putLocation, 'loc_m', { ...location, earlyMinutes: 15 });
    expect(one.body).toMatchObject({ earlyMinutes: 15, lateMinutes: 5 });
    const none = await putIt(putLocation, 'loc_m', location);
    expect(none.body).toMatchObject({ earlyMinutes: 15, lateMinutes: 5 });
    expect(api.sources.changes).toEqual([
      { kind: 'location', locationId: 'loc_m' },
      { kind: 'location', locationId: 'loc_m' },
    ]);
  });

  it('of a space are those of its location until it has its own, and again after null', async () => {
    await putIt(putLocation, 'loc_m', { ...location, earlyMinutes: 1, lateMinutes: 2 });
    const before = await putIt(putSpace, 'spc_m', space);
    expect(before.body).toMatchObject({ earlyMinutes: null, lateMinutes: null });
    const own = await putIt(putSpace, 'spc_m', { ...space, earlyMinutes: 1440 });
    expect(own.body).toMatchObject({ earlyMinutes: 1440, lateMinutes: 2 });
    const again = await putIt(putSpace, 'spc_m', { ...space, earlyMinutes: null });
    expect(again.body).toMatchObject({ earlyMinutes: null, lateMinutes: null });
    expect(api.sources.changes.slice(-2)).toEqual([
      { kind: 'space', spaceId: 'spc_m' },
      { kind: 'space', spaceId: 'spc_m' },
    ]);
  });

  it.each([
    [putLocation, { ...location, earlyMinutes: -1, lateMinutes: 1441 }],
    [putLocation, { ...location, earlyMinutes: null, lateMinutes: 0.5 }],
    [putSpace, { ...space, earlyMinutes: '5', lateMinutes: -0.5 }],
  ])('are whole minutes of a day at most', async (spec, body) => {
    const response = await api.call(spec, { params: { id: 'x_m' }, body });
    expectProblem(response, 'request_invalid', 'body.earlyMinutes', 'body.lateMinutes');
  });

  it('of a space are both null or both minutes', async () => {
    const response = await putIt(putSpace, 'spc_m', {
      ...space,
      earlyMinutes: null,
      lateMinutes: 5,
    });
    expectProblem(response, 'request_invalid', 'body.lateMinutes');
  });

  it.each([
    ['location', putLocation, 'loc_m', location],
    ['space', putSpace, 'spc_m', space],
  ] as const)(
    'of a %s that nobody could be told of are told by a repetition',
    async (kind, spec, id, body) => {
      const changed = { ...body, earlyMinutes: 33 };
      api.sources.mood = 'away';
      expectProblem(await putIt(spec, id, changed), 'temporal_unavailable');
      api.sources.mood = 'prompt';
      expect((await putIt(spec, id, changed)).status).toBe(200);
      expect(api.sources.changes).toMatchObject([{ kind }]);
      expect((await putIt(spec, id, changed)).status).toBe(200);
      expect(api.sources.changes).toHaveLength(1);
    },
  );
});

describe('GET /v1/locations', () => {
  it('pages through all in order of id', async () => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const { body } = await api.call(listLocations, {
        query: { limit: '1', ...(cursor === null ? {} : { cursor }) },
      });
      const page = body as { data: { id: string }[]; nextCursor: string | null };
      expect(page.data.length).toBeLessThanOrEqual(1);
      ids.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    expect(ids).toEqual(['loc_1', 'loc_2', 'loc_m', 'loc_new']);
  });

  it.each([
    ['limit 0', { limit: '0' }, ['query.limit']],
    ['limit 201', { limit: '201' }, ['query.limit']],
    [
      'a limit that is no number, and an unknown filter',
      { limit: 'x', no: '1' },
      ['query.limit', 'query.no'],
    ],
    ['a cursor that is not ours', { cursor: 'made-up' }, ['query.cursor']],
  ])('refuses %s', async (_what, query, paths) => {
    expectProblem(await api.call(listLocations, { query }), 'request_invalid', ...paths);
  });

  it('says when there is no such location', async () => {
    expectProblem(await api.call(getLocation, { params: { id: 'loc_no' } }), 'location_not_found');
  });
});

describe('/v1/spaces', () => {
  it('makes a space in a location', async () => {
    const { body } = await api.call(getSpace, { params: { id: 'spc_1' } });
    expect(body).toMatchObject({ id: 'spc_1', locationId: 'loc_1' });
  });

  it('refuses an unknown location', async () => {
    const body = { name: 'A', locationId: 'loc_no' };
    expectProblem(await api.call(putSpace, { params: { id: 'spc_x' }, body }), 'location_unknown');
    expectProblem(await api.call(getSpace, { params: { id: 'spc_x' } }), 'space_not_found');
  });

  it('refuses a body without its fields', async () => {
    const response = await api.call(putSpace, { params: { id: 'spc_x' }, body: {} });
    expectProblem(response, 'request_invalid', 'body.name', 'body.locationId');
  });

  it('lists those of one location', async () => {
    const { body } = await api.call(listSpaces, { query: { locationId: 'loc_2' } });
    expect((body as { data: { id: string }[] }).data.map(({ id }) => id)).toEqual(['spc_2']);
  });
});

describe('a space', () => {
  it('that moves takes its locks along, and its bookings follow', async () => {
    await furnishPlaces(api);
    const { integrationId, mappingId } = await furnish(api);
    await api.store.integrations.update(integrationId, { locationIds: ['loc_1'] });
    const params = { id: 'spc_1' };
    const body = { name: 'Room', locationId: 'loc_2' };
    expectProblem(await api.call(putSpace, { params, body }), 'location_not_served');
    expect(await api.store.doorMappings.get(mappingId)).toMatchObject({ locationId: 'loc_1' });

    await api.store.integrations.update(integrationId, { locationIds: ['loc_1', 'loc_2'] });
    api.sources.changes.length = 0;
    expect((await api.call(putSpace, { params, body })).status).toBe(200);
    const moved = { locationId: 'loc_2', spaceId: 'spc_1' };
    expect(await api.store.doorMappings.get(mappingId)).toMatchObject(moved);
    expect(api.sources.changes).toEqual([{ kind: 'space', spaceId: 'spc_1' }]);
  });

  it('that is told of after its bookings has them look again', async () => {
    const HOUR = 3_600_000;
    const content = {
      memberIds: ['mem_1'],
      spaceId: 'spc_late',
      startsAt: api.clock.time,
      endsAt: api.clock.time + HOUR,
      status: 'confirmed' as const,
    };
    await api.store.bookings.accept('bkg_early', { version: 1, content });
    api.sources.changes.length = 0;
    const body = { name: 'Late', locationId: 'loc_1' };
    await api.call(putSpace, { params: { id: 'spc_late' }, body });
    await api.call(putSpace, { params: { id: 'spc_empty' }, body });
    expect(api.sources.changes).toEqual([{ kind: 'space', spaceId: 'spc_late' }]);
  });
});
