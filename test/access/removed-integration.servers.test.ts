import { setTimeout as sleep } from 'node:timers/promises';
import { demoApiKey } from '../../simulator';
import { ensureLockGroup } from '../../src/access/lock-group';
import { organizationsToCompare, reconcileOrganization } from '../../src/access/reconcile';
import { reviewGrants } from '../../src/access/reconcile-grants';
import { finishRemoval, lookAtRemoval, pokePassesOfRemoval } from '../../src/access/removal';
import { sweepRemoved } from '../../src/access/sweep-removed';
import { wakeGrants } from '../../src/access/wake-grants';
import { passKey } from '../../src/domain/door';
import { acceptedGrant } from '../../src/domain/grant-life';
import type { RemovalMode } from '../../src/store';
import { accessUnderTest, BY, HOUR, type AccessUnderTest } from './access-under-test';

let access: AccessUnderTest;
beforeEach(async () => {
  access = await accessUnderTest();
});
afterEach(() => access.close());

const JOB = 'job_1';

async function beginRemoval(mode: RemovalMode = 'remove'): Promise<void> {
  const removal = { mode, jobId: JOB, by: BY };
  await access.store.integrations.beginRemoval(access.integration.id, removal);
}

async function finish(): Promise<void> {
  await finishRemoval(access.deps, { integrationId: access.integration.id, jobId: JOB });
}

async function connectAgain(): Promise<void> {
  const { organizationName, keyOwnerId, locationIds, memberMode, connectionId } =
    access.integration;
  await access.store.integrations.reconnect(access.integration.id, {
    organizationName,
    keyOwnerId,
    locationIds,
    memberMode,
    connectionId,
    apiKey: demoApiKey,
  });
}

const look = () => lookAtRemoval(access.deps, { integrationId: access.integration.id });
const sweep = () =>
  sweepRemoved(access.deps, { organizationId: access.integration.organizationId });

describe('the last look of a removal', () => {
  it('waits for a row that was asked for and may still show up', async () => {
    const { clock, store, integration } = access;
    await beginRemoval();
    await store.intents.put({
      id: 'one',
      passKey: 'mem_1:group:1',
      organizationId: integration.organizationId,
      kisiUserId: 1,
      groupId: 1,
      from: null,
      until: null,
      existingRowIds: [],
      at: clock.now(),
    });
    expect(await sweep()).toMatchObject({ outcome: 'waits' });
    clock.advance(61_000);
    expect(await sweep()).toEqual({ outcome: 'clear' });
  });

  it('waits for the look of a pass that began before it', async () => {
    const { clock } = access;
    const pass = access.groupPass(await access.member());
    await access.wish(pass, { from: access.now(), until: null });
    await beginRemoval();
    expect(await sweep()).toMatchObject({ outcome: 'waits' });
    await access.settle(pass);
    expect(await sweep()).toEqual({ outcome: 'clear' });

    // One that never comes to its end has sent its last call by then.
    const other = access.groupPass(await access.member());
    await access.wish(other, { from: access.now(), until: null });
    expect(await sweep()).toMatchObject({ outcome: 'waits' });
    clock.advance(21_000);
    expect(await sweep()).toEqual({ outcome: 'clear' });
  });
});

