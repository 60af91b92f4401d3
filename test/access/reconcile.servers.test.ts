import { randomUUID } from 'node:crypto';
import { demoApiKey } from '../../simulator';
import { reconcileOrganization } from '../../src/access/reconcile';
import {
  askUnknownGrants,
  judgeTerminated,
  removeOldWishes,
  reviewGrants,
  stopTerminated,
} from '../../src/access/reconcile-grants';
import type { Grant } from '../../src/domain/grant';
import type { Member } from '../../src/store';
import { passKey } from '../../src/domain/door';
import { accessUnderTest, BY, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';

let access: AccessUnderTest;
let t: number;

beforeEach(async () => {
  access = await accessUnderTest();
  t = access.now();
});
afterEach(() => access.close());

const run = (runId: string = randomUUID()) =>
  reconcileOrganization(access.deps, {
    organizationId: access.integration.organizationId,
    runId,
    expired: 0,
    started: 0,
  });
const report = () => access.store.reconcileRuns.latest(access.integration.organizationId);

/** A member whose hour is in place in the dashboard's group or at the lock. */
async function held(kind: 'lock' | 'group' = 'lock') {
  const member = await access.member();
  const pass = kind === 'lock' ? await access.lockPass(member) : access.groupPass(member);
  const grant = await access.wish(pass, { from: t, until: t + HOUR });
  await access.look(pass);
  const [row] = await access.rows(pass);
  return { member, pass, grant, rowId: row?.id ?? 0 };
}

describe('rows', () => {
  test('where all is as wished nothing is said, and three lists are read', async () => {
    // Not in the hour in which the locks of this lock's group are listed as well.
    if (Math.floor(t / HOUR) % 12 === access.lockId % 12) access.clock.advance(HOUR);
    t = access.now();
    await held();
    await held('group');
    access.calls();
    expect(await run()).toEqual({ outcome: 'done', refused: false, repaired: 0 });
    expect(access.calls()).toEqual([
      'GET /groups 200',
      'GET /role_assignments 200',
      'GET /users 200',
    ]);
    expect(access.messages.pokes).toEqual([]);
    expect(await report()).toMatchObject({ openDoors: 2, plannedRemovals: 0, removed: 0 });
  });

  test.each(['deleteRow', 'duplicateRow'] as const)(
    '%s: the pass is told to look, with a fresh list',
    async (kind) => {
      const { pass, rowId } = await held();
      access.simulator.drift({ kind, id: rowId });
      expect(await run()).toMatchObject({ outcome: 'done', repaired: 1 });
      expect(access.messages.pokes).toEqual([{ pass, priority: 4, fresh: true }]);
    },
  );

  test('a new address that nobody was told of: the passes of the member look again', async () => {
    const { member, pass } = await held();
    const email = `new-${member.email}`;
    await access.store.members.upsert({ id: member.id, email, name: null });
    access.messages.pokes.splice(0);
    await run();
    expect(access.messages.pokes).toContainEqual(expect.objectContaining({ pass, fresh: true }));
  });

  test('a row of ours on a user whom nobody is: removed', async () => {
    const { rowId } = await held();
    const { organizationId } = access.integration;
    const stranger = access.simulator.drift({
      kind: 'addUser',
      organizationId,
      email: 'x@example.com',
    });
    const groupId =
      (await access.store.lockGroups.get(organizationId, access.lockId))?.groupId ?? 0;
    const orphan = access.simulator.drift({ kind: 'addRow', assigneeId: stranger, groupId });
    expect(await run()).toMatchObject({ outcome: 'done' });
    const ids = access.simulator.state().roleAssignments.map(({ id }) => id);
    expect(ids).toContain(rowId);
    expect(ids).not.toContain(orphan);
    expect(await report()).toMatchObject({ removed: 1, plannedRemovals: 1, openDoors: 2 });
  });

  test('foreign rows are reported, teams included, and never touched', async () => {
    const { pass } = await held('group');
    const { organizationId } = access.integration;
    const stranger = access.simulator.drift({
      kind: 'addUser',
      organizationId,
      email: 'x@example.com',
    });
    const foreign = access.simulator.drift({
      kind: 'addRow',
      assigneeId: stranger,
      groupId: access.group.id,
    });
    await run();
    const { foreignRows } = (await report()) ?? { foreignRows: { count: -1, sample: [] } };
    expect(foreignRows.count).toBe(1);
    expect(foreignRows.sample).toMatchObject([{ roleAssignmentId: foreign, kisiUserId: stranger }]);
    expect(access.simulator.state().roleAssignments.map(({ id }) => id)).toContain(foreign);
    expect(await access.rows(pass)).toHaveLength(1);
    expect(access.messages.pokes).toEqual([]);
  });

  test('a row on a former user of a member: the pass is told to leave it, and does', async () => {
    const { member, pass } = await held();
    const { organizationId } = access.integration;
    const former = (await access.store.memberLinks.get(organizationId, member.id))?.kisiUserId ?? 0;
    const user = access.simulator.drift({
      kind: 'addUser',
      organizationId,
      email: 'new@example.com',
    });
    await access.store.members.upsert({ ...member, email: 'new@example.com' });
    await access.store.memberLinks.relink(organizationId, member.id, user);
    access.simulator.setSwitches({ duplicateGrant: 'newRow' });
    await run();
    expect(access.messages.pokes.map((poke) => poke.pass)).toEqual([pass]);
    await access.look(pass, { fresh: true });
    const rows = access.simulator.state().roleAssignments;
    expect(rows.filter(({ assigneeId }) => assigneeId === former)).toEqual([]);
    expect(rows.filter(({ assigneeId }) => assigneeId === user)).toHaveLength(1);
    const link = await access.store.memberLinks.get(organizationId, member.id);
    expect(link?.formerUserIds).toEqual([]);
  });

  test('more than ten removals of open doors wait for a person’s word, which counts once', async () => {
    const { organizationId, id } = access.integration;
    await held();
    const groupId =
      (await access.store.lockGroups.get(organizationId, access.lockId))?.groupId ?? 0;
    for (let n = 0; n < 11; n += 1) {
      const email = `x${String(n)}@example.com`;
      const user = access.simulator.drift({ kind: 'addUser', organizationId, email });
      access.simulator.drift({ kind: 'addRow', assigneeId: user, groupId });
    }
    expect(await run()).toMatchObject({ refused: true });
    expect(access.simulator.state().roleAssignments).toHaveLength(12);
    await access.store.integrations.setRemovalApproval(id, BY);
    expect(await run('run-1')).toMatchObject({ refused: false });
    expect(access.simulator.state().roleAssignments).toHaveLength(1);
    expect(await access.store.integrations.takeRemovalApproval(organizationId, 'run-2')).toBeNull();
  });

  test('a word that is not needed is used up all the same', async () => {
    const { organizationId, id } = access.integration;
    const { integrations } = access.store;
    await held();
    await integrations.setRemovalApproval(id, BY);
    expect(await run('needs none')).toMatchObject({ refused: false });
    expect(await integrations.takeRemovalApproval(organizationId, 'later')).toBeNull();
  });

  test('a row whose user became somebody meanwhile is left to the pass', async () => {
    const { pass, rowId } = await held();
    jest.spyOn(access.store.memberLinks, 'allOf').mockResolvedValueOnce([]);
    expect(await run()).toMatchObject({ outcome: 'done' });
    expect(access.simulator.state().roleAssignments.map(({ id }) => id)).toEqual([rowId]);
    expect(access.messages.pokes).toContainEqual({ pass, priority: 4, fresh: true });
    expect(await report()).toMatchObject({ removed: 0 });
  });

  test('more rows than Kisi lists: those of our groups are compared, one list each', async () => {
    const { pass, rowId } = await held();
    await held('group');
    const { organizationId } = access.integration;
    const kisi = await access.deps.kisi.forOrganization(organizationId);
    const { id: groupId } = await kisi.createGroup({ name: 'Elsewhere', description: null });
    const email = 'x@example.com';
    const stranger = access.simulator.drift({ kind: 'addUser', organizationId, email });
    for (let n = 0; n < 20_000; n += 1) {
      access.simulator.drift({ kind: 'addRow', assigneeId: stranger, groupId });
    }
    access.simulator.drift({ kind: 'deleteRow', id: rowId });
    access.calls();
    expect(await run()).toMatchObject({ outcome: 'done', repaired: 1 });
    expect(access.messages.pokes.map((poke) => poke.pass)).toEqual([pass]);
    expect(access.calls().filter((call) => call.includes('/role_assignments'))).toHaveLength(3);
    expect(await report()).toMatchObject({ skipped: null, openDoors: 1 });
  }, 60_000);

  test('a hold on many members is no mistake that passes unasked', async () => {
    const { member, pass } = await held();
    await access.store.members.setHold(member.id, { by: BY, reason: 'unpaid' });
    await run();
    expect(access.messages.pokes.map((poke) => poke.pass)).toEqual([pass]);
    expect(await report()).toMatchObject({ plannedRemovals: 1, openDoors: 1 });
  });

  test('pages that slip (pageShift): a list with holes is not believed, and is no outage either', async () => {
    const { organizationId } = access.integration;
    const stranger = access.simulator.drift({
      kind: 'addUser',
      organizationId,
      email: 'x@example.com',
    });
    for (let n = 0; n < 250; n += 1) {
      access.simulator.drift({ kind: 'addRow', assigneeId: stranger, groupId: access.group.id });
    }
    const last = await held();
    access.calls();
    access.simulator.setSwitches({ pageShift: 30 });
    expect(await run()).toMatchObject({ outcome: 'skipped' });
    const lists = access.calls().filter((call) => call === 'GET /role_assignments 200');
    expect(lists.length).toBeGreaterThan(2);
    expect(access.messages.pokes).toEqual([]);
    expect(access.couldOpen(last.member, access.lockId)).toBe(true);
    expect(await access.fault()).toBeNull();
    access.simulator.setSwitches({ pageShift: 0 });
    expect(await run()).toEqual({ outcome: 'done', refused: false, repaired: 0 });
    expect(access.calls().filter((call) => call === 'GET /role_assignments 200')).toHaveLength(2);
  });

  test('a Kisi that does not answer is left to the next run', async () => {
    await held();
    access.simulator.setSwitches({ outage: 'unavailable' });
    expect(await run()).toMatchObject({ outcome: 'skipped' });
    expect(await report()).toMatchObject({ skipped: expect.stringContaining('503') as string });
    // Where no pass has anything to do nobody else would notice.
    expect(access.messages.probers).toBe(1);
    access.simulator.setSwitches({ outage: 'none' });
    access.simulator.drift({ kind: 'revokeKey', secret: demoApiKey });
    expect(await run()).toMatchObject({ outcome: 'skipped' });
    expect(await access.fault()).toBe('kisi_key_refused');
  });
});

describe('what rows lead to', () => {
  const ourGroup = async () => {
    const { organizationId } = access.integration;
    return (await access.store.lockGroups.get(organizationId, access.lockId))?.groupId ?? 0;
  };
  const theGroup = (id: number) => access.simulator.state().groups.find((one) => one.id === id);

  test('a lock that was taken out of a group of ours is put in again', async () => {
    const { member } = await held();
    const groupId = await ourGroup();
    access.simulator.drift({ kind: 'removeGroupLock', groupId, lockId: access.lockId });
    expect(access.couldOpen(member, access.lockId)).toBe(false);
    expect(await run()).toMatchObject({ outcome: 'done', repaired: 1 });
    expect(access.couldOpen(member, access.lockId)).toBe(true);
  });

  test('app access off and a restriction on: put right', async () => {
    await held();
    const id = await ourGroup();
    const change = { loginEnabled: false, readerRestrictionEnabled: true };
    access.simulator.drift({ kind: 'editGroup', id, ...change });
    expect(await run()).toMatchObject({ outcome: 'done', repaired: 1 });
    expect(theGroup(id)).toMatchObject({ loginEnabled: true, readerRestrictionEnabled: false });
    access.calls();
    expect(await run()).toMatchObject({ repaired: 0 });
    expect(access.calls()).not.toContain('PATCH /groups/:id 204');
  });

  test('a lock that was exchanged for another is found within twelve hours', async () => {
    const member = await access.member();
    const pass = await access.lockPass(member);
    await access.wish(pass, { from: t, until: null });
    await access.look(pass);
    const groupId = await ourGroup();
    const other = access.simulator.state().locks.find(({ id }) => id !== access.lockId)?.id ?? 0;
    access.simulator.drift({ kind: 'removeGroupLock', groupId, lockId: access.lockId });
    access.simulator.drift({ kind: 'addGroupLock', groupId, lockId: other });
    let repaired = 0;
    for (let hours = 0; hours < 12; hours += 1) {
      await run();
      repaired += (await report())?.repaired ?? 0;
      access.clock.advance(HOUR);
    }
    expect(repaired).toBe(1);
    expect(access.couldOpen(member, access.lockId)).toBe(true);
    expect(access.couldOpen(member, other)).toBe(false);
  });

  test('another lock put in, and the mark taken off: one group stays, with one lock', async () => {
    const { member } = await held();
    const groupId = await ourGroup();
    const other = access.simulator.state().locks.find(({ id }) => id !== access.lockId)?.id ?? 0;
    const groups = access.simulator.state().groups.length;
    access.simulator.drift({ kind: 'addGroupLock', groupId, lockId: other });
    access.simulator.drift({ kind: 'editGroup', id: groupId, description: 'mine now' });
    expect(access.couldOpen(member, other)).toBe(true);
    expect(await run()).toMatchObject({ repaired: 1 });
    expect(access.couldOpen(member, other)).toBe(false);
    expect(theGroup(groupId)?.description).toContain('mine now [latchkey:lock:');
    expect(access.simulator.state().groups).toHaveLength(groups);
  });

  test.each([422, 429])(
    'a group that Kisi answers with %d keeps the rest going',
    async (status) => {
      const { pass, rowId } = await held();
      access.simulator.drift({ kind: 'editGroup', id: await ourGroup(), loginEnabled: false });
      access.simulator.drift({ kind: 'deleteRow', id: rowId });
      const path = `/groups/${String(await ourGroup())}`;
      access.simulator.addFault({ kind: 'answerBefore', method: 'PATCH', path, status });
      expect(await run()).toMatchObject({ outcome: 'done', repaired: 1 });
      expect(access.messages.pokes.map((poke) => poke.pass)).toEqual([pass]);
    },
  );

  test('a user of ours that was switched off: on again; another’s is reported', async () => {
    const ours = await access.member({ linked: false });
    const pass = await access.lockPass(ours);
    await access.wish(pass, { from: t, until: t + HOUR });
    await access.look(pass);
    const { member: theirs } = await held();
    const { organizationId } = access.integration;
    const userOf = async (id: string) =>
      (await access.store.memberLinks.get(organizationId, id))?.kisiUserId ?? 0;
    for (const { id } of [ours, theirs]) {
      access.simulator.drift({ kind: 'editUser', id: await userOf(id), accessEnabled: false });
    }
    expect(access.couldOpen(ours, access.lockId)).toBe(false);
    expect(await run()).toMatchObject({ repaired: 1 });
    expect(access.couldOpen(ours, access.lockId)).toBe(true);
    expect(access.couldOpen(theirs, access.lockId)).toBe(false);
    expect(await report()).toMatchObject({ disabledUserIds: [await userOf(theirs.id)] });
  });
});

describe('a user whose access was switched off at Kisi', () => {
  const switchTo = async (member: Member, accessEnabled: boolean): Promise<void> => {
    const { organizationId } = access.integration;
    const link = await access.store.memberLinks.get(organizationId, member.id);
    access.simulator.drift({ kind: 'editUser', id: link?.kisiUserId ?? 0, accessEnabled });
  };

  test('is told to the grants, without a further call where all is well, and taken back', async () => {
    const { member, pass, grant } = await held();
    await switchTo(member, false);
    await run();
    expect(access.messages.pokes).toMatchObject([{ pass, fresh: true }]);
    await access.look(pass, { fresh: true });
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'attention kisi_user_disabled']);
    expect(access.couldOpen(member, access.lockId)).toBe(false);
    await run();
    expect(access.messages.pokes).toHaveLength(1);

    await switchTo(member, true);
    await run();
    expect(access.messages.pokes).toHaveLength(2);
    access.calls();
    await access.look(pass, { fresh: true });
    expect(access.calls()).toEqual(['GET /role_assignments 200']);
    expect(access.messages.toldTo(grant).at(-1)).toBe('in_place');
    expect(access.couldOpen(member, access.lockId)).toBe(true);
  });

  test('is seen by the pass that links the member, and given back by its own next look', async () => {
    const { organizationId } = access.integration;
    const member = await access.member({ linked: false });
    const user = { kind: 'addUser' as const, organizationId, email: member.email };
    const id = access.simulator.drift(user);
    access.simulator.drift({ kind: 'editUser', id, accessEnabled: false });
    const pass = await access.lockPass(member);
    const grant = await access.wish(pass, { from: t, until: t + HOUR });
    await access.look(pass);
    expect(access.messages.toldTo(grant)).toEqual(['attention kisi_user_disabled']);
    await switchTo(member, true);
    await access.look(pass);
    expect(access.messages.toldTo(grant)).toEqual(['attention kisi_user_disabled', 'in_place']);
  });

  test('says nothing of a grant that ends: its row goes as ever', async () => {
    const { member, pass, grant } = await held();
    await switchTo(member, false);
    await run();
    await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    await access.look(pass, { fresh: true });
    expect(access.messages.toldTo(grant).at(-1)).toBe('removed');
    expect(await access.rows(pass)).toEqual([]);
  });
});

