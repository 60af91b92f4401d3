import { setTimeout as sleep } from 'node:timers/promises';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../../src/contracts/names';
import { demoApiKey } from '../../simulator';
import type { ProblemType } from '../../src/domain/grant';
import type { Integration, Job, RemovalMode } from '../../src/store';
import { eventually } from '../support/eventually';
import { expectAccess } from '../support/oracle';
import { connectAgain, removeIntegration } from '../support/removal';
import { startFastStack, type Stack } from '../support/stack';
import { secondsFromNow, statusOf } from './support';

const BY = { type: 'api_key', id: 'key_admin' } as const;
const TIMEOUT_MS = 90_000;

let stack: Stack;
beforeEach(async () => {
  stack = await startFastStack();
});
afterEach(() => stack.close());

const remove = (mode: RemovalMode): Promise<string> => removeIntegration(stack, mode);

function untilJob(id: string, what: (job: Job) => boolean): Promise<Job | null> {
  return eventually(
    () => stack.store.jobs.get(id),
    (job) => job !== null && what(job),
    60_000,
  );
}

async function present(): Promise<Integration> {
  const integration = await stack.store.integrations.get(stack.integration.id);
  if (!integration) throw new Error('An integration is never deleted');
  return integration;
}

const inPlace = (grantId: string) =>
  stack.until(grantId, ({ provisioning, settled }) => provisioning === 'in_place' && settled);
/** The pass says that the integration is gone; a grant that asks anew finds its mapping inactive first. */
const waiting = (grantId: string) =>
  stack.until(
    grantId,
    ({ problem }) => problem !== null && WAITS_FOR_THE_CONNECTION.includes(problem.type),
    30_000,
  );
const WAITS_FOR_THE_CONNECTION: readonly ProblemType[] = [
  'integration_inactive',
  'mapping_inactive',
];
const callsToKisi = (): number => stack.simulator.requests().length;

test(
  'removing takes all access away, through an outage and a stopped worker, and connecting again puts it back',
  async () => {
    const { simulator, store, integration } = stack;
    const [lockId = 0] = stack.locks;
    const lock = await stack.lockMapping(lockId);
    const group = await stack.groupMapping();
    const [ann, ben, cleo] = [
      await stack.newMember(),
      await stack.newMember(),
      await stack.newMember(),
    ];
    const grants = [
      await stack.grant({ member: ann, mapping: lock }),
      await stack.grant({ member: ann, mapping: group, endsAt: null }),
      await stack.grant({ member: ben, mapping: lock, endsAt: null }),
      // Written ahead: its row lets nobody in yet, and must not do so later either.
      await stack.grant({ member: cleo, mapping: group, startsAt: secondsFromNow(3_600) }),
    ];
    for (const { id } of grants) await inPlace(id);
    const begun = Date.now();

    simulator.setSwitches({ outage: 'unavailable' });
    const jobId = await remove('remove');
    const held = await untilJob(jobId, ({ total }) => total === 4);
    expect(held).toMatchObject({ state: 'running', done: 0 });
    await untilJob(jobId, ({ message }) => message?.includes('Kisi does not answer') ?? false);
    await stack.stopWorkers();
    simulator.setSwitches({ outage: 'none' });
    expect(stack.rowsOf(ann)).toHaveLength(2);
    await stack.startWorkers();

    const done = await untilJob(jobId, ({ state }) => state === 'done');
    expect(done).toMatchObject({ done: 4, total: 4, message: null, result: { removedRows: 4 } });
    for (const member of [ann, ben, cleo]) expect(stack.rowsOf(member)).toEqual([]);
    expect(await present()).toMatchObject({ active: false, connected: false, fault: null });
    for (const { id } of grants) {
      expect(await waiting(id)).toMatchObject({ provisioning: 'pending' });
      expect(await expectAccessNow(ann, lockId)).toBe('closed');
    }

    // Nothing can be granted, whatever is asked, and Kisi hears nothing of it.
    const calls = callsToKisi();
    const late = await stack.grant({ member: ben, mapping: group });
    expect((await waiting(late.id)).provisioning).toBe('pending');
    const [first] = grants;
    await stack.commands.retryNow(first?.id ?? '', { by: BY });
    await waiting(first?.id ?? '');
    await stack.commands.revoke(grants[3]?.id ?? '', { by: BY });
    await stack.until(grants[3]?.id ?? '', ({ provisioning }) => provisioning === 'removed');
    const pass = { memberId: ann.id, organizationId: integration.organizationId };
    const target = { kind: 'lock' as const, id: lockId };
    await stack.deps.messages.pokePass({ ...pass, target }, 1, true);
    await eventually(
      () => statusOf(stack, workflowIds.pass({ ...pass, target })),
      (status) => status === 'COMPLETED',
    );
    expect(callsToKisi()).toBe(calls);

    const again = Date.now();
    await connectAgain(stack);
    for (const { id } of [...grants.slice(0, 3), late]) await inPlace(id);
    expect(stack.rowsOf(ann)).toHaveLength(2);
    expect(stack.rowsOf(ben)).toHaveLength(2);
    // Revoked meanwhile, and so it stays.
    expect(stack.rowsOf(cleo)).toEqual([]);
    expect((await store.doorMappings.get(lock.id))?.active).toBe(true);
    for (const member of [ann, ben]) expect(await expectAccessNow(member, lockId)).toBe('open');
    for (const at of [begun - 1, again - 1]) await expectAccess(stack, ben, lockId, at);
  },
  TIMEOUT_MS,
);