describe('a pass of an integration without a key', () => {
  it('comes to rest without a call, and tells what is left until it ends by itself', async () => {
    const { clock, store } = access;
    const member = await access.member();
    const pass = access.groupPass(member);
    const until = access.now() + HOUR;
    const ending = await access.wish(pass, { from: access.now(), until });
    await access.settle(pass);
    await beginRemoval('leave');
    await access.settle(pass);
    await finish();
    access.calls();

    const open = await access.wish(pass, { from: access.now(), until: null });
    const result = await access.look(pass, { fresh: true });
    expect(result).toMatchObject({ outcome: 'synced', empty: false, wakeAt: until + 60_000 });
    expect(access.messages.toldTo(ending).at(-1)).toBe('in_place');
    expect(access.messages.toldTo(open)).toEqual(['pending integration_inactive']);

    // Revoked now it cannot be taken away; at its end it is gone.
    await access.wish(pass, { grantId: ending, from: access.now(), until, wanted: false });
    await access.look(pass);
    expect(access.messages.toldTo(ending).at(-1)).toBe('removing integration_inactive');
    clock.advance(HOUR + 61_000);
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced', empty: true, wakeAt: null });
    expect(access.messages.toldTo(ending).at(-1)).toBe('removed');
    expect(access.calls()).toEqual([]);
    expect(await store.kisiRows.byPass(passKey(pass))).toHaveLength(1);
  });

  it('believes the removal more than what is stored, and a row more than a hold', async () => {
    const { store, integration } = access;
    const { organizationId } = integration;
    const member = await access.member();
    const pass = access.groupPass(member);
    const until = access.now() + HOUR;
    const grantId = await access.wish(pass, { from: access.now(), until });
    await access.settle(pass);
    await beginRemoval();
    await access.settle(pass);
    await finish();
    const row = { organizationId, passKey: passKey(pass), kisiUserId: 1, groupId: 1, from: null };
    await store.kisiRows.put({ ...row, roleAssignmentId: 900, until });
    await access.wish(pass, { grantId, from: access.now(), until, wanted: false });
    expect(await access.look(pass)).toMatchObject({ empty: true });
    expect(access.messages.toldTo(grantId).at(-1)).toBe('removed');

    // Of one that was left the row stands, and no hold can close the door any more.
    await store.kisiRows.remove(passKey(pass), 900);
    await connectAgain();
    await access.wish(pass, { grantId, from: access.now(), until });
    await access.settle(pass);
    await beginRemoval('leave');
    await access.settle(pass);
    await finish();
    await store.members.setHold(member.id, { reason: 'unpaid', by: BY });
    await access.look(pass);
    expect(access.messages.toldTo(grantId).at(-1)).toBe('in_place');
    expect(access.couldOpen(member, access.group.lockId)).toBe(true);
  });

  it('does not ask for a fault of before, and lets a grant whose end has come close', async () => {
    const { clock, store, integration } = access;
    const pass = access.groupPass(await access.member());
    const grantId = await access.wish(pass, { from: access.now(), until: access.now() + HOUR });
    await access.settle(pass);
    await beginRemoval();
    await access.settle(pass);
    expect(access.messages.toldTo(grantId).at(-1)).toBe('pending integration_inactive');
    await store.integrations.recordFault(integration.organizationId, {
      type: 'kisi_unavailable',
      detail: 'down',
      nextProbeAt: clock.now() + HOUR,
    });
    await finish();
    access.calls();
    clock.advance(HOUR + 1_000);
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced', empty: true });
    expect(access.messages.toldTo(grantId).at(-1)).toBe('removed');
    expect(access.calls()).toEqual([]);
  });
});

