import type { PassRef } from '../../src/domain/door';
import { pokeBlockedPasses } from '../../src/access/blocked-passes';
import { probeKisi } from '../../src/access/integration-fault';
import type { KisiLimiter } from '../../src/kisi';
import type { Member } from '../../src/store';
import { demoApiKey } from '../../simulator';
import { Unlimited } from '../support/unlimited';
import { accessUnderTest, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';

const LIST = 'GET /role_assignments 200';
const CREATE = 'POST /role_assignments 200';
const DELETE = 'DELETE /role_assignments/:id 204';
const ROWS = '/role_assignments';
const ROW = '/role_assignments/*';

let access: AccessUnderTest;
let member: Member;
let pass: PassRef;
let t: number;

async function begin(limiter?: KisiLimiter): Promise<void> {
  access = await accessUnderTest(limiter ? { limiter } : {});
  member = await access.member();
  pass = await access.lockPass(member);
  t = access.now();
}
afterEach(() => access.close());

const opens = (at: number): boolean => access.couldOpen(member, access.lockId, at);
const wishAnHour = (): Promise<string> => access.wish(pass, { from: t, until: t + HOUR });

describe('lost replies', () => {
  beforeEach(() => begin());

  test.each([
    ['the connection drops', { kind: 'dropAfter' as const }, 'dropped'],
    ['500', { kind: 'answerAfter' as const, status: 500 }, '500'],
    ['503', { kind: 'answerAfter' as const, status: 503 }, '503'],
  ])('a create that was done, then %s: adopted, never doubled', async (_, fault, shown) => {
    access.simulator.addFault({ ...fault, method: 'POST', path: ROWS, count: 1 });
    const grant = await wishAnHour();
    const result = await access.look(pass);
    expect(access.calls()).toEqual([LIST, `POST /role_assignments ${shown}`, LIST]);
    expect(await access.rows(pass, t)).toMatchObject([{ until: 3_600 }]);
    expect(access.messages.toldTo(grant)).toEqual(['in_place']);
    // Once more a minute later, for Kisi may still act; then the pass trusts its memory again.
    expect(result).toMatchObject({ outcome: 'synced', memory: null });
    expect((result as { wakeAt: number }).wakeAt - access.clock.now()).toBeLessThanOrEqual(MINUTE);
    access.clock.advance(MINUTE);
    const later = await access.look(pass);
    expect(access.calls()).toEqual([LIST]);
    expect(later).toMatchObject({ outcome: 'synced', wakeAt: t + HOUR + MINUTE });
    expect(await access.store.intents.byPass(`${member.id}:lock:${String(access.lockId)}`)).toEqual(
      [],
    );
    expect(await access.fault()).toBeNull();
  });

  test.each([
    ['dropped before', { kind: 'dropBefore' as const }, 'dropped'],
    ['refused with a 503 before', { kind: 'answerBefore' as const, status: 503 }, '503'],
  ])('a create that was %s: made once', async (_, fault, shown) => {
    access.simulator.addFault({ ...fault, method: 'POST', path: ROWS, count: 1 });
    await wishAnHour();
    await access.look(pass);
    expect(access.calls()).toEqual([LIST, `POST /role_assignments ${shown}`, LIST, CREATE]);
    expect(await access.rows(pass)).toHaveLength(1);
    expect(opens(access.clock.now())).toBe(true);
  });

  test.each(['dropAfter', 'dropBefore'] as const)('a delete, %s', async (kind) => {
    const grant = await wishAnHour();
    await access.look(pass);
    await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    access.calls();
    access.simulator.addFault({ kind, method: 'DELETE', path: ROW, count: 1 });
    await access.look(pass);
    // What the list does not show is asked for once more before it is taken for gone.
    const next = kind === 'dropAfter' ? 'GET /role_assignments/:id 404' : DELETE;
    expect(access.calls()).toEqual(['DELETE /role_assignments/:id dropped', LIST, next]);
    expect(opens(access.clock.now())).toBe(false);
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'removed']);
  });

  test.each(['dropAfter', 'dropBefore'] as const)('a PATCH, %s', async (kind) => {
    const grant = await wishAnHour();
    await access.look(pass);
    await access.wish(pass, { from: t, until: t + 2 * HOUR, grantId: grant });
    access.calls();
    access.simulator.addFault({ kind, method: 'PATCH', path: ROW, count: 1 });
    await access.look(pass);
    const again =
      kind === 'dropAfter'
        ? []
        : ['PATCH /role_assignments/:id 204', 'GET /role_assignments/:id 200'];
    expect(access.calls()).toEqual(['PATCH /role_assignments/:id dropped', LIST, ...again]);
    expect(await access.rows(pass, t)).toMatchObject([{ until: 7_200 }]);
  });

  test.each(['dropAfter', 'dropBefore'] as const)('a new user, %s', async (kind) => {
    const fresh = await access.member({ linked: false });
    const freshPass = await access.lockPass(fresh);
    await access.wish(freshPass, { from: t, until: t + HOUR });
    access.simulator.addFault({ kind, method: 'POST', path: '/users', count: 1 });
    await access.look(freshPass);
    const again = kind === 'dropAfter' ? [] : ['POST /users 200'];
    expect(access.calls()).toEqual([
      'GET /users 200',
      'POST /users dropped',
      'GET /users 200',
      ...again,
      LIST,
      CREATE,
    ]);
    const users = access.simulator.state().users.filter(({ email }) => email === fresh.email);
    expect(users).toHaveLength(1);
    expect(access.couldOpen(fresh, access.lockId)).toBe(true);
  });

  test('in a group that is not ours: the row is known by its intent', async () => {
    const groupPass = access.groupPass(member);
    const grant = await access.wish(groupPass, { from: t, until: t + HOUR });
    access.simulator.addFault({ kind: 'dropAfter', method: 'POST', path: ROWS, count: 1 });
    await access.look(groupPass);
    expect(await access.rows(groupPass)).toHaveLength(1);
    await access.wish(groupPass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    await access.settle(groupPass);
    expect(await access.rows(groupPass)).toEqual([]);
  });

  test('a replace that loses the reply of its create counts the whole gap', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'conflict', patchWindow: 'refused' });
    const grant = await wishAnHour();
    await access.look(pass);
    await access.wish(pass, { from: t, until: t + 2 * HOUR, grantId: grant });
    // The first POST is refused, the second is the one of the replace.
    access.simulator.addFault({
      kind: 'dropBefore',
      method: 'POST',
      path: ROWS,
      count: 1,
      skip: 1,
    });
    await access.settle(pass);
    expect(await access.rows(pass, t)).toMatchObject([{ until: 7_200 }]);
    expect(await access.metric('latchkey_replace_gap_seconds_count')).toBe(1);
    expect(await access.metric('latchkey_replace_gap_seconds_sum')).toBeGreaterThan(0.2);
  });

  test('twice in a row is Kisi in trouble: blocked, not repeated blindly', async () => {
    access.simulator.addFault({ kind: 'dropBefore', method: 'POST', path: ROWS, count: 2 });
    const grant = await wishAnHour();
    expect(await access.look(pass)).toMatchObject({ outcome: 'blocked' });
    expect(access.calls().filter((call) => call.startsWith('POST'))).toHaveLength(2);
    expect(access.messages.toldTo(grant)).toEqual(['pending kisi_unavailable']);
    expect(await access.fault()).toBe('kisi_unavailable');
  });
});

