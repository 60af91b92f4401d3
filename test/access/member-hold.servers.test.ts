import { randomUUID } from 'node:crypto';
import { followHold, holdLeft } from '../../src/access/member-hold';
import { acceptedGrant } from '../../src/domain/grant-life';
import type { PassRef } from '../../src/domain/door';
import type { Job, Member } from '../../src/store';
import { accessUnderTest, BY, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';

const ROW = '/role_assignments/*';

let access: AccessUnderTest;
let member: Member;
let pass: PassRef;
let t: number;

beforeEach(async () => {
  access = await accessUnderTest();
  // So that two windows are two rows.
  access.simulator.setSwitches({ duplicateGrant: 'newRow' });
  member = await access.member();
  pass = await access.lockPass(member);
  t = access.now();
});
afterEach(() => access.close());

/** A grant in the read model, and its wish. */
async function grant(from: number, until: number): Promise<string> {
  const accepted = acceptedGrant(
    {
      id: `grt_${randomUUID()}`,
      memberId: member.id,
      doorMappingId: 'dm_1',
      source: 'manual',
      sourceId: null,
      startsAt: from,
      endsAt: until,
      reason: null,
    },
    t,
    BY,
  );
  await access.store.grants.insertAccepted(accepted);
  return access.wish(pass, { from, until, grantId: accepted.id });
}

/** Stores the change as the API does; the job's id. */
async function change(reason: string | null): Promise<string> {
  const jobId = `job_${randomUUID()}`;
  const { members } = access.store;
  if (reason === null) await members.clearHold(member.id, jobId);
  else await members.setHold(member.id, { reason, by: BY }, jobId);
  await followHold(access.deps, { memberId: member.id, jobId }, BY);
  return jobId;
}

async function watched(jobId: string): Promise<Pick<Job, 'state'> & { left: number }> {
  const { left } = await holdLeft(access.deps, { memberId: member.id, jobIds: [jobId] });
  return { left, state: (await access.store.jobs.get(jobId))?.state ?? 'failed' };
}

const iso = (ms: number): string => new Date(ms).toISOString();

const isOpen = (): boolean => access.couldOpen(member, access.lockId);

/** Has the hold's look turn back after it shut the door, before it told anybody. */
async function lookThatTurnsBack(meanwhile: () => Promise<unknown>): Promise<void> {
  const { simulator } = access;
  const held = simulator.addFault({ kind: 'hold', path: ROW, when: 'after', count: 1 });
  const look = access.look(pass, { fresh: true });
  await simulator.waitUntilHeld(held.id);
  await meanwhile();
  simulator.addFault({
    kind: 'answerBefore',
    method: 'DELETE',
    path: ROW,
    status: 429,
    headers: { 'Retry-After': '7' },
    count: 1,
  });
  simulator.releaseFault(held.id);
  expect(await look).toMatchObject({ outcome: 'again' });
}

describe('a change of a hold', () => {
  it('has followed when a look that read it has, not one that began before it', async () => {
    const grantId = await grant(t, t + HOUR);
    await grant(t + 2 * HOUR, t + 3 * HOUR);
    await access.settle(pass);
    await change('unpaid');

    const released = { jobId: '' };
    await lookThatTurnsBack(async () => {
      released.jobId = await change(null);
    });
    // What the grant was told before the hold is what the release will bring, and is not so yet.
    expect(access.messages.toldTo(grantId)).toEqual(['in_place']);
    expect(isOpen()).toBe(false);
    expect(await watched(released.jobId)).toEqual({ left: 2, state: 'running' });

    await access.settle(pass);
    expect(isOpen()).toBe(true);
    expect(await watched(released.jobId)).toEqual({ left: 0, state: 'done' });
  });

  it('has not followed where its look saw nothing of Kisi, and left what was told', async () => {
    const grantId = await grant(t, t + HOUR);
    await grant(t + 2 * HOUR, t + 3 * HOUR);
    await access.settle(pass);
    await change('unpaid');
    await lookThatTurnsBack(() => Promise.resolve());

    const jobId = await change(null);
    access.simulator.setSwitches({ outage: 'unavailable' });
    expect(await access.look(pass, { fresh: true })).toMatchObject({ outcome: 'blocked' });
    expect(access.messages.toldTo(grantId)).toEqual(['in_place']);
    expect(isOpen()).toBe(false);
    expect(await watched(jobId)).toEqual({ left: 2, state: 'running' });
  });

  it('has not followed while a look may still write what it read before the hold', async () => {
    await grant(t, t + HOUR);
    const held = access.simulator.addFault({
      kind: 'hold',
      method: 'GET',
      when: 'after',
      count: 1,
    });
    const look = access.look(pass);
    await access.simulator.waitUntilHeld(held.id);
    const jobId = await change('unpaid');
    expect(await watched(jobId)).toEqual({ left: 1, state: 'running' });
    access.simulator.releaseFault(held.id);
    await look;
    expect(isOpen()).toBe(true);
    expect(await watched(jobId)).toEqual({ left: 1, state: 'running' });

    await access.look(pass, { fresh: true });
    expect(isOpen()).toBe(false);
    expect(await watched(jobId)).toEqual({ left: 0, state: 'done' });
  });

  it('does not wait for a row that somebody deleted at Kisi', async () => {
    await grant(t, t + HOUR);
    await access.settle(pass);
    const [row] = await access.rows(pass);
    access.simulator.drift({ kind: 'deleteRow', id: row?.id ?? 0 });
    const jobId = await change('unpaid');
    await access.look(pass, { fresh: true });
    expect(await watched(jobId)).toEqual({ left: 0, state: 'done' });
  });

  it('removes a row that stands, although the list does not show it yet', async () => {
    await grant(t, t + HOUR);
    await access.settle(pass);
    access.simulator.setSwitches({ listLagMs: HOUR });
    const jobId = await change('unpaid');
    await access.look(pass, { fresh: true });
    expect(isOpen()).toBe(false);
    expect(await watched(jobId)).toEqual({ left: 0, state: 'done' });
  });

  it('names what others gave the member at Kisi, which it does not take away', async () => {
    const { simulator, store, integration, group } = access;
    pass = access.groupPass(member);
    const link = await store.memberLinks.get(integration.organizationId, member.id);
    const foreign = (roleId: 'group_basic' | 'group_manager', validUntil: number | null): number =>
      simulator.drift({
        kind: 'addRow',
        assigneeId: link?.kisiUserId ?? 0,
        groupId: group.id,
        roleId,
        validUntil,
      });
    await grant(t, t + HOUR);
    await access.settle(pass);
    foreign('group_basic', t - HOUR);
    const rowIds = [foreign('group_basic', t + 5 * HOUR), foreign('group_manager', null)];
    const jobId = await change('unpaid');
    await access.look(pass, { fresh: true });
    expect(await watched(jobId)).toEqual({ left: 0, state: 'done' });
    expect(access.couldOpen(member, group.lockId)).toBe(true);
    const job = await store.jobs.get(jobId);
    const named = { integrationId: integration.id, groupId: group.id, from: null };
    expect(job).toMatchObject({
      message: expect.stringMatching(
        /^2 rows at Kisi that are not ours .+foreign-rows\/clear/,
      ) as unknown,
      result: {
        foreignRows: [
          { ...named, roleAssignmentId: rowIds[0], role: 'group_basic', until: iso(t + 5 * HOUR) },
          { ...named, roleAssignmentId: rowIds[1], role: 'group_manager', until: null },
        ],
      },
    });

    // Removed in the dashboard, they are forgotten by the next look.
    for (const id of rowIds) simulator.drift({ kind: 'deleteRow', id });
    const reworded = await change('still unpaid');
    await access.look(pass, { fresh: true });
    await watched(reworded);
    expect(await store.jobs.get(reworded)).toMatchObject({
      state: 'done',
      message: null,
      result: { foreignRows: [] },
    });
    expect(access.couldOpen(member, group.lockId)).toBe(false);
  });

  it('pokes a pass again that has not read it for long: nobody else would', async () => {
    await grant(t, t + HOUR);
    await access.settle(pass);
    const jobId = await change('unpaid');
    await watched(jobId);
    expect(access.messages.pokes).toEqual([]);
    access.clock.advance(2 * MINUTE);
    await watched(jobId);
    expect(access.messages.pokes).toEqual([{ pass, priority: 1, fresh: true }]);
    await access.look(pass, { fresh: true });
    await watched(jobId);
    expect(access.messages.pokes).toHaveLength(1);
  });
});
