import { randomUUID } from 'node:crypto';
import { createKisiConnections } from '../../src/access/kisi-connections';
import { followRowEvent } from '../../src/access/kisi-row-event';
import { passKey, type PassRef } from '../../src/domain/door';
import type { Member } from '../../src/store';
import { Unlimited } from '../support/unlimited';
import { accessUnderTest, BY, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';

const LIST = 'GET /role_assignments 200';
const CREATE = 'POST /role_assignments 200';
const DELETE = 'DELETE /role_assignments/:id 204';
const CONFLICT = 'POST /role_assignments 409';
const ROWS = '/role_assignments';

let access: AccessUnderTest;
let member: Member;
let pass: PassRef;
let userId: number;
let t: number;

beforeEach(async () => {
  access = await accessUnderTest();
  member = await access.member();
  pass = await access.lockPass(member);
  const { organizationId } = access.integration;
  userId = (await access.store.memberLinks.get(organizationId, member.id))?.kisiUserId ?? 0;
  t = access.now();
});
afterEach(() => access.close());

const opens = (at = access.clock.now()): boolean => access.couldOpen(member, access.lockId, at);
const wishAnHour = (of = pass): Promise<string> => access.wish(of, { from: t, until: t + HOUR });

async function inPlace(of = pass): Promise<{ grant: string; rowId: number }> {
  const grant = await wishAnHour(of);
  await access.look(of);
  access.calls();
  const [row] = await access.rows(of);
  return { grant, rowId: row?.id ?? 0 };
}

/** Shows whether the row is still as it was: foreign rows must be. */
function rowAtKisi(id: number) {
  return access.simulator.state().roleAssignments.find((row) => row.id === id);
}

describe('somebody worked at the dashboard', () => {
  test('our row was deleted: made again', async () => {
    const { rowId } = await inPlace();
    access.simulator.drift({ kind: 'deleteRow', id: rowId });
    expect(opens()).toBe(false);
    await access.look(pass, { fresh: true });
    expect(access.calls()).toEqual([LIST, 'GET /role_assignments/:id 404', CREATE]);
    expect(opens()).toBe(true);
  });

  test('our row was deleted while it is remembered: the PATCH finds out', async () => {
    const { grant, rowId } = await inPlace();
    access.simulator.drift({ kind: 'deleteRow', id: rowId });
    await access.wish(pass, { from: t, until: t + 2 * HOUR, grantId: grant });
    await access.look(pass);
    expect(access.calls()).toEqual(['PATCH /role_assignments/:id 404', CREATE]);
    expect(opens(t + 2 * HOUR - 1)).toBe(true);
  });

  test('our row was edited: longer is cut, and closed later is opened', async () => {
    const { rowId } = await inPlace();
    access.simulator.drift({ kind: 'editRow', id: rowId, validUntil: null });
    await access.look(pass, { fresh: true });
    expect([opens(), opens(t + HOUR)]).toEqual([true, false]);
    access.simulator.drift({ kind: 'editRow', id: rowId, validFrom: t + HOUR / 2 });
    await access.look(pass, { fresh: true });
    expect(opens()).toBe(true);
    expect(await access.rows(pass, t)).toMatchObject([{ until: 3_600 }]);
  });

  test('our row was doubled: the surplus goes, one stays, nobody is locked out', async () => {
    const { rowId } = await inPlace();
    access.simulator.drift({ kind: 'duplicateRow', id: rowId });
    await access.look(pass, { fresh: true });
    expect(access.calls()).toEqual([LIST, DELETE]);
    expect(await access.rows(pass)).toHaveLength(1);
    expect(opens()).toBe(true);
  });

  test('our row was doubled and made longer, under an emergency stop: the longer one goes', async () => {
    const { rowId } = await inPlace();
    access.simulator.drift({ kind: 'duplicateRow', id: rowId });
    access.simulator.drift({ kind: 'editRow', id: rowId, validUntil: null });
    const { id } = access.integration;
    const stop = { reason: 'wrong doors', includeRemovals: false, by: BY };
    await access.store.integrations.setEmergencyStop(id, stop);
    await access.look(pass, { fresh: true });
    expect(access.calls()).toEqual([LIST, DELETE]);
    expect([opens(), opens(t + HOUR - 1), opens(t + HOUR)]).toEqual([true, true, false]);
  });

  test('our row became a manager’s: foreign from then on, and it covers nothing of ours', async () => {
    const { rowId } = await inPlace();
    access.simulator.drift({ kind: 'editRow', id: rowId, roleId: 'group_manager' });
    await access.look(pass, { fresh: true });
    expect(rowAtKisi(rowId)).toMatchObject({ roleId: 'group_manager', validUntil: t + HOUR });
  });

  test('the user was deleted: found or made anew, and linked', async () => {
    await inPlace();
    access.simulator.drift({ kind: 'deleteUser', id: userId });
    await access.look(pass, { fresh: true });
    expect(await access.settle(pass)).toMatchObject({ outcome: 'synced' });
    expect(opens()).toBe(true);
    const { organizationId } = access.integration;
    const link = await access.store.memberLinks.get(organizationId, member.id);
    expect(link?.kisiUserId).not.toBe(userId);
    expect(link?.formerUserIds).toEqual([]);
    expect(access.calls().filter((call) => call.startsWith('POST /users'))).toHaveLength(1);
  });

  test('the lock’s group was deleted: asked for again, then all is in place', async () => {
    const { grant } = await inPlace();
    const { organizationId } = access.integration;
    const group = await access.store.lockGroups.get(organizationId, access.lockId);
    access.simulator.drift({ kind: 'deleteGroup', id: group?.groupId ?? 0 });
    await access.look(pass, { fresh: true });
    expect(await access.settle(pass)).toMatchObject({ outcome: 'synced', empty: false });
    expect(access.messages.groupsAsked).toEqual([access.lockId]);
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'pending group_missing']);
    await access.lockPass(member);
    await access.settle(pass);
    expect(opens()).toBe(true);
    expect(access.messages.toldTo(grant).at(-1)).toBe('in_place');
  });

  test('the dashboard’s group of a mapping was deleted: a person must map another', async () => {
    const groupPass = access.groupPass(member);
    const { grant } = await inPlace(groupPass);
    access.simulator.drift({ kind: 'deleteGroup', id: access.group.id });
    expect(await access.settle(groupPass)).toMatchObject({ outcome: 'synced' });
    await access.look(groupPass, { fresh: true });
    expect(access.messages.toldTo(grant).at(-1)).toBe('attention kisi_group_missing');
    expect(await access.fault()).toBeNull();
  });

  test('the lock is gone before its group was made', async () => {
    const { organizationId } = access.integration;
    const made = await access.store.lockGroups.get(organizationId, access.lockId);
    await access.store.lockGroups.remove(organizationId, access.lockId, made?.groupId ?? 0);
    access.simulator.drift({ kind: 'deleteLock', id: access.lockId });
    const grant = await wishAnHour();
    await access.look(pass);
    expect(access.messages.toldTo(grant)).toEqual(['attention kisi_lock_missing']);
    expect(access.messages.groupsAsked).toEqual([]);
  });
});

