import { setTimeout as sleep } from 'node:timers/promises';
import type { DoorSyncResult } from '../../src/contracts/door-activities';
import { workflowIds } from '../../src/contracts/names';
import type { Job } from '../../src/store';
import { createDoorSync, type DoorSync } from '../../src/temporal/door-sync';
import { eventually } from '../support/eventually';
import { startFastStack, type Stack } from '../support/stack';
import { secondsFromNow, statusOf } from './support';

const BY = { type: 'api_key', id: 'key_tester' } as const;

let stack: Stack;
let doorSync: DoorSync;
let syncs = 0;
beforeAll(async () => {
  stack = await startFastStack();
  doorSync = createDoorSync(stack.client);
});
afterAll(async () => {
  await stack.close();
});
afterEach(() => {
  stack.simulator.clearFaults();
  stack.simulator.setSwitches({ latencyMs: 0, outage: 'none' });
});

async function start(): Promise<string> {
  syncs += 1;
  const { id: integrationId, organizationId } = stack.integration;
  const jobId = `job_${String(syncs)}`;
  const input = { jobId, integrationId, organizationId, by: BY, includeDeleted: false };
  return (await doorSync.start(input)).jobId;
}

async function ended(jobId: string, timeoutMs = 20_000): Promise<Job> {
  const job = await eventually(
    () => stack.store.jobs.get(jobId),
    (read) => read !== null && read.state !== 'running',
    timeoutMs,
  );
  if (!job) throw new Error('the job is gone');
  // The workflow closes a moment after its job.
  await eventually(
    () => statusOf(stack, workflowIds.syncDoors(stack.integration.id)),
    (status) => status !== 'RUNNING',
  );
  return job;
}

const resultOf = ({ result }: Job): Partial<DoorSyncResult> => result ?? {};
const groupLocksAsked = (): number =>
  stack.simulator.requests().filter(({ path }) => path.startsWith('/group_locks')).length;

it('opens no door: whoever books, subscribes or is a member is granted nothing by it', async () => {
  const place = { id: 'loc_1', name: 'Mitte', timeZone: 'Europe/Berlin' };
  await stack.store.locations.upsert(place);
  await stack.store.spaces.upsert({ id: 'spc_1', name: 'One', locationId: 'loc_1' });
  const member = await stack.newMember();
  const source = { kind: 'booking', id: 'bk_1' } as const;
  const booking = {
    memberIds: [member.id],
    spaceId: 'spc_1',
    startsAt: new Date(secondsFromNow(-60)).toISOString(),
    endsAt: new Date(secondsFromNow(3_600)).toISOString(),
    status: 'confirmed',
  };
  const applied = (version: number) =>
    eventually(
      () => stack.store.bookings.get(source.id),
      (record) => record?.appliedVersion === version,
    );
  await stack.deps.messages.changeSource(source, { ...booking, version: 1 });
  await applied(1);

  const job = await ended(await start());
  expect(job).toMatchObject({ state: 'done', message: null, subjectId: stack.integration.id });
  expect(resultOf(job)).toMatchObject({ created: 4, locks: 3, groups: 1, vanished: 0 });
  expect(job.done).toBe(job.total);

  await stack.deps.messages.changeSource(source, { ...booking, version: 2 });
  expect((await applied(2))?.asked).toEqual([]);
  const grants = await stack.store.grants.list({ memberId: member.id }, { limit: 10 }, Date.now());
  expect(grants.data).toEqual([]);
  expect(stack.locks.map((lockId) => stack.couldOpen(member, lockId))).toEqual([
    false,
    false,
    false,
  ]);

  // The same booking shows that it would have been seen: once the lock is assigned, it opens.
  const target = { kind: 'lock', id: stack.locks[0] ?? 0 } as const;
  const { organizationId } = stack.integration;
  const [synced] = await stack.store.doorMappings.byResource(organizationId, target);
  const assigned = { locationId: 'loc_1', spaceId: 'spc_1' };
  await stack.store.doorMappings.update(synced?.id ?? '', assigned);
  await stack.deps.messages.changeSource(source, { ...booking, version: 3 });
  await eventually(
    () => stack.couldOpen(member, target.id),
    (open) => open,
  );
});

