import type { AccessLogEntry, Grant } from '../domain/grant';
import type { AccessDeps } from './deps';

/** Appends the log rows, projects the last of them, and measures what they show. */
export async function recordGrant(
  deps: AccessDeps,
  entries: readonly AccessLogEntry[],
): Promise<void> {
  const turns = await windowsWhoseTurnCame(deps, entries);
  await deps.store.grants.record(entries);
  for (const entry of entries) {
    if (!turns.has(entry.id)) measure(deps, entry);
  }
}

/**
 * The rows that tell of a window which stood in Kisi's queue and was written when its turn came,
 * before its start. It waited for another window and not for us, and nobody waited for it.
 */
async function windowsWhoseTurnCame(
  { store }: AccessDeps,
  entries: readonly AccessLogEntry[],
): Promise<ReadonlySet<string>> {
  const turns = new Set<string>();
  for (const [index, { id, status, grant }] of entries.entries()) {
    if (status !== 'in_place' || !isInPlaceBeforeStart(grant)) continue;
    const before = entries[index - 1]?.grant ?? (await store.grants.get(grant.id));
    if (before?.provisioning === 'queued' && before.revision === grant.revision) turns.add(id);
  }
  return turns;
}

function isInPlaceBeforeStart({ inPlaceAt, startsAt }: Grant): boolean {
  return inPlaceAt !== null && inPlaceAt < startsAt;
}

/** A repeated activity may measure twice; metrics are for looking, not for counting. */
function measure({ metrics }: AccessDeps, { status, action, grant }: AccessLogEntry): void {
  const source = { source: grant.source };
  if (status === 'in_place' && grant.inPlaceAt !== null && grant.settled) {
    // Written ahead it is done when Kisi has it; else access is owed from the start at the earliest.
    const { changedAt, startsAt, inPlaceAt } = grant;
    const owedFrom = isInPlaceBeforeStart(grant) ? changedAt : Math.max(changedAt, startsAt);
    metrics.grantInPlaceSeconds.observe(source, seconds(inPlaceAt - owedFrom));
  }
  if (action === 'revoke' && status === 'removed' && grant.removedAt !== null) {
    const lateness = seconds(grant.removedAt - grant.changedAt);
    metrics.grantEndLatenessSeconds.observe({ cause: 'revoke' }, lateness);
  }
}

function seconds(ms: number): number {
  return Math.max(0, ms) / 1_000;
}
