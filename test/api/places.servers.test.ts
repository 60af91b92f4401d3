import { getLocation, listLocations, putLocation } from '../../api/locations/schema';
import { getSpace, listSpaces, putSpace } from '../../api/spaces/schema';
import { expectProblem, startApi, type ApiUnderTest } from './api-under-test';
import { furnishPlaces } from './fixtures';

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
    expect(ids).toEqual(['loc_1', 'loc_2', 'loc_new']);
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
