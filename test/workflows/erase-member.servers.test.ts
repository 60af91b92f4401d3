import { randomUUID } from 'node:crypto';
import { unlockDoor } from '../../src/access/unlock';
import { workflowIds } from '../../src/contracts/names';
import type { Grant } from '../../src/domain/grant';
import type { Job, Member } from '../../src/store';
import { createErasures } from '../../src/temporal/erasures';
import { eventually } from '../support/eventually';
import { expectAccess } from '../support/oracle';
import { startFastStack, type Stack } from '../support/stack';
import { statusOf } from './support';

const BY = { type: 'api_key', id: 'key_tester' } as const;
const SECRET_REASON = 'Ada of the second floor lost her badge';

let stack: Stack;
beforeAll(async () => {
  stack = await startFastStack();
});
afterAll(async () => {
  await stack.close();
});

/** As the API does it. */
async function erase(member: Member): Promise<string> {
  const erasure = await stack.store.members.erase(member.id, `job_${randomUUID()}`);
  const jobId = erasure?.jobId ?? '';
  await createErasures(stack.client).start({ memberId: member.id, jobId, by: BY });
  return jobId;
}

const ended = (jobId: string): Promise<Job | null> =>
  eventually(
    () => stack.store.jobs.get(jobId),
    (job) => job?.state === 'done',
    30_000,
  );

/** A lock for an hour, a group without end, and one that an admin has stopped. */
async function withGrants(member: Member): Promise<Grant[]> {
  const mapping = await stack.lockMapping();
  const grants = await Promise.all([
    stack.grant({ member, mapping }),
    stack.grant({ member, mapping: await stack.groupMapping(), endsAt: null }),
    stack.grant({ member, mapping: await stack.lockMapping(stack.locks[1] ?? 0) }),
  ]);
  for (const { id } of grants) await stack.settled(id);
  const stopped = grants[2].id;
  await stack.commands.revoke(stopped, { by: BY, reason: SECRET_REASON });
  await stack.until(stopped, ({ provisioning }) => provisioning === 'removed');
  return grants;
}

const lockId = (): number => stack.locks[0] ?? 0;
const userWith = (email: string) =>
  stack.simulator.state().users.find((user) => user.email === email);

async function logOf(member: Member): Promise<string> {
  const page = await stack.store.accessLog.list({ memberId: member.id }, { limit: 200 });
  return JSON.stringify(page.data);
}

it('access goes first, then the user that we made, then what is personal; the id stays', async () => {
  const [member, other] = [await stack.newMember(), await stack.newMember()];
  const grants = await withGrants(member);
  const kept = await stack.grant({ member: other, mapping: await stack.lockMapping() });
  await stack.settled(kept.id);
  const ref = { keyId: BY.id, route: 'POST /v1/members/:id/grants', idempotencyKey: randomUUID() };
  const request = { requestHash: 'hash', resourceId: 'grt_1' };
  await stack.store.idempotency.begin(ref, request);
  await stack.store.idempotency.finish(ref, { status: 201, body: { memberId: member.id } });
  const waiting = `job_${randomUUID()}`;
  const items = [member, other].map(({ id, email }) => ({ id, email }));
  await stack.store.imports.put(waiting, 0, { kind: 'members', firstIndex: 0, items });
  expect(stack.couldOpen(member, lockId())).toBe(true);
  expect(await logOf(member)).toContain(SECRET_REASON);
  const before = Date.now();
  expect(await expectAccess(stack, member, lockId(), before)).toBe('open');

  const job = await ended(await erase(member));
  expect(job).toMatchObject({
    kind: 'erasure',
    subjectId: member.id,
    message: null,
    result: { grantsStopped: 2, kisiUsersRemoved: 1, kisiUsersKept: 0 },
  });
  expect(stack.couldOpen(member, lockId())).toBe(false);
  expect(userWith(member.email)).toBeUndefined();
  for (const { id } of grants) {
    expect(await stack.read(id)).toMatchObject({ provisioning: 'removed', stops: ['admin'] });
  }
  expect(await expectAccess(stack, member, lockId(), Date.now())).toBe('closed');
  expect(await stack.store.memberLinks.byMember(member.id)).toEqual([]);

  expect(await stack.store.members.get(member.id)).toBeNull();
  expect(await stack.store.members.byEmail(member.email)).toBeNull();
  const listed = await stack.store.members.list({}, { limit: 200 });
  expect(listed.data.map(({ id }) => id)).not.toContain(member.id);
  expect(await stack.store.members.erasure(member.id)).toMatchObject({ jobId: job?.id });
  expect(await logOf(member)).not.toContain(SECRET_REASON);
  for (const { id } of grants) {
    expect(JSON.stringify(await stack.read(id))).not.toContain(SECRET_REASON);
  }
  expect(await stack.store.idempotency.begin(ref, request)).toEqual({
    state: 'unfinished',
    resourceId: 'grt_1',
  });

  expect((await stack.store.imports.get(waiting, 0))?.items).toEqual([null, items[1]]);

  expect(stack.couldOpen(other, lockId())).toBe(true);
  await stack.commands.revoke(kept.id, {});
});

