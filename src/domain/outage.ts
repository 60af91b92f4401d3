import type { AccessLogEntry, Grant, ProblemType, Window } from './grant';
import { isWanted, windowOf } from './grant-life';
import { contains } from './windows';

/** A time in which Kisi did not answer, or refused the key. Instants in ms since the epoch, UTC. */
export interface Outage {
  from: number;
  /** Its end, or the present while it goes on. */
  until: number;
}

/**
 * What the outage kept from happening: the access of somebody who was due to have it, or the end of
 * an access that was due to end and was not written to Kisi ahead.
 */
export const MISSED = ['start', 'end'] as const;
export interface MissedChange {
  missed: (typeof MISSED)[number];
  /** When it was due; ms since the epoch, UTC. */
  dueAt: number;
}

/** Trouble that an outage makes; with any other it is not the outage that keeps the door as it is. */
const OF_AN_OUTAGE: readonly ProblemType[] = [
  'kisi_unavailable',
  'kisi_key_refused',
  'kisi_rights_missing',
  'group_missing',
];

/**
 * Reads from the log of one grant what an outage kept from happening; `null`: nothing. What was in
 * place stays at Kisi as it was, so that a change of it is missed only where the old window differs.
 *
 * @param rows of this grant alone, in any order; rows after the outage change nothing
 */
export function missedIn(outage: Outage, rows: readonly AccessLogEntry[]): MissedChange | null {
  const history = [...rows].sort((a, b) => a.grant.recordNumber - b.grant.recordNumber);
  for (const at of instantsToLookAt(outage, history)) {
    const until = history.filter((row) => row.at <= at).map(({ grant }) => grant);
    const grant = until.at(-1);
    if (!grant || !isOfAnOutage(grant)) continue;
    const isDue = isWanted(grant, at) && contains(windowOf(grant), at);
    const window = atKisi(until);
    const isOpen = window !== null && contains(window, at);
    if (isDue && !isOpen)
      return { missed: 'start', dueAt: Math.max(grant.startsAt, grant.changedAt) };
    if (!isDue && isOpen) {
      // A revocation may be older than the first call that noticed the outage.
      return { missed: 'end', dueAt: grant.stops.length > 0 ? grant.changedAt : at };
    }
  }
  return null;
}

/** Between them nothing changes. */
function instantsToLookAt({ from, until }: Outage, history: readonly AccessLogEntry[]): number[] {
  const instants = history.flatMap(({ at, grant }) => [at, grant.startsAt, grant.endsAt ?? at]);
  return [from, ...instants.filter((at) => from <= at && at < until)].sort((a, b) => a - b);
}

/** The window that was last seen in place there; `null`: none, or it was taken away. */
function atKisi(history: readonly Grant[]): Window | null {
  const seen = history.findLast(({ provisioning }) =>
    ['in_place', 'removed'].includes(provisioning),
  );
  return seen?.provisioning === 'in_place' ? windowOf(seen) : null;
}

function isOfAnOutage({ problem }: Grant): boolean {
  return problem === null || OF_AN_OUTAGE.includes(problem.type);
}