describe('rows that are stored as ours', () => {
  const stored = async (): Promise<number[]> => {
    const rows = await access.store.kisiRows.allOf(access.integration.organizationId);
    return rows.map(({ roleAssignmentId }) => roleAssignmentId);
  };

  test('are forgotten once Kisi has purged them, not while they may only be unlisted', async () => {
    const { rowId } = await held();
    const { rowId: standing } = await held('group');
    access.simulator.drift({ kind: 'deleteRow', id: rowId });
    await run();
    expect(await stored()).toEqual([rowId, standing].sort());
    access.clock.advance(11 * MINUTE);
    await run();
    expect(await stored()).toEqual([standing]);
  });

  test('stay when a list lacks them although they stand', async () => {
    const { rowId } = await held('group');
    access.clock.advance(11 * MINUTE);
    access.simulator.addFault({
      kind: 'answerBefore',
      method: 'GET',
      path: '/role_assignments',
      status: 200,
      body: [],
      headers: { 'X-Collection-Range': '*/0' },
      count: 1,
    });
    await run();
    expect(await stored()).toEqual([rowId]);
  });

  test('on a user whom nobody is any more go by their pass', async () => {
    const { member, pass } = await held('group');
    const { organizationId } = access.integration;
    const link = await access.store.memberLinks.get(organizationId, member.id);
    if (link) await access.store.memberLinks.unlink(link);
    expect(await run()).toMatchObject({ outcome: 'done' });
    expect(await report()).toMatchObject({ removed: 0 });
    expect(access.messages.pokes.map((poke) => poke.pass)).toEqual([pass]);
  });
});