test('a row that somebody made in our own group, and that does, is stored: its event finds us', async () => {
  const { organizationId } = access.integration;
  const group = await access.store.lockGroups.get(organizationId, access.lockId);
  const groupId = group?.groupId ?? 0;
  const made = access.simulator.drift({ kind: 'addRow', assigneeId: userId, groupId });
  const grant = await access.wish(pass, { from: t, until: null });
  await access.look(pass);
  expect(access.calls()).toEqual([LIST]);
  expect(access.messages.toldTo(grant)).toEqual(['in_place']);
  expect(await access.store.kisiRows.byId(organizationId, made)).toMatchObject({
    passKey: passKey(pass),
    kisiUserId: userId,
    groupId,
    until: null,
  });
});

describe('foreign rows in the group of a mapping', () => {
  let groupPass: PassRef;
  beforeEach(() => {
    groupPass = access.groupPass(member);
  });

  const addForeign = (
    row: { validFrom?: number | null; validUntil?: number | null } = {},
    createdById: number | null = null,
  ): number =>
    access.simulator.drift({
      kind: 'addRow',
      assigneeId: userId,
      groupId: access.group.id,
      createdById,
      ...row,
    });

  test('what is listed is known from then on, and forgotten when it is listed no more', async () => {
    const { organizationId } = access.integration;
    const foreign = addForeign({ validUntil: t + HOUR });
    const known = () => access.store.foreignRows.get(organizationId, foreign);
    await wishAnHour(groupPass);
    await access.look(groupPass);
    expect(await known()).toMatchObject({
      memberId: member.id,
      kisiUserId: userId,
      groupId: access.group.id,
      until: t + HOUR,
    });
    const seenAt = (await known())?.seenAt ?? 0;
    // What has not changed is not written again; the clock tells.
    access.clock.advance(MINUTE);
    await access.look(groupPass, { fresh: true });
    expect(await known()).toMatchObject({ seenAt });
    access.simulator.drift({ kind: 'editRow', id: foreign, validUntil: t + 2 * HOUR });
    await access.look(groupPass, { fresh: true });
    const edited = await known();
    expect(edited?.until).toBe(t + 2 * HOUR);
    expect(edited?.seenAt).toBeGreaterThanOrEqual(seenAt + MINUTE);
    access.clock.advance(MINUTE);
    access.simulator.drift({ kind: 'deleteRow', id: foreign });
    await access.look(groupPass, { fresh: true });
    expect(await known()).toBeNull();
    expect(access.couldOpen(member, access.group.lockId)).toBe(true);
  });

  test('one that covers the wish counts as in place, and is looked at again at its end', async () => {
    const foreign = addForeign();
    const grant = await wishAnHour(groupPass);
    expect(await access.look(groupPass)).toMatchObject({ outcome: 'synced', empty: false });
    expect(access.messages.toldTo(grant)).toEqual(['in_place']);
    // Once more when a list that is behind would show that it is gone.
    access.clock.advance(5_000);
    const result = await access.look(groupPass);
    expect(access.calls()).toEqual([LIST, LIST]);
    expect(result).toMatchObject({ outcome: 'synced', wakeAt: t + HOUR, empty: false });

    await access.wish(groupPass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    expect(await access.look(groupPass)).toMatchObject({ empty: true });
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'removed']);
    expect(access.calls()).toEqual([]);
    expect(rowAtKisi(foreign)).toMatchObject({ validFrom: null, validUntil: null });
  });

  test('one that is gone, and that Kisi still lists at the first look, covers nothing for long', async () => {
    access.simulator.setSwitches({ listLagMs: 3_000 });
    const foreign = addForeign();
    access.clock.advance(10_000);
    access.simulator.drift({ kind: 'deleteRow', id: foreign });
    await wishAnHour(groupPass);
    const first = await access.look(groupPass);
    const wakeAt = 'wakeAt' in first ? first.wakeAt : null;
    expect(access.couldOpen(member, access.group.lockId)).toBe(false);
    expect((wakeAt ?? Infinity) - access.clock.now()).toBeLessThanOrEqual(5_000);
    access.clock.advance(5_000);
    await access.look(groupPass);
    expect(access.couldOpen(member, access.group.lockId)).toBe(true);
  });

  test('one that blocks is a problem for a person, and stays as it is', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'conflict' });
    const foreign = addForeign({ validUntil: t + HOUR / 2 });
    const grant = await wishAnHour(groupPass);
    expect(await access.look(groupPass)).toMatchObject({ outcome: 'synced', empty: false });
    expect(access.calls()).toEqual([LIST, CONFLICT, LIST]);
    expect(access.messages.toldTo(grant)).toEqual(['attention foreign_row_blocks']);
    expect(rowAtKisi(foreign)).toMatchObject({ validUntil: t + HOUR / 2 });
    expect((await access.learned()).secondRows).toBe('unknown');
    access.simulator.drift({ kind: 'deleteRow', id: foreign });
    await access.look(groupPass, { fresh: true });
    expect(access.messages.toldTo(grant).at(-1)).toBe('in_place');
  });

  test('one that is in the way of a change: what stands is kept', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'conflict', patchWindow: 'refused' });
    const { grant, rowId } = await inPlace(groupPass);
    const foreign = addForeign({ validUntil: t + HOUR / 2 });
    await access.wish(groupPass, { from: t, until: t + 2 * HOUR, grantId: grant });
    await access.look(groupPass, { fresh: true });
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'attention foreign_row_blocks']);
    expect(rowAtKisi(rowId)).toMatchObject({ validUntil: t + HOUR });
    expect(rowAtKisi(foreign)).toBeDefined();
  });

  test('and goes when the last wish that it holds ends, though it could not be made shorter', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'conflict', patchWindow: 'refused' });
    const { grant, rowId } = await inPlace(groupPass);
    addForeign({ validUntil: t + 3_000 });
    await access.wish(groupPass, { from: t, until: t + 5 * MINUTE, grantId: grant });
    const obstructed = await access.look(groupPass, { fresh: true });
    expect(obstructed).toMatchObject({ outcome: 'synced', wakeAt: t + 5 * MINUTE });
    access.clock.advance(5 * MINUTE);
    await access.look(groupPass);
    expect(rowAtKisi(rowId)).toBeUndefined();
    expect(access.couldOpen(member, access.group.lockId)).toBe(false);
  });

  test('where Kisi takes a second row, ours stands beside it and goes alone', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'newRow' });
    const foreign = addForeign({ validUntil: t + HOUR / 2 });
    const { grant } = await inPlace(groupPass);
    expect(await access.rows(groupPass)).toHaveLength(2);
    await access.wish(groupPass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    await access.look(groupPass, { fresh: true });
    expect((await access.rows(groupPass)).map(({ id }) => id)).toEqual([foreign]);
  });

  describe('whose an unknown row is, after a reply was lost', () => {
    /** Leaves the intent of an hour's row behind, and no row. */
    async function intentWithoutRow(): Promise<void> {
      access.simulator.addFault({ kind: 'dropBefore', method: 'POST', path: ROWS });
      await wishAnHour(groupPass);
      expect(await access.look(groupPass)).toMatchObject({ outcome: 'blocked' });
      access.simulator.clearFaults();
      await access.store.integrations.clearFault(access.integration.organizationId);
      access.calls();
    }

    test('made by the key’s owner with just this window: ours, adopted', async () => {
      await intentWithoutRow();
      const late = addForeign({ validUntil: t + HOUR }, access.integration.keyOwnerId);
      await access.look(groupPass);
      expect(access.calls()).toEqual([LIST]);
      const stored = await access.store.kisiRows.byPass(passKey(groupPass));
      expect(stored.map(({ roleAssignmentId }) => roleAssignmentId)).toEqual([late]);
    });

    test('made by a former owner of the key: ours as well', async () => {
      await intentWithoutRow();
      const { id, keyOwnerId } = access.integration;
      const desk = access.simulator.state().users.find(({ email }) => email.startsWith('desk@'));
      access.simulator.drift({ kind: 'addKey', userId: desk?.id ?? 0, secret: 'desk-key' });
      await access.store.integrations.replaceKey(id, {
        apiKey: 'desk-key',
        keyOwnerId: desk?.id ?? 0,
      });
      const late = addForeign({ validUntil: t + HOUR }, keyOwnerId);
      await access.look(groupPass);
      expect(access.calls()).toEqual([LIST]);
      const stored = await access.store.kisiRows.byPass(passKey(groupPass));
      expect(stored.map(({ roleAssignmentId }) => roleAssignmentId)).toEqual([late]);
    });

    test.each([
      ['made by somebody else', 'desk', HOUR],
      ['made by Kisi itself', 'nobody', HOUR],
      ['of another window', 'owner', HOUR / 2],
    ] as const)('%s: foreign', async (_, maker, length) => {
      access.simulator.setSwitches({ duplicateGrant: 'newRow' });
      await intentWithoutRow();
      const desk = access.simulator.state().users.find(({ email }) => email.startsWith('desk@'));
      const by = { desk: desk?.id ?? 0, nobody: null, owner: access.integration.keyOwnerId }[maker];
      const row = addForeign({ validUntil: t + length }, by);
      await access.look(groupPass);
      const stored = await access.store.kisiRows.byPass(passKey(groupPass));
      expect(stored.map(({ roleAssignmentId }) => roleAssignmentId)).not.toContain(row);
      expect(rowAtKisi(row)).toMatchObject({ validUntil: t + length });
    });

    test('made before the intent: foreign', async () => {
      access.simulator.setSwitches({ duplicateGrant: 'newRow' });
      const early = addForeign({ validUntil: t + HOUR / 2 }, access.integration.keyOwnerId);
      access.clock.advance(5 * MINUTE);
      await intentWithoutRow();
      access.simulator.drift({ kind: 'editRow', id: early, validUntil: t + HOUR });
      await access.look(groupPass);
      const stored = await access.store.kisiRows.byPass(passKey(groupPass));
      expect(stored.map(({ roleAssignmentId }) => roleAssignmentId)).not.toContain(early);
    });

    test('a row that shows up after a second one was made is surplus, not foreign', async () => {
      access.simulator.setSwitches({ duplicateGrant: 'newRow' });
      access.simulator.addFault({ kind: 'dropBefore', method: 'POST', path: ROWS, count: 1 });
      await wishAnHour(groupPass);
      await access.look(groupPass);
      // Kisi carries out the first request after all.
      const late = addForeign({ validUntil: t + HOUR }, access.integration.keyOwnerId);
      access.simulator.addFault({
        kind: 'answerBefore',
        method: 'DELETE',
        path: '/role_assignments/*',
        status: 429,
        count: 1,
      });
      expect(await access.look(groupPass)).toMatchObject({ outcome: 'again' });
      expect(await access.look(groupPass)).toMatchObject({ outcome: 'synced' });
      expect(await access.rows(groupPass)).toHaveLength(1);
      expect((await access.rows(groupPass)).map(({ id }) => id)).not.toContain(late);
    });
  });

  test('managers, teams and other groups are never touched', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'newRow' });
    const manager = access.simulator.drift({
      kind: 'addRow',
      assigneeId: userId,
      groupId: access.group.id,
      roleId: 'group_manager',
      validUntil: t + MINUTE,
      createdById: access.integration.keyOwnerId,
    });
    const { grant } = await inPlace(groupPass);
    await access.wish(groupPass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    await access.look(groupPass, { fresh: true });
    expect((await access.rows(groupPass)).map(({ id }) => id)).toEqual([manager]);
  });
});

