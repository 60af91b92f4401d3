import { randomUUID } from 'node:crypto';
import { workflowIds } from '../../src/contracts/names';
import type { Job } from '../../src/store';
import { createImports } from '../../src/temporal/imports';
import { startContinuingStack } from '../support/continuing-server';
import { eventually } from '../support/eventually';
import type { Stack } from '../support/stack';
import { runsOf, secondsFromNow } from './support';

let stack: Stack;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ stack, close } = await startContinuingStack());
  await stack.store.locations.upsert({ id: 'loc_1', name: 'Mitte', timeZone: 'Europe/Berlin' });
  await stack.store.spaces.upsert({ id: 'spc_1', name: 'Room', locationId: 'loc_1' });
  const door = await stack.lockMapping();
  await stack.store.doorMappings.update(door.id, { locationId: 'loc_1', spaceId: 'spc_1' });
});
afterAll(async () => {
  await close();
});

const iso = (ms: number): string => new Date(ms).toISOString();

/** Keeps an import of one item a chunk, every fifth of them not valid, and starts it. */
async function begin(memberId: string, count: number): Promise<string> {
  const jobId = `job_${randomUUID()}`;
  for (let index = 0; index < count; index += 1) {
    const booking = {
      id: idOf(jobId, index),
      version: 1,
      memberIds: [index % 5 === 4 ? 'mem_nobody' : memberId],
      spaceId: 'spc_1',
      startsAt: iso(secondsFromNow(3_600 * (index + 1))),
      endsAt: iso(secondsFromNow(3_600 * (index + 1) + 1_800)),
      status: 'pending',
    };
    const chunk = { kind: 'bookings' as const, firstIndex: index, items: [booking] };
    await stack.store.imports.put(jobId, index, chunk);
  }
  const by = { type: 'api_key', id: 'key_tester' } as const;
  const input = { jobId, by, chunks: count, total: count };
  const imports = createImports(stack.client);
  await imports.start(input);
  // A repetition of the request finds it running.
  await imports.start(input);
  return jobId;
}

const idOf = (jobId: string, index: number): string => `${jobId}.${String(index)}`;

const jobWhere = (jobId: string, isRight: (job: Job) => boolean): Promise<Job | null> =>
  eventually(
    () => stack.store.jobs.get(jobId),
    (job) => job !== null && isRight(job),
    60_000,
  );

describe('an import', () => {
  it('goes on where it was through a stop of all workers and through continue-as-new', async () => {
    const member = await stack.newMember();
    const jobId = await begin(member.id, 30);
    await jobWhere(jobId, ({ done }) => done >= 5);
    await stack.stopWorkers();
    await stack.startWorkers();
    const ended = await jobWhere(jobId, ({ state }) => state !== 'running');
    const invalid = [4, 9, 14, 19, 24, 29].map((index) => ({
      kind: 'bookings',
      index,
      id: idOf(jobId, index),
      errors: [{ code: 'member_unknown', message: 'no member has the id mem_nobody.' }],
    }));
    expect(ended).toMatchObject({
      kind: 'import',
      state: 'done',
      done: 30,
      total: 30,
      message: null,
      result: { accepted: 24, older: 0, invalidCount: 6, invalid },
      by: { type: 'api_key', id: 'key_tester' },
    });
    expect(await runsOf(stack, workflowIds.importSources(jobId))).toBeGreaterThan(1);
    await eventually(
      () => stack.store.bookings.get(idOf(jobId, 28)),
      (record) => record?.appliedVersion === 1,
    );
    expect(await stack.store.imports.get(jobId, 0)).toBeNull();
  }, 150_000);

  it('that is cancelled stops, says how far it came, and leaves what was taken', async () => {
    const member = await stack.newMember();
    const jobId = await begin(member.id, 40);
    await jobWhere(jobId, ({ done }) => done >= 3);
    await stack.client.workflow.getHandle(workflowIds.importSources(jobId)).cancel();
    const ended = await jobWhere(jobId, ({ state }) => state !== 'running');
    expect(ended).toMatchObject({ state: 'failed', total: 40 });
    expect(ended?.message).toMatch(/^It was cancelled in Temporal after \d+ of 40 items\.$/);
    const { accepted } = ended?.result as { accepted: number };
    expect(accepted).toBeGreaterThanOrEqual(2);
    expect(accepted).toBeLessThan(32);
    await eventually(
      () => stack.store.bookings.get(idOf(jobId, 0)),
      (record) => record?.appliedVersion === 1,
    );
    expect(await stack.store.bookings.get(idOf(jobId, 38))).toBeNull();
    expect(await stack.store.imports.get(jobId, 39)).toBeNull();
  }, 150_000);
});