it('a late grant opens no door and makes no user; the same id later is somebody new', async () => {
  const member = await stack.newMember();
  const old = await stack.grant({ member, mapping: await stack.lockMapping() });
  await stack.settled(old.id);
  await ended(await erase(member));

  const late = await stack.grant({ member, mapping: await stack.lockMapping() });
  const settled = await stack.until(late.id, ({ problem }) => problem !== null);
  expect(settled.problem?.type).toBe('member_unknown');
  expect(userWith(member.email)).toBeUndefined();
  await stack.commands.revoke(late.id, {});
  await stack.until(late.id, ({ provisioning }) => provisioning === 'removed');

  const email = `again-${member.email}`;
  const again = await stack.store.members.upsert({ id: member.id, email, name: null });
  expect(again.createdAt).toBeGreaterThan(member.createdAt);
  expect(await stack.store.members.erasure(member.id)).toBeNull();
  const fresh = await stack.grant({ member: again, mapping: await stack.lockMapping() });
  await stack.settled(fresh.id);
  expect(stack.couldOpen(again, lockId())).toBe(true);
});

it('a booking that names them opens no door, now or late, and still opens for the others', async () => {
  await stack.store.locations.upsert({ id: 'loc_1', name: 'Mitte', timeZone: 'Europe/Berlin' });
  await stack.store.spaces.upsert({ id: 'spc_1', name: 'Room', locationId: 'loc_1' });
  const mapping = await stack.lockMapping(stack.locks[1] ?? 0);
  const place = { locationId: 'loc_1', spaceId: 'spc_1' };
  await stack.store.doorMappings.update(mapping.id, place);
  const [leaving, staying] = [await stack.newMember(), await stack.newMember()];
  const opens = (member: Member): boolean => stack.couldOpen(member, mapping.resourceId);
  const send = async (version: number, minutes: number): Promise<void> => {
    await stack.deps.messages.changeSource(
      { kind: 'booking', id: 'bk_1' },
      {
        version,
        memberIds: [leaving.id, staying.id],
        spaceId: 'spc_1',
        startsAt: new Date(Date.now() - 60_000).toISOString(),
        endsAt: new Date(Date.now() + minutes * 60_000).toISOString(),
        status: 'confirmed',
      },
    );
    await eventually(
      () => stack.store.bookings.get('bk_1'),
      (booking) => booking?.appliedVersion === version,
    );
  };
  await send(1, 60);
  await eventually(
    () => [opens(leaving), opens(staying)],
    ([one, two]) => one === true && two === true,
  );

  await ended(await erase(leaving));
  expect([opens(leaving), opens(staying)]).toEqual([false, true]);
  expect(userWith(leaving.email)).toBeUndefined();
  await send(2, 90);
  await eventually(
    () => stack.couldOpen(staying, mapping.resourceId, Date.now() + 80 * 60_000),
    (open) => open,
  );
  expect(opens(leaving)).toBe(false);
  expect(userWith(leaving.email)).toBeUndefined();

  // Somebody new under the same id, whom the next word of the booking system names.
  const again = await stack.store.members.upsert({ ...leaving, email: `new-${leaving.email}` });
  await send(3, 120);
  await eventually(
    () => opens(again),
    (open) => open,
  );
  await stack.deps.messages.changeSource(
    { kind: 'booking', id: 'bk_1' },
    { version: 4, deleted: true },
  );
});

it('a user that somebody else made, or gave more, stays without anything of ours', async () => {
  const { organizationId } = stack.integration;
  const theirs = await stack.newMember();
  const id = stack.simulator.drift({ kind: 'addUser', organizationId, email: theirs.email });
  await withGrants(theirs);
  const tap = { attemptId: randomUUID(), member: theirs, lockId: lockId() };
  expect(await unlockDoor(stack.deps, tap)).toMatchObject({ outcome: 'opened' });
  const logins = () => stack.simulator.state().logins.filter(({ userId }) => userId === id);
  expect(logins()).toHaveLength(1);
  expect((await ended(await erase(theirs)))?.result).toMatchObject({ kisiUsersKept: 1 });
  expect(userWith(theirs.email)?.id).toBe(id);
  expect(logins()).toEqual([]);
  expect(await stack.store.memberLogins.get(organizationId, theirs.id)).toBeNull();
  expect(stack.rowsOf(theirs)).toEqual([]);

  const manager = await stack.newMember();
  await withGrants(manager);
  const row = stack.simulator.drift({
    kind: 'addRow',
    assigneeId: userWith(manager.email)?.id ?? 0,
    groupId: stack.group.id,
    roleId: 'group_manager',
  });
  expect((await ended(await erase(manager)))?.result).toMatchObject({ kisiUsersKept: 1 });
  expect(stack.rowsOf(manager)).toMatchObject([{ id: row }]);
});

it('goes on after an outage and after its workflow was terminated', async () => {
  const member = await stack.newMember();
  await withGrants(member);
  stack.simulator.setSwitches({ outage: 'unavailable' });
  const jobId = await erase(member);
  await eventually(
    () => stack.store.jobs.get(jobId),
    (job) => job?.message?.includes('Kisi') === true,
    30_000,
  );
  await stack.client.workflow.getHandle(workflowIds.eraseMember(member.id)).terminate();
  stack.simulator.setSwitches({ outage: 'none' });
  expect(await stack.store.members.erasure(member.id)).toMatchObject({ jobId, doneAt: null });
  const reuse = stack.store.members.upsert({ ...member, name: null });
  await expect(reuse).rejects.toThrow('is being erased');

  expect(await erase(member)).toBe(jobId);
  await ended(jobId);
  expect(userWith(member.email)).toBeUndefined();
  expect(stack.couldOpen(member, lockId())).toBe(false);
  await eventually(
    () => statusOf(stack, workflowIds.eraseMember(member.id)),
    (status) => status === 'COMPLETED',
  );
});
