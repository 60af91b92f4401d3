import { demoApiKey } from '../../simulator';
import type { Bench } from './support';
import { closeBenches, deviceSecret, makeUser, rowBody, seeded, startBench } from './support';

const start = Date.parse('2030-01-01T08:00:00.000Z');
const minute = 60_000;
const email = 'ann@members.test';

let bench: Bench;
let user: number;

/** Sets the time and makes it stand still, so that instants can be named to the millisecond. */
const at = (ms: number): number => bench.simulator.setClock({ now: ms, frozen: true });
const open = (ms?: number, lockId = seeded.frontDoor): boolean =>
  bench.simulator.couldOpen({ email, lockId, ...(ms === undefined ? {} : { at: ms }) }).open;
const iso = (ms: number): string => new Date(ms).toISOString();
const grant = (from: number | null, until: number | null): Promise<{ id: number }> =>
  bench.done('POST', '/role_assignments', {
    body: rowBody(user, {
      valid_from: from === null ? null : iso(from),
      valid_until: until === null ? null : iso(until),
    }),
  });

beforeEach(async () => {
  bench = await startBench();
  at(start);
  user = await makeUser(bench, email);
});
afterEach(closeBenches);

describe('the ledger', () => {
  it('opens from valid_from up to but without valid_until', async () => {
    const from = start + 10 * minute;
    const until = start + 20 * minute;
    await grant(from, until);
    expect([from - 1, from, until - 1, until].map((ms) => open(ms))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    at(from);
    expect(open()).toBe(true);
    at(until);
    expect(open()).toBe(false);
  });

  it('judges a past instant by the state as it was then', async () => {
    const { id } = await grant(null, null);
    at(start + minute);
    await bench.done('DELETE', `/role_assignments/${id}`);
    at(start + 2 * minute);
    expect(open(start - 1)).toBe(false);
    expect(open(start)).toBe(true);
    expect(open(start + minute - 1)).toBe(true);
    expect(open(start + minute)).toBe(false);
    expect(open()).toBe(false);
  });

  it('remembers earlier windows of a row', async () => {
    const { id } = await grant(null, start + 10 * minute);
    at(start + 5 * minute);
    const body = { role_assignment: { valid_until: iso(start + 5 * minute) } };
    await bench.done('PATCH', `/role_assignments/${id}`, { body });
    at(start + 20 * minute);
    expect(open(start + 4 * minute)).toBe(true);
    expect(open(start + 6 * minute)).toBe(false);
  });

  it('judges the future from the present state', async () => {
    const { id } = await grant(start + 60 * minute, null);
    expect(open(start + 90 * minute)).toBe(true);
    await bench.done('DELETE', `/role_assignments/${id}`);
    expect(open(start + 90 * minute)).toBe(false);
  });

  it('closes while access is switched off for the user', async () => {
    await grant(null, null);
    at(start + minute);
    await bench.done('PATCH', `/users/${user}`, { body: { user: { access_enabled: false } } });
    at(start + 2 * minute);
    await bench.done('PATCH', `/users/${user}`, { body: { user: { access_enabled: true } } });
    const seen = [0, 1, 2].map((n) => open(start + n * minute));
    expect(seen).toEqual([true, false, true]);
  });

  it('follows the doors of the group', async () => {
    await grant(null, null);
    expect(open(undefined, seeded.meetingRoom)).toBe(false);
    at(start + minute);
    const body = { group_lock: { group_id: seeded.commonAreas, lock_id: seeded.meetingRoom } };
    const { id } = await bench.done('POST', '/group_locks', { body });
    at(start + 2 * minute);
    await bench.done('DELETE', `/group_locks/${id}`);
    const seen = [0, 1, 2].map((n) => open(start + n * minute, seeded.meetingRoom));
    expect(seen).toEqual([false, true, false]);
  });

  it('closes when the user or the group is deleted, and keeps the past', async () => {
    await grant(null, null);
    at(start + minute);
    await bench.done('DELETE', `/groups/${seeded.commonAreas}`);
    expect(open()).toBe(false);
    expect(open(start)).toBe(true);
    await bench.done('DELETE', `/users/${user}`);
    expect(open(start)).toBe(true);
    expect(bench.simulator.state().roleAssignments).toEqual([]);
  });

  it('counts managers, and not another organization', () => {
    const { simulator } = bench;
    const [other] = simulator.seed({
      organizations: [{ name: 'Two', domain: 'two', owner: { email, apiKeys: ['key-two'] } }],
    });
    expect(other).toBeDefined();
    // The same e-mail lives in both organizations; the lock says which one is meant.
    simulator.drift({
      kind: 'addRow',
      assigneeId: user,
      groupId: seeded.commonAreas,
      roleId: 'group_manager',
    });
    expect(open()).toBe(true);
    expect(
      simulator.couldOpen({ userId: other?.ownerId ?? 0, lockId: seeded.frontDoor }).open,
    ).toBe(false);
  });

  it('says why', async () => {
    const because = (lockId = seeded.frontDoor, who = email): string =>
      bench.simulator.couldOpen({ email: who, lockId }).because;
    expect(because()).toContain('no role assignment');
    expect(because(999)).toContain('no lock 999');
    expect(because(seeded.frontDoor, 'x@members.test')).toContain('no user x@members.test');
    const { id } = await grant(start + minute, start + 2 * minute);
    expect(because()).toContain(`role assignment ${id} to group 301 "Common Areas"`);
    expect(because()).toContain('has not begun');
    at(start + minute);
    expect(because()).toMatch(/covers 2030-01-01T08:01/);
    at(start + 2 * minute);
    expect(because()).toContain('is over');
    bench.simulator.drift({ kind: 'editUser', id: user, accessEnabled: false });
    expect(because()).toContain('switched off');
  });
});

describe('an unlock as a member', () => {
  const unlock = async (key: string): Promise<unknown> => {
    const { status, body } = await bench.call('POST', `/locks/${seeded.frontDoor}/unlock`, { key });
    return status === 200 ? 200 : [status, (body as { code: string }).code];
  };

  it('agrees with the ledger at every step, with its code', async () => {
    const key = await deviceSecret(bench, email);
    expect(await unlock(key)).toEqual([403, 'fcd8ef']);
    await grant(start + minute, start + 2 * minute);
    expect(await unlock(key)).toEqual([403, 'f358de']);
    at(start + minute);
    expect(await unlock(key)).toBe(200);
    at(start + 2 * minute);
    expect(await unlock(key)).toEqual([403, 'f35ade']);
    const codes = bench.simulator
      .state()
      .events.flatMap((e) => (e.type === 'lock.unlock' ? [e.errorCode] : []));
    expect(codes).toEqual(['fcd8ef', 'f358de', null, 'f35ade']);
  });

  it('obeys the group, the user, the door and its hardware', async () => {
    const key = await deviceSecret(bench, email);
    await grant(null, null);
    const { simulator } = bench;
    const group = (change: object): number =>
      simulator.drift({ kind: 'editGroup', id: seeded.commonAreas, ...change });
    group({ loginEnabled: false });
    expect(await unlock(key)).toEqual([403, 'f01337']);
    group({ loginEnabled: true, tapToAccessRestrictionEnabled: true });
    expect(await unlock(key)).toEqual([403, 'bbc93f']);
    group({ tapToAccessRestrictionEnabled: false, readerRestrictionEnabled: true });
    expect(await unlock(key)).toEqual([403, 'bb5bff']);
    group({ readerRestrictionEnabled: false, primaryDeviceRestrictionEnabled: true });
    expect(await unlock(key)).toEqual([403, '34bd8f']);
    group({ primaryDeviceRestrictionEnabled: false, geofenceRestrictionEnabled: true });
    expect(await unlock(key)).toEqual([403, 'bbb99f']);
    group({ geofenceRestrictionEnabled: false });
    simulator.drift({ kind: 'editUser', id: user, accessEnabled: false });
    expect(await unlock(key)).toEqual([403, 'fcd8ff']);
    simulator.drift({ kind: 'editUser', id: user, accessEnabled: true });
    const lock = (change: object): number =>
      simulator.drift({ kind: 'editLock', id: seeded.frontDoor, ...change });
    lock({ readerRestrictionEnabled: true });
    expect(await unlock(key)).toEqual([403, 'bb5bff']);
    lock({ readerRestrictionEnabled: false, geofenceRestrictionEnabled: true });
    // A rule of the door itself binds the owner as well (facts §7).
    expect([await unlock(key), await unlock(demoApiKey)]).toEqual(Array(2).fill([403, 'bbb99f']));
    lock({ geofenceRestrictionEnabled: false });
    simulator.drift({ kind: 'editLock', id: seeded.frontDoor, online: false });
    expect(await unlock(key)).toEqual([503, 'fac001']);
    simulator.drift({ kind: 'editLock', id: seeded.frontDoor, online: true, lockedDown: true });
    expect(await unlock(key)).toEqual([403, 'fad001']);
    simulator.drift({ kind: 'editLock', id: seeded.frontDoor, lockedDown: false });
    expect(await unlock(key)).toBe(200);
  });
});
