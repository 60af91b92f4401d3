import type { Member } from '../../src/store';
import type { PassRef } from '../../src/domain/door';
import { accessUnderTest, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';

const LIST = 'GET /role_assignments 200';
const CREATE = 'POST /role_assignments 200';
const PATCH = 'PATCH /role_assignments/:id 204';
const READ = 'GET /role_assignments/:id 200';
const DELETE = 'DELETE /role_assignments/:id 204';
const CONFLICT = 'POST /role_assignments 409';
const UNPROCESSABLE = 'POST /role_assignments 422';

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
afterEach(() => access.close());

const opens = (at: number): boolean => access.couldOpen(member, access.lockId, at);
const seconds = (ms: number): number => ms / 1_000;

describe('a plain grant of a linked member', () => {
  test('costs a list and a create; its clean-up one delete, 60 s after its end and not before', async () => {
    const grant = await access.wish(pass, { from: t, until: t + HOUR });
    const inPlace = await access.look(pass);
    expect(access.calls()).toEqual([LIST, CREATE]);
    expect(await access.rows(pass, t)).toMatchObject([{ from: null, until: seconds(HOUR) }]);
    expect([opens(access.clock.now()), opens(t + HOUR - 1), opens(t + HOUR)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(inPlace).toMatchObject({ outcome: 'synced', wakeAt: t + HOUR + MINUTE, empty: false });

    access.clock.advance(HOUR);
    await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    const ended = await access.look(pass);
    expect(access.calls()).toEqual([]);
    expect(ended).toMatchObject({ wakeAt: t + HOUR + MINUTE, empty: false });

    access.clock.advance(MINUTE);
    const cleaned = await access.look(pass);
    expect(access.calls()).toEqual([DELETE]);
    expect(cleaned).toMatchObject({ outcome: 'synced', wakeAt: null, empty: true });
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'removing', 'removed']);
  });

  test('is written ahead: Kisi opens and closes by itself', async () => {
    await access.wish(pass, { from: t + HOUR, until: t + 2 * HOUR });
    await access.look(pass);
    expect(await access.rows(pass, t)).toMatchObject([
      { from: seconds(HOUR), until: seconds(2 * HOUR) },
    ]);
    expect([t, t + HOUR - 1, t + HOUR, t + 2 * HOUR - 1, t + 2 * HOUR].map(opens)).toEqual([
      false,
      false,
      true,
      true,
      false,
    ]);
  });

  test('is told once, however often the pass looks', async () => {
    const grant = await access.wish(pass, { from: t, until: t + HOUR });
    await access.look(pass);
    await access.look(pass);
    await access.look(pass, { fresh: true });
    expect(access.messages.toldTo(grant)).toEqual(['in_place']);
  });

  test('open-ended needs no timer', async () => {
    await access.wish(pass, { from: t, until: null });
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced', wakeAt: null });
    expect(opens(t + 1_000 * HOUR)).toBe(true);
  });

  test('a revoke deletes at once and leaves the other of two overlapping grants alone', async () => {
    const one = await access.wish(pass, { from: t, until: t + HOUR });
    const two = await access.wish(pass, { from: t + HOUR / 2, until: t + 2 * HOUR });
    await access.look(pass);
    expect(await access.rows(pass, t)).toHaveLength(1);
    await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: one });
    access.calls();
    await access.settle(pass);
    expect([opens(access.clock.now()), opens(t + HOUR / 2), opens(t + HOUR)]).toEqual([
      false,
      true,
      true,
    ]);
    expect(access.messages.toldTo(one)).toEqual(['in_place', 'removed']);
    expect(access.messages.toldTo(two)).toEqual(['in_place']);
  });

  test('a hold takes it all away, lifting it gives it back', async () => {
    const grant = await access.wish(pass, { from: t, until: t + HOUR });
    await access.look(pass);
    await access.store.members.setHold(member.id, {
      by: { type: 'api_key', id: 'k' },
      reason: 'unpaid',
    });
    await access.look(pass);
    expect(opens(access.clock.now())).toBe(false);
    await access.store.members.clearHold(member.id);
    await access.look(pass);
    expect(opens(access.clock.now())).toBe(true);
    expect(access.messages.toldTo(grant)).toEqual([
      'in_place',
      'removed member_on_hold',
      'in_place',
    ]);
  });
});