describe('429', () => {
  beforeEach(() => begin());

  test.each([
    [true, true, 1_000],
    [false, true, 1_000],
    [false, false, 1_000],
  ])(
    'Retry-After %s, JSON body %s: looks again when told, not before',
    async (retryAfter, jsonBody, afterMs) => {
      const grant = await wishAnHour();
      access.simulator.addFault({
        kind: 'answerBefore',
        method: 'POST',
        path: ROWS,
        status: 429,
        count: 1,
        ...(retryAfter && { headers: { 'Retry-After': '1' } }),
        ...(!jsonBody && { body: 'Retry later\n' }),
      });
      const result = await access.look(pass);
      expect(result).toMatchObject({ outcome: 'again', afterMs });
      expect(access.calls()).toEqual([LIST, 'POST /role_assignments 429']);
      expect(access.messages.toldTo(grant)).toEqual([]);
      expect(await access.fault()).toBeNull();
      expect(await access.look(pass)).toMatchObject({ outcome: 'synced' });
      expect(await access.rows(pass)).toHaveLength(1);
    },
  );

  test('waits as long as Kisi asks', async () => {
    await wishAnHour();
    access.simulator.addFault({
      kind: 'answerBefore',
      method: 'POST',
      path: ROWS,
      status: 429,
      headers: { 'Retry-After': '7' },
      count: 1,
    });
    expect(await access.look(pass)).toMatchObject({ outcome: 'again', afterMs: 7_000 });
  });
});

