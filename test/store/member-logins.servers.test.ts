import mongoose from 'mongoose';
import { SealBroken, type MemberLogin } from '../../src/store';
import { freshId, freshNumber, useStore } from './fixtures';

const { store, clock, uri } = useStore();
const organizationId = freshNumber();
const SECRET = 'device-login-secret-of-a-member';

const aLogin = (memberId = freshId('mem')): MemberLogin => ({
  organizationId,
  memberId,
  kisiUserId: freshNumber(),
  loginId: freshNumber(),
  secret: SECRET,
});

async function kept(login = aLogin()): Promise<MemberLogin> {
  const { memberId } = login;
  await store().memberLogins.claim(organizationId, memberId, 'token', clock.now() + 1_000);
  expect(await store().memberLogins.keep(login, 'token')).toBe(true);
  return login;
}

describe('memberLogins', () => {
  it('keeps a login and shows it again', async () => {
    const memberId = freshId('mem');
    expect(await store().memberLogins.get(organizationId, memberId)).toBeNull();
    const login = await kept(aLogin(memberId));
    expect(await store().memberLogins.get(organizationId, memberId)).toEqual(login);
    expect(await store().memberLogins.get(freshNumber(), memberId)).toBeNull();
  });

  it('never stores the secret in the clear, and binds it to the member', async () => {
    const [mine, other] = [await kept(), await kept()];
    const connection = await mongoose.createConnection(uri).asPromise();
    try {
      const raw = connection.collection<{ _id: string; sealedSecret: string }>('memberLogins');
      const docs = await raw.find().toArray();
      expect(docs.length).toBeGreaterThan(1);
      expect(JSON.stringify(docs)).not.toContain(SECRET);
      const idOf = ({ memberId }: MemberLogin): string => `${String(organizationId)}:${memberId}`;
      const stolen = docs.find(({ _id }) => _id === idOf(other))?.sealedSecret ?? '';
      await raw.updateOne({ _id: idOf(mine) }, { $set: { sealedSecret: stolen } });
    } finally {
      await connection.close();
    }
    const moved = store().memberLogins.get(organizationId, mine.memberId);
    await expect(moved).rejects.toThrow(SealBroken);
  });

  it('lets exactly one of several make it', async () => {
    const memberId = freshId('mem');
    const claims = await Promise.all(
      Array.from({ length: 6 }, (_, index) =>
        store().memberLogins.claim(organizationId, memberId, `t${String(index)}`, clock.now() + 9),
      ),
    );
    expect(claims.filter(Boolean)).toHaveLength(1);
  });

  it('lets another make it once the claim has run out or was given back, and not once it is made', async () => {
    const { memberLogins } = store();
    const login = aLogin();
    const { memberId } = login;
    const claim = (token: string): Promise<boolean> =>
      memberLogins.claim(organizationId, memberId, token, clock.now() + 1_000);
    expect(await claim('first')).toBe(true);
    expect(await claim('second')).toBe(false);
    clock.pass(1_000);
    expect(await claim('second')).toBe(true);
    expect(await memberLogins.keep(login, 'first')).toBe(false);
    await memberLogins.release(organizationId, memberId, 'first');
    expect(await claim('third')).toBe(false);
    await memberLogins.release(organizationId, memberId, 'second');
    expect(await claim('third')).toBe(true);
    expect(await memberLogins.keep(login, 'third')).toBe(true);
    clock.pass(10_000);
    expect(await claim('fourth')).toBe(false);
  });

  it('forgets the login that it is told to, and no newer one', async () => {
    const login = await kept();
    await store().memberLogins.forget({ ...login, loginId: login.loginId + 1 });
    expect(await store().memberLogins.get(organizationId, login.memberId)).toEqual(login);
    await store().memberLogins.forget(login);
    expect(await store().memberLogins.get(organizationId, login.memberId)).toBeNull();
    await kept(login);
  });

  it('forgets a member, or everybody in an organization', async () => {
    const [one, other] = [await kept(), await kept()];
    const { memberLogins } = store();
    expect(await memberLogins.loginIdOf(organizationId, one.memberId)).toBe(one.loginId);
    await memberLogins.forgetMember(organizationId, one.memberId);
    expect(await memberLogins.loginIdOf(organizationId, one.memberId)).toBeNull();
    expect(await memberLogins.get(organizationId, other.memberId)).toEqual(other);
    await memberLogins.forgetOrganization(organizationId);
    expect(await memberLogins.get(organizationId, other.memberId)).toBeNull();
  });
});

describe('unlockAttempts', () => {
  const tap = { memberId: 'mem_1', lockId: 7, doorMappingId: 'dm_1' };

  it('are begun by exactly one, and keep the first result', async () => {
    const id = freshId('unl');
    const { unlockAttempts } = store();
    const begun = await Promise.all(Array.from({ length: 6 }, () => unlockAttempts.begin(id, tap)));
    expect(begun.filter(Boolean)).toHaveLength(1);
    expect(await unlockAttempts.result(id)).toBeNull();
    await unlockAttempts.end(id, { outcome: 'opened' });
    await unlockAttempts.end(id, { outcome: 'refused' });
    expect(await unlockAttempts.result(id)).toEqual({ outcome: 'opened' });
    expect(await unlockAttempts.begin(id, tap)).toBe(false);
  });

  it("are each one event's, the nearest one's, and stay it when the event comes again", async () => {
    const memberId = freshId('mem');
    const { unlockAttempts } = store();
    const ofMember = { ...tap, memberId };
    const [early, late] = [freshId('unl'), freshId('unl')];
    const begunAt = clock.now();
    await unlockAttempts.begin(early, ofMember);
    clock.pass(3_000);
    await unlockAttempts.begin(late, ofMember);
    const claim = (uuid: string, at: number, lockId = 7): Promise<string | undefined> =>
      unlockAttempts
        .claimForEvent({ uuid, at, memberId, lockId }, 10_000)
        .then((found) => found?.id);

    expect(await claim('a', begunAt + 2_500)).toBe(late);
    expect(await claim('a', begunAt + 2_500)).toBe(late);
    expect(await claim('b', begunAt + 2_500)).toBe(early);
    expect(await claim('c', begunAt + 2_500)).toBeUndefined();
    expect(await claim('d', begunAt, 8)).toBeUndefined();
    await unlockAttempts.begin(freshId('unl'), ofMember);
    expect(await claim('e', begunAt + 60_000)).toBeUndefined();
  });
});
