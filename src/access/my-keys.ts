import type { PassTarget } from '../domain/door';
import type { Grant } from '../domain/grant';
import { keysAt, type GrantAtDoors, type Key, type UpcomingKey } from '../domain/my-keys';
import type { DoorMapping, Location, Member, MemberHold, SeenLock, Store } from '../store';
import { lockName, ownMappings } from './known-lock';

/** A door as a member sees it. */
export interface DoorForMember {
  lockId: number;
  organizationId: number;
  /** The name of the door's own mapping, else Kisi's. */
  name: string;
  /** `null`: nobody has assigned the mapping to one yet. */
  location: Pick<Location, 'id' | 'name' | 'timeZone'> | null;
}

/** What a member can open. Instants in ms, UTC. */
export interface MyKeysView {
  /** While set, nothing opens, and the lists are empty. */
  hold: MemberHold | null;
  /** By name. */
  keys: (Key & DoorForMember)[];
  /** By start. */
  upcoming: (UpcomingKey & DoorForMember)[];
  /** Groups that open now or later and whose doors were never read at Kisi; a sync reads them. */
  unreadGroups: Pick<DoorForMember, 'name' | 'location'>[];
}

/** The grants of one member that ask for access, with all that is known of the doors behind them. */
export interface MemberDoors {
  grants: GrantAtDoors[];
  /** @throws RangeError for a door that none of the grants leads to */
  door(lockId: number): DoorForMember;
  /** What of Kisi the grant's mapping stands for. */
  targetOf(grant: Grant): PassTarget | null;
  unreadGroups: MyKeysView['unreadGroups'];
}

/** What the member can open now and later, from MongoDB alone: Kisi may be away. */
export async function readMyKeys(store: Store, member: Member, now: number): Promise<MyKeysView> {
  const { hold } = member;
  if (hold) return { hold, keys: [], upcoming: [], unreadGroups: [] };
  const doors = await readMemberDoors(store, member.id, now);
  const { keys, upcoming } = keysAt({ grants: doors.grants, onHold: false }, now);
  const named = <Item extends { lockId: number }>(item: Item): Item & DoorForMember => ({
    ...item,
    ...doors.door(item.lockId),
  });
  return {
    hold: null,
    keys: keys.map(named).sort(byName),
    upcoming: upcoming.map(named).sort((a, b) => a.from - b.from || byName(a, b)),
    unreadGroups: doors.unreadGroups,
  };
}

/** Reads the member's grants and the doors that they lead to. A hold is not looked at. */
export async function readMemberDoors(
  store: Store,
  memberId: string,
  now: number,
): Promise<MemberDoors> {
  const grants = await store.grants.wantedBy(memberId, now);
  const mappings = await store.doorMappings.getMany(unique(grants.map((g) => g.doorMappingId)));
  const [activeIntegrations, locksOfGroup] = await Promise.all([
    activeAmong(store, unique(mappings.map(({ integrationId }) => integrationId))),
    readGroups(store, mappings),
  ]);
  const byId = new Map(mappings.map((mapping) => [mapping.id, mapping]));
  const locksOf = (mapping: DoorMapping): readonly number[] | null =>
    mapping.resourceType === 'lock'
      ? [mapping.resourceId]
      : (locksOfGroup.get(keyOf(mapping.organizationId, mapping.resourceId)) ?? null);
  const isActive = (mapping: DoorMapping): boolean =>
    mapping.active && activeIntegrations.has(mapping.integrationId);

  const directory = await readDirectory(store, mappings, locksOf);
  return {
    grants: grants.flatMap((grant) => {
      const mapping = byId.get(grant.doorMappingId);
      if (!mapping) return [];
      const lockIds = (locksOf(mapping) ?? []).filter((id) => directory.isThere(mapping, id));
      return [{ grant, active: isActive(mapping), lockIds }];
    }),
    door: directory.door,
    targetOf: ({ doorMappingId }) => {
      const mapping = byId.get(doorMappingId);
      return mapping ? { kind: mapping.resourceType, id: mapping.resourceId } : null;
    },
    unreadGroups: mappings
      .filter((mapping) => isActive(mapping) && locksOf(mapping) === null)
      .map((mapping) => ({ name: mapping.name, location: directory.locationOf(mapping) })),
  };
}

interface Directory {
  door: MemberDoors['door'];
  locationOf(mapping: DoorMapping): DoorForMember['location'];
  /** Whether Kisi still has the lock, as last seen, or a mapping stands for it itself. */
  isThere(mapping: DoorMapping, lockId: number): boolean;
}