describe('a removal', () => {
  it('counts what is left, and pokes the passes that hold or want something', async () => {
    const { store, integration } = access;
    const passes = [
      access.groupPass(await access.member()),
      access.groupPass(await access.member()),
    ];
    for (const pass of passes) {
      await access.wish(pass, { from: access.now(), until: access.now() + HOUR });
      await access.settle(pass);
    }
    expect(await look()).toEqual({ state: 'none' });
    await beginRemoval();
    expect(await look()).toMatchObject({ state: 'removing', jobId: JOB, left: 2 });
    expect(await store.jobs.get(JOB)).toMatchObject({ total: 2, done: 0, state: 'running' });

    access.messages.pokes.length = 0;
    const { organizationId } = integration;
    const elsewhere = { ...access.groupPass(await access.member()), organizationId: 9 };
    await access.wish(elsewhere, { from: access.now(), until: null });
    expect(await pokePassesOfRemoval(access.deps, { organizationId, after: null })).toEqual({
      after: null,
    });
    const poked = access.messages.pokes.map(({ pass, priority }) => [passKey(pass), priority]);
    expect(poked.sort()).toEqual(passes.map((pass) => [passKey(pass), 1]).sort());

    const [first] = passes;
    if (first) await access.settle(first);
    expect(await look()).toMatchObject({ left: 1 });
    expect(await store.jobs.get(JOB)).toMatchObject({ total: 2, done: 1 });
  });

  it('finds what is stored nowhere, and what belongs to nobody, before it is done', async () => {
    const { store, simulator, integration } = access;
    const { organizationId } = integration;
    const member = await access.member();
    const pass = await access.lockPass(member);
    await access.wish(pass, { from: access.now(), until: null });
    await access.settle(pass);
    await beginRemoval();
    // The row is not stored (its answer was lost), and another stands for a user whom nobody is.
    for (const { roleAssignmentId } of await store.kisiRows.byPass(passKey(pass))) {
      await store.kisiRows.remove(passKey(pass), roleAssignmentId);
    }
    const group = await store.lockGroups.get(organizationId, access.lockId);
    const nobody = simulator.drift({ kind: 'addUser', organizationId, email: 'nobody@x.test' });
    const orphan = { assigneeId: nobody, groupId: group?.groupId ?? 0 };
    simulator.drift({ kind: 'addRow', ...orphan });
    const foreign = { assigneeId: nobody, groupId: access.group.id };
    simulator.drift({ kind: 'addRow', ...foreign });
    expect(await look()).toMatchObject({ left: 0 });

    access.messages.pokes.length = 0;
    expect(await sweep()).toEqual({ outcome: 'left', left: 1 });
    expect(access.messages.pokes).toEqual([{ pass, priority: 1, fresh: true }]);
    await access.look(pass, { fresh: true });
    expect(await sweep()).toEqual({ outcome: 'clear' });
    // What another tool made is left alone.
    const left = simulator.state().roleAssignments.map(({ assigneeId, appliesToId }) => ({
      assigneeId,
      groupId: appliesToId,
    }));
    expect(left).toEqual([foreign]);
  });

  it('waits while Kisi is away or refuses the key, and is over when it is not the present one', async () => {
    const { simulator, store, integration } = access;
    expect(await sweep()).toEqual({ outcome: 'over' });
    await beginRemoval();
    simulator.setSwitches({ outage: 'unavailable' });
    expect(await sweep()).toMatchObject({ outcome: 'waits', afterMs: 10_000 });
    expect(await access.fault()).toBe('kisi_unavailable');
    simulator.setSwitches({ outage: 'none' });
    simulator.addFault({ kind: 'answerBefore', status: 401, count: 1 });
    expect(await sweep()).toMatchObject({
      outcome: 'waits',
      waitsFor: expect.stringContaining('Replace it') as string,
    });
    expect(await sweep()).toEqual({ outcome: 'clear' });
    await finish();
    expect(await store.integrations.get(integration.id)).toMatchObject({ connected: false });
    expect(await sweep()).toEqual({ outcome: 'over' });
    expect(await look()).toEqual({ state: 'none' });
  });
});

describe('while an integration is removed', () => {
  it('no group is made for a lock', async () => {
    await beginRemoval();
    const { organizationId } = access.integration;
    access.calls();
    expect(await ensureLockGroup(access.deps, { organizationId, lockId: access.lockId })).toEqual({
      outcome: 'given_up',
    });
    expect(access.calls()).toEqual([]);
  });

  it('the reconciliation compares nothing, asks no grant, and sees to the removal', async () => {
    const { store, messages, integration, clock } = access;
    const { organizationId } = integration;
    const mapping = await store.doorMappings.insert({
      id: 'dm_1',
      integrationId: integration.id,
      organizationId,
      locationId: null,
      spaceId: null,
      resourceType: 'group',
      resourceId: access.group.id,
      name: 'Group',
      active: true,
      createdBy: BY,
    });
    const grant = acceptedGrant(
      {
        id: 'grt_waits',
        memberId: 'mem_1',
        doorMappingId: mapping.id,
        source: 'manual',
        sourceId: null,
        startsAt: access.now() - HOUR,
        endsAt: null,
        reason: null,
      },
      clock.now() - HOUR,
      BY,
    );
    await store.grants.insertAccepted({ ...grant, settled: true, provisioning: 'pending' });
    access.runs.running.add(grant.id);
    expect(await organizationsToCompare(access.deps)).toEqual([organizationId]);
    expect(await reviewGrants(access.deps, { after: null })).toMatchObject({ asked: 1 });

    await beginRemoval();
    await store.doorMappings.setActive(integration.id, false);
    expect(await organizationsToCompare(access.deps)).toEqual([]);
    expect(messages.removals).toEqual([integration.id]);
    expect(await reviewGrants(access.deps, { after: null })).toMatchObject({ asked: 0 });
    const input = { organizationId, runId: 'run_1', expired: 0, started: 0 };
    access.calls();
    expect(await reconcileOrganization(access.deps, input)).toEqual({
      outcome: 'skipped',
      why: 'the integration was removed',
    });
    expect(await store.reconcileRuns.latest(organizationId)).toBeNull();
    expect(access.calls()).toEqual([]);
    await finish();
    expect(await organizationsToCompare(access.deps)).toEqual([]);
    expect(messages.removals).toHaveLength(1);
  });
});