describe('an outage', () => {
  beforeEach(() => begin());

  /** What another pass has found out a moment ago. */
  async function faultKisi(): Promise<void> {
    await access.store.integrations.recordFault(access.integration.organizationId, {
      type: 'kisi_unavailable',
      detail: 'Kisi does not answer.',
      nextProbeAt: access.clock.now() + 10_000,
    });
  }

  test.each(['unavailable', 'reset'] as const)(
    '%s: one fault for all, healed by the prober',
    async (outage) => {
      const others = await Promise.all(
        [1, 2].map(async () => access.lockPass(await access.member())),
      );
      const passes = [pass, ...others];
      const grants = await Promise.all(
        passes.map((each) => access.wish(each, { from: t, until: t + HOUR })),
      );
      access.simulator.setSwitches({ outage });
      expect(await access.look(pass)).toMatchObject({ outcome: 'blocked' });
      expect(access.calls().length).toBeGreaterThan(1);
      for (const other of others)
        expect(await access.look(other)).toMatchObject({ outcome: 'blocked' });
      expect(access.calls()).toEqual([]);
      expect(access.messages.probers).toBe(1);
      expect(grants.map((id) => access.messages.toldTo(id))).toEqual(
        grants.map(() => ['pending kisi_unavailable']),
      );

      const { organizationId } = access.integration;
      expect(await probeKisi(access.deps, { organizationId })).toMatchObject({ outcome: 'faulty' });
      expect(access.calls()).toEqual([]);
      access.clock.advance(10_000);
      expect(await probeKisi(access.deps, { organizationId })).toMatchObject({
        outcome: 'faulty',
        afterMs: 10_000,
      });
      access.clock.advance(10_000);
      access.simulator.setSwitches({ outage: 'none' });
      access.calls();
      expect(await probeKisi(access.deps, { organizationId })).toEqual({ outcome: 'healthy' });
      expect(access.calls()).toEqual(['GET /user 200', LIST]);
      expect(await access.fault()).toBeNull();

      expect(await pokeBlockedPasses(access.deps, { organizationId, limit: 2 })).toEqual({
        left: 3,
      });
      expect(access.messages.pokes).toHaveLength(2);
      expect(await pokeBlockedPasses(access.deps, { organizationId, limit: 2 })).toEqual({
        left: 1,
      });
      expect(await pokeBlockedPasses(access.deps, { organizationId, limit: 2 })).toEqual({
        left: 0,
      });
      expect(access.messages.pokes).toHaveLength(3);
      for (const each of passes)
        expect(await access.look(each)).toMatchObject({ outcome: 'synced' });
      expect(opens(access.clock.now())).toBe(true);
    },
  );

  test('a relapse right after the recovery: poked again when that is healed', async () => {
    const { organizationId } = access.integration;
    const poke = () => pokeBlockedPasses(access.deps, { organizationId, limit: 20 });
    await wishAnHour();
    await faultKisi();
    await access.look(pass);
    await access.store.integrations.clearFault(organizationId);
    expect(await poke()).toEqual({ left: 1 });
    expect(await poke()).toEqual({ left: 0 });
    await faultKisi();
    expect(await access.look(pass)).toMatchObject({ outcome: 'blocked' });
    access.clock.advance(10_000);
    await access.store.integrations.clearFault(organizationId);
    expect(await poke()).toEqual({ left: 1 });
    expect(access.messages.pokes).toHaveLength(2);
  });

  test('a removal that fails at each try keeps no start waiting', async () => {
    const { organizationId } = access.integration;
    const poke = () => pokeBlockedPasses(access.deps, { organizationId, limit: 20 });
    const poked = () => access.messages.pokes.map((each) => each.pass.memberId);
    const grant = await wishAnHour();
    await access.look(pass);
    await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    const start = await access.lockPass(await access.member());
    await access.wish(start, { from: t, until: t + HOUR });
    await faultKisi();
    for (const each of [pass, start]) await access.look(each);
    await access.store.integrations.clearFault(organizationId);
    expect(await poke()).toEqual({ left: 2 });
    expect(poked()).toEqual([pass.memberId]);
    // Kisi fails at it again, as often as it is tried.
    await faultKisi();
    await access.look(pass);
    access.clock.advance(10_000);
    await access.store.integrations.clearFault(organizationId);
    expect(await poke()).toEqual({ left: 1 });
    expect(poked()).toEqual([pass.memberId, start.memberId]);
    expect(await poke()).toEqual({ left: 1 });
    expect(poked()).toEqual([pass.memberId, start.memberId, pass.memberId]);
  });

  test('a pass that is blocked anew while it is being poked is poked again', async () => {
    const { organizationId } = access.integration;
    const poke = () => pokeBlockedPasses(access.deps, { organizationId, limit: 20 });
    await wishAnHour();
    await faultKisi();
    await access.look(pass);
    const { pokePass } = access.messages;
    access.messages.pokePass = async (...how) => {
      await pokePass(...how);
      // The look is over, and blocked, before the prober has marked the pass.
      await access.look(pass);
    };
    expect(await poke()).toEqual({ left: 1 });
    access.messages.pokePass = pokePass;
    expect(await poke()).toEqual({ left: 1 });
    expect(await poke()).toEqual({ left: 0 });
  });

  test('what is in place stays told so; the end comes at Kisi all the same', async () => {
    const grant = await wishAnHour();
    await access.look(pass);
    access.simulator.setSwitches({ outage: 'unavailable' });
    access.clock.advance(2 * MINUTE);
    expect(await access.look(pass, { fresh: true })).toMatchObject({ outcome: 'blocked' });
    expect(access.messages.toldTo(grant)).toEqual(['in_place']);
    expect([opens(t + HOUR - 1), opens(t + HOUR)]).toEqual([true, false]);
  });

  test('removals are helped first, then starts that are due, then the rest', async () => {
    const { organizationId } = access.integration;
    const grant = await wishAnHour();
    await access.look(pass);
    const soon = await access.lockPass(await access.member());
    const due = await access.lockPass(await access.member());
    await access.wish(soon, { from: t + HOUR / 2, until: t + HOUR });
    await access.wish(due, { from: t, until: t + HOUR });
    await access.wish(pass, { from: t, until: t + HOUR, wanted: false, grantId: grant });
    await faultKisi();
    for (const each of [soon, due, pass]) await access.look(each);
    expect(access.messages.toldTo(grant)).toEqual(['in_place', 'removing kisi_unavailable']);
    // The removal alone: side by side a start could overtake it.
    expect(await pokeBlockedPasses(access.deps, { organizationId, limit: 20 })).toEqual({
      left: 3,
    });
    expect(access.messages.pokes.map((poke) => poke.pass.memberId)).toEqual([pass.memberId]);
    await pokeBlockedPasses(access.deps, { organizationId, limit: 20 });
    expect(access.messages.pokes.map((poke) => poke.pass.memberId)).toEqual([
      pass.memberId,
      due.memberId,
      soon.memberId,
    ]);
    expect(access.messages.pokes.map((poke) => poke.priority)).toEqual([1, 1, 2]);
  });

  test('the hold of a member counts as a removal while nobody knows the rows', async () => {
    await wishAnHour();
    await access.look(pass);
    await access.store.members.setHold(member.id, {
      by: { type: 'api_key', id: 'k' },
      reason: 'x',
    });
    await faultKisi();
    await access.look(pass, { fresh: true });
    const stored = await access.store.passes.get(`${member.id}:lock:${String(access.lockId)}`);
    expect(stored).toMatchObject({ removalDue: true, blocked: { type: 'kisi_unavailable' } });
  });

  test('a short one, or a slow Kisi (latencyMs), is only waited for', async () => {
    access.simulator.setSwitches({ latencyMs: 300 });
    access.simulator.addFault({
      kind: 'answerBefore',
      method: 'GET',
      path: ROWS,
      status: 503,
      count: 2,
    });
    const grant = await wishAnHour();
    const began = performance.now();
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced' });
    expect(performance.now() - began).toBeGreaterThan(4 * 300);
    expect(access.calls()).toEqual([
      'GET /role_assignments 503',
      'GET /role_assignments 503',
      LIST,
      CREATE,
    ]);
    expect(access.messages.toldTo(grant)).toEqual(['in_place']);
    expect(await access.fault()).toBeNull();
  });
});

