import type {
  Actor,
  Grant,
  GrantStatus,
  GrantStop,
  LogAction,
  Provisioning,
  Window,
} from './grant';
import { wholeSecond } from './windows';

/** The grant's window of time. */
export function windowOf(grant: Grant): Window {
  return { from: grant.startsAt, until: grant.endsAt };
}

/** Whether the end time has come. An open-ended grant is never over. */
export function isOver(grant: Grant, now: number): boolean {
  return grant.endsAt !== null && now >= grant.endsAt;
}

/** The status that people see, derived from stops, window and the clock. */
export function statusAt(grant: Grant, now: number): GrantStatus {
  if (isOver(grant, now)) return 'expired';
  if (grant.stops.length > 0) return 'revoked';
  return now < grant.startsAt ? 'scheduled' : 'active';
}

/** Whether the grant asks for access, now or later: nothing stops it and it is not over. */
export function isWanted(grant: Grant, now: number): boolean {
  return grant.stops.length === 0 && !isOver(grant, now);
}

/**
 * The next revision or record number: rises over runs and Resets of a workflow because it is seeded
 * from the (workflow's) time, and within one millisecond because it counts.
 */
export function nextNumber(previous: number, now: number): number {
  return Math.max(previous + 1, now);
}

/** Whether provisioning can stay as it is until somebody or the clock changes something. */
export function isFinal(provisioning: Provisioning): boolean {
  return provisioning === 'in_place' || provisioning === 'queued' || provisioning === 'removed';
}

/** Why new dates cannot be taken; `null` when they can. Instants in ms since the epoch, UTC. */
export function windowFault(startsAt: number, endsAt: number | null): string | null {
  if (!Number.isFinite(startsAt))
    return 'startsAt is not an instant: use ISO 8601 with a zone, such as 2026-11-24T10:00:00Z.';
  if (endsAt === null) return null;
  if (!Number.isFinite(endsAt))
    return 'endsAt is not an instant: use ISO 8601 with a zone, such as 2026-11-24T10:00:00Z, or null for open-ended.';
  if (wholeSecond(endsAt) <= wholeSecond(startsAt))
    return 'endsAt must be later than startsAt; both are taken to the whole second.';
  return null;
}

/** Why an admin cannot change these dates; `null` when they can. */
export function followsSource(grant: Grant): string | null {
  if (grant.source === 'manual') return null;
  return `The dates of this grant follow its ${sourceName(grant)}.`;
}

/** Why an admin cannot give this grant back: its own source has taken it; `null` when they can. */
export function stoppedBySource(grant: Grant): string | null {
  if (!grant.stops.includes('source')) return null;
  return `The ${sourceName(grant)} of this grant gives no access any more.`;
}

function sourceName({ source, sourceId }: Grant): string {
  return `${source === 'plan' ? 'membership' : source} ${sourceId ?? ''}`.trim();
}

/** What an accepted change leaves behind on the document, whatever it changed. */
function changed(grant: Grant, now: number, by: Actor, reason: string | null): Grant {
  return {
    ...grant,
    revision: nextNumber(grant.revision, now),
    settled: false,
    changedAt: now,
    changedBy: by,
    reason,
    inPlaceAt: null,
    removedAt: null,
  };
}

/** The grant with new dates. The caller has checked them with `windowFault`. */
export function withWindow(
  grant: Grant,
  window: { startsAt: number; endsAt: number | null },
  now: number,
  by: Actor,
  reason: string | null,
): Grant {
  return {
    ...changed(grant, now, by, reason),
    startsAt: wholeSecond(window.startsAt),
    endsAt: window.endsAt === null ? null : wholeSecond(window.endsAt),
  };
}

/** The grant with one more stop; the same grant when the stop stands already. */
export function withStop(
  grant: Grant,
  stop: GrantStop,
  now: number,
  by: Actor,
  reason: string | null,
): Grant {
  if (grant.stops.includes(stop)) return grant;
  return { ...changed(grant, now, by, reason), stops: [...grant.stops, stop] };
}

/**
 * The grant without what an admin or a termination stopped: both are taken back by the same button,
 * Restore. What its source stopped stays. The same grant when there is nothing to lift.
 */
export function restored(grant: Grant, now: number, by: Actor, reason: string | null): Grant {
  const stops = grant.stops.filter((stop) => stop === 'source');
  if (stops.length === grant.stops.length) return grant;
  return { ...changed(grant, now, by, reason), stops };
}

/** What its source says of a grant. Instants in ms since the epoch, UTC. */
export interface SourceWord {
  /** Rises with every reading of the source; an older word changes nothing. */
  order: number;
  startsAt: number;
  endsAt: number | null;
  /** False: the source means this grant no more. */
  wanted: boolean;
  /** Its door leads elsewhere now: the grant must ask again although nothing else changed. */
  anew?: boolean;
}

/**
 * The grant as its source wants it: dates and the stop `source` in one change, so that lifting the
 * stop never opens the old dates. An admin's stop stays. The same grant when the word is old; only
 * `sourceOrder` differs when it says nothing new.
 */
export function followingSource(
  grant: Grant,
  word: SourceWord,
  now: number,
  by: Actor,
  reason: string | null,
): Grant {
  if (word.order <= grant.sourceOrder) return grant;
  const startsAt = wholeSecond(word.startsAt);
  const endsAt = word.endsAt === null ? null : wholeSecond(word.endsAt);
  const others = grant.stops.filter((stop) => stop !== 'source');
  const stops: GrantStop[] = word.wanted ? others : [...others, 'source'];
  const isAsBefore =
    word.anew !== true &&
    startsAt === grant.startsAt &&
    endsAt === grant.endsAt &&
    stops.length === grant.stops.length;
  const followed = isAsBefore
    ? grant
    : { ...changed(grant, now, by, reason), startsAt, endsAt, stops };
  return { ...followed, sourceOrder: word.order };
}

/** What a word of its source did to a grant, for the access log. */
export function sourceAction(before: Grant, after: Grant): LogAction {
  const was = before.stops.includes('source');
  const is = after.stops.includes('source');
  if (is && !was) return 'revoke';
  return was && !is ? 'restore' : 'change';
}

/** The grant asking again for what it wants: nothing changes but the revision. */
export function askedAgain(grant: Grant, now: number, by: Actor, reason: string | null): Grant {
  return changed(grant, now, by, reason);
}

/** What is decided when a grant is accepted; the rest of its document follows from that. */
export type AcceptedGrant = Pick<
  Grant,
  'id' | 'memberId' | 'doorMappingId' | 'source' | 'sourceId' | 'startsAt' | 'endsAt' | 'reason'
>;

/** The document of a grant that was only just accepted: revision and record number are 0. */
export function acceptedGrant(accepted: AcceptedGrant, now: number, by: Actor): Grant {
  return {
    ...accepted,
    sourceOrder: 0,
    stops: [],
    provisioning: 'pending',
    problem: null,
    revision: 0,
    settled: false,
    recordNumber: 0,
    createdAt: now,
    createdBy: by,
    changedAt: now,
    changedBy: by,
    inPlaceAt: null,
    removedAt: null,
  };
}