test(
  'leaving lets end what has an end, takes the rest away, and says so to the grants',
  async () => {
    const [lockId = 0, otherLockId = 0] = stack.locks;
    const lock = await stack.lockMapping(lockId);
    const otherLock = await stack.lockMapping(otherLockId);
    const [ann, ben] = [await stack.newMember(), await stack.newMember()];
    const end = secondsFromNow(3_600);
    const booked = await stack.grant({ member: ann, mapping: lock, endsAt: end });
    const open = await stack.grant({ member: ann, mapping: otherLock, endsAt: null });
    // One row serves both: the open end goes, the hour that was booked stays.
    const hour = await stack.grant({ member: ben, mapping: lock, endsAt: end });
    const plan = await stack.grant({ member: ben, mapping: lock, endsAt: null });
    for (const { id } of [booked, open, hour, plan]) await inPlace(id);

    const jobId = await remove('leave');
    await untilJob(jobId, ({ state }) => state === 'done');
    expect(await present()).toMatchObject({ active: false, connected: false });
    const until = new Date(end).toISOString();
    expect(stack.rowsOf(ann).map((row) => row.until)).toEqual([until]);
    expect(stack.rowsOf(ben).map((row) => row.until)).toEqual([until]);
    for (const { id } of [open, plan]) {
      expect(await waiting(id)).toMatchObject({ provisioning: 'pending' });
    }
    for (const { id } of [booked, hour]) {
      expect(await stack.read(id)).toMatchObject({ provisioning: 'in_place', problem: null });
    }
    expect(stack.couldOpen(ben, lockId, end - 1_000)).toBe(true);
    expect(stack.couldOpen(ben, lockId, end)).toBe(false);
    expect(stack.couldOpen(ann, otherLockId)).toBe(false);

    // Asked anew, without a key, the pass says the same: what a row was made to is remembered.
    const target = { kind: 'lock' as const, id: lockId };
    const { organizationId } = stack.integration;
    await stack.deps.messages.pokePass({ memberId: ben.id, organizationId, target }, 1, true);
    await sleep(1_000);
    expect(await stack.read(hour.id)).toMatchObject({ provisioning: 'in_place', problem: null });

    // What is left cannot be taken back without a key, and is not told to be gone.
    const calls = callsToKisi();
    await stack.commands.revoke(booked.id, { by: BY });
    expect(await waiting(booked.id)).toMatchObject({ provisioning: 'removing' });
    expect(callsToKisi()).toBe(calls);

    await connectAgain(stack);
    await stack.until(booked.id, ({ provisioning }) => provisioning === 'removed', 30_000);
    for (const { id } of [open, hour, plan]) await inPlace(id);
    expect(stack.rowsOf(ann).map((row) => row.until)).toEqual([null]);
    expect(stack.couldOpen(ben, lockId, end)).toBe(true);
    expect(stack.couldOpen(ann, lockId)).toBe(false);
  },
  TIMEOUT_MS,
);

test(
  'connecting again while the removal is under way ends it and keeps the new key',
  async () => {
    const mapping = await stack.groupMapping();
    const member = await stack.newMember();
    const grant = await stack.grant({ member, mapping, endsAt: null });
    await inPlace(grant.id);
    stack.simulator.setSwitches({ outage: 'unavailable' });
    await remove('remove');
    await eventually(
      async () => (await present()).fault,
      (fault) => fault?.type === 'kisi_unavailable',
    );
    await connectAgain(stack);
    stack.simulator.setSwitches({ outage: 'none' });
    await inPlace(grant.id);
    const workflowId = workflowIds.removeIntegration(stack.integration.id);
    await eventually(
      () => statusOf(stack, workflowId),
      (status) => status === 'COMPLETED',
      60_000,
    );
    expect(await present()).toMatchObject({ active: true, connected: true, removal: null });
    expect(stack.rowsOf(member)).toHaveLength(1);
  },
  TIMEOUT_MS,
);

test('the daily probe finds a dead key out, and what a living one may not do', async () => {
  const { client, simulator, store, integration } = stack;
  let probes = 0;
  const probe = async (): Promise<Integration> => {
    probes += 1;
    await client.workflow.execute(WORKFLOW_TYPES.probeDaily, {
      workflowId: `probe-daily-${String(probes)}`,
      taskQueue: TASK_QUEUES.workflows,
      args: [],
    });
    return present();
  };
  expect(await probe()).toMatchObject({ rights: { missing: [] }, fault: null });

  const userId = integration.keyOwnerId;
  simulator.drift({ kind: 'setRights', userId, rights: ['locks_read', 'users_read'] });
  const { rights } = await probe();
  expect(rights?.missing).toContain('groups_read');
  expect(rights?.missing).not.toContain('locks_read');

  simulator.drift({ kind: 'revokeKey', secret: demoApiKey });
  expect(await probe()).toMatchObject({ fault: { type: 'kisi_key_refused' } });
  await store.integrations.beginRemoval(integration.id, {
    mode: 'remove',
    jobId: 'job_dead',
    by: BY,
  });
  const calls = callsToKisi();
  await probe();
  const asked = stack.simulator.requests().slice(calls);
  expect(asked.filter(({ path }) => path === '/organization')).toEqual([]);
}, 60_000);

async function expectAccessNow(
  member: Parameters<typeof expectAccess>[1],
  lockId: number,
): ReturnType<typeof expectAccess> {
  return expectAccess(stack, member, lockId, Date.now());
}
