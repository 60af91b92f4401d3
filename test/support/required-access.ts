import {
  DOOR_ACTIONS,
  type AccessLogEntry,
  type Grant,
  type LogAction,
  type ProblemType,
} from '../../src/domain/grant';

/** What a door must be at an instant; `either` between acceptance and settling of a change. */
export type RequiredAccess = 'open' | 'closed' | 'either';

/** What changes what is wanted. `expire` is written ahead and `retry` wants nothing new. */
const CHANGES: readonly LogAction[] = ['grant', 'change', 'revoke', 'restore'];
/** Why a grant inside its window is not live although nothing stops it. */
const NOT_LIVE: readonly ProblemType[] = [
  'member_on_hold',
  'mapping_inactive',
  'mapping_unknown',
  'integration_inactive',
];

/** One grant as the log tells it for an instant. */
export interface GrantAtInstant {
  grant: Grant;
  live: boolean;
  /** The action of a change that was accepted and had not settled; `null`: all had. */
  unsettled: LogAction | null;
}

/**
 * What each grant was at the instant `at` (ms UTC), from the rows of the access log, each of which
 * holds the whole document. A grant that was not accepted yet is left out.
 */
export function grantsAt(rows: readonly AccessLogEntry[], at: number): GrantAtInstant[] {
  const perGrant = new Map<string, AccessLogEntry[]>();
  for (const row of rows) {
    // These tell of a door and of Kisi, and change no grant.
    if (row.at > at || DOOR_ACTIONS.includes(row.action) || row.action === 'drift') continue;
    perGrant.set(row.grant.id, [...(perGrant.get(row.grant.id) ?? []), row]);
  }
  return [...perGrant.values()].map((known) => {
    const inOrder = known.sort((a, b) => a.grant.recordNumber - b.grant.recordNumber);
    const latest = inOrder.at(-1);
    if (!latest) throw new Error('A grant without rows cannot be judged');
    const { grant } = latest;
    return { grant, live: isLive(grant, at), unsettled: unsettledChange(inOrder) };
  });
}

/**
 * The oracle of the promise: open when a live grant covers the instant and every change accepted
 * before had settled, closed when none covers it and all had. `at` in ms UTC.
 */
export function requiredAccess(rows: readonly AccessLogEntry[], at: number): RequiredAccess {
  const grants = grantsAt(rows, at);
  if (grants.some(({ unsettled }) => unsettled !== null)) return 'either';
  return grants.some(({ live }) => live) ? 'open' : 'closed';
}

function isLive({ startsAt, endsAt, stops, problem }: Grant, at: number): boolean {
  const inside = startsAt <= at && (endsAt === null || at < endsAt);
  return inside && stops.length === 0 && !(problem && NOT_LIVE.includes(problem.type));
}

/** A later revision that has settled settles all before it: it shows the result of them all. */
function unsettledChange(rows: readonly AccessLogEntry[]): LogAction | null {
  const settled = Math.max(
    ...rows.filter(({ grant }) => grant.settled).map(({ grant }) => grant.revision),
  );
  const open = rows.find(
    ({ action, status, grant }) =>
      status === 'accepted' && CHANGES.includes(action) && grant.revision > settled,
  );
  return open?.action ?? null;
}
