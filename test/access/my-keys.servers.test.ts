import { finishRemoval } from '../../src/access/removal';
import { readMyKeys } from '../../src/access/my-keys';
import { groupAtKisi, lockAtKisi, type Member } from '../../src/store';
import { accessUnderTest, BY, HOUR, type AccessUnderTest } from './access-under-test';
import { aMapping, aStoredGrant } from './keys-under-test';

let access: AccessUnderTest;
beforeAll(async () => {
  access = await accessUnderTest();
});
afterAll(() => access.close());

const LOCKS = [9_001, 9_002, 9_003];
const GROUP = 8_001;

/** What a sync has seen at Kisi, without Kisi. */
async function seen(group: number, lockIds: readonly number[] | null): Promise<void> {
  const { store, integration, now } = access;
  const lock = {
    placeName: 'House',
    configured: true,
    online: true,
    lockedDown: false,
    geofenceRestrictionEnabled: false,
    readerRestrictionEnabled: false,
    timeRestrictionEnabled: false,
  };
  const locks = (lockIds ?? []).map((id) =>
    lockAtKisi({ ...lock, id, name: `Kisi ${String(id)}`, placeId: 1, unlocked: false } as never),
  );
  const kept = groupAtKisi(
    {
      id: group,
      name: 'Kisi Group',
      loginEnabled: true,
      geofenceRestrictionEnabled: false,
      primaryDeviceRestrictionEnabled: false,
      managedDeviceRestrictionEnabled: false,
      readerRestrictionEnabled: false,
      timeRestrictionEnabled: false,
      tapToAccessRestrictionEnabled: false,
    } as never,
    lockIds,
  );
  await store.kisiDoors.putLocks(integration.organizationId, locks, now());
  await store.kisiDoors.putGroups(integration.organizationId, [kept], now());
}

const read = async (member: Member): ReturnType<typeof readMyKeys> =>
  readMyKeys(access.store, (await access.store.members.get(member.id)) ?? member, access.now());

it('expands groups, names doors by their own mapping or by Kisi, and calls no Kisi', async () => {
  await seen(GROUP, LOCKS);
  await access.store.locations.upsert({ id: 'loc_a', name: 'Mitte', timeZone: 'Europe/Berlin' });
  await access.store.locations.upsert({ id: 'loc_b', name: 'Kings X', timeZone: 'Europe/London' });
  const group = await aMapping(access, { group: GROUP }, { name: 'Commons', locationId: 'loc_a' });
  const [lockId = 0] = LOCKS;
  await aMapping(
    access,
    { lock: lockId },
    { name: 'Front', hasOwnName: true, locationId: 'loc_b' },
  );
  const member = await access.member({ linked: false });
  await aStoredGrant(access, member, group, { endsAt: null });
  access.calls();
  const { keys, upcoming, hold } = await read(member);
  expect(
    keys.map(({ name, lockId: id, location, until }) => [name, id, location?.timeZone, until]),
  ).toEqual([
    ['Front', 9_001, 'Europe/London', null],
    ['Kisi 9002', 9_002, 'Europe/Berlin', null],
    ['Kisi 9003', 9_003, 'Europe/Berlin', null],
  ]);
  expect([upcoming, hold]).toEqual([[], null]);
  expect(access.calls()).toEqual([]);
});

it('shows a door once that a group and a lock mapping open, with both reasons', async () => {
  await seen(GROUP, LOCKS);
  const [lockId = 0] = LOCKS;
  const member = await access.member({ linked: false });
  const group = await aMapping(access, { group: GROUP });
  const lock = await aMapping(access, { lock: lockId }, { name: 'Room 1' });
  const plan = await aStoredGrant(access, member, group, { source: 'plan', sourceId: 'mbs_1' });
  const startsAt = access.now() + HOUR / 2;
  const booking = await aStoredGrant(access, member, lock, {
    source: 'booking',
    sourceId: 'bkg_1',
    startsAt,
    endsAt: startsAt + HOUR,
  });
  const { keys } = await read(member);
  const found = keys.filter((key) => key.lockId === lockId);
  expect(found).toHaveLength(1);
  expect(found[0]?.reasons.map(({ id }) => id)).toEqual([plan.id, booking.id]);
  expect(found[0]?.until).toBe(booking.endsAt);
});

it('shows only what is the member’s own, lives, and is there', async () => {
  await seen(GROUP, LOCKS);
  const [member, other] = [await access.member(), await access.member()];
  const mapping = await aMapping(access, { lock: 9_002 });
  const inactive = await aMapping(access, { lock: 9_003 }, { active: false });
  const now = access.now();
  await aStoredGrant(access, other, mapping);
  await aStoredGrant(access, member, inactive);
  await aStoredGrant(access, member, mapping, { stops: ['admin'] });
  await aStoredGrant(access, member, mapping, { startsAt: now - HOUR, endsAt: now });
  const group = await aMapping(access, { group: GROUP });
  await aStoredGrant(access, member, group, { startsAt: now + HOUR, endsAt: now + 2 * HOUR });
  await access.store.kisiDoors.markGone(
    access.integration.organizationId,
    { kind: 'lock', id: 9_001 },
    now,
  );
  const { keys, upcoming } = await read(member);
  expect(keys).toEqual([]);
  expect(upcoming.map(({ lockId, from }) => [lockId, from])).toEqual([
    [9_002, now + HOUR],
    [9_003, now + HOUR],
  ]);
  expect((await read(other)).keys.map(({ lockId }) => lockId)).toEqual([9_002]);
});

it('says which group was never read, instead of hiding it', async () => {
  const member = await access.member();
  await aStoredGrant(
    access,
    member,
    await aMapping(access, { group: 8_999 }, { name: 'New Wing' }),
  );
  const { keys, unreadGroups } = await read(member);
  expect(keys).toEqual([]);
  expect(unreadGroups).toEqual([{ name: 'New Wing', location: null }]);
});

it('is empty on hold, and says so', async () => {
  const member = await access.member();
  await aStoredGrant(access, member, await aMapping(access, { lock: 9_002 }));
  await access.store.members.setHold(member.id, { reason: 'Payment is due', by: BY });
  expect(await read(member)).toMatchObject({
    hold: { reason: 'Payment is due' },
    keys: [],
    upcoming: [],
    unreadGroups: [],
  });
  await access.store.members.clearHold(member.id);
  expect((await read(member)).keys).toHaveLength(1);
});

it('shows nothing of a removed integration, whose logins of members go with its key', async () => {
  const member = await access.member();
  await aStoredGrant(access, member, await aMapping(access, { lock: 9_002 }));
  const { store, deps, integration } = access;
  const { id, organizationId } = integration;
  const login = { organizationId, memberId: member.id, kisiUserId: 1, loginId: 2, secret: 'x' };
  await store.memberLogins.claim(organizationId, member.id, 'token', access.now() + HOUR);
  await store.memberLogins.keep(login, 'token');
  const jobId = 'job_1';
  await store.jobs.begin({ id: jobId, kind: 'removal', subjectId: id, by: BY });
  await store.integrations.beginRemoval(id, { mode: 'remove', jobId, by: BY });
  expect((await read(member)).keys).toEqual([]);
  expect(await store.memberLogins.get(organizationId, member.id)).toEqual(login);
  await finishRemoval(deps, { integrationId: id, jobId });
  expect(await store.memberLogins.get(organizationId, member.id)).toBeNull();
});
