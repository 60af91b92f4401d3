import { demoApiKey } from '../../simulator';
import { passKey, type PassRef } from '../../src/domain/door';
import { syncPass } from '../../src/access/sync-pass';
import type { Member } from '../../src/store';
import { accessUnderTest, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';

const LIST = 'GET /role_assignments 200';
const CREATE = 'POST /role_assignments 200';
const PATCH = 'PATCH /role_assignments/:id';
const READ = 'GET /role_assignments/:id 200';
const DELETE = 'DELETE /role_assignments/:id 204';
const ROWS = '/role_assignments';
const ROW = '/role_assignments/*';

let access: AccessUnderTest;
let member: Member;
let pass: PassRef;
let t: number;

beforeEach(async () => {
  access = await accessUnderTest();
  member = await access.member();
  pass = await access.lockPass(member);
  t = access.now();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await access.close();
});

const opens = (at: number): boolean => access.couldOpen(member, access.lockId, at);
const wish = (hours: number, grantId?: string): Promise<string> =>
  access.wish(pass, { from: t, until: t + hours * HOUR, ...(grantId && { grantId }) });

/** An hour is in place, and two are wanted. */
async function lengthen(): Promise<string> {
  const grant = await wish(1);
  await access.look(pass);
  await wish(2, grant);
  access.calls();
  return grant;
}

/** The row as Kisi's API shows it. */
async function rowAtKisi(id: number): Promise<object> {
  const answer = await fetch(`${access.baseUrl}/role_assignments/${String(id)}`, {
    headers: { authorization: `KISI-LOGIN ${demoApiKey}` },
  });
  return (await answer.json()) as object;
}

test('MongoDB that fails in the middle of a replace leaves nobody outside', async () => {
  const { organizationId } = access.integration;
  access.simulator.setSwitches({ duplicateGrant: 'conflict', patchWindow: 'refused' });
  await access.store.integrations.learn(organizationId, {
    secondRows: 'refused',
    patch: 'refused',
  });
  await lengthen();
  const { kisiRows, intents } = access.store;
  const failing = (): Promise<never> => Promise.reject(new Error('MongoDB is away'));
  const isGap = (): boolean => access.simulator.requests().at(-1)?.method === 'DELETE';
  const removeRow = kisiRows.remove.bind(kisiRows);
  const putIntent = intents.put.bind(intents);
  jest
    .spyOn(kisiRows, 'remove')
    .mockImplementation((...args) => (isGap() ? failing() : removeRow(...args)));
  jest
    .spyOn(intents, 'put')
    .mockImplementation((...args) => (isGap() ? failing() : putIntent(...args)));
  await access.look(pass).catch(() => undefined);
  expect(access.calls()).toEqual([DELETE, CREATE]);
  expect([opens(access.clock.now()), opens(t + 2 * HOUR - 1)]).toEqual([true, true]);
});

describe('a prober that was never started', () => {
  async function fault(): Promise<void> {
    await access.store.integrations.recordFault(access.integration.organizationId, {
      type: 'kisi_unavailable',
      detail: 'Kisi does not answer.',
      nextProbeAt: access.clock.now() + 10_000,
    });
  }

  test('is started by the next attempt at the look', async () => {
    await wish(1);
    access.simulator.setSwitches({ outage: 'unavailable' });
    const start = access.messages.startProber;
    access.messages.startProber = () => Promise.reject(new Error('Temporal is away'));
    await expect(syncPass(access.deps, { pass, turn: 1, memory: null }, 1)).rejects.toThrow();
    access.messages.startProber = start;
    const result = await syncPass(access.deps, { pass, turn: 1, memory: null }, 2);
    expect(result).toMatchObject({ outcome: 'blocked' });
    expect(access.messages.probers).toBe(1);
  });

  test('is started by a look that succeeds while the fault stands', async () => {
    await wish(1);
    await fault();
    access.clock.advance(MINUTE);
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced' });
    expect(access.messages.probers).toBe(1);
  });
});

describe('a PATCH that is refused', () => {
  test.each([400, 409, 422])('with %s: done another way in the same look', async (status) => {
    access.simulator.setSwitches({ duplicateGrant: 'newRow' });
    const grant = await lengthen();
    access.simulator.addFault({
      kind: 'answerBefore',
      method: 'PATCH',
      path: ROW,
      status,
      count: 1,
    });
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced' });
    expect(access.calls()).toEqual([`${PATCH} ${String(status)}`, READ, CREATE, DELETE]);
    expect(opens(t + 2 * HOUR - 1)).toBe(true);
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'in_place']);
  });

  test('though the row shows that it was done: nothing is learned against it', async () => {
    await lengthen();
    access.simulator.addFault({
      kind: 'answerAfter',
      method: 'PATCH',
      path: ROW,
      status: 409,
      count: 1,
    });
    await access.look(pass);
    expect(access.calls()).toEqual([`${PATCH} 409`, READ]);
    expect((await access.learned()).patch).toBe('honoured');
  });

  test('is asked again a day later, for Kisi may have learned it', async () => {
    access.simulator.setSwitches({ patchWindow: 'refused' });
    const grant = await access.wish(pass, { from: t, until: t + 100 * HOUR });
    await access.look(pass);
    await access.wish(pass, { from: t, until: t + 101 * HOUR, grantId: grant });
    await access.settle(pass);
    expect((await access.learned()).patch).toBe('refused');
    access.simulator.setSwitches({ patchWindow: 'honoured' });
    access.clock.advance(24 * HOUR);
    expect((await access.learned()).patch).toBe('unknown');
    await access.wish(pass, { from: t, until: t + 102 * HOUR, grantId: grant });
    access.calls();
    await access.look(pass);
    expect(access.calls()).toEqual([`${PATCH} 204`, READ]);
    expect((await access.learned()).patch).toBe('honoured');
  });
});