it('runs one at a time for each integration: whoever asks meanwhile is shown that one', async () => {
  stack.simulator.setSwitches({ latencyMs: 300 });
  const first = await start();
  expect(await start()).toBe(first);
  expect((await ended(first)).state).toBe('done');
  stack.simulator.setSwitches({ latencyMs: 0 });
  const next = await start();
  expect(next).not.toBe(first);
  expect(resultOf(await ended(next))).toMatchObject({ created: 0, renamed: 0, unchanged: 4 });
});

it('goes on in another worker, with the groups that it has not seen', async () => {
  const { organizationId } = stack.integration;
  const kisi = await stack.deps.kisi.forOrganization(organizationId);
  const made = 11;
  for (let index = 0; index < made; index += 1) {
    const { id } = await kisi.createGroup({ name: `Group ${String(index)}`, description: null });
    await kisi.createGroupLock({ groupId: id, lockId: stack.locks[0] ?? 0 });
  }
  stack.simulator.setSwitches({ latencyMs: 1_000 });
  const before = groupLocksAsked();
  const jobId = await start();
  await eventually(groupLocksAsked, (asked) => asked >= before + 2);
  // What still runs after the worker's patience of 5 s is cut off.
  await stack.stopWorkers();
  const atStop = groupLocksAsked() - before;
  expect(atStop).toBeLessThan(made);
  stack.simulator.setSwitches({ latencyMs: 0 });
  await stack.startWorkers();
  const job = await ended(jobId, 60_000);
  expect(resultOf(job)).toMatchObject({ created: made, groups: made + 1, locks: 3 });
  // Only the one that was cut off is asked for twice.
  expect(groupLocksAsked() - before).toBeLessThanOrEqual(made + 2);
}, 150_000);

it('waits for an outage to end, and says so', async () => {
  stack.simulator.setSwitches({ outage: 'unavailable' });
  const jobId = await start();
  const handle = stack.client.workflow.getHandle(workflowIds.syncDoors(stack.integration.id));
  await eventually(
    async () => (await stack.store.jobs.get(jobId))?.message ?? '',
    (message) => message.includes('cannot be reached'),
  );
  expect((await handle.describe()).status.name).toBe('RUNNING');
  stack.simulator.setSwitches({ outage: 'none' });
  expect(await ended(jobId, 30_000)).toMatchObject({ state: 'done', message: null });
});

it('ends its job when an operator cancels it', async () => {
  stack.simulator.setSwitches({ latencyMs: 500 });
  const jobId = await start();
  await sleep(300);
  await stack.client.workflow.getHandle(workflowIds.syncDoors(stack.integration.id)).cancel();
  expect(await ended(jobId)).toMatchObject({
    state: 'failed',
    message: 'It was cancelled in Temporal.',
  });
});

it('ends the job of a sync that was terminated, when the next one begins', async () => {
  stack.simulator.setSwitches({ latencyMs: 500 });
  const terminated = await start();
  await eventually(
    () => stack.store.jobs.get(terminated),
    (job) => job !== null,
  );
  await stack.client.workflow.getHandle(workflowIds.syncDoors(stack.integration.id)).terminate();
  stack.simulator.setSwitches({ latencyMs: 0 });
  const next = await start();
  expect(next).not.toBe(terminated);
  expect(await ended(terminated)).toMatchObject({
    state: 'failed',
    message: 'It was terminated in Temporal.',
  });
  expect(await ended(next)).toMatchObject({ state: 'done' });
});

it('fails, and says what to do, where Kisi refuses the key', async () => {
  stack.simulator.addFault({ kind: 'answerBefore', status: 401 });
  const job = await ended(await start());
  expect(job).toMatchObject({ state: 'failed', result: null });
  expect(job.message).toContain('Organization Owner');
});