async function readDirectory(
  store: Store,
  mappings: readonly DoorMapping[],
  locksOf: (mapping: DoorMapping) => readonly number[] | null,
): Promise<Directory> {
  const mappingOf = new Map<number, DoorMapping>();
  // A lock's own mapping last, so that it stays: only locks without one are looked up.
  for (const mapping of [...mappings].sort(groupsFirst)) {
    for (const lockId of locksOf(mapping) ?? []) mappingOf.set(lockId, mapping);
  }
  const [seen, ofLocks] = await readLocks(store, mappingOf);
  const own = ownMappings([...ofLocks, ...mappings]);
  const locations = await readLocations(store, [...mappings, ...own.values()]);
  const locationOf = ({ locationId }: DoorMapping): DoorForMember['location'] => {
    const location = locations.get(locationId ?? '');
    if (!location) return null;
    return { id: location.id, name: location.name, timeZone: location.timeZone };
  };
  return {
    locationOf,
    isThere: ({ resourceType }, lockId) =>
      resourceType === 'lock' || (seen.get(lockId)?.goneAt ?? null) === null,
    door(lockId) {
      const through = mappingOf.get(lockId);
      if (!through) throw new RangeError(`None of the grants leads to the lock ${String(lockId)}.`);
      const ownMapping = own.get(lockId);
      return {
        lockId,
        organizationId: through.organizationId,
        name: lockName(lockId, ownMapping, seen.get(lockId)),
        location: (ownMapping && locationOf(ownMapping)) ?? locationOf(through),
      };
    },
  };
}

/** What is known of the locks that no grant reaches by a mapping of their own. */
async function readLocks(
  store: Store,
  mappingOf: ReadonlyMap<number, DoorMapping>,
): Promise<[Map<number, SeenLock>, DoorMapping[]]> {
  const throughGroups = [...mappingOf].filter(([, { resourceType }]) => resourceType === 'group');
  const perOrganization = groupBy(throughGroups, ([, { organizationId }]) => organizationId);
  const read = await Promise.all(
    [...perOrganization].map(async ([organizationId, entries]) => {
      const lockIds = entries.map(([lockId]) => lockId);
      return Promise.all([
        store.kisiDoors.locks(organizationId, lockIds),
        store.doorMappings.ofLocks(organizationId, lockIds),
      ]);
    }),
  );
  const seen = read.flatMap(([locks]) => locks);
  return [new Map(seen.map((lock) => [lock.lockId, lock])), read.flatMap(([, own]) => own)];
}

/** The locks of each group, by `keyOf`; a group whose locks were never read is left out. */
async function readGroups(
  store: Store,
  mappings: readonly DoorMapping[],
): Promise<Map<string, readonly number[]>> {
  const groups = mappings.filter(({ resourceType }) => resourceType === 'group');
  const perOrganization = groupBy(groups, ({ organizationId }) => organizationId);
  const read = await Promise.all(
    [...perOrganization].map(([organizationId, ofOne]) =>
      store.kisiDoors.groups(
        organizationId,
        ofOne.map(({ resourceId }) => resourceId),
      ),
    ),
  );
  return new Map(
    read
      .flat()
      .flatMap(({ organizationId, groupId, lockIds }) =>
        lockIds ? [[keyOf(organizationId, groupId), lockIds]] : [],
      ),
  );
}

async function activeAmong(store: Store, integrationIds: readonly string[]): Promise<Set<string>> {
  const found = await Promise.all(integrationIds.map((id) => store.integrations.get(id)));
  return new Set(found.filter((one) => one?.active === true).map((one) => one?.id ?? ''));
}

async function readLocations(
  store: Store,
  mappings: readonly DoorMapping[],
): Promise<Map<string, Location>> {
  const ids = mappings.flatMap(({ locationId }) => (locationId === null ? [] : [locationId]));
  const locations = ids.length === 0 ? [] : await store.locations.getMany(unique(ids));
  return new Map(locations.map((location) => [location.id, location]));
}

function groupsFirst(a: DoorMapping, b: DoorMapping): number {
  return Number(a.resourceType === 'lock') - Number(b.resourceType === 'lock');
}

function byName(a: DoorForMember, b: DoorForMember): number {
  return a.name.localeCompare(b.name, 'en') || a.lockId - b.lockId;
}

function keyOf(organizationId: number, kisiId: number): string {
  return `${String(organizationId)}:${String(kisiId)}`;
}

function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}

function groupBy<Item>(items: readonly Item[], keyOfItem: (item: Item) => number) {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const key = keyOfItem(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