test('an erased member wants nothing: the pass is told to take the row away', async () => {
  const { member, pass, rowId } = await held();
  await access.store.members.erase(member.id, 'job_1');
  await run();
  expect(access.messages.pokes.map((poke) => poke.pass)).toEqual([pass]);
  await access.look(pass, { fresh: true });
  expect(access.simulator.state().roleAssignments.map(({ id }) => id)).not.toContain(rowId);
});

describe('grants', () => {
  async function grant(change: Partial<Grant> = {}): Promise<Grant> {
    const document: Grant = {
      id: `grt_${randomUUID()}`,
      memberId: 'mem_1',
      doorMappingId: 'dm_1',
      source: 'manual',
      sourceId: null,
      sourceOrder: 0,
      startsAt: t,
      endsAt: t + HOUR,
      stops: [],
      provisioning: 'in_place',
      problem: null,
      revision: 5,
      settled: true,
      recordNumber: 5,
      createdAt: t,
      createdBy: BY,
      changedAt: t,
      changedBy: BY,
      reason: null,
      inPlaceAt: t,
      removedAt: null,
      ...change,
    };
    await access.store.grants.insertAccepted(document);
    return document;
  }
  const review = () => reviewGrants(access.deps, { after: null });
  const pass = () => access.groupPass({ id: 'mem_1', email: 'x@example.com' } as Member);
  /** What the grant wrote when it last asked its pass. */
  async function wishOf({ id, revision, startsAt, endsAt }: Grant, wanted = true) {
    const wish = { grantId: id, revision, from: startsAt, until: endsAt, wanted };
    await access.store.wishes.write(pass(), wish);
  }
  const mapped = () =>
    access.store.doorMappings.insert({
      id: 'dm_1',
      integrationId: access.integration.id,
      organizationId: access.integration.organizationId,
      locationId: null,
      spaceId: null,
      resourceType: 'group',
      resourceId: access.group.id,
      name: 'Door',
      active: true,
      createdBy: BY,
    });

  test('one that runs and has its wish is left alone', async () => {
    const document = await grant();
    await wishOf(document);
    access.runs.running.add(document.id);
    expect(await review()).toEqual({
      expired: 0,
      started: 0,
      asked: 0,
      terminated: [],
      after: null,
    });
    expect(access.messages.started).toEqual([]);
    expect(access.messages.askedAgain).toEqual([]);
  });

  test.each([
    ['missing', () => Promise.resolve()],
    ['of a lower revision', (lost: Grant) => wishOf({ ...lost, revision: 4 })],
    ['a tombstone', (lost: Grant) => wishOf(lost, false)],
  ])('one that runs and whose wish is %s is asked again', async (_, leave) => {
    const lost = await grant();
    await leave(lost);
    access.runs.running.add(lost.id);
    expect(await review()).toMatchObject({ asked: 1 });
    expect(access.messages.askedAgain).toEqual([lost.id]);
  });

  test.each<[string, Partial<Grant>]>([
    ['is stopped', { stops: ['admin'] }],
    ['asks again by itself', { provisioning: 'attention' }],
    ['was changed a moment ago', { settled: false, provisioning: 'pending' }],
  ])('one without a wish that %s is left alone', async (_, change) => {
    access.runs.running.add((await grant(change)).id);
    expect(await review()).toMatchObject({ asked: 0 });
    expect(access.messages.askedAgain).toEqual([]);
  });

  test('running ones that MongoDB does not know are asked again', async () => {
    const known = await grant();
    for (const id of [known.id, 'grt_lost']) access.runs.running.add(id);
    expect(await askUnknownGrants(access.deps)).toEqual({ asked: 1 });
    expect(access.messages.askedAgain).toEqual(['grt_lost']);
  });

  test('a terminated one is counted, then starts again with the stop `terminated`', async () => {
    await mapped();
    const { id } = await grant();
    access.runs.ends.set(id, 'terminated');
    const { organizationId } = access.integration;
    const terminated = [{ organizationId, waiting: 1, closing: 1, open: 1 }];
    expect(await review()).toMatchObject({ started: 0, terminated });
    expect(access.messages.started).toEqual([]);
    expect(await judgeTerminated(access.deps, { runId: 'run', terminated })).toEqual({
      heldBack: [],
    });
    await stopTerminated(access.deps, { after: null, heldBack: [] });
    expect(access.messages.started).toMatchObject([
      { action: 'revoke', grant: { id, stops: ['terminated'], changedBy: { id: 'reconcile' } } },
    ]);
  });

  test('many terminated ones wait for a person’s word, and none of them is started', async () => {
    await mapped();
    for (let n = 0; n < 11; n += 1) access.runs.ends.set((await grant()).id, 'terminated');
    access.runs.ends.set((await grant({ startsAt: t + MINUTE })).id, 'terminated');
    const { organizationId, id } = access.integration;
    const { terminated } = await review();
    expect(terminated).toEqual([{ organizationId, waiting: 12, closing: 11, open: 11 }]);
    const judge = (runId: string) => judgeTerminated(access.deps, { runId, terminated });
    expect(await judge('run-1')).toEqual({ heldBack: [organizationId] });
    await stopTerminated(access.deps, { after: null, heldBack: [organizationId] });
    expect(access.messages.started).toEqual([]);

    await access.store.integrations.setRemovalApproval(id, BY);
    expect(await judge('run-2')).toEqual({ heldBack: [] });
    const stopped = await stopTerminated(access.deps, { after: null, heldBack: [] });
    expect(stopped).toEqual({ started: 12, after: null });
    expect(access.messages.started.map((one) => one.action)).toEqual(Array(12).fill('revoke'));
  });

  test('a run in which terminated ones wait is reported as refused', async () => {
    const { organizationId } = access.integration;
    const counts = { expired: 0, started: 0, waiting: 12, closing: 11 };
    await reconcileOrganization(access.deps, { organizationId, runId: 'run-1', ...counts });
    expect(await report()).toMatchObject({ refused: true, plannedRemovals: 11 });
  });

  test('one that Temporal does not know starts as it is recorded', async () => {
    const document = await grant();
    await review();
    expect(access.messages.started).toEqual([{ action: 'retry', grant: document }]);
  });

  test('one that was cancelled and is gone stays closed', async () => {
    const { id } = await grant({ stops: ['admin'], provisioning: 'removed' });
    access.runs.ends.set(id, 'closed');
    expect(await review()).toMatchObject({ started: 0 });
    expect(access.messages.started).toEqual([]);
  });

  test('one that is overdue is asked to let go', async () => {
    const document = await grant();
    const { id } = document;
    await wishOf(document);
    access.runs.running.add(id);
    access.clock.advance(HOUR + 4 * MINUTE);
    await review();
    expect(access.messages.askedAgain).toEqual([]);
    access.clock.advance(2 * MINUTE);
    expect(await review()).toMatchObject({ expired: 1 });
    expect(access.messages.askedAgain).toEqual([id]);
  });
});

test('tombstones are kept for thirty days', async () => {
  const { pass, grant } = await held();
  await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
  await access.settle(pass);
  const left = async () => (await access.store.wishes.byPass(passKey(pass))).length;
  access.clock.advance(HOUR + 29 * 24 * HOUR);
  await removeOldWishes(access.deps);
  expect(await left()).toBe(1);
  access.clock.advance(2 * 24 * HOUR);
  await removeOldWishes(access.deps);
  expect(await left()).toBe(0);
});
