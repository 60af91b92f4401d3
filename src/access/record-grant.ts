import type { AccessLogEntry } from '../domain/grant';
import type { AccessDeps } from './deps';

/** Appends the log rows, projects the last of them, and measures what they show. */
export async function recordGrant(
  deps: AccessDeps,
  entries: readonly AccessLogEntry[],
): Promise<void> {
  await deps.store.grants.record(entries);
  for (const entry of entries) measure(deps, entry);
}

/** A repeated activity may measure twice; metrics are for looking, not for counting. */
function measure({ metrics }: AccessDeps, { status, action, grant }: AccessLogEntry): void {
  const source = { source: grant.source };
  if (status === 'in_place' && grant.inPlaceAt !== null && grant.settled) {
    metrics.grantInPlaceSeconds.observe(source, seconds(grant.inPlaceAt - grant.changedAt));
  }
  if (action === 'revoke' && status === 'removed' && grant.removedAt !== null) {
    const lateness = seconds(grant.removedAt - grant.changedAt);
    metrics.grantEndLatenessSeconds.observe({ cause: 'revoke' }, lateness);
  }
}

function seconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}
