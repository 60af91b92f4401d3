import { applyChangePage } from '../../src/access/apply-change';
import type { AccessChange } from '../../src/contracts/mapping-change';
import type { GrantSource } from '../../src/domain/grant';
import { acceptedGrant } from '../../src/domain/grant-life';
import { accessUnderTest, BY, HOUR, type AccessUnderTest } from './access-under-test';

const MAPPING = 'dm_front';

let access: AccessUnderTest;
beforeAll(async () => {
  access = await accessUnderTest();
  const { store } = access;
  for (const id of ['loc_1', 'loc_2']) {
    await store.locations.upsert({ id, name: id, timeZone: 'Europe/Berlin' });
    await store.spaces.upsert({ id: `spc_of_${id}`, name: 'Room', locationId: id });
  }
  await newBooking('bkg_here', 'spc_of_loc_1');
  await newBooking('bkg_without_grants', 'spc_of_loc_1');
  await newBooking('bkg_moved_away', 'spc_of_loc_2');
  await newBooking('bkg_elsewhere', 'spc_of_loc_2');
  await newMembership('mbs_here', 'loc_1');
  await newMembership('mbs_moved_away', 'loc_2');
  for (const id of ['bkg_here', 'bkg_moved_away']) await newGrant(id, 'booking', id);
  for (const id of ['mbs_here', 'mbs_moved_away']) await newGrant(id, 'plan', id);
  await newGrant('by_hand', 'manual', null);
});
afterAll(async () => {
  await access.close();
});

async function newBooking(id: string, spaceId: string): Promise<void> {
  const dates = { startsAt: access.now() - HOUR, endsAt: access.now() + HOUR };
  const given = { memberIds: ['mem_1'], spaceId, ...dates };
  await access.store.bookings.accept(id, {
    version: 1,
    content: { ...given, status: 'confirmed' },
  });
}

async function newMembership(id: string, locationId: string): Promise<void> {
  const dates = { startsAt: access.now() - HOUR, endsAt: null };
  const given = { memberIds: ['mem_1'], planId: 'pln_1', locationId };
  await access.store.memberships.accept(id, {
    version: 1,
    content: { ...given, ...dates, status: 'active' },
  });
}

async function newGrant(of: string, source: GrantSource, sourceId: string | null): Promise<void> {
  const window = { startsAt: access.now(), endsAt: access.now() + HOUR };
  const ids = { id: `grt_${of}`, memberId: 'mem_1', doorMappingId: MAPPING };
  const grant = acceptedGrant(
    { ...ids, source, sourceId, ...window, reason: null },
    access.now(),
    BY,
  );
  await access.store.grants.insertAccepted(grant);
}

/** Applies every page; answers who was told what. */
async function apply(deleted: boolean) {
  const { deps, messages } = access;
  for (const list of [messages.sourcesLooking, messages.askedAgain, messages.revoked]) {
    list.length = 0;
  }
  const change: AccessChange = {
    kind: 'mapping',
    doorMappingId: MAPPING,
    spaceIds: [],
    locationIds: ['loc_1'],
    deleted,
  };
  let page: Awaited<ReturnType<typeof applyChangePage>> = { poked: 0, after: null };
  let poked = 0;
  do {
    const { after } = page;
    page = await applyChangePage(deps, { change, after, jobId: 'job_1', doneBefore: poked });
    poked += page.poked;
  } while (page.after !== null);
  const { sourcesLooking, askedAgain, revoked } = messages;
  const sources = sourcesLooking.map(({ kind, id }) => `${kind} ${id}`).sort();
  return { sources, askedAgain: [...askedAgain], revoked: [...revoked], poked };
}

const EVERY_SOURCE = [
  'booking bkg_here',
  'booking bkg_moved_away',
  'booking bkg_without_grants',
  'membership mbs_here',
  'membership mbs_moved_away',
];

describe('a changed mapping', () => {
  it('has each source look once that its places or its grants lead to, and grants by hand', async () => {
    expect(await apply(false)).toEqual({
      sources: EVERY_SOURCE,
      askedAgain: ['grt_by_hand'],
      revoked: [],
      poked: EVERY_SOURCE.length + 1,
    });
  });

  it('that was deleted revokes the grants by hand and no others', async () => {
    expect(await apply(true)).toEqual({
      sources: EVERY_SOURCE,
      askedAgain: [],
      revoked: ['grt_by_hand'],
      poked: EVERY_SOURCE.length + 1,
    });
  });
});
