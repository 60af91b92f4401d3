/** Why a grant exists: a booking, a plan that the member holds, or an admin's own decision. */
export const GRANT_SOURCES = ['booking', 'plan', 'manual'] as const;
export type GrantSource = (typeof GRANT_SOURCES)[number];

/**
 * What keeps a grant from giving access although its window is open. They are a set, because each
 * is lifted only by whoever set it: `admin` by Restore, `source` by the booking or membership,
 * `terminated` (the workflow was terminated from outside) by Restore.
 */
export const GRANT_STOPS = ['source', 'admin', 'terminated'] as const;
export type GrantStop = (typeof GRANT_STOPS)[number];

/** Derived from stops, window and the clock whenever it is read; never stored as truth. */
export const GRANT_STATUSES = ['scheduled', 'active', 'revoked', 'expired'] as const;
export type GrantStatus = (typeof GRANT_STATUSES)[number];

/** What of the grant has reached Kisi. Stored, because only the pass knows it. */
export const PROVISIONINGS = [
  'pending',
  'queued',
  'in_place',
  'removing',
  'removed',
  'attention',
] as const;
export type Provisioning = (typeof PROVISIONINGS)[number];

/** Why something is not as it should be; stable codes, each with a remedy in `problems.ts`. */
export const PROBLEM_TYPES = [
  'mapping_unknown',
  'mapping_inactive',
  'integration_inactive',
  'member_unknown',
  'member_on_hold',
  'group_missing',
  'kisi_key_refused',
  'kisi_rights_missing',
  'kisi_unavailable',
  'kisi_refused',
  'kisi_unexpected_answer',
  'kisi_user_taken',
  'kisi_user_disabled',
  'kisi_group_missing',
  'kisi_group_reserved',
  'kisi_lock_missing',
  'foreign_row_blocks',
  'emergency_stop',
] as const;
export type ProblemType = (typeof PROBLEM_TYPES)[number];

/** A typed trouble with one sentence for people. Holds no secret, e-mail or name. */
export interface Problem {
  type: ProblemType;
  detail: string;
}

/**
 * Who did something: an API key, a person whom the identity provider vouches for, a member, somebody
 * at Temporal (Web, CLI, SDK), somebody at Kisi (its dashboard or app), or Latchkey itself.
 */
export interface Actor {
  type: 'api_key' | 'person' | 'member' | 'temporal' | 'kisi' | 'system';
  /**
   * Id of the API key or member, the person's at their provider, Kisi's actor (`User:1002`), or the
   * name of the part of the system. Never a person's name or e-mail.
   */
  id: string;
}

/** A half-open span of time [from, until), whole seconds, in milliseconds since the epoch, UTC. */
export interface Window {
  from: number;
  /** `null`: open-ended. */
  until: number | null;
}

/**
 * One member, one door mapping, one window of time, one source. This is the document that the
 * workflow carries, the read model stores and each access-log row repeats.
 * All instants are milliseconds since the epoch, UTC.
 */
export interface Grant {
  id: string;
  memberId: string;
  doorMappingId: string;
  source: GrantSource;
  /** Id of the booking or membership; `null` for a manual grant. */
  sourceId: string | null;
  /** The order of the latest word of its source that was followed; 0: none. An older one changes nothing. */
  sourceOrder: number;
  startsAt: number;
  endsAt: number | null;
  stops: GrantStop[];
  provisioning: Provisioning;
  problem: Problem | null;
  /** Rises with every accepted change, over all runs of the workflow. 0: only just accepted by the API. */
  revision: number;
  /** Whether provisioning shows the result of `revision`. */
  settled: boolean;
  /** Rises with every record written; orders the read model. 0: written by the API at acceptance. */
  recordNumber: number;
  createdAt: number;
  createdBy: Actor;
  /** When and by whom `revision` was accepted, and the reason given. */
  changedAt: number;
  changedBy: Actor;
  reason: string | null;
  /** When the present revision was first seen in place, or removed, at Kisi; `null` until then. */
  inPlaceAt: number | null;
  removedAt: number | null;
}

/**
 * What a log row tells. `unlock`, `adopt` and `clear` tell of a door: the last two of a row at Kisi that
 * another tool had left, behind which stands no grant. `hold` and `release` tell of the member: the
 * grant goes on, and is shut meanwhile. `drift`: somebody changed or deleted at Kisi what the grant gives.
 */
export const LOG_ACTIONS = [
  'grant',
  'change',
  'revoke',
  'restore',
  'expire',
  'retry',
  'unlock',
  'adopt',
  'clear',
  'hold',
  'release',
  'drift',
] as const;
export type LogAction = (typeof LOG_ACTIONS)[number];

/** Those that change no grant, so that its document cannot be read from them. */
export const DOOR_ACTIONS: readonly LogAction[] = [
  'unlock',
  'adopt',
  'clear',
  'hold',
  'release',
  'drift',
];

/** What became of a member's tap; `no_answer`: nobody knows whether the door opened. */
export const UNLOCK_OUTCOMES = ['opened', 'refused', 'no_answer'] as const;
export type UnlockOutcome = (typeof UNLOCK_OUTCOMES)[number];

/** `accepted` and `refused` speak of the request, the rest of what happened at Kisi. */
export type LogStatus = 'accepted' | UnlockOutcome | Provisioning;

/** The lock that somebody opened, or tried to. */
export interface LoggedLock {
  /** Kisi's id. */
  id: number;
  /** As people called it then: the name of its own mapping, else Kisi's. */
  name: string;
  /** Its own mappings in whose logs the row stands too, because it came through another mapping. */
  alsoIn: string[];
}

/**
 * One append-only row of a door mapping's access log. It repeats the grant's whole document after
 * the change, which is what the read model is rebuilt from.
 */
export interface AccessLogEntry {
  /**
   * `<grantId>:<recordNumber>`, or `unlock:<attempt>` of a member's tap, so that writing it again
   * changes nothing.
   */
  id: string;
  action: LogAction;
  status: LogStatus;
  reason: string | null;
  problem: Problem | null;
  by: Actor;
  /** Milliseconds since the epoch, UTC. */
  at: number;
  grant: Grant;
  /** Of an `unlock`; rows from before it was kept have none. */
  lock?: LoggedLock;
  /** Kisi's name for whoever opened it and is no member. */
  kisiName?: string;
}
