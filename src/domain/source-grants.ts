import type { ResourceType } from './door';
import type { Booking, Membership } from './source';

/** What of a door mapping decides which sources reach it. */
export interface MappedDoor {
  id: string;
  resourceType: ResourceType;
  /** `null`: nobody has assigned the mapping to a place yet; no source reaches it. */
  locationId: string | null;
  spaceId: string | null;
}

/** One grant that a source means. Instants in ms since the epoch, UTC. */
export interface PlannedGrant {
  memberId: string;
  doorMappingId: string;
  startsAt: number;
  /** `null`: open-ended. */
  endsAt: number | null;
}

/** How long before and after its booked time a booking opens, in whole minutes. */
export interface Margin {
  earlyMinutes: number;
  lateMinutes: number;
}

export const NO_MARGIN: Margin = { earlyMinutes: 0, lateMinutes: 0 };

/** The booked time of another booking of the same space. Ms since the epoch, UTC, [startsAt, endsAt). */
export interface BookedTime {
  startsAt: number;
  endsAt: number;
}

const MINUTE = 60_000;
/** Years have four digits wherever instants are written out. */
const FIRST_INSTANT = Date.parse('0000-01-01T00:00:00Z');
const LAST_INSTANT = Date.parse('9999-12-31T23:59:59Z');

/**
 * The grants that a booking means: while it is confirmed, the Lock mappings of the booked space and
 * the Group mappings of its location. Early and late minutes widen the window; at a lock never into
 * the time that somebody else has booked.
 *
 * @param doors mappings of the space and of the location; others are passed over
 * @param neighbours confirmed bookings of the same space, without this one
 */
export function bookingGrants(
  booking: Booking | null,
  place: {
    locationId: string | null;
    doors: readonly MappedDoor[];
    margin: Margin;
    neighbours: readonly BookedTime[];
  },
): PlannedGrant[] {
  if (booking?.status !== 'confirmed') return [];
  const { memberIds, spaceId } = booking;
  const wide = widened(booking, place.margin);
  const clipped = clipToNeighbours(wide, booking, place.neighbours);
  return place.doors.flatMap((door) => {
    const isLockOfSpace = door.resourceType === 'lock' && door.spaceId === spaceId;
    if (!isLockOfSpace && !isGroupOf(door, place.locationId)) return [];
    const window = isLockOfSpace ? clipped : wide;
    return memberIds.map((memberId) => ({ memberId, doorMappingId: door.id, ...window }));
  });
}

/**
 * The grants that a membership means: while it is active, the mappings that the plan lists and the
 * Group mappings of its location.
 *
 * @param planDoorIds ids of the mappings that the plan lists
 * @param doors those mappings and the ones of the location; others are passed over
 */
export function membershipGrants(
  membership: Membership | null,
  place: { planDoorIds: readonly string[]; doors: readonly MappedDoor[] },
): PlannedGrant[] {
  if (membership?.status !== 'active') return [];
  const { memberIds, locationId, startsAt, endsAt } = membership;
  const listed = new Set(place.planDoorIds);
  return place.doors
    .filter(
      (door) => (listed.has(door.id) && door.locationId !== null) || isGroupOf(door, locationId),
    )
    .flatMap((door) =>
      memberIds.map((memberId) => ({ memberId, doorMappingId: door.id, startsAt, endsAt })),
    );
}

function isGroupOf(door: MappedDoor, locationId: string | null): boolean {
  return door.resourceType === 'group' && locationId !== null && door.locationId === locationId;
}

/** The booked time with its early and late minutes. */
export function widened({ startsAt, endsAt }: BookedTime, margin: Margin): BookedTime {
  return {
    startsAt: Math.max(startsAt - margin.earlyMinutes * MINUTE, FIRST_INSTANT),
    endsAt: Math.min(endsAt + margin.lateMinutes * MINUTE, LAST_INSTANT),
  };
}

/** The wide window without what neighbours have booked before and after the booked time itself. */
function clipToNeighbours(
  wide: BookedTime,
  booked: BookedTime,
  neighbours: readonly BookedTime[],
): BookedTime {
  let { startsAt, endsAt } = wide;
  for (const neighbour of neighbours) {
    if (neighbour.startsAt < booked.startsAt) {
      startsAt = Math.max(startsAt, Math.min(neighbour.endsAt, booked.startsAt));
    }
    if (neighbour.endsAt > booked.endsAt) {
      endsAt = Math.min(endsAt, Math.max(neighbour.startsAt, booked.endsAt));
    }
  }
  return { startsAt, endsAt };
}
