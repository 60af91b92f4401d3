import type { Clock } from '../clock';
import { passKey, type PassRef } from '../domain/door';
import type { Grant } from '../domain/grant';
import { windowsOfPasses, type Span } from '../domain/timeline';
import {
  eachItem,
  type DoorMapping,
  type Integration,
  type Location,
  type Member,
  type Store,
} from '../store';
import { doorsAt } from './visible-doors';

/** A door mapping with where it is. */
export interface TimelineDoor {
  mapping: DoorMapping;
  /** `null`: assigned to none. */
  location: Pick<Location, 'id' | 'name' | 'timeZone'> | null;
}

/** What somebody holds at one lock or group, in order of time. */
export interface TimelinePass {
  pass: PassRef;
  /** The mappings of this lock or group that its grants go through. */
  doorMappingIds: string[];
  windows: Span[];
}

/** Who may open what and when in a span of time, from what is stored. */
export interface Timeline {
  /** Ms since the epoch, UTC. */
  at: number;
  span: Span;
  /** IANA; of the doors where they share one, else UTC. */
  timeZone: string;
  members: Pick<Member, 'id' | 'name'>[];
  doors: TimelineDoor[];
  /** In order of start. */
  grants: Grant[];
  passes: TimelinePass[];
  /** False: there are more grants than are read, so that some are missing. */
  isComplete: boolean;
}

interface TimelineDeps {
  store: Store;
  clock: Clock;
}

/** Whose grants, where; `doorMappingIds` left out: everywhere. */
interface GrantsOf {
  memberId?: string;
  doorMappingIds?: readonly string[];
}

/** More than a page can show; what is beyond is said to be missing. */
const MOST_GRANTS = 2_000;
const PAGE = 500;

/**
 * All that the member was, is and will be granted in the span.
 *
 * @param locationIds all that the caller may see; `null`: every location
 */
export async function timelineOfMember(
  deps: TimelineDeps,
  { id: memberId }: Pick<Member, 'id'>,
  span: Span,
  locationIds: readonly string[] | null,
): Promise<Timeline> {
  if (locationIds === null) return readTimeline(deps, { memberId }, span);
  const doors = await doorsAt(deps.store, locationIds);
  return readTimeline(deps, { memberId, doorMappingIds: doors.map(({ id }) => id) }, span);
}

/**
 * The same at one door: through every mapping of its lock or group that the caller may see, since
 * they are one door. `null`: the caller may not see this one.
 */
export async function timelineOfDoor(
  deps: TimelineDeps,
  mapping: DoorMapping,
  span: Span,
  locationIds: readonly string[] | null,
): Promise<Timeline | null> {
  const isSeen = ({ locationId }: DoorMapping): boolean =>
    locationIds === null || (locationId !== null && locationIds.includes(locationId));
  if (!isSeen(mapping)) return null;
  const { organizationId, resourceType: kind, resourceId: id } = mapping;
  const mappings = await deps.store.doorMappings.byResource(organizationId, { kind, id });
  const others = mappings.filter(isSeen).map((other) => other.id);
  return readTimeline(deps, { doorMappingIds: unique([mapping.id, ...others]) }, span);
}

async function readTimeline(
  { store, clock }: TimelineDeps,
  of: GrantsOf,
  span: Span,
): Promise<Timeline> {
  const { grants, isComplete } = await readGrants(store, of, span);
  // A door is shown even when nobody may open it; the doors of a member are those of the grants.
  const known = of.memberId === undefined ? (of.doorMappingIds ?? []) : [];
  const [members, doors] = await Promise.all([
    store.members.getMany(unique(grants.map(({ memberId }) => memberId))),
    readDoors(store, unique([...known, ...grants.map(({ doorMappingId }) => doorMappingId)])),
  ]);
  const integrations = await readIntegrations(store, doors);
  return {
    at: clock.now(),
    span,
    timeZone: sharedZone(doors),
    members: members.map(({ id, name }) => ({ id, name })),
    doors,
    grants,
    passes: passesOf({ grants, members, doors, integrations }, span),
    isComplete,
  };
}

async function readGrants(
  { grants: stored }: Store,
  of: GrantsOf,
  span: Span,
): Promise<Pick<Timeline, 'grants' | 'isComplete'>> {
  const grants: Grant[] = [];
  for await (const grant of eachItem((page) => stored.inSpan(of, span, page), PAGE)) {
    if (grants.length === MOST_GRANTS) return { grants, isComplete: false };
    grants.push(grant);
  }
  return { grants, isComplete: true };
}

async function readDoors(store: Store, ids: readonly string[]): Promise<TimelineDoor[]> {
  const mappings = await store.doorMappings.getMany(ids);
  const locations = await store.locations.getMany(
    unique(mappings.flatMap(({ locationId }) => locationId ?? [])),
  );
  return mappings
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((mapping) => {
      const place = locations.find(({ id }) => id === mapping.locationId);
      return {
        mapping,
        location: place ? { id: place.id, name: place.name, timeZone: place.timeZone } : null,
      };
    });
}

async function readIntegrations(
  store: Store,
  doors: readonly TimelineDoor[],
): Promise<Integration[]> {
  const ids = unique(doors.map(({ mapping }) => mapping.integrationId));
  const integrations = await Promise.all(ids.map((id) => store.integrations.get(id)));
  return integrations.filter((integration) => integration !== null);
}

function passesOf(
  known: {
    grants: readonly Grant[];
    members: readonly Member[];
    doors: readonly TimelineDoor[];
    integrations: readonly Integration[];
  },
  span: Span,
): TimelinePass[] {
  const mappings = new Map(known.doors.map(({ mapping }) => [mapping.id, mapping]));
  const holds = new Map(known.members.map(({ id, hold }) => [id, hold?.since ?? null]));
  const removals = new Map(known.integrations.map((one) => [one.id, removedSince(one)]));
  const passes = new Map<string, Omit<TimelinePass, 'windows'>>();
  const atDoors = known.grants.map((grant) => {
    const mapping = mappings.get(grant.doorMappingId);
    if (!mapping) return { grant, passKey: null, shutSince: null };
    const { organizationId, resourceType: kind, resourceId: id } = mapping;
    const pass = { memberId: grant.memberId, organizationId, target: { kind, id } };
    const key = passKey(pass);
    const doorMappingIds = passes.get(key)?.doorMappingIds ?? [];
    passes.set(key, { pass, doorMappingIds: unique([...doorMappingIds, mapping.id]) });
    const shutSince = earliest(
      holds.get(grant.memberId) ?? null,
      removals.get(mapping.integrationId) ?? null,
    );
    return { grant, passKey: key, shutSince };
  });
  return [...windowsOfPasses(atDoors, span)].flatMap(([key, windows]) => {
    const pass = passes.get(key);
    return pass ? [{ ...pass, windows }] : [];
  });
}

function removedSince({ active, removal, updatedAt }: Integration): number | null {
  return active ? null : (removal?.at ?? updatedAt);
}

function earliest(...instants: (number | null)[]): number | null {
  const given = instants.filter((at) => at !== null);
  return given.length === 0 ? null : Math.min(...given);
}

function sharedZone(doors: readonly TimelineDoor[]): string {
  const zones = new Set(doors.flatMap(({ location }) => location?.timeZone ?? []));
  const [zone = 'UTC'] = zones;
  return zones.size === 1 ? zone : 'UTC';
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