describe('a second window (duplicateGrant)', () => {
  const today = () => ({ from: t, until: t + HOUR });
  const tomorrow = () => ({ from: t + 24 * HOUR, until: t + 25 * HOUR });

  test('newRow: both are written ahead', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'newRow' });
    const grants = [await access.wish(pass, today()), await access.wish(pass, tomorrow())];
    await access.look(pass);
    expect(access.calls()).toEqual([LIST, CREATE, CREATE]);
    expect(await access.rows(pass, t)).toHaveLength(2);
    expect([opens(t + HOUR), opens(t + 24 * HOUR), opens(t + 25 * HOUR)]).toEqual([
      false,
      true,
      false,
    ]);
    expect(grants.map((id) => access.messages.toldTo(id))).toEqual([['in_place'], ['in_place']]);
    expect((await access.learned()).secondRows).toBe('accepted');
  });

  test.each([
    ['conflict' as const, CONFLICT],
    ['unprocessable' as const, UNPROCESSABLE],
  ])(
    '%s: holds the current one, queues the next, rolls a second after the end',
    async (mode, refused) => {
      access.simulator.setSwitches({ duplicateGrant: mode, expiredRowBlocks: true });
      const now = await access.wish(pass, today());
      const later = await access.wish(pass, tomorrow());
      const held = await access.look(pass);
      expect(access.calls()).toEqual([LIST, CREATE, refused, LIST]);
      expect((await access.learned()).secondRows).toBe('refused');
      expect(held).toMatchObject({ outcome: 'synced', wakeAt: t + HOUR + 1_000 });
      expect([opens(access.clock.now()), opens(t + HOUR), opens(t + 24 * HOUR)]).toEqual([
        true,
        false,
        false,
      ]);
      expect(access.messages.toldTo(now)).toEqual(['in_place']);
      expect(access.messages.toldTo(later)).toEqual(['queued']);

      access.clock.advance(HOUR + 1_000);
      await access.look(pass);
      expect(access.calls()).toEqual([DELETE, CREATE]);
      expect(await access.rows(pass, t)).toMatchObject([{ from: 24 * 3_600, until: 25 * 3_600 }]);
      expect([opens(t + 24 * HOUR - 1), opens(t + 24 * HOUR), opens(t + 25 * HOUR)]).toEqual([
        false,
        true,
        false,
      ]);
      expect(access.messages.toldTo(later)).toEqual(['queued', 'in_place']);
    },
  );

  test.each(['honoured', 'ignored', 'refused'] as const)(
    'conflict, PATCH %s: an earlier wish takes the row of a later one',
    async (patchWindow) => {
      access.simulator.setSwitches({ duplicateGrant: 'conflict', patchWindow });
      await access.store.integrations.learn(access.integration.organizationId, {
        secondRows: 'refused',
      });
      const later = await access.wish(pass, tomorrow());
      await access.look(pass);
      access.calls();
      const now = await access.wish(pass, today());
      await access.settle(pass);
      expect(opens(access.clock.now())).toBe(true);
      expect(await access.rows(pass, t)).toMatchObject([{ until: 3_600 }]);
      expect(access.messages.toldTo(now)).toEqual(['in_place']);
      expect(access.messages.toldTo(later)).toEqual(['in_place', 'queued']);
      expect(access.calls()).toEqual(
        {
          honoured: [PATCH, READ],
          ignored: [PATCH, READ, DELETE, CREATE],
          refused: ['PATCH /role_assignments/:id 422', READ, DELETE, CREATE],
        }[patchWindow],
      );
    },
  );

  test('what was learned is dropped when Kisi shows otherwise', async () => {
    await access.store.integrations.learn(access.integration.organizationId, {
      secondRows: 'accepted',
    });
    await access.wish(pass, today());
    await access.wish(pass, tomorrow());
    await access.look(pass);
    expect((await access.learned()).secondRows).toBe('refused');
  });
});