describe('lists that are behind (listLagMs)', () => {
  beforeEach(() => {
    access.simulator.setSwitches({ listLagMs: 3_000 });
  });

  test('a create whose reply was lost is neither doubled nor given up', async () => {
    access.clock.advance(4_000);
    access.simulator.addFault({ kind: 'dropAfter', method: 'POST', path: ROWS, count: 1 });
    const grant = await wishAnHour();
    await access.settle(pass);
    expect(await access.rows(pass)).toHaveLength(1);
    expect(opens()).toBe(true);
    expect(access.messages.toldTo(grant)).toEqual(['in_place']);
    expect((await access.learned()).secondRows).toBe('unknown');
    expect(access.calls().filter((call) => call === CONFLICT).length).toBeLessThanOrEqual(1);
  });

  test.each(['role_assignment.destroy', 'role_assignment.update'] as const)(
    '%s of our row, told by Kisi before its list shows it: mended in seconds',
    async (type) => {
      const { grant, rowId } = await inPlace();
      access.clock.advance(4_000);
      access.simulator.drift(
        type === 'role_assignment.destroy'
          ? { kind: 'deleteRow', id: rowId }
          : { kind: 'editRow', id: rowId, validUntil: t },
      );
      const followed = await followRowEvent(access.deps, access.integration, {
        uuid: randomUUID(),
        type,
        actor: { type: 'User', id: 1, name: 'Desk' },
        objectId: rowId,
        success: true,
        errorCode: null,
        at: access.clock.now(),
      });
      expect(followed.drift).toMatchObject({ answer: 'repair', grantIds: [grant] });
      expect(access.messages.pokes).toEqual([{ pass, priority: 1, fresh: true }]);
      const behind = await access.look(pass, { fresh: true });
      expect([opens(), behind.memory]).toEqual([false, null]);
      const { wakeAt } = behind as { wakeAt: number };
      expect(wakeAt - access.clock.now()).toBeLessThanOrEqual(5_000);
      access.clock.advance(wakeAt - access.clock.now());
      await access.look(pass);
      expect(opens()).toBe(true);
      expect(await access.look(pass)).toMatchObject({
        outcome: 'synced',
        wakeAt: t + HOUR + MINUTE,
      });
    },
  );

  test('a user made a moment ago by another pass is waited for', async () => {
    const fresh = await access.member({ linked: false });
    const email = fresh.email;
    const { organizationId } = access.integration;
    access.clock.advance(4_000);
    access.simulator.drift({ kind: 'addUser', organizationId, email });
    const freshPass = await access.lockPass(fresh);
    const grant = await access.wish(freshPass, { from: t, until: t + HOUR });
    await access.settle(freshPass);
    expect(access.messages.toldTo(grant)).toEqual(['in_place']);
    expect(access.couldOpen(fresh, access.lockId)).toBe(true);
  });

  test('a replace whose delete still shows does not run in circles', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'conflict', patchWindow: 'refused' });
    const grant = await wishAnHour();
    await access.look(pass);
    access.clock.advance(4_000);
    await access.wish(pass, { from: t, until: t + 2 * HOUR, grantId: grant });
    access.simulator.addFault({ kind: 'dropAfter', method: 'POST', path: ROWS, count: 1, skip: 1 });
    access.calls();
    await access.settle(pass);
    expect(opens(t + 2 * HOUR - 1)).toBe(true);
    expect(access.calls().length).toBeLessThan(15);
    expect(await access.rows(pass, t)).toMatchObject([{ until: 7_200 }]);
  });
});

