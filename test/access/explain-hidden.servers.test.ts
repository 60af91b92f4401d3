import { PROBLEM_STEPS } from '../../api/http/grant-problems';
import { explainAccess, type Explained } from '../../src/access/explain';
import type { PassRef } from '../../src/domain/door';
import type { DoorMapping, Member } from '../../src/store';
import { accessUnderTest, HOUR, type AccessUnderTest } from './access-under-test';
import { aMapping, aStoredGrant, storeSeenGroup } from './keys-under-test';

/** What a caller of `loc_1` hears of the access that a member has through `loc_2`. */

let access: AccessUnderTest;
/** At `loc_1`: a lock in a group of `loc_2`. */
let door: DoorMapping;
let group: DoorMapping;

beforeAll(async () => {
  access = await accessUnderTest();
  const { store } = access;
  const { id: groupId, lockId } = access.group;
  for (const id of ['loc_1', 'loc_2']) {
    await store.locations.upsert({ id, name: id, timeZone: 'UTC' });
  }
  door = await aMapping(access, { lock: lockId }, { locationId: 'loc_1' });
  group = await aMapping(access, { group: groupId }, { locationId: 'loc_2' });
  await storeSeenGroup(access);
});
afterAll(() => access.close());

function ask(
  member: Member,
  locationIds: string[] | null,
  mapping: DoorMapping = door,
): Promise<Explained> {
  const question = { member, mapping, isDeleted: false, at: undefined, locationIds };
  return explainAccess(access.deps, { ...question, remedies: PROBLEM_STEPS });
}

async function give(
  member: Member,
  mapping: DoorMapping,
  pass: PassRef,
  hours: number,
): Promise<void> {
  const [startsAt, endsAt] = [access.now() - hours * HOUR, access.now() + hours * HOUR];
  const grant = await aStoredGrant(access, member, mapping, { startsAt, endsAt });
  await access.wish(pass, { grantId: grant.id, from: grant.startsAt, until: endsAt });
  await access.settle(pass);
}

const rowText = ({ explanation }: Explained): string[] =>
  explanation.reasons.filter(({ code }) => code === 'kisi_row').map(({ text }) => text);
const UNTOLD = ['Access at Kisi that is not shown to you lets the user in.'];

it('counts a row in a group elsewhere, and tells neither it nor its window', async () => {
  const member = await access.member();
  await give(member, group, access.groupPass(member), 3);
  const all = await ask(member, null);
  expect(all.facts.kisi.rows).toMatchObject([{ groupId: access.group.id }]);
  const seen = await ask(member, ['loc_1']);
  expect(seen.explanation.access).toBe('yes');
  expect(seen.facts.kisi.rows).toEqual([]);
  expect(rowText(seen)).toEqual(UNTOLD);
  // To whom the group belongs, it is told.
  const theirs = await ask(member, ['loc_2'], group);
  expect(theirs.facts.kisi.rows).toEqual(all.facts.kisi.rows);
});

it('tells of a row of the lock that a grant elsewhere leads to only what the shown ones cover', async () => {
  const lock = { lock: access.lockId };
  const here = await aMapping(access, lock, { locationId: 'loc_1' });
  const elsewhere = await aMapping(access, lock, { locationId: 'loc_2' });
  const member = await access.member();
  const pass = await access.lockPass(member);
  await give(member, elsewhere, pass, 2);
  expect(rowText(await ask(member, null, here))).toEqual([expect.stringContaining(' until ')]);
  const seen = await ask(member, ['loc_1'], here);
  expect(seen.explanation.access).toBe('yes');
  expect(seen.facts.kisi.rows).toEqual([]);
  expect(rowText(seen)).toEqual(UNTOLD);

  await give(member, here, pass, 4);
  const covered = await ask(member, ['loc_1'], here);
  expect(covered.facts.kisi.rows).toMatchObject([{ ours: true }]);
  expect(rowText(covered)).toEqual([expect.stringContaining(' until ')]);
});