describe('a changed window (patchWindow)', () => {
  async function extend(): Promise<void> {
    const grant = await access.wish(pass, { from: t, until: t + HOUR });
    await access.look(pass);
    access.calls();
    await access.wish(pass, { from: t, until: t + 2 * HOUR, grantId: grant });
    await access.look(pass);
    expect([opens(access.clock.now()), opens(t + 2 * HOUR - 1), opens(t + 2 * HOUR)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(await access.rows(pass, t)).toMatchObject([{ until: 7_200 }]);
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'in_place']);
  }

  test('honoured: one PATCH and a look at it', async () => {
    access.simulator.setSwitches({ patchWindow: 'honoured' });
    await extend();
    expect(access.calls()).toEqual([PATCH, READ]);
    expect((await access.learned()).patch).toBe('honoured');
  });

  test.each([
    ['ignored' as const, [PATCH, READ]],
    ['refused' as const, ['PATCH /role_assignments/:id 422', READ]],
  ])(
    '%s, second rows taken: the new row stands before the old one goes',
    async (patchWindow, tried) => {
      access.simulator.setSwitches({ patchWindow, duplicateGrant: 'newRow' });
      await extend();
      expect(access.calls()).toEqual([...tried, CREATE, DELETE]);
      expect((await access.learned()).patch).toBe(patchWindow);
      expect(await access.metric('latchkey_replace_gap_seconds_count')).toBe(0);
    },
  );

  test.each(['ignored', 'refused'] as const)(
    '%s, second rows refused: replaces at once and counts the gap',
    async (patchWindow) => {
      access.simulator.setSwitches({ patchWindow, duplicateGrant: 'conflict' });
      await extend();
      expect(access.calls().slice(-4)).toEqual([CONFLICT, LIST, DELETE, CREATE]);
      expect(await access.metric('latchkey_replace_gap_seconds_count')).toBe(1);
      expect(await access.metric('latchkey_replace_gap_seconds_sum')).toBeLessThan(5);
    },
  );

  test('a second more is a change, too: the door must be open in it', async () => {
    const grant = await access.wish(pass, { from: t, until: t + HOUR });
    await access.look(pass);
    access.calls();
    await access.wish(pass, { from: t, until: t + HOUR + 1_000, grantId: grant });
    await access.look(pass);
    expect(access.calls()).toEqual([PATCH, READ]);
    expect([opens(t + HOUR + 999), opens(t + HOUR + 1_000)]).toEqual([true, false]);
  });

  test('what is learned once is used by every pass', async () => {
    access.simulator.setSwitches({ patchWindow: 'ignored', duplicateGrant: 'newRow' });
    await extend();
    const other = await access.member();
    const otherPass = await access.lockPass(other);
    const grant = await access.wish(otherPass, { from: t, until: t + HOUR });
    await access.look(otherPass);
    access.calls();
    await access.wish(otherPass, { from: t, until: t + 2 * HOUR, grantId: grant });
    await access.look(otherPass);
    expect(access.calls()).toEqual([CREATE, DELETE]);
  });
});

describe('rows whose window is over (expiredRows, expiredRowBlocks)', () => {
  async function endAndWishAgain(): Promise<void> {
    const grant = await access.wish(pass, { from: t, until: t + MINUTE });
    await access.look(pass);
    access.clock.advance(MINUTE + 10_000);
    await access.wish(pass, { from: t, until: t + MINUTE, wanted: false, grantId: grant });
    await access.look(pass);
    access.calls();
    await access.wish(pass, { from: t + 2 * HOUR, until: t + 3 * HOUR });
    await access.look(pass);
  }

  test('kept and blocking: makes room, and learns nothing of second rows from it', async () => {
    access.simulator.setSwitches({ expiredRows: 'kept', expiredRowBlocks: true });
    await endAndWishAgain();
    expect(access.calls()).toEqual([CONFLICT, LIST, DELETE, CREATE]);
    expect((await access.learned()).secondRows).toBe('unknown');
    expect(await access.rows(pass, t)).toHaveLength(1);
    expect(opens(t + 2 * HOUR)).toBe(true);
  });

  test('kept, not blocking: the new row beside the old one, which rests its minute', async () => {
    access.simulator.setSwitches({ expiredRows: 'kept', expiredRowBlocks: false });
    await endAndWishAgain();
    expect(access.calls()).toEqual([CREATE]);
    expect(await access.rows(pass, t)).toHaveLength(2);
    access.clock.advance(MINUTE);
    await access.look(pass);
    expect(access.calls()).toEqual([DELETE]);
  });

  test('purged: what Kisi has cleaned itself is cleaned', async () => {
    access.simulator.setSwitches({ expiredRows: 'purged' });
    await endAndWishAgain();
    expect(access.calls()).toEqual([CREATE]);
    access.clock.advance(MINUTE);
    await access.look(pass);
    expect(access.calls()).toEqual(['DELETE /role_assignments/:id 404']);
    expect(opens(t + 2 * HOUR)).toBe(true);
  });

  test('blocking just after its end: the row keeps its second, since clocks differ', async () => {
    access.simulator.setSwitches({ expiredRows: 'kept', expiredRowBlocks: true });
    const grant = await access.wish(pass, { from: t, until: t + MINUTE });
    await access.look(pass);
    access.clock.advance(t + MINUTE + 100 - access.clock.now());
    await access.wish(pass, { from: t, until: t + MINUTE, wanted: false, grantId: grant });
    await access.wish(pass, { from: t + 2 * HOUR, until: t + 3 * HOUR });
    await access.look(pass);
    const deleted = access.simulator.requests().find(({ method }) => method === 'DELETE');
    expect(Date.parse(deleted?.time ?? '')).toBeGreaterThanOrEqual(t + MINUTE + 1_000);
    expect(opens(t + 2 * HOUR)).toBe(true);
  });
});