describe('the notes of what we sent, by which Kisi’s events about it are known', () => {
  const change = async (baseUrl: string, rowId: number): Promise<unknown> => {
    const integrator = { name: 'latchkey-tests', contact: 'tests@example.com' };
    const limiter = new Unlimited();
    const connections = createKisiConnections({ ...access, limiter, baseUrl, integrator });
    const kisi = await connections.forOrganization(access.integration.organizationId);
    const error = await kisi
      .updateRoleAssignmentWindow(rowId, { validFrom: null, validUntil: t + 2 * HOUR })
      .catch((caught: unknown) => caught);
    await connections.close();
    return error;
  };
  const isNoted = (roleAssignmentId: number): Promise<boolean> =>
    access.store.rowChanges.wasSent({
      organizationId: access.integration.organizationId,
      roleAssignmentId,
      kind: 'change',
      spans: [{ from: t, to: t + HOUR }],
    });

  test('go where no connection was made: what somebody does by hand then is drift', async () => {
    const { rowId } = await inPlace();
    // Nobody listens at the port for "discard".
    expect(await change('http://127.0.0.1:9', rowId)).toMatchObject({ kind: 'unavailable' });
    expect(await isNoted(rowId)).toBe(false);
  });

  test('stay where Kisi may have done it', async () => {
    const { rowId } = await inPlace();
    access.simulator.addFault({ kind: 'dropAfter', method: 'PATCH', count: 1 });
    expect(await change(access.baseUrl, rowId)).toMatchObject({ kind: 'lost_reply' });
    expect(await isNoted(rowId)).toBe(true);
  });
});
