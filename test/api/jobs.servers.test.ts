import { getJob, listJobs } from '../../api/jobs/schema';
import { expectProblem, NOW, startApi, type ApiUnderTest } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  const by = { type: 'api_key', id: api.keyIds.admin } as const;
  await api.store.jobs.begin({ id: 'job_1', kind: 'removal', subjectId: 'int_1', by, total: 4 });
  await api.store.jobs.progress('job_1', { done: 1, message: 'waits until Kisi answers' });
  api.clock.time += 1_000;
  await api.store.jobs.begin({ id: 'job_2', kind: 'sync', subjectId: 'int_1', by });
  await api.store.jobs.end('job_2', { state: 'done', result: { created: 3 } });
});
afterAll(() => api.close());

it('shows how far a job has come', async () => {
  const { body } = await api.call(getJob, { params: { id: 'job_1' }, key: api.keys.operator });
  expect(body).toEqual({
    id: 'job_1',
    kind: 'removal',
    subjectId: 'int_1',
    state: 'running',
    done: 1,
    total: 4,
    message: 'waits until Kisi answers',
    result: null,
    startedAt: new Date(NOW).toISOString(),
    endedAt: null,
    by: { type: 'api_key', id: api.keyIds.admin },
  });
});

it('lists jobs, newest first, by kind, state and subject', async () => {
  const idsOf = async (query: Record<string, string>): Promise<string[]> => {
    const { body } = await api.call(listJobs, { query });
    return (body as { data: { id: string }[] }).data.map(({ id }) => id);
  };
  expect(await idsOf({})).toEqual(['job_2', 'job_1']);
  expect(await idsOf({ subjectId: 'int_1', kind: 'sync' })).toEqual(['job_2']);
  expect(await idsOf({ state: 'running' })).toEqual(['job_1']);
  expect(await idsOf({ subjectId: 'int_2' })).toEqual([]);
});

it('refuses an unknown kind, and an unknown job', async () => {
  expectProblem(
    await api.call(listJobs, { query: { kind: 'laundry' } }),
    'request_invalid',
    'query.kind',
  );
  expectProblem(await api.call(getJob, { params: { id: 'job_none' } }), 'job_not_found');
});
