import { randomUUID } from 'node:crypto';
import type { Grant } from '../src/domain/grant';
import { acceptedGrant } from '../src/domain/grant-life';
import { openStore, type DoorMapping, type Store } from '../src/store';
import { inTurns } from './in-turns';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const AT_ONCE = 50;
const BY = { type: 'system', id: 'bench' } as const;
/** Seals nothing that is worth keeping. */
export const BENCH_KEY = { id: 'bench', key: new Uint8Array(32) };
const ORGANIZATION = 1;

/** Members who are read, each with grants at this many locks and groups of their own choice. */
const READ_MEMBERS = 500;
export const GRANTS_EACH = 20;
export const GROUP_GRANTS = 4;
const LOCKS = 200;
const GROUPS = 20;
export const LOCKS_IN_GROUP = 10;

/** How much is stored. */
export interface Size {
  grants: number;
  members: number;
  read: number;
}

/** What the server can bear: one without indexes reads all grants each time. */
export function sizeOf(quick: boolean, hasIndexes: boolean): Size {
  if (quick) return { grants: 400, members: 40, read: 10 };
  return hasIndexes
    ? { grants: 100_000, members: 10_000, read: READ_MEMBERS }
    : { grants: 2_000, members: 200, read: 50 };
}

/** Who is read, and one of the locks where they have a grant that lives. */
export interface ReadMember {
  id: string;
  doorMappingId: string;
}

/** Stores doors, members and grants; answers those who are read, from all over. */
export async function storeMembers(uri: string, size: Size): Promise<ReadMember[]> {
  const store = await openStore({ uri, encryption: [BENCH_KEY] });
  try {
    const mappings = await storeDoors(store);
    const ids = Array.from({ length: size.members }, (_, index) => `mem_${String(index)}`);
    const step = Math.floor(size.members / size.read);
    const isRead = (index: number): boolean => index % step === 0 && index / step < size.read;
    const ofOthers = size.grants - size.read * GRANTS_EACH;
    const each = Math.ceil(ofOthers / (size.members - size.read));
    let left = ofOthers;
    await inTurns([...ids.entries()], AT_ONCE, async ([index, id]) => {
      await store.members.upsert({ id, email: `${id}@example.com`, name: null });
      const count = isRead(index) ? GRANTS_EACH : Math.min(each, left);
      if (!isRead(index)) left -= count;
      for (let nth = 0; nth < count; nth += 1) {
        const mapping = mappingOf(mappings, index, nth);
        await store.grants.insertAccepted(grantOf(id, mapping, isRead(index), nth));
      }
    });
    return [...ids.entries()]
      .filter(([index]) => isRead(index))
      .map(([index, id]) => ({
        id,
        doorMappingId: mappingOf(mappings, index, GROUP_GRANTS).id,
      }));
  } finally {
    await store.close();
  }
}

/** Each member's own choice of doors: first groups, then locks. */
function mappingOf(mappings: readonly DoorMapping[], member: number, nth: number): DoorMapping {
  const [groups, locks] = [mappings.slice(0, GROUPS), mappings.slice(GROUPS)];
  const of = nth < GROUP_GRANTS ? groups : locks;
  const mapping = of[(member * 7 + nth) % of.length];
  if (!mapping) throw new Error('There are no doors.');
  return mapping;
}

/** One that lives, or one that ended long ago, as most that are stored have. */
function grantOf(memberId: string, { id }: DoorMapping, lives: boolean, nth: number): Grant {
  const endedAt = Date.now() - (nth + 1) * DAY;
  const window = lives
    ? { startsAt: Date.now() - HOUR, endsAt: Date.now() + DAY }
    : { startsAt: endedAt - HOUR, endsAt: endedAt };
  const accepted = acceptedGrant(
    {
      id: `grt_${randomUUID()}`,
      memberId,
      doorMappingId: id,
      source: 'booking',
      sourceId: `bkg_${String(nth)}`,
      reason: null,
      ...window,
    },
    window.startsAt - DAY,
    BY,
  );
  return { ...accepted, settled: true, provisioning: lives ? 'in_place' : 'removed' };
}

async function storeDoors(store: Store): Promise<DoorMapping[]> {
  await store.locations.upsert({ id: 'loc_bench', name: 'House', timeZone: 'Europe/Berlin' });
  const { id: integrationId } = await store.integrations.insert({
    id: 'int_bench',
    organizationId: ORGANIZATION,
    organizationName: 'Benchmark House',
    keyOwnerId: 1,
    apiKey: 'bench',
    locationIds: ['loc_bench'],
    createdBy: BY,
  });
  const now = Date.now();
  const condition = { configured: true, online: true, lockedDown: false };
  const open = {
    geofenceRestrictionEnabled: false,
    readerRestrictionEnabled: false,
    timeRestrictionEnabled: false,
  };
  const lockIds = Array.from({ length: LOCKS }, (_, index) => 1_000 + index);
  const locks = lockIds.map((lockId) => ({
    lockId,
    name: `Door ${String(lockId)}`,
    placeName: 'House',
    ...condition,
    ...open,
  }));
  const groups = Array.from({ length: GROUPS }, (_, index) => ({
    groupId: 5_000 + index,
    name: `Group ${String(index)}`,
    lockIds: lockIds.slice(index * LOCKS_IN_GROUP, (index + 1) * LOCKS_IN_GROUP),
    loginEnabled: true,
    primaryDeviceRestrictionEnabled: false,
    managedDeviceRestrictionEnabled: false,
    tapToAccessRestrictionEnabled: false,
    ...open,
  }));
  await store.kisiDoors.putLocks(ORGANIZATION, locks, now);
  await store.kisiDoors.putGroups(ORGANIZATION, groups, now);
  const map = (
    resourceType: DoorMapping['resourceType'],
    resourceId: number,
    name: string,
  ): Promise<DoorMapping> =>
    store.doorMappings.insert({
      id: `dm_${String(resourceId)}`,
      integrationId,
      organizationId: ORGANIZATION,
      locationId: 'loc_bench',
      spaceId: null,
      resourceType,
      resourceId,
      name,
      active: true,
      createdBy: BY,
    });
  return [
    ...(await Promise.all(groups.map(({ groupId, name }) => map('group', groupId, name)))),
    ...(await Promise.all(locks.map(({ lockId, name }) => map('lock', lockId, name)))),
  ];
}
