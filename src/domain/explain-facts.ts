import type { ResourceType } from './door';
import type { Grant, LogAction, LogStatus, Problem, ProblemType, Window } from './grant';
import type { BookingStatus, MembershipStatus, SourceRef } from './source';
import type { UnlockObstacle } from './unlock-obstacles';

/**
 * Where an explanation has its knowledge from. `live`: Kisi was asked just now. `stored`: Kisi could
 * not be asked, so that what was last known speaks. `recorded`: the instant is past, and the access
 * log tells what was so then.
 */
export const EXPLAIN_BASES = ['live', 'stored', 'recorded'] as const;
export type ExplainBasis = (typeof EXPLAIN_BASES)[number];

/** All that is known of one member at one door at one instant. Instants in ms since the epoch, UTC. */
export interface ExplainFacts {
  at: number;
  now: number;
  basis: ExplainBasis;
  /** IANA; the times in texts are in it. */
  timeZone: string;
  member: ExplainedMember;
  door: ExplainedDoor;
  integration: ExplainedIntegration;
  /** Those that lead to this door, whatever has become of them. */
  grants: readonly Grant[];
  /**
   * What a caller who is limited to locations may not see: it counts, and is not told. `null`: they may
   * see all.
   */
  hidden: { grants: readonly Grant[]; rows: readonly KisiRowFact[] } | null;
  /** Bookings and memberships of the member about this time. */
  sources: readonly ExplainedSource[];
  kisi: KisiFacts;
  /** Newest first. */
  attempts: readonly ExplainedAttempt[];
  /** What a person can do about a problem. */
  remedies: Readonly<Record<ProblemType, string>>;
}

export interface ExplainedMember {
  id: string;
  name: string | null;
  hold: { reason: string; since: number } | null;
}

export interface ExplainedDoor {
  doorMappingId: string;
  name: string;
  resourceType: ResourceType;
  /** Kisi's lock id or group id. */
  resourceId: number;
  active: boolean;
  /** The mapping was deleted; grants and log outlive it. */
  isDeleted: boolean;
  /** `null`: not assigned to one. */
  location: { id: string; name: string } | null;
  space: { id: string; name: string } | null;
}

export interface ExplainedIntegration {
  id: string;
  /** False: it was removed. */
  active: boolean;
  fault: (Problem & { since: number }) | null;
  /** An emergency stop of creates and changes; `null`: none. */
  stop: { reason: string; since: number } | null;
}

/** A booking or membership of the member, and what it has to do with the door. */
export type ExplainedSource = SourceRef & {
  status: BookingStatus | MembershipStatus;
  startsAt: number;
  endsAt: number | null;
  /** The id of the space, or of the plan. */
  placeId: string;
  /** Access to this door that it means, or would mean were it confirmed or active; `null`: none. */
  window: Window | null;
  /** False: its grants do not follow its latest version yet. */
  isApplied: boolean;
};

/** What is known of the member at Kisi. */
export interface KisiFacts {
  /** Why Kisi was not heard; `null`: it was. */
  silence: string | null;
  /** The integration was removed, and its access with it: Kisi showed nothing else then. */
  nothingLeft: boolean;
  /** `null`: not known. */
  user: KisiUserFact | null;
  /**
   * Rows of the user that lead to the door, as far as known: Kisi's own, else those stored. Without the
   * hidden ones.
   */
  rows: readonly KisiRowFact[];
  /**
   * Roles of the user in the organization or in a place, which may open doors without a row in a group
   * (kisi/facts.md §2.6).
   */
  widerRoles: readonly string[];
  /** What bars whoever has access; of groups, those through which a row leads. */
  obstacles: readonly DoorObstacle[];
}

/** `missing`: Kisi has no user for this member. */
export type KisiUserFact =
  | { state: 'missing' }
  | {
      state: 'there';
      id: number;
      /** As the dashboard shows it. */
      name: string;
      accessEnabled: boolean;
      /** `null`: Kisi does not say. */
      confirmed: boolean | null;
      /** How we made it; `null`: somebody else did. */
      madeAs: 'managed' | 'invited' | null;
      /** Kisi knows the user by another e-mail address than the member has. */
      hasOtherEmail: boolean;
    };

/** A role assignment in a group that holds the door. */
export interface KisiRowFact {
  roleAssignmentId: number;
  groupId: number;
  groupName: string;
  /** `null`: from ever. */
  from: number | null;
  /** `null`: without end. */
  until: number | null;
  /** Latchkey made it. */
  ours: boolean;
}

/** Something at a door, or at a group through which the member has access. */
export interface DoorObstacle extends UnlockObstacle {
  /** The name of the lock or group. */
  at: string;
  /** It bars all doors that were asked about, not just some of a group. */
  barsAll: boolean;
  /** The group whose setting it is; left out: a lock's. */
  groupId?: number;
}

/** A row of the access log that tells of a failure, or of a tap. */
export interface ExplainedAttempt {
  action: LogAction;
  status: LogStatus;
  reason: string | null;
  problem: Problem | null;
  at: number;
}