describe('the key', () => {
  beforeEach(() => begin());

  test('revoked (401): one fault; a new key heals it', async () => {
    const { organizationId, keyOwnerId, id } = access.integration;
    const grant = await wishAnHour();
    access.simulator.drift({ kind: 'revokeKey', secret: demoApiKey });
    expect(await access.look(pass)).toMatchObject({ outcome: 'blocked' });
    expect(access.calls()).toEqual(['GET /role_assignments 401']);
    expect(await access.fault()).toBe('kisi_key_refused');
    expect(access.messages.toldTo(grant)).toEqual(['pending kisi_key_refused']);
    access.clock.advance(5 * MINUTE);
    expect(await probeKisi(access.deps, { organizationId })).toMatchObject({
      outcome: 'faulty',
      afterMs: 5 * MINUTE,
    });
    access.simulator.drift({ kind: 'addKey', userId: keyOwnerId, secret: 'the-new-key' });
    await access.store.integrations.replaceKey(id, { apiKey: 'the-new-key', keyOwnerId });
    access.clock.advance(5 * MINUTE);
    expect(await probeKisi(access.deps, { organizationId })).toEqual({ outcome: 'healthy' });
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced' });
    expect(opens(access.clock.now())).toBe(true);
  });

  test('its owner was demoted (403)', async () => {
    const grant = await wishAnHour();
    const { keyOwnerId, organizationId } = access.integration;
    access.simulator.drift({ kind: 'setRights', userId: keyOwnerId, rights: [] });
    expect(await access.look(pass)).toMatchObject({ outcome: 'blocked' });
    expect(access.calls()).toEqual(['GET /role_assignments 403']);
    expect(access.messages.toldTo(grant)).toEqual(['pending kisi_rights_missing']);
    access.clock.advance(5 * MINUTE);
    expect(await probeKisi(access.deps, { organizationId })).toMatchObject({ outcome: 'faulty' });
    access.simulator.drift({ kind: 'setRights', userId: keyOwnerId, rights: 'all' });
    access.clock.advance(5 * MINUTE);
    expect(await probeKisi(access.deps, { organizationId })).toEqual({ outcome: 'healthy' });
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced' });
    expect(opens(access.clock.now())).toBe(true);
  });

  test('a late answer to the old key faults nothing', async () => {
    const { id, keyOwnerId } = access.integration;
    await wishAnHour();
    const hold = access.simulator.addFault({ kind: 'hold', path: ROWS, when: 'before', count: 1 });
    const look = access.look(pass);
    await access.simulator.waitUntilHeld(hold.id);
    access.simulator.drift({ kind: 'addKey', userId: keyOwnerId, secret: 'the-new-key' });
    await access.store.integrations.replaceKey(id, { apiKey: 'the-new-key', keyOwnerId });
    access.simulator.drift({ kind: 'revokeKey', secret: demoApiKey });
    access.simulator.releaseFault(hold.id);
    expect(await look).toMatchObject({ outcome: 'again' });
    expect(await access.fault()).toBeNull();
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced' });
  });
});

