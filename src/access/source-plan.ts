import type { Booking, Membership, SourceKind, SourceRef } from '../domain/source';
import {
  bookingGrants,
  membershipGrants,
  NO_MARGIN,
  widened,
  type BookedTime,
  type Margin,
  type PlannedGrant,
} from '../domain/source-grants';
import type {
  BookingStore,
  DoorMapping,
  MembershipStore,
  Plan,
  SourceRecord,
  Space,
  Store,
} from '../store';

/** What is read to work out which grants a source means; a dry run answers some of it differently. */
export interface SourceWorld {
  space(id: string): Promise<Pick<Space, 'id' | 'locationId' | 'margin'> | null>;
  /** The margin of a location; none when it is unknown. */
  marginOf(locationId: string): Promise<Margin>;
  locksOfSpace(spaceId: string): Promise<DoorMapping[]>;
  groupsOfLocation(locationId: string): Promise<DoorMapping[]>;
  mappings(ids: readonly string[]): Promise<DoorMapping[]>;
  plan(id: string): Promise<Pick<Plan, 'id' | 'doorMappingIds'> | null>;
  neighbours(spaceId: string, span: BookedTime, exceptId: string): Promise<BookedTime[]>;
  /** Those of these members who were not erased. */
  present(memberIds: readonly string[]): Promise<string[]>;
}

/** A planned grant with the mapping that it leads to. */
export type PlannedDoor = PlannedGrant & { door: DoorMapping };

/** A source with what it says; `null`: deleted. */
export type SourceContent =
  | { kind: 'booking'; id: string; content: Booking | null }
  | { kind: 'membership'; id: string; content: Membership | null };

/** The world as it is stored. */
export function storedWorld(store: Store): SourceWorld {
  return {
    space: (id) => store.spaces.get(id),
    marginOf: async (locationId) => (await store.locations.get(locationId))?.margin ?? NO_MARGIN,
    locksOfSpace: (spaceId) => store.doorMappings.locksOfSpace(spaceId),
    groupsOfLocation: (locationId) => store.doorMappings.groupsOfLocation(locationId),
    mappings: (ids) => store.doorMappings.getMany(ids),
    plan: (id) => store.plans.get(id),
    neighbours: (spaceId, span, exceptId) => store.bookings.neighbours(spaceId, span, exceptId),
    present: async (memberIds) => {
      const erased = await store.members.erasedAmong(memberIds);
      return memberIds.filter((id) => !erased.has(id));
    },
  };
}

/** Where sources of this kind are kept. */
export function sourcesOf(store: Store, kind: SourceKind): BookingStore | MembershipStore {
  return kind === 'booking' ? store.bookings : store.memberships;
}

/**
 * Reads the record of a source, with what it says; `beginApply` takes the next order with it.
 * `null`: there is no such source.
 */
export async function readSource(
  store: Store,
  { kind, id }: SourceRef,
  how: 'get' | 'beginApply' = 'get',
): Promise<{ record: SourceRecord<unknown>; content: SourceContent } | null> {
  if (kind === 'booking') {
    const record = await store.bookings[how](id);
    return record && { record, content: { kind, id, content: record.content } };
  }
  const record = await store.memberships[how](id);
  return record && { record, content: { kind, id, content: record.content } };
}

/** The grants that a source means in this world, each with its door. */
export async function planSource(
  world: SourceWorld,
  source: SourceContent,
): Promise<PlannedDoor[]> {
  if (source.content === null) return [];
  const memberIds = await world.present(source.content.memberIds);
  const { doors, planned } =
    source.kind === 'booking'
      ? await planBooking(world, source.id, { ...source.content, memberIds })
      : await planMembership(world, { ...source.content, memberIds });
  const byId = new Map(doors.map((door) => [door.id, door]));
  return planned.flatMap((grant) => {
    const door = byId.get(grant.doorMappingId);
    return door ? [{ ...grant, door }] : [];
  });
}

interface Planned {
  doors: DoorMapping[];
  planned: PlannedGrant[];
}

/** The margin of a space: its own, else its location's. */
export async function marginOfSpace(
  world: Pick<SourceWorld, 'marginOf'>,
  space: Pick<Space, 'locationId' | 'margin'> | null,
): Promise<Margin> {
  if (space === null) return NO_MARGIN;
  return space.margin ?? world.marginOf(space.locationId);
}

async function planBooking(world: SourceWorld, id: string, booking: Booking): Promise<Planned> {
  const { spaceId } = booking;
  const space = await world.space(spaceId);
  const locationId = space?.locationId ?? null;
  const margin = await marginOfSpace(world, space);
  const [locks, groups, neighbours] = await Promise.all([
    world.locksOfSpace(spaceId),
    locationId === null ? [] : world.groupsOfLocation(locationId),
    world.neighbours(spaceId, widened(booking, margin), id),
  ]);
  const doors = [...locks, ...groups];
  return { doors, planned: bookingGrants(booking, { locationId, doors, margin, neighbours }) };
}

async function planMembership(world: SourceWorld, membership: Membership): Promise<Planned> {
  const plan = await world.plan(membership.planId);
  const planDoorIds = plan?.doorMappingIds ?? [];
  const [listed, groups] = await Promise.all([
    world.mappings(planDoorIds),
    world.groupsOfLocation(membership.locationId),
  ]);
  const doors = [...new Map([...listed, ...groups].map((door) => [door.id, door])).values()];
  return { doors, planned: membershipGrants(membership, { planDoorIds, doors }) };
}
