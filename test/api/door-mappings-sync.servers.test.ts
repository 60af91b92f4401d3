import { ServiceError } from '@temporalio/client';
import { syncDoorMappings } from '../../api/door-mappings/schema';
import { getJob } from '../../api/jobs/schema';
import { expectProblem, startApi, type ApiResponse, type ApiUnderTest } from './api-under-test';
import { whileRemoved } from '../support/while-removed';
import { furnish, idOf, type Building } from './fixtures';

let api: ApiUnderTest;
let building: Building;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
});
afterEach(async () => {
  for (const { jobId } of api.doorSyncs.splice(0))
    await api.store.jobs.end(jobId, { state: 'done' });
});
afterAll(() => api.close());

const sync = (body: object = {}, headers: Record<string, string> = {}): Promise<ApiResponse> =>
  api.call(syncDoorMappings, {
    body: { integrationId: building.integrationId, ...body },
    headers,
  });

describe('POST /v1/door-mappings/sync', () => {
  it('answers a job that can be read while it runs', async () => {
    const response = await sync();
    expect(response.status).toBe(202);
    expect(response.body).toMatchObject({
      kind: 'sync',
      subjectId: building.integrationId,
      state: 'running',
      by: { type: 'api_key', id: api.keyIds.admin },
    });
    const id = idOf(response.body);
    expect(response.headers['location']).toBe(`/v1/jobs/${id}`);
    expect((await api.call(getJob, { params: { id } })).body).toEqual(response.body);
    const { organizationId } = (await api.store.integrations.get(building.integrationId)) ?? {};
    expect(api.doorSyncs).toEqual([
      {
        jobId: id,
        integrationId: building.integrationId,
        organizationId,
        by: { type: 'api_key', id: api.keyIds.admin },
        includeDeleted: false,
      },
    ]);
  });

  it('answers the job of the sync that runs already', async () => {
    const first = await sync({ includeDeleted: true });
    const second = await sync();
    expect(second.status).toBe(202);
    expect(idOf(second.body)).toBe(idOf(first.body));
    expect(api.doorSyncs[0]).toMatchObject({ includeDeleted: true });
  });

  it('answers the end of a sync that is done at once', async () => {
    const running = sync();
    for (;;) {
      const [started] = api.doorSyncs;
      if (started) {
        const end = { state: 'done', result: { created: 2 } } as const;
        await api.store.jobs.end(started.jobId, end);
        const job = await api.store.jobs.get(started.jobId);
        if (job?.state === 'done') break;
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const response = await running;
    expect(response.status).toBe(200);
    expect(response.body).toMatchObject({ state: 'done', result: { created: 2 } });
  });

  it('starts anew where the sync that seems to run has ended', async () => {
    const first = await sync();
    await api.store.jobs.end(idOf(first.body), { state: 'done' });
    const pending = sync();
    await new Promise((resolve) => setTimeout(resolve, 300));
    // As the workflow closes: nobody is in the way any more.
    api.doorSyncs.splice(0);
    const second = await pending;
    expect(second.status).toBe(202);
    expect(idOf(second.body)).not.toBe(idOf(first.body));
  });

  it('starts one sync however often the request is repeated', async () => {
    const headers = { 'Idempotency-Key': 'sync-once' };
    const finish = jest
      .spyOn(api.store.idempotency, 'finish')
      .mockRejectedValueOnce(new Error('the database went away'));
    expectProblem(await sync({}, headers), 'internal_error');
    finish.mockRestore();
    const again = await sync({}, headers);
    expect(api.doorSyncs.map(({ jobId }) => jobId)).toEqual([idOf(again.body)]);
  });

  it('refuses an unknown integration, one that is not active, and what is no request', async () => {
    const unknown = await sync({ integrationId: 'int_no' });
    expectProblem(unknown, 'integration_unknown', 'body.integrationId');
    await whileRemoved(api.store, building.integrationId, async () => {
      expectProblem(await sync(), 'integration_inactive', 'body.integrationId');
    });
    const faulty = await sync({ integrationId: 7, includeDeleted: 'yes', fast: true });
    const faults = ['body.fast', 'body.includeDeleted', 'body.integrationId'];
    expectProblem(faulty, 'request_invalid', ...faults);
    expect(api.doorSyncs).toEqual([]);
  });

  it('says when Temporal is away', async () => {
    const start = jest
      .spyOn(api.doorSync, 'start')
      .mockRejectedValueOnce(new ServiceError('14 UNAVAILABLE: secret-host:7233'));
    const response = await sync();
    start.mockRestore();
    expectProblem(response, 'temporal_unavailable');
    expect(response.text).not.toContain('secret-host');
  });
});
