import type { ReviewGrantsResult } from '../contracts/activities';
import type { Grant } from '../domain/grant';
import { isOver, isWanted, withStop } from '../domain/grant-life';
import type { AccessDeps } from './deps';

/** A grant that is over for longer than this and not yet removed is overdue. */
const OVERDUE_MS = 5 * 60_000;
const PAGE = 200;
const RECONCILIATION = { type: 'system', id: 'reconcile' } as const;

/**
 * Compares the grants that should be running with Temporal. One whose workflow was terminated starts
 * again with the stop `terminated`, so that its access goes and a person can restore it; one that
 * Temporal does not know starts as it is recorded; one that is overdue is asked to let go again.
 */
export async function reviewGrants(
  deps: AccessDeps,
  input: { after: string | null },
): Promise<ReviewGrantsResult> {
  const now = deps.clock.now();
  const grants = await deps.store.grants.live(now, input.after, PAGE);
  const running = await deps.runs.runningAmong(grants.map(({ id }) => id));
  const result: ReviewGrantsResult = { expired: 0, started: 0, after: null };
  for (const grant of grants) {
    if (running.has(grant.id)) {
      const overdue = grant.endsAt !== null && grant.endsAt + OVERDUE_MS < now;
      if (!overdue) continue;
      await deps.messages.askGrantAgain(grant.id);
      result.expired += 1;
    } else if (await startMissing(deps, grant, now)) {
      result.started += 1;
      if (isOver(grant, now)) result.expired += 1;
    }
  }
  const last = grants.at(-1);
  return { ...result, after: grants.length === PAGE && last ? last.id : null };
}

async function startMissing(deps: AccessDeps, grant: Grant, now: number): Promise<boolean> {
  // A cancelled grant is closed rightly: its stop stands and nothing of it is left.
  if (!isWanted(grant, now) && grant.provisioning === 'removed' && grant.settled) return false;
  const end = await deps.runs.lastEnd(grant.id);
  if (end === 'running') return false;
  if (end === 'terminated') {
    const reason = 'Its workflow was terminated from outside. Restore it to give access again.';
    const stopped = withStop(grant, 'terminated', now, RECONCILIATION, reason);
    await deps.messages.startGrant(stopped, 'revoke');
  } else {
    await deps.messages.startGrant(grant, 'retry');
  }
  deps.log.warn({ grantId: grant.id, end }, 'A grant had no running workflow; started again');
  return true;
}

/** Wishes are kept as tombstones for this long after their end, so that a late repeat finds them. */
const TOMBSTONES_MS = 30 * 86_400_000;

/** Housekeeping of the reconciliation. */
export async function removeOldWishes(deps: AccessDeps): Promise<void> {
  await deps.store.wishes.removeOlderThan(deps.clock.now() - TOMBSTONES_MS);
}