describe('answers that no retry can mend', () => {
  beforeEach(() => begin());

  test('a 422 with no row in the way: attention, looked at again slowly, told once', async () => {
    access.simulator.addFault({ kind: 'answerBefore', method: 'POST', path: ROWS, status: 422 });
    const grant = await wishAnHour();
    const result = await access.look(pass);
    expect(access.calls()).toEqual([LIST, 'POST /role_assignments 422', LIST]);
    expect(result).toMatchObject({ outcome: 'synced', empty: false });
    expect((result as { wakeAt: number }).wakeAt - access.clock.now()).toBeGreaterThan(14 * MINUTE);
    await access.look(pass);
    expect(access.messages.toldTo(grant)).toEqual(['attention kisi_refused']);
    expect(await access.fault()).toBeNull();
    expect((await access.learned()).secondRows).toBe('unknown');
  });

  test('a 404 though user and group are there: attention, not an endless loop', async () => {
    access.simulator.addFault({ kind: 'answerBefore', method: 'POST', path: ROWS, status: 404 });
    const grant = await wishAnHour();
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced' });
    expect(access.messages.toldTo(grant)).toEqual(['attention kisi_refused']);
    expect(access.calls()).toHaveLength(4);
  });

  test('an answer outside the contract is told, and is no fault of the integration', async () => {
    const grant = await wishAnHour();
    access.simulator.addFault({
      kind: 'answerBefore',
      method: 'GET',
      path: ROWS,
      status: 200,
      body: 'hm',
    });
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced', empty: false });
    expect(access.messages.toldTo(grant)).toEqual(['attention kisi_unexpected_answer']);
    expect(await access.fault()).toBeNull();
  });

  test('another window than the one asked for: attention, not the same again and again', async () => {
    const other = await access.lockPass(await access.member());
    await access.wish(other, { from: t, until: t + 2 * HOUR });
    await access.look(other);
    const [row] = await access.rows(other);
    const answer = await fetch(`${access.baseUrl}/role_assignments/${String(row?.id)}`, {
      headers: { authorization: `KISI-LOGIN ${demoApiKey}` },
    });
    const body: unknown = await answer.json();
    access.calls();
    access.simulator.addFault({
      kind: 'answerAfter',
      method: 'POST',
      path: ROWS,
      status: 200,
      body,
    });
    const grant = await wishAnHour();
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced', empty: false });
    expect(access.calls()).toEqual([LIST, CREATE]);
    expect(access.messages.toldTo(grant)).toEqual(['attention kisi_unexpected_answer']);
  });

  test('trouble of one wish is not told to another that is in place', async () => {
    access.simulator.setSwitches({ duplicateGrant: 'newRow' });
    const one = await wishAnHour();
    const revoked = await access.wish(pass, { from: t, until: t + HOUR, wanted: false });
    await access.look(pass);
    access.simulator.addFault({ kind: 'answerBefore', method: 'POST', path: ROWS, status: 422 });
    access.simulator.setSwitches({ duplicateGrant: 'unprocessable' });
    const foreign = await access.wish(pass, { from: t + 5 * HOUR, until: t + 6 * HOUR });
    await access.settle(pass);
    expect(access.messages.toldTo(one)).toEqual(['in_place']);
    expect(access.messages.toldTo(revoked)).toEqual(['removed']);
    expect(access.messages.toldTo(foreign)).toEqual(['queued']);
  });
});

