import type { ExplainedAttempt } from '../domain/explain-facts';
import { DOOR_ACTIONS, type AccessLogEntry, type Grant } from '../domain/grant';
import type { Store } from '../store';

/** Rows of one member at one door that are read; older ones say nothing that a later one does not. */
const MOST_ROWS = 200;
const MOST_ATTEMPTS = 20;

/** The member's grants at these mappings as the access log had them at the instant (ms, UTC). */
export async function recordedGrants(
  store: Store,
  memberId: string,
  doorMappingIds: readonly string[],
  at: number,
): Promise<Grant[]> {
  const grants = new Map<string, Grant>();
  for (const { action, grant } of await rowsUntil(store, memberId, doorMappingIds, at, MOST_ROWS)) {
    if (DOOR_ACTIONS.includes(action)) continue;
    const known = grants.get(grant.id);
    if (!known || known.recordNumber < grant.recordNumber) grants.set(grant.id, grant);
  }
  return [...grants.values()];
}

/** Taps and failures up to the instant, newest first. */
export async function readAttempts(
  store: Store,
  memberId: string,
  doorMappingIds: readonly string[],
  at: number,
): Promise<ExplainedAttempt[]> {
  const rows = await rowsUntil(store, memberId, doorMappingIds, at, MOST_ATTEMPTS);
  return rows
    .filter(({ action, problem }) => action === 'unlock' || problem !== null)
    .sort((a, b) => b.at - a.at)
    .map(({ action, status, reason, problem, at: loggedAt }) => ({
      action,
      status,
      reason,
      problem,
      at: loggedAt,
    }));
}

async function rowsUntil(
  store: Store,
  memberId: string,
  doorMappingIds: readonly string[],
  at: number,
  limit: number,
): Promise<AccessLogEntry[]> {
  const pages = await Promise.all(
    doorMappingIds.map((doorMappingId) =>
      // The end of the range is not in it.
      store.accessLog.list({ memberId, doorMappingId, to: at + 1 }, { limit }),
    ),
  );
  return pages.flatMap(({ data }) => data);
}
