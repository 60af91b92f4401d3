import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { AccessLogEntry, Grant } from '../../src/domain/grant';
import { UNLOCK_REASONS } from '../../src/domain/unlock-reasons';
import { TapRefused, unlockDoor, type UnlockResult } from '../../src/access/unlock';
import { UnknownEncryptionKey, type Member } from '../../src/store';
import { eventually } from '../support/eventually';
import { accessUnderTest, BY, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';
import { aMapping, aStoredGrant, storeSeenGroup } from './keys-under-test';

const DOWN = { type: 'kisi_unavailable', detail: 'Kisi does not answer.' } as const;

let access: AccessUnderTest;
beforeAll(async () => {
  access = await accessUnderTest();
});
afterEach(() => {
  access.simulator.clearFaults();
  access.simulator.setSwitches({ unlock: 'ledger', outage: 'none', latencyMs: 0 });
});
afterAll(() => access.close());

/** A member whose grant at the seeded lock is in place at Kisi. */
async function keyHolder(change: Partial<Grant> = {}): Promise<{ member: Member; grant: Grant }> {
  const member = await access.member();
  const mapping = await aMapping(access, { lock: access.lockId });
  const grant = await aStoredGrant(access, member, mapping, change);
  const pass = await access.lockPass(member);
  await access.wish(pass, { from: grant.startsAt, until: grant.endsAt, grantId: grant.id });
  await access.settle(pass);
  access.calls();
  return { member, grant };
}

function tap(
  { id }: Member,
  more: {
    attemptId?: string;
    lockId?: number;
    location?: { latitude: number; longitude: number };
  } = {},
): Promise<UnlockResult> {
  return access.store.members.get(id).then((member) => {
    if (!member) throw new Error('The member is gone');
    const { attemptId = randomUUID(), lockId = access.lockId, location } = more;
    const { deps } = access;
    return unlockDoor(deps, { attemptId, member, lockId, ...(location && { location }) });
  });
}

async function logOf(member: Member): Promise<AccessLogEntry[]> {
  const page = await access.store.accessLog.list(
    { memberId: member.id, action: 'unlock' },
    { limit: 50, cursor: null },
  );
  return page.data;
}

/** Unlock events at Kisi of this member, and of whoever else. */
function events(member: Member): { own: number; others: number } {
  const { events: all, users } = access.simulator.state();
  const userId = users.find(({ email }) => email === member.email)?.id;
  const unlocks = all.filter(({ type, success }) => type === 'lock.unlock' && success);
  const own = unlocks.filter(({ actorId }) => actorId === userId).length;
  return { own, others: unlocks.length - own };
}

function loginsOf(member: Member): { id: number }[] {
  const { logins, users } = access.simulator.state();
  const userId = users.find(({ email }) => email === member.email)?.id;
  return logins.filter((login) => login.userId === userId);
}

describe('a door that the member may open', () => {
  it('opens in the member’s own name, by a login that is made once', async () => {
    const { member, grant } = await keyHolder();
    const before = events(member).others;
    expect(await tap(member)).toMatchObject({ outcome: 'opened', reason: null });
    expect(access.calls()).toEqual([
      'GET /users/:id 200',
      'POST /logins 200',
      'POST /locks/:id/unlock 200',
    ]);
    expect(await tap(member)).toMatchObject({ outcome: 'opened' });
    expect(access.calls()).toEqual(['POST /locks/:id/unlock 200']);
    expect(events(member)).toEqual({ own: 2, others: before });
    expect(loginsOf(member)).toHaveLength(1);
    const [row] = await logOf(member);
    expect(row).toMatchObject({
      action: 'unlock',
      status: 'opened',
      reason: null,
      by: { type: 'member', id: member.id },
      grant: { id: grant.id },
      lock: { id: access.lockId, name: 'Mapped Door', alsoIn: [] },
    });
  });

  it('through a group is told of by the door’s own mapping, too', async () => {
    const { store, group } = access;
    await storeSeenGroup(access);
    const member = await access.member();
    const through = await aMapping(access, { group: group.id });
    const grant = await aStoredGrant(access, member, through);
    const own = await aMapping(
      access,
      { lock: group.lockId },
      { name: 'Meeting Room 1', hasOwnName: true },
    );
    await tap(member, { lockId: group.lockId });
    const { data } = await store.accessLog.list(
      { logOf: own.id, memberId: member.id },
      { limit: 5 },
    );
    expect(data).toMatchObject([
      { action: 'unlock', grant: { id: grant.id }, lock: { id: group.lockId, name: own.name } },
    ]);
    const others = await aMapping(access, { lock: 999_998 });
    expect((await store.accessLog.list({ logOf: others.id }, { limit: 5 })).data).toEqual([]);
  });

  it('makes one login for taps that come at once', async () => {
    const { member } = await keyHolder();
    const results = await Promise.all(Array.from({ length: 4 }, () => tap(member)));
    expect(results.map(({ outcome }) => outcome)).toEqual(Array(4).fill('opened'));
    expect(loginsOf(member)).toHaveLength(1);
  });

  it('opens once for a tap that is repeated, at once or later', async () => {
    const { member } = await keyHolder();
    access.simulator.setSwitches({ latencyMs: 150 });
    const attemptId = randomUUID();
    const results = await Promise.all([1, 2, 3].map(() => tap(member, { attemptId })));
    results.push(await tap(member, { attemptId }));
    for (const result of results) expect(result).toEqual(results[0]);
    expect(results[0]).toMatchObject({ outcome: 'opened' });
    expect(events(member).own).toBe(1);
    expect(await logOf(member)).toHaveLength(1);
  });

  it('makes another login when the first one has died at Kisi', async () => {
    const { member } = await keyHolder();
    await tap(member);
    const [login] = loginsOf(member);
    const kisi = await access.deps.kisi.forOrganization(access.integration.organizationId);
    await kisi.deleteLogin(login?.id ?? 0);
    access.calls();
    expect(await tap(member)).toMatchObject({ outcome: 'opened' });
    expect(access.calls()).toEqual([
      'POST /locks/:id/unlock 401',
      'GET /users/:id 200',
      'POST /logins 200',
      'POST /locks/:id/unlock 200',
    ]);
    expect(events(member).own).toBe(2);
  });

  it('makes another login when the kept one cannot be opened any more', async () => {
    const { member } = await keyHolder();
    await tap(member);
    const { memberLogins } = access.store;
    const { organizationId } = access.integration;
    const get = jest
      .spyOn(memberLogins, 'get')
      .mockRejectedValueOnce(new UnknownEncryptionKey('k0'));
    access.calls();
    expect(await tap(member)).toMatchObject({ outcome: 'opened' });
    expect(access.calls()).toContain('POST /logins 200');
    get.mockRestore();
    expect(await memberLogins.get(organizationId, member.id)).not.toBeNull();
  });

  it('signs in the user that the member is now, not the one of before', async () => {
    const { member } = await keyHolder();
    await tap(member);
    const { organizationId } = access.integration;
    const email = `new-${member.email}`;
    const userId = access.simulator.drift({ kind: 'addUser', organizationId, email });
    await access.store.memberLinks.relink(organizationId, member.id, userId, email);
    const result = await tap(member);
    expect(result).toMatchObject({ outcome: 'refused', reason: { code: 'access_denied' } });
    const { events: all } = access.simulator.state();
    expect(all.at(-1)).toMatchObject({ type: 'lock.unlock', actorId: userId, success: false });
  });

  it('tells Kisi where the member is, for a door that asks for it', async () => {
    const { member } = await keyHolder();
    const { simulator, lockId } = access;
    simulator.drift({ kind: 'editLock', id: lockId, geofenceRestrictionEnabled: true });
    try {
      expect(await tap(member)).toMatchObject({ outcome: 'refused', reason: { code: 'too_far' } });
      const location = { latitude: 52.52, longitude: 13.405 };
      expect(await tap(member, { location })).toMatchObject({ outcome: 'opened' });
    } finally {
      simulator.drift({ kind: 'editLock', id: lockId, geofenceRestrictionEnabled: false });
    }
  });
});

describe('a door that the member may not open', () => {
  const asked = (): string[] => access.calls();

  it('is refused without asking Kisi, and without a hint whether it exists', async () => {
    const { member } = await keyHolder();
    const other = await access.member();
    for (const [who, lockId] of [
      [other, access.lockId],
      [member, 999_999],
    ] as const) {
      const refusal = tap(who, { lockId });
      await expect(refusal).rejects.toThrow(TapRefused);
      await expect(refusal).rejects.toMatchObject({
        because: 'not_held',
        detail: 'You have no key for this door.',
      });
    }
    expect(asked()).toEqual([]);
  });

  it('is refused before its time and on hold, and that is logged', async () => {
    const startsAt = access.now() + HOUR;
    const { member } = await keyHolder({ startsAt, endsAt: startsAt + HOUR });
    await expect(tap(member)).rejects.toMatchObject({ because: 'not_yet' });
    await access.store.members.setHold(member.id, { reason: 'Payment', by: BY });
    await expect(tap(member)).rejects.toMatchObject({ because: 'on_hold' });
    expect(asked()).toEqual([]);
    expect((await logOf(member)).map(({ status }) => status)).toEqual(['refused', 'refused']);
  });

  it('is refused once its grant is stopped or over, though Kisi would still open', async () => {
    const { member, grant } = await keyHolder();
    expect(access.couldOpen(member, access.lockId)).toBe(true);
    await access.store.grants.replaceGrant({
      ...grant,
      stops: ['admin'],
      recordNumber: grant.recordNumber + 1,
    });
    await expect(tap(member)).rejects.toMatchObject({ because: 'not_held' });
    expect(asked()).toEqual([]);
  });
});

describe('what Kisi says', () => {
  it.each([
    ['fcd8ff', 'refused', 'access_disabled'],
    ['34ffaa', 'refused', 'outside_hours'],
    ['bbc93f', 'refused', 'tap_to_access'],
    ['bb5bff', 'refused', 'reader_restriction'],
    ['34bd8f', 'refused', 'primary_device'],
    ['f01337', 'refused', 'no_app_access'],
    ['fad001', 'refused', 'locked_down'],
    ['fad112', 'opened', 'already_open'],
    ['fad10e', 'refused', 'door_missing'],
    ['ff420a', 'refused', 'not_configured'],
    ['fac001', 'refused', 'lock_offline'],
    ['abcdef', 'refused', 'refused_by_kisi'],
  ])('%s: %s, %s, and the log has the code', async (unlock, outcome, code) => {
    const { member } = await keyHolder();
    access.simulator.setSwitches({ unlock });
    const result = await tap(member);
    expect(result).toMatchObject({ outcome, reason: { code } });
    expect(UNLOCK_REASONS).toContain(code);
    const [row] = await logOf(member);
    expect(row?.status).toBe(outcome);
    if (code !== 'door_missing') expect(row?.reason).toContain(unlock);
  });

  it('gives no answer within seconds where Kisi hangs, and does not tap again', async () => {
    const { member } = await keyHolder();
    await tap(member);
    access.simulator.setSwitches({ unlock: 'hang' });
    const began = performance.now();
    const attemptId = randomUUID();
    const result = await tap(member, { attemptId });
    expect(performance.now() - began).toBeLessThan(9_000);
    expect(result).toMatchObject({ outcome: 'no_answer', reason: { code: 'outcome_unknown' } });
    access.simulator.setSwitches({ unlock: 'ledger' });
    expect(await tap(member, { attemptId })).toEqual(result);
    expect(events(member).own).toBe(1);
    expect((await logOf(member)).map(({ status }) => status)).toEqual(['no_answer', 'opened']);
  }, 20_000);

  it.each(['unavailable', 'reset'] as const)('is not reached at all: %s', async (outage) => {
    const { member } = await keyHolder();
    const { probers } = access.messages;
    access.simulator.setSwitches({ outage });
    const result = await tap(member);
    expect(result).toMatchObject({ outcome: 'no_answer', reason: { code: 'kisi_unreachable' } });
    await eventually(
      () => access.messages.probers,
      (now) => now === probers + 1,
    );
    access.simulator.setSwitches({ outage: 'none' });
    expect(await tap(member)).toMatchObject({ outcome: 'opened' });
  });

  describe('of an outage that nothing else has met', () => {
    const unlocking = (status: number) =>
      access.simulator.addFault({
        kind: 'answerBefore',
        path: '/locks/*/unlock',
        status,
      });
    const aMoment = () => sleep(300);

    it('is probed, once while it is known, and never at the cost of the tap', async () => {
      const { organizationId } = access.integration;
      const { member } = await keyHolder();
      await tap(member);
      const { startProber, probers } = access.messages;
      unlocking(502);
      const away = () => Promise.reject(new Error('Temporal is away'));
      const hanging = () => new Promise<void>(() => undefined);
      for (const ask of [away, hanging]) {
        const asked = new Promise<void>((resolve) => {
          access.messages.startProber = () => {
            resolve();
            return ask();
          };
        });
        expect(await tap(member)).toMatchObject({ outcome: 'no_answer' });
        await asked;
      }
      access.messages.startProber = startProber;
      await tap(member);
      await eventually(
        () => access.messages.probers,
        (now) => now === probers + 1,
      );
      const nextProbeAt = access.clock.now() + MINUTE;
      await access.store.integrations.recordFault(organizationId, { ...DOWN, nextProbeAt });
      await tap(member);
      await aMoment();
      await access.store.integrations.clearFault(organizationId);
      expect(access.messages.probers).toBe(probers + 1);
    });

    it('nothing is said by a lock that is offline, nor by a tap too many', async () => {
      const { member } = await keyHolder();
      const { probers } = access.messages;
      access.simulator.setSwitches({ unlock: 'fac001' });
      await tap(member);
      unlocking(429);
      await tap(member);
      await aMoment();
      expect(access.messages.probers).toBe(probers);
    });
  });

  it('asks to wait', async () => {
    const { member } = await keyHolder();
    await tap(member);
    access.simulator.addFault({
      kind: 'answerBefore',
      path: '/locks/*/unlock',
      status: 429,
      count: 1,
    });
    expect(await tap(member)).toMatchObject({
      outcome: 'refused',
      reason: { code: 'too_many_taps' },
    });
  });

  it('does not take the owner’s key where the member cannot sign in', async () => {
    const { member } = await keyHolder();
    const before = events(member);
    access.simulator.addFault({
      kind: 'answerBefore',
      method: 'POST',
      path: '/logins',
      status: 403,
    });
    expect(await tap(member)).toMatchObject({
      outcome: 'refused',
      reason: { code: 'connection_refused' },
    });
    expect(access.calls()).toEqual(['GET /users/:id 200', 'POST /logins 403']);
    expect(events(member)).toEqual(before);
    access.simulator.clearFaults();
    expect(await tap(member)).toMatchObject({ outcome: 'opened' });
  });

  it('tells a member who has not accepted the invitation', async () => {
    const member = await access.member({ linked: false });
    const { organizationId } = access.integration;
    const kisi = await access.deps.kisi.forOrganization(organizationId);
    const user = await kisi.createUser({
      email: member.email,
      name: 'Invited',
      memberId: member.id,
      invited: true,
    });
    await access.store.memberLinks.link(organizationId, member.id, user.id, member.email);
    await aStoredGrant(access, member, await aMapping(access, { lock: access.lockId }));
    access.simulator.addFault({
      kind: 'answerBefore',
      method: 'POST',
      path: '/logins',
      status: 403,
    });
    expect(await tap(member)).toMatchObject({
      outcome: 'refused',
      reason: { code: 'not_confirmed' },
    });
  });

  it('says no to what is only being set up: so do we, without blaming Kisi', async () => {
    const linked = await access.member();
    const unlinked = await access.member({ linked: false });
    for (const member of [linked, unlinked]) {
      const mapping = await aMapping(access, { lock: access.lockId });
      await aStoredGrant(access, member, mapping, { provisioning: 'pending', settled: false });
      expect(await tap(member)).toMatchObject({
        outcome: 'refused',
        reason: { code: 'being_set_up' },
      });
    }
  });

  it('says no although our row is in place: the pass is told to look anew', async () => {
    const { member } = await keyHolder();
    const [row] = await access.rows(await access.lockPass(member));
    access.simulator.drift({ kind: 'deleteRow', id: row?.id ?? 0 });
    access.messages.pokes.length = 0;
    expect(await tap(member)).toMatchObject({
      outcome: 'refused',
      reason: { code: 'access_denied' },
    });
    expect(access.messages.pokes).toMatchObject([
      { pass: { memberId: member.id, target: { kind: 'lock', id: access.lockId } }, fresh: true },
    ]);
  });

  it('says that the user’s access is switched off', async () => {
    const { member } = await keyHolder();
    const user = access.simulator.state().users.find(({ email }) => email === member.email);
    access.simulator.drift({ kind: 'editUser', id: user?.id ?? 0, accessEnabled: false });
    expect(await tap(member)).toMatchObject({
      outcome: 'refused',
      reason: { code: 'access_disabled' },
    });
    expect(loginsOf(member)).toEqual([]);
  });
});

it('hears nothing where whoever began the tap has died', async () => {
  const { member } = await keyHolder();
  const attemptId = randomUUID();
  await access.store.unlockAttempts.begin(attemptId, {
    memberId: member.id,
    lockId: access.lockId,
    doorMappingId: 'dm_any',
  });
  const result = tap(member, { attemptId });
  await sleep(200);
  expect(access.calls()).toEqual([]);
  expect(await result).toMatchObject({ outcome: 'no_answer', reason: { code: 'outcome_unknown' } });
  expect(events(member).own).toBe(0);
}, 20_000);
