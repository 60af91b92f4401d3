/** What the booking platform tells us of: a member has a space, or holds a plan. */
export const SOURCE_KINDS = ['booking', 'membership'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** Names one booking or membership by the platform's own id. */
export interface SourceRef {
  kind: SourceKind;
  id: string;
}

export const BOOKING_STATUSES = ['confirmed', 'pending', 'cancelled'] as const;
export type BookingStatus = (typeof BOOKING_STATUSES)[number];

export const MEMBERSHIP_STATUSES = ['active', 'paused', 'cancelled'] as const;
export type MembershipStatus = (typeof MEMBERSHIP_STATUSES)[number];

/** A member and their guests have a space from–to. Instants in ms since the epoch, UTC, whole seconds. */
export interface Booking {
  /** Each once, in order, so that the same set is the same content. */
  memberIds: string[];
  spaceId: string;
  startsAt: number;
  endsAt: number;
  status: BookingStatus;
}

/** Members (a team) hold a plan at a location, until an end or open. Instants as in `Booking`. */
export interface Membership {
  memberIds: string[];
  planId: string;
  locationId: string;
  startsAt: number;
  /** `null`: until it is cancelled. */
  endsAt: number | null;
  status: MembershipStatus;
}

/** What the platform says of one source at one version. The highest version is the truth. */
export interface Snapshot<Content> {
  /** The platform's own; rises with every change and never starts again for one id. */
  version: number;
  /** `null`: deleted. The version stays, so that an older snapshot cannot revive it. */
  content: Content | null;
}

/** What a snapshot that arrives means beside the one that is stored. */
export type SnapshotVerdict =
  /** It is newer and stands now. */
  | 'stored'
  /** The same version with the same content: a repetition. */
  | 'same'
  /** A newer one is known: it changes nothing. */
  | 'older'
  /** The same version with other content: the sender's mistake. It changes nothing. */
  | 'reused';

/**
 * Judges a snapshot that is not newer than the stored one.
 *
 * @param stored the snapshot that stands; its version is at least that of `incoming`
 */
export function verdictOnKnown<Content extends object>(
  stored: Snapshot<Content>,
  incoming: Snapshot<Content>,
): Exclude<SnapshotVerdict, 'stored'> {
  if (stored.version > incoming.version) return 'older';
  return isSameContent(stored.content, incoming.content) ? 'same' : 'reused';
}

function isSameContent(one: object | null, other: object | null): boolean {
  if (one === null || other === null) return one === other;
  const entriesOf = (content: object): string =>
    JSON.stringify(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)));
  return entriesOf(one) === entriesOf(other);
}

/** The member ids as contents hold them: each once, in order. */
export function memberSet(ids: readonly string[]): string[] {
  return [...new Set(ids)].sort();
}