describe('connecting again', () => {
  it('asks every live grant of its mappings, and starts those without a workflow', async () => {
    const { store, messages, integration, runs } = access;
    const { organizationId } = integration;
    const mapping = (
      id: string,
      fields: { integrationId?: string; organizationId?: number } = {},
    ) =>
      store.doorMappings.insert({
        id,
        integrationId: integration.id,
        organizationId,
        locationId: null,
        spaceId: null,
        resourceType: 'group',
        resourceId: access.group.id,
        name: id,
        active: false,
        createdBy: BY,
        ...fields,
      });
    await mapping('dm_ours');
    await mapping('dm_other', { integrationId: 'int_other', organizationId: 9 });
    const grant = async (id: string, doorMappingId = 'dm_ours', endsAt: number | null = null) => {
      const accepted = acceptedGrant(
        {
          id,
          memberId: 'mem_1',
          doorMappingId,
          source: 'manual',
          sourceId: null,
          startsAt: access.now() - 2 * HOUR,
          endsAt,
          reason: null,
        },
        access.now() - 2 * HOUR,
        BY,
      );
      const isOver = endsAt !== null;
      await store.grants.insertAccepted({
        ...accepted,
        settled: isOver,
        provisioning: isOver ? 'removed' : 'pending',
      });
    };
    await grant('grt_runs');
    await grant('grt_lost');
    await grant('grt_terminated');
    await grant('grt_elsewhere', 'dm_other');
    await grant('grt_over', 'dm_ours', access.now() - HOUR);
    for (const id of ['grt_runs', 'grt_elsewhere']) runs.running.add(id);
    runs.ends.set('grt_lost', 'closed');
    runs.ends.set('grt_terminated', 'terminated');

    const input = { integrationId: integration.id, after: null };
    expect(await wakeGrants(access.deps, input)).toEqual({ asked: 3, after: null });
    expect(messages.askedAgain).toEqual(['grt_runs']);
    expect(messages.started.map(({ grant: { id } }) => id)).toEqual(['grt_lost']);
    expect(await store.doorMappings.get('dm_ours')).toMatchObject({ active: true });
    expect(await store.doorMappings.get('dm_other')).toMatchObject({ active: false });

    await beginRemoval();
    expect(await wakeGrants(access.deps, input)).toEqual({ asked: 0, after: null });
  });
});

test('the requests to each organization are counted by the minute', async () => {
  const { store, integration, deps } = access;
  const { organizationId } = integration;
  const counted = (id: number) =>
    store.kisiRequests.count(id, Date.now() - 5 * 60_000, Date.now() + 60_000);
  const kisi = await deps.kisi.forOrganization(organizationId);
  for (let calls = 0; calls < 3; calls += 1) await kisi.currentUser();
  access.simulator.addFault({ kind: 'answerBefore', status: 503, count: 1 });
  await expect(kisi.currentUser()).rejects.toMatchObject({ kind: 'unavailable' });
  const deadline = Date.now() + 10_000;
  while ((await counted(organizationId)) < 4 && Date.now() < deadline) await sleep(100);
  expect(await counted(organizationId)).toBe(4);
  expect(await counted(organizationId + 1)).toBe(0);
  // Again in the same minute: it adds up, and closing leaves nothing unwritten.
  await kisi.currentUser();
  await deps.kisi.close();
  expect(await counted(organizationId)).toBe(5);
});