describe('a window that ends while the look is under way', () => {
  test('nothing is left to wait for: the pass is over', async () => {
    let isEnding = false;
    const unlimited = new Unlimited();
    await begin({
      acquire: (request) => {
        if (isEnding) access.clock.advance(2_000);
        return unlimited.acquire(request);
      },
    });
    await access.wish(pass, { from: t, until: t + 1_000 });
    isEnding = true;
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced', wakeAt: null, empty: true });
    expect(await access.rows(pass, t)).toEqual([]);
  });
});

describe('the age of an attempt', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('nothing is sent by one that is older than 8 s', async () => {
    const real = Date.now.bind(Date);
    let offset = 0;
    let slow = 0;
    const unlimited = new Unlimited();
    await begin({
      acquire: (request) => {
        slow -= 1;
        if (slow === 0) offset += 8_001;
        return unlimited.acquire(request);
      },
    });
    jest.spyOn(Date, 'now').mockImplementation(() => real() + offset);
    const grant = await wishAnHour();
    access.calls();
    slow = 2;
    const result = await access.look(pass);
    expect(access.calls()).toEqual([LIST]);
    expect(result).toMatchObject({ outcome: 'again', afterMs: 0, memory: { rows: [] } });
    expect(await access.store.intents.byPass(`${member.id}:lock:${String(access.lockId)}`)).toEqual(
      [],
    );
    expect(await access.look(pass)).toMatchObject({ outcome: 'synced' });
    expect(access.calls()).toEqual([CREATE]);
    expect(access.messages.toldTo(grant)).toEqual(['in_place']);
  });

  test('a replace is not begun by one that could not end it', async () => {
    const real = Date.now.bind(Date);
    let offset = 0;
    let creates = false;
    const unlimited = new Unlimited();
    await begin({
      acquire: (request) => {
        if (creates && request.count === 2) {
          offset += 6_000;
          creates = false;
        }
        return unlimited.acquire(request);
      },
    });
    jest.spyOn(Date, 'now').mockImplementation(() => real() + offset);
    access.simulator.setSwitches({ duplicateGrant: 'conflict', patchWindow: 'refused' });
    await access.store.integrations.learn(access.integration.organizationId, {
      secondRows: 'refused',
      patch: 'refused',
    });
    const grant = await wishAnHour();
    await access.look(pass);
    await access.wish(pass, { from: t, until: t + 2 * HOUR, grantId: grant });
    access.calls();
    creates = true;
    expect(await access.look(pass)).toMatchObject({ outcome: 'again' });
    expect(access.calls()).toEqual([]);
    expect(opens(access.clock.now())).toBe(true);
    expect(await access.settle(pass)).toMatchObject({ outcome: 'synced' });
    expect(opens(t + 2 * HOUR - 1)).toBe(true);
  });
});
