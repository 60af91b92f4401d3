import request from 'supertest';
import { listLocations, putLocation } from '../../api/locations/schema';
import { expectProblem, startApi, type ApiUnderTest } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterEach(() => {
  jest.restoreAllMocks();
});
afterAll(() => api.close());

const authorized = (): { Authorization: string } => ({ Authorization: `Bearer ${api.keys.admin}` });

describe('a request', () => {
  it('keeps the id that it brings, when it is usable', async () => {
    const given = await api.call(listLocations, { headers: { 'X-Request-Id': 'req-12345678' } });
    expect(given.headers['x-request-id']).toBe('req-12345678');
    const unusable = await api.call(listLocations, { headers: { 'X-Request-Id': 'a b' } });
    expect(unusable.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('leaves one log line with its id, route, status and key, and no secret', async () => {
    await api.call(listLocations, {
      headers: { 'X-Request-Id': 'req-for-the-log' },
      query: { limit: '7' },
    });
    const lines = api
      .logs()
      .split('\n')
      .filter((line) => line.includes('req-for-the-log'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      requestId: 'req-for-the-log',
      method: 'GET',
      route: '/v1/locations',
      apiKeyId: api.keyIds.admin,
      res: { statusCode: 200 },
    });
    for (const secret of Object.values(api.keys)) expect(api.logs()).not.toContain(secret);
  });

  it('to an unknown route is a problem, with a key and outside of /v1 without one', async () => {
    expectProblem(await request(api.app).get('/v1/nothing').set(authorized()), 'route_not_found');
    expectProblem(await request(api.app).get('/nothing'), 'route_not_found');
    expectProblem(await request(api.app).get('/v1/nothing'), 'unauthenticated');
  });

  it('with a broken escape in its path is a problem', async () => {
    const response = await request(api.app).get('/v1/grants/%zz').set(authorized());
    expectProblem(response, 'request_invalid');
  });

  it('whose body is packed wrongly is a problem', async () => {
    const put = request(api.app).put('/v1/locations/loc_1').set(authorized());
    const packed = put.set('Content-Type', 'application/json').set('Content-Encoding', 'gzip');
    expectProblem(await packed.send('{"name":"no gzip"}'), 'malformed_json');
    const unknown = await request(api.app)
      .put('/v1/locations/loc_1')
      .set({ ...authorized(), 'Content-Type': 'application/json', 'Content-Encoding': 'zip' })
      .send('{}');
    expectProblem(unknown, 'media_type_unsupported');
  });

  it('with a body of the wrong charset is a problem', async () => {
    const response = await request(api.app)
      .put('/v1/locations/loc_1')
      .set({ ...authorized(), 'Content-Type': 'application/json; charset=klingon' })
      .send('{}');
    expectProblem(response, 'media_type_unsupported');
  });
});

describe('a failure on our side', () => {
  it('shows nothing internal, and is logged whole under the id of the request', async () => {
    jest
      .spyOn(api.store.locations, 'upsert')
      .mockRejectedValue(new TypeError('mongo-host-7: reading length of undefined'));
    const response = await api.call(putLocation, {
      params: { id: 'loc_1' },
      body: { name: 'A', timeZone: 'UTC' },
    });
    expectProblem(response, 'internal_error');
    expect(response.text).not.toMatch(/mongo-host|TypeError|at /);
    const { requestId } = response.body as { requestId: string };
    const line = api
      .logs()
      .split('\n')
      .find((one) => one.includes(requestId) && one.includes('mongo-host-7'));
    expect(line).toContain('TypeError');
  });
});

describe('an outage of the database', () => {
  it('is told as such, whatever was asked for', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED mongo-host-7'), {
      name: 'MongoServerSelectionError',
    });
    jest.spyOn(api.store.apiKeys, 'verify').mockRejectedValue(away);
    const response = await api.call(listLocations);
    expectProblem(response, 'database_unavailable');
    expect(response.headers['retry-after']).toBe('5');
    expect(response.text).not.toContain('mongo-host-7');
  });
});

describe('headers', () => {
  it('forbid to keep what is answered', async () => {
    expect((await api.call(listLocations)).headers['cache-control']).toBe('no-store');
  });

  it('are hardened, on problems too', async () => {
    for (const response of [
      await request(api.app).get('/healthz'),
      await request(api.app).get('/v1/grants'),
    ]) {
      expect(response.headers['content-security-policy']).toContain("default-src 'self'");
      expect(response.headers['x-content-type-options']).toBe('nosniff');
      expect(response.headers['x-powered-by']).toBeUndefined();
    }
  });
});

describe('the rate limit', () => {
  it('holds each key to its share, and no other key', async () => {
    const small = await startApi({ requestsPerMinute: 3 });
    try {
      for (let n = 0; n < 3; n += 1) expect((await small.call(listLocations)).status).toBe(200);
      const refused = await small.call(listLocations);
      expectProblem(refused, 'rate_limited');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      const other = await small.call(listLocations, { key: small.keys.operator });
      expect(other.status).toBe(200);
    } finally {
      await small.close();
    }
  });

  it('slows the guessing of keys, but never a valid one', async () => {
    const small = await startApi({ refusedKeysPerMinute: 2 });
    try {
      const guess = (): ReturnType<ApiUnderTest['call']> =>
        small.call(listLocations, { key: 'lk_guess' });
      expectProblem(await guess(), 'unauthenticated');
      expectProblem(await guess(), 'unauthenticated');
      expectProblem(await guess(), 'rate_limited');
      expect((await small.call(listLocations)).status).toBe(200);
      // Who sends nothing guesses nothing: the page for signing in asks so, again and again.
      expectProblem(await small.call(listLocations, { key: null }), 'unauthenticated');
    } finally {
      await small.close();
    }
  });
});