describe('the second list after an unknown outcome', () => {
  test.each(['PATCH', 'DELETE'] as const)('of a %s is not lost by a poke', async (method) => {
    const grant = await wish(1);
    await access.look(pass);
    if (method === 'PATCH') await wish(2, grant);
    else await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    access.simulator.addFault({ kind: 'dropAfter', method, path: ROW, count: 1 });
    const unsure = await access.look(pass);
    const dueAt = access.clock.now() + MINUTE;
    expect(unsure).toMatchObject({ memory: null });
    access.clock.advance(10_000);
    access.calls();
    const poked = await access.look(pass);
    expect(access.calls()).toEqual([LIST]);
    expect(poked).toMatchObject({ outcome: 'synced', memory: null, empty: false });
    const { wakeAt } = poked as { wakeAt: number };
    expect(Math.abs(wakeAt - dueAt)).toBeLessThan(5_000);
    access.clock.advance(MINUTE);
    const last = await access.look(pass);
    expect(access.calls()).toEqual([LIST]);
    expect(last).toMatchObject({ outcome: 'synced', empty: method === 'DELETE' });
    expect(last.listAgainAt ?? null).toBeNull();
  });
});

describe('the record of a lock’s group', () => {
  test('is not removed by one who knew the group before it', async () => {
    const { organizationId } = access.integration;
    const before = await access.store.lockGroups.get(organizationId, access.lockId);
    const present = { organizationId, lockId: access.lockId, groupId: 999_999 };
    await access.store.lockGroups.put(present);
    await access.store.lockGroups.remove(organizationId, access.lockId, before?.groupId ?? 0);
    expect(await access.store.lockGroups.get(organizationId, access.lockId)).toEqual(present);
  });

  test('may be lost: what is ours in the group goes all the same', async () => {
    const { organizationId } = access.integration;
    const grant = await wish(1);
    await access.look(pass);
    const stored = await access.store.lockGroups.get(organizationId, access.lockId);
    await access.store.lockGroups.remove(organizationId, access.lockId, stored?.groupId ?? 0);
    await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    const result = await access.settle(pass);
    expect(opens(access.clock.now())).toBe(false);
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'removed']);
    expect(result).toMatchObject({ outcome: 'synced', empty: true });
    expect(await access.store.kisiRows.byPass(passKey(pass))).toEqual([]);
  });

  test('and its group at Kisi as well: the pass comes to an end', async () => {
    const { organizationId } = access.integration;
    const grant = await wish(1);
    await access.look(pass);
    const stored = await access.store.lockGroups.get(organizationId, access.lockId);
    access.simulator.drift({ kind: 'deleteGroup', id: stored?.groupId ?? 0 });
    await access.store.lockGroups.remove(organizationId, access.lockId, stored?.groupId ?? 0);
    await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    expect(await access.settle(pass)).toMatchObject({ outcome: 'synced', empty: true });
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'removed']);
  });
});