describe('the user (existingUser, emailFilter)', () => {
  test('a new member: looked for, made without a mail, linked; the next pass knows', async () => {
    const fresh = await access.member({ linked: false });
    const freshPass = await access.lockPass(fresh);
    await access.wish(freshPass, { from: t, until: t + HOUR });
    await access.look(freshPass);
    expect(access.calls()).toEqual(['GET /users 200', 'POST /users 200', LIST, CREATE]);
    expect(access.couldOpen(fresh, access.lockId)).toBe(true);
    const groupPass = access.groupPass(fresh);
    await access.wish(groupPass, { from: t, until: t + HOUR });
    await access.look(groupPass);
    expect(access.calls()).toEqual([LIST, CREATE]);
  });

  test.each([
    ['conflict' as const, 409],
    ['unprocessable' as const, 422],
  ])('%s: somebody made the user in between, and it is found', async (existingUser, status) => {
    access.simulator.setSwitches({ existingUser });
    const fresh = await access.member({ linked: false });
    const freshPass = await access.lockPass(fresh);
    await access.wish(freshPass, { from: t, until: t + HOUR });
    const fault = access.simulator.addFault({
      kind: 'hold',
      method: 'POST',
      path: '/users',
      when: 'before',
    });
    const look = access.look(freshPass);
    await access.simulator.waitUntilHeld(fault.id);
    const { organizationId } = access.integration;
    const userId = access.simulator.drift({ kind: 'addUser', organizationId, email: fresh.email });
    access.simulator.releaseFault(fault.id);
    await look;
    expect(access.calls()).toEqual([
      'GET /users 200',
      `POST /users ${String(status)}`,
      'GET /users 200',
      LIST,
      CREATE,
    ]);
    expect((await access.store.memberLinks.get(organizationId, fresh.id))?.kisiUserId).toBe(userId);
    expect(access.couldOpen(fresh, access.lockId)).toBe(true);
  });

  test('contains: a similar address is somebody else', async () => {
    access.simulator.setSwitches({ emailFilter: 'contains' });
    const fresh = await access.member({ linked: false });
    const { organizationId } = access.integration;
    const similar = access.simulator.drift({
      kind: 'addUser',
      organizationId,
      email: `not-${fresh.email}`,
    });
    const freshPass = await access.lockPass(fresh);
    await access.wish(freshPass, { from: t, until: t + HOUR });
    await access.look(freshPass);
    expect(access.calls()).toEqual(['GET /users 200', 'POST /users 200', LIST, CREATE]);
    const link = await access.store.memberLinks.get(organizationId, fresh.id);
    expect(link?.kisiUserId).not.toBe(similar);
    expect(access.couldOpen(fresh, access.lockId)).toBe(true);
  });

  test('a user who belongs to another member is a problem for a person', async () => {
    const fresh = await access.member({ linked: false });
    const { organizationId } = access.integration;
    const email = fresh.email;
    const userId = access.simulator.drift({ kind: 'addUser', organizationId, email });
    await access.store.memberLinks.link(organizationId, 'mem_other', userId);
    const freshPass = await access.lockPass(fresh);
    const grant = await access.wish(freshPass, { from: t, until: t + HOUR });
    const result = await access.look(freshPass);
    expect(access.messages.toldTo(grant)).toEqual(['attention kisi_user_taken']);
    expect(result).toMatchObject({ outcome: 'synced', empty: false });
    expect(access.couldOpen(fresh, access.lockId)).toBe(false);
    expect(await access.fault()).toBeNull();
  });

  test('a member whom nobody knows', async () => {
    const ghost = { ...pass, memberId: 'mem_ghost' };
    const grant = await access.wish(ghost, { from: t, until: t + HOUR });
    await access.look(ghost);
    expect(access.messages.toldTo(grant)).toEqual(['attention member_unknown']);
    expect(access.calls()).toEqual([]);
  });
});
