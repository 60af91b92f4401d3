import { Counter } from 'prom-client';
import { createGrant } from '../../api/grants/schema';
import { healthz, metrics, readyz } from '../../api/health/schema';
import { expectProblem, startApi, type ApiUnderTest } from './api-under-test';
import { furnish } from './fixtures';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
});
afterEach(() => {
  jest.restoreAllMocks();
  api.grants.mood = 'prompt';
});
afterAll(() => api.close());

describe('GET /healthz', () => {
  it('answers without a key, even when everything else is away', async () => {
    api.grants.mood = 'away';
    const { status, body } = await api.call(healthz, { key: null });
    expect({ status, body }).toEqual({ status: 200, body: { status: 'ok' } });
  });
});

describe('GET /readyz', () => {
  it('is ready when MongoDB and Temporal answer', async () => {
    const { body } = await api.call(readyz, { key: null });
    expect(body).toEqual({ status: 'ready', checks: { mongodb: 'ok', temporal: 'ok' } });
  });

  it('names what does not answer, and nothing more', async () => {
    api.grants.mood = 'away';
    jest.spyOn(api.store, 'ping').mockRejectedValue(new Error('mongo-host-7 refused'));
    const response = await api.call(readyz, { key: null });
    expectProblem(response, 'not_ready');
    expect(response.text).toContain('mongodb, temporal');
    expect(response.text).not.toMatch(/mongo-host-7|secret-host/);
  });

  it('does not wait for one that hangs', async () => {
    jest.spyOn(api.store, 'ping').mockReturnValue(new Promise(() => undefined));
    const before = performance.now();
    expectProblem(await api.call(readyz, { key: null }), 'not_ready');
    expect(performance.now() - before).toBeLessThan(4000);
  });
});

describe('GET /metrics', () => {
  it('counts grants per state and measures requests, under the names that are promised', async () => {
    const kisiCalls = api.registry.getSingleMetric('latchkey_kisi_calls_total');
    if (!(kisiCalls instanceof Counter)) throw new Error('the calls to Kisi are not counted');
    kisiCalls.inc({ method: 'GET', route: '/locks', status: '200' });
    const { mappingId } = await furnish(api);
    await api.call(createGrant, { params: { id: 'mem_1' }, body: { doorMappingId: mappingId } });
    const { text, headers } = await api.call(metrics, { key: null });
    expect(headers['content-type']).toContain('text/plain');
    expect(text).toContain('latchkey_grants{status="active",provisioning="in_place"} 1');
    expect(text).toContain('latchkey_grants{status="revoked",provisioning="removed"} 0');
    expect(text).toMatch(
      /latchkey_http_request_duration_seconds_count\{method="POST",route="\/v1\/members\/:id\/grants",status="201"\} 1/,
    );
    expect(text).toContain('latchkey_kisi_calls_total{method="GET",route="/locks",status="200"} 1');
    for (const name of [
      'latchkey_grant_in_place_seconds',
      'latchkey_grant_end_lateness_seconds',
      'latchkey_kisi_wait_seconds',
    ]) {
      expect(text).toContain(`# TYPE ${name} histogram`);
    }
  });

  it('still shows the rest when the grants cannot be counted', async () => {
    api.clock.time += 60_000;
    jest.spyOn(api.store.grants, 'countByState').mockRejectedValue(new Error('away'));
    const { status, text } = await api.call(metrics, { key: null });
    expect(status).toBe(200);
    expect(text).toContain('latchkey_http_request_duration_seconds_count');
    expect(text).not.toContain('latchkey_grants{');
  });
});