test('a record that nobody can read is the trouble of its own pass alone', async () => {
  const other = await access.lockPass(await access.member());
  const grants = [await wish(1), await access.wish(other, { from: t, until: t + HOUR })];
  access.simulator.addFault({
    kind: 'answerBefore',
    method: 'GET',
    path: ROWS,
    status: 200,
    body: [{ id: 'odd' }],
    count: 1,
  });
  expect(await access.look(pass)).toMatchObject({ outcome: 'synced', empty: false });
  expect(await access.look(other)).toMatchObject({ outcome: 'synced' });
  expect(await access.fault()).toBeNull();
  expect(grants.map((id) => access.messages.toldTo(id))).toEqual([
    ['attention kisi_unexpected_answer'],
    ['in_place'],
  ]);
});

test('a foreign row whose role opens no door covers nothing', async () => {
  access.simulator.setSwitches({ duplicateGrant: 'newRow' });
  const groupPass = access.groupPass(member);
  const { organizationId } = access.integration;
  const link = await access.store.memberLinks.get(organizationId, member.id);
  const id = access.simulator.drift({
    kind: 'addRow',
    assigneeId: link?.kisiUserId ?? 0,
    groupId: access.group.id,
  });
  const row = await rowAtKisi(id);
  access.simulator.drift({ kind: 'deleteRow', id });
  access.simulator.addFault({
    kind: 'answerBefore',
    method: 'GET',
    path: ROWS,
    status: 200,
    body: [{ ...row, role_id: 'group_viewer' }],
    headers: { 'X-Collection-Range': '0-0/1' },
    count: 1,
  });
  access.calls();
  const grant = await access.wish(groupPass, { from: t, until: t + HOUR });
  await access.look(groupPass);
  expect(access.calls()).toEqual([LIST, CREATE]);
  expect(access.couldOpen(member, access.group.lockId)).toBe(true);
  expect(access.messages.toldTo(grant)).toEqual(['in_place']);
});

