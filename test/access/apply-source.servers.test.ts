import { applySource, sourceGrantId } from '../../src/access/apply-source';
import { storeSnapshots } from '../../src/access/store-snapshots';
import { tellUntoldChanges } from '../../src/access/tell-untold';
import type { ApplySourceResult } from '../../src/contracts/source-activities';
import type { Grant } from '../../src/domain/grant';
import type { DoorMapping } from '../../src/store';
import { accessUnderTest, BY, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';

const source = { kind: 'booking', id: 'bk_1' } as const;
let access: AccessUnderTest;
let door: DoorMapping;
let t: number;

beforeEach(async () => {
  access = await accessUnderTest();
  t = access.now();
  const { store } = access;
  const margin = { earlyMinutes: 10, lateMinutes: 10 };
  await store.locations.upsert({ id: 'loc_1', name: 'Mitte', timeZone: 'UTC', margin });
  for (const id of ['spc_1', 'spc_2', 'spc_3']) {
    await store.spaces.upsert({ id, name: id, locationId: 'loc_1' });
  }
  door = await map('dm_1', 'spc_1', access.lockId);
});
afterEach(() => access.close());

const map = (id: string, spaceId: string, lockId: number): Promise<DoorMapping> =>
  access.store.doorMappings.insert({
    id,
    integrationId: access.integration.id,
    organizationId: access.integration.organizationId,
    locationId: 'loc_1',
    spaceId,
    resourceType: 'lock',
    resourceId: lockId,
    name: id,
    active: true,
    createdBy: BY,
  });

const iso = (ms: number): string => new Date(ms).toISOString();
const message = (version: number, change: object = {}): object => ({
  version,
  memberIds: ['mem_1'],
  spaceId: 'spc_1',
  startsAt: iso(t + HOUR),
  endsAt: iso(t + 2 * HOUR),
  status: 'confirmed',
  ...change,
});
const send = (...messages: unknown[]) => storeSnapshots(access.deps, source, messages);
const apply = (release: string[] = []): Promise<ApplySourceResult> =>
  applySource(access.deps, { source, release });

/** What was said since this was last asked: to whom, and whether it is wanted. */
const words = (): { id: string; wanted: boolean; mayStart: boolean; stops: string[] }[] =>
  access.messages.words.splice(0).map(({ grant, word, mayStart }) => ({
    id: grant.id,
    wanted: word.wanted,
    mayStart,
    stops: grant.stops,
  }));
const idAt = (doorMappingId: string, memberId = 'mem_1'): string =>
  sourceGrantId(source, { memberId, doorMappingId });

/** The grant's workflow records what it is now, as it would. */
async function record(id: string, change: Partial<Grant> = {}): Promise<void> {
  const grant = await access.store.grants.get(id);
  if (!grant) throw new Error(`${id} is not stored`);
  await access.store.grants.replaceGrant({
    ...grant,
    settled: true,
    provisioning: 'in_place',
    recordNumber: grant.recordNumber + 1,
    ...change,
  });
}

it('tells a grant once, however often it looks, and again when it stands otherwise', async () => {
  await send(message(1));
  expect(await apply()).toEqual({ outcome: 'applied', grants: 1, told: 1 });
  expect(words()).toEqual([{ id: idAt('dm_1'), wanted: true, mayStart: true, stops: [] }]);
  await record(idAt('dm_1'));
  await apply();
  expect(words()).toEqual([]);
  await record(idAt('dm_1'), { endsAt: t + 9 * HOUR });
  await apply();
  expect(words()).toMatchObject([{ wanted: true }]);
});

it('stops a grant that an attempt which hangs may start later', async () => {
  await send(message(1));
  const record1 = await access.store.bookings.beginApply(source.id);
  if (!record1) throw new Error('no booking');
  const asked = { memberId: 'mem_1', doorMappingId: 'dm_1', startsAt: t + HOUR, endsAt: null };
  await access.store.bookings.intend(record1, [
    { ...asked, grantId: idAt('dm_1'), leadsTo: '1', toldOf: null, wanted: true, told: false },
  ]);
  await send(message(2, { status: 'cancelled' }));
  await apply();
  expect(words()).toEqual([{ id: idAt('dm_1'), wanted: false, mayStart: true, stops: ['source'] }]);
});

it('takes back the grants of a booking whose record was lost', async () => {
  await send(message(1));
  await apply();
  await record(idAt('dm_1'));
  const lost = { ...source, id: 'bk_2' };
  const grant = await access.store.grants.get(idAt('dm_1'));
  if (!grant) throw new Error('no grant');
  await access.store.grants.replaceGrant({
    ...grant,
    sourceId: lost.id,
    recordNumber: grant.recordNumber + 1,
  });
  words();
  await storeSnapshots(access.deps, lost, [message(7, { status: 'cancelled' })]);
  await applySource(access.deps, { source: lost, release: [] });
  expect(words()).toMatchObject([{ id: grant.id, wanted: false, stops: ['source'] }]);
});

it('tells every grant of a newer version, also what the version that is known had told', async () => {
  await send(message(1));
  await apply();
  await record(idAt('dm_1'));
  words();
  await send(message(3));
  await apply();
  expect(words()).toMatchObject([{ id: idAt('dm_1'), wanted: true }]);
});

it('has a grant ask again whose mapping leads to another door', async () => {
  await send(message(1));
  await apply();
  await record(idAt('dm_1'));
  await access.store.doorMappings.update(door.id, { resourceId: access.lockId + 1 });
  access.messages.words.splice(0);
  await apply();
  expect(access.messages.words.map(({ word }) => word)).toMatchObject([
    { wanted: true, anew: true },
  ]);
});

it('goes on with those who were not told when an attempt ends half-way', async () => {
  const memberIds = [...Array(25).keys()].map((index) => `mem_${String(index)}`);
  await send(message(1, { memberIds }));
  const { followSource } = access.messages;
  let calls = 0;
  access.messages.followSource = (...word) => {
    calls += 1;
    return calls > 20 ? Promise.reject(new Error('Temporal is away')) : followSource(...word);
  };
  await expect(apply()).rejects.toThrow('Temporal is away');
  access.messages.followSource = followSource;
  expect(words()).toHaveLength(20);
  expect(await apply()).toMatchObject({ outcome: 'applied', grants: 25, told: 5 });
});

it('has the neighbours look again at the place that it left, after a crash as well', async () => {
  const beside = { kind: 'booking', id: 'bk_beside' } as const;
  const after = message(1, { startsAt: iso(t + 2 * HOUR + 5 * MINUTE), endsAt: iso(t + 3 * HOUR) });
  await storeSnapshots(access.deps, beside, [after]);
  await send(message(1));
  await apply();
  access.messages.sourcesLooking.splice(0);
  await send(message(2, { spaceId: 'spc_2' }));
  // The activity is repeated, since nobody heard of its end.
  await send(message(2, { spaceId: 'spc_2' }));
  await apply();
  expect(access.messages.sourcesLooking).toEqual([beside]);
  await apply();
  expect(access.messages.sourcesLooking).toEqual([beside]);
});

describe('a door that the next one opens too', () => {
  beforeEach(async () => {
    await map('dm_2', 'spc_2', access.lockId);
    await map('dm_3', 'spc_3', access.lockId);
    await send(message(1));
    await apply();
    await record(idAt('dm_1'));
    words();
  });

  it('is kept until its successor is in place', async () => {
    await send(message(2, { spaceId: 'spc_2' }));
    expect(await apply()).toEqual({
      outcome: 'successors',
      grantIds: [idAt('dm_2')],
      held: [idAt('dm_1')],
    });
    expect(words()).toMatchObject([{ id: idAt('dm_2'), wanted: true }]);
    await record(idAt('dm_2'));
    expect(await apply()).toMatchObject({ outcome: 'applied' });
    expect(words()).toMatchObject([{ id: idAt('dm_1'), wanted: false }]);
  });

  it('is given up only by those who have waited', async () => {
    await send(message(2, { spaceId: 'spc_2' }));
    await apply();
    await send(message(3, { spaceId: 'spc_3' }));
    words();
    expect(await apply([idAt('dm_1')])).toEqual({
      outcome: 'successors',
      grantIds: [idAt('dm_3')],
      held: [idAt('dm_2')],
    });
    expect(Object.fromEntries(words().map(({ id, wanted }) => [id, wanted]))).toEqual({
      [idAt('dm_3')]: true,
      [idAt('dm_1')]: false,
    });
    expect(await apply([idAt('dm_2')])).toMatchObject({ outcome: 'applied' });
    // What the first was told is not recorded yet, so that it hears it once more.
    const told = words();
    expect(told.map(({ wanted }) => wanted)).toEqual([false, false]);
    expect(told.map(({ id }) => id).sort()).toEqual([idAt('dm_1'), idAt('dm_2')].sort());
  });
});

it('stores nothing under an id that is none', async () => {
  for (const id of ['', 'ada@example.com', 'bk|1']) {
    const odd = { kind: 'booking', id } as const;
    expect(await storeSnapshots(access.deps, odd, [message(1)])).toMatchObject({
      stored: 0,
      ignored: [expect.stringContaining('not an id')],
    });
    expect(await access.store.bookings.get(id)).toBeNull();
  }
});

it('makes up for changes whose author died before telling anybody', async () => {
  const { store, messages, clock, deps } = access;
  await store.plans.upsert({ id: 'pln_1', name: 'Flex' });
  await store.plans.addDoor('pln_1', door.id);
  await store.spaces.upsert({ id: 'spc_3', name: 'spc_3', locationId: 'loc_1', isUntold: true });
  await store.locations.upsert({ id: 'loc_1', name: 'Mitte', timeZone: 'UTC', isUntold: true });
  await store.doorMappings.remove(door.id);
  expect(await tellUntoldChanges(deps)).toEqual({ told: 0 });
  clock.advance(2 * MINUTE);
  expect(await tellUntoldChanges(deps)).toEqual({ told: 4 });
  expect(messages.changes).toEqual([
    {
      kind: 'mapping',
      doorMappingId: door.id,
      spaceIds: ['spc_1'],
      locationIds: [],
      deleted: true,
    },
    { kind: 'plan', planId: 'pln_1' },
    { kind: 'space', spaceId: 'spc_3' },
    { kind: 'location', locationId: 'loc_1' },
  ]);
  expect(await tellUntoldChanges(deps)).toEqual({ told: 0 });
});
