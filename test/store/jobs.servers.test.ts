import { admin, allPages, freshId, HOUR, useStore } from './fixtures';

const { store, clock } = useStore();

const begin = (id = freshId('job'), subjectId = 'int_1') =>
  store().jobs.begin({ id, kind: 'removal', subjectId, by: admin });

describe('jobs', () => {
  it('begins a job once, whoever repeats it', async () => {
    const id = freshId('job');
    const startedAt = clock.now();
    const jobs = await Promise.all([begin(id), begin(id), begin(id)]);
    clock.pass(1_000);
    await store().jobs.progress(id, { done: 3 });
    expect(await begin(id, 'int_other')).toEqual({
      id,
      kind: 'removal',
      subjectId: 'int_1',
      state: 'running',
      done: 3,
      total: null,
      message: null,
      result: null,
      startedAt,
      endedAt: null,
      by: admin,
    });
    for (const job of jobs) expect(job.startedAt).toBe(startedAt);
  });

  it('shows progress, and changes only what is given', async () => {
    const { id } = await begin();
    await store().jobs.progress(id, { total: 40, done: 1, message: 'waits for Kisi' });
    await store().jobs.progress(id, { done: 2 });
    await store().jobs.progress(id, { message: null });
    expect(await store().jobs.get(id)).toMatchObject({ total: 40, done: 2, message: null });
  });

  it('ends once: what comes later changes nothing', async () => {
    const { id } = await begin();
    clock.pass(HOUR);
    const endedAt = clock.now();
    await store().jobs.end(id, { state: 'done', result: { removed: [7], nested: { n: null } } });
    clock.pass(HOUR);
    await store().jobs.end(id, { state: 'failed', message: 'too late' });
    await store().jobs.progress(id, { done: 9 });
    expect(await store().jobs.get(id)).toMatchObject({
      state: 'done',
      done: 0,
      message: null,
      result: { removed: [7], nested: { n: null } },
      endedAt,
    });
  });

  it('lists the newest first, filtered, page by page', async () => {
    const subjectId = freshId('int');
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      clock.pass(1);
      ids.unshift((await begin(freshId('job'), subjectId)).id);
    }
    await store().jobs.end(ids[1] ?? '', { state: 'failed', message: 'no' });
    const listed = await allPages(
      (cursor) => store().jobs.list({ subjectId, kind: 'removal' }, { cursor, limit: 2 }),
      2,
    );
    expect(listed.map(({ id }) => id)).toEqual(ids);
    const failed = await store().jobs.list({ subjectId, state: 'failed' }, { limit: 5 });
    expect(failed.data.map(({ id }) => id)).toEqual([ids[1]]);
    const others = await store().jobs.list({ subjectId, kind: 'sync' }, { limit: 5 });
    expect(others.data).toEqual([]);
    expect(await store().jobs.get('job_none')).toBeNull();
  });
});