test('a group that is a lock’s own is nobody’s mapping: two passes would write its rows', async () => {
  const { organizationId } = access.integration;
  const own = await access.store.lockGroups.get(organizationId, access.lockId);
  const target = { kind: 'group' as const, id: own?.groupId ?? 0 };
  const groupPass: PassRef = { memberId: member.id, organizationId, target };
  const grant = await access.wish(groupPass, { from: t, until: t + HOUR });
  await access.look(groupPass);
  expect(access.calls()).toEqual([]);
  expect(access.messages.toldTo(grant)).toEqual(['attention kisi_group_reserved']);
  await access.wish(groupPass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
  expect(await access.look(groupPass)).toMatchObject({ outcome: 'synced', empty: true });
  expect(access.messages.toldTo(grant).at(-1)).toBe('removed');
});

describe('an e-mail address that goes to another member', () => {
  let other: Member;
  let otherPass: PassRef;
  const address = (): string => member.email;

  beforeEach(async () => {
    other = await access.member({ linked: false });
    otherPass = await access.lockPass(other);
  });

  async function handOver(): Promise<void> {
    await access.store.members.upsert({ ...member, email: `new-${member.id}@example.com` });
    await access.store.members.upsert({ ...other, email: address() });
  }

  test('the former holder moves to another user, and the new one gets theirs', async () => {
    const [one, two] = [await wish(1), await access.wish(otherPass, { from: t, until: t + HOUR })];
    await access.look(pass);
    await handOver();
    await access.settle(pass);
    expect(access.couldOpen(member, access.lockId)).toBe(false);
    const moved = { ...member, email: `new-${member.id}@example.com` };
    expect(access.couldOpen(moved, access.lockId)).toBe(true);
    await access.settle(otherPass);
    expect(access.couldOpen({ ...other, email: address() }, access.lockId)).toBe(true);
    expect(access.messages.toldTo(one)).toEqual(['in_place']);
    expect(access.messages.toldTo(two)).toEqual(['in_place']);
  });

  test('whoever comes first takes the user, and has the former holder look and move', async () => {
    const one = await wish(1);
    await access.look(pass);
    const two = await access.wish(otherPass, { from: t, until: t + HOUR });
    await handOver();
    await access.look(otherPass);
    expect(access.messages.toldTo(two)).toEqual(['in_place']);
    expect(access.messages.pokes.map((poke) => poke.pass)).toEqual([pass]);
    await access.look(pass, { fresh: true });
    expect(access.messages.toldTo(one)).toEqual(['in_place']);
    expect(access.couldOpen({ ...other, email: address() }, access.lockId)).toBe(true);
    const moved = { ...member, email: `new-${member.id}@example.com` };
    expect(access.couldOpen(moved, access.lockId)).toBe(true);
  });

  test('one who lost the user and wants nothing by then leaves nothing of theirs on it', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'newRow' });
    const groupPass = access.groupPass(member);
    const one = await access.wish(groupPass, { from: t, until: t + HOUR });
    await access.look(groupPass);
    await access.wish(otherPass, { from: t, until: t + HOUR });
    await handOver();
    await access.look(otherPass);
    await access.wish(groupPass, { from: t, until: t + HOUR, wanted: false, grantId: one });
    expect(await access.look(groupPass, { fresh: true })).toMatchObject({ empty: true });
    expect(access.messages.toldTo(one)).toEqual(['in_place', 'removed']);
    const now = { ...other, email: address() };
    expect(access.couldOpen(now, access.group.lockId)).toBe(access.group.lockId === access.lockId);
    expect(access.couldOpen(now, access.lockId)).toBe(true);
    expect(
      await access.store.memberLinks.get(access.integration.organizationId, member.id),
    ).toBeNull();
  });

  test.each(['newRow', 'conflict'] as const)(
    'two members who exchange their addresses exchange their users (%s)',
    async (duplicateGrant) => {
      access.simulator.setSwitches({ duplicateGrant });
      const passes = [access.groupPass(member), access.groupPass(other)] as const;
      const grants = await Promise.all(
        passes.map((one) => access.wish(one, { from: t, until: t + HOUR })),
      );
      // Only the one has an access of their own besides: it must not stay with the other.
      await wish(1);
      for (const one of [...passes, pass]) await access.look(one);
      const { organizationId } = access.integration;
      const users = async () => [
        (await access.store.memberLinks.get(organizationId, member.id))?.kisiUserId,
        (await access.store.memberLinks.get(organizationId, other.id))?.kisiUserId,
      ];
      const [first, second] = await users();
      await access.store.members.upsert({ ...member, email: 'on-the-way@example.com' });
      await access.store.members.upsert({ ...other, email: address() });
      await access.store.members.upsert({ ...member, email: other.email });
      for (let round = 0; round < 2; round += 1) {
        for (const one of [...passes, pass]) await access.look(one, { fresh: true });
      }
      expect(await users()).toEqual([second, first]);
      expect(grants.map((grant) => access.messages.toldTo(grant))).toEqual([
        ['in_place'],
        ['in_place'],
      ]);
      const nowOne = { ...member, email: other.email };
      const nowOther = { ...other, email: address() };
      for (const one of [nowOne, nowOther]) {
        expect(access.couldOpen(one, access.group.lockId)).toBe(true);
      }
      expect(access.couldOpen(nowOne, access.lockId)).toBe(true);
      const held = access.simulator
        .state()
        .roleAssignments.filter(({ assigneeId }) => [first, second].includes(assigneeId));
      expect(held).toHaveLength(3);
    },
  );

  test('what the new holder has on the user is not the former one’s to take away', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'newRow' });
    const groupPass = access.groupPass(member);
    await wish(1);
    await access.wish(groupPass, { from: t, until: t + HOUR });
    await access.wish(otherPass, { from: t, until: t + HOUR });
    await access.look(pass);
    await access.look(groupPass);
    const { organizationId } = access.integration;
    const user = (await access.store.memberLinks.get(organizationId, member.id))?.kisiUserId;
    /** What the user of the address that was handed over holds. */
    const held = () =>
      access.simulator.state().roleAssignments.filter(({ assigneeId }) => assigneeId === user);
    await handOver();
    await access.settle(pass);
    await access.settle(otherPass);
    const now = { ...other, email: address() };
    expect(access.couldOpen(now, access.lockId)).toBe(true);
    await access.look(pass, { fresh: true });
    expect(access.couldOpen(now, access.lockId)).toBe(true);
    expect(held()).toHaveLength(2);
    await access.look(groupPass, { fresh: true });
    expect(access.couldOpen(now, access.lockId)).toBe(true);
    expect(held()).toHaveLength(1);
    const link = await access.store.memberLinks.get(organizationId, member.id);
    expect(link?.formerUserIds).toEqual([]);
  });

  test('a former holder who wants nothing lets go, and no user is made for them', async () => {
    const one = await wish(1);
    await access.look(pass);
    await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: one });
    await access.look(pass);
    const two = await access.wish(otherPass, { from: t, until: t + HOUR });
    await handOver();
    await access.look(otherPass);
    access.calls();
    await access.look(pass, { fresh: true });
    expect(access.calls().filter((call) => call.startsWith('POST'))).toEqual([]);
    const { organizationId } = access.integration;
    expect(await access.store.memberLinks.get(organizationId, member.id)).toBeNull();
    await access.settle(otherPass);
    expect(access.messages.toldTo(two).at(-1)).toBe('in_place');
  });
});
