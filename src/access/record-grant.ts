import type { AccessLogEntry } from '../domain/grant';
import { isInPlaceBeforeStart, settlementOf, type Settlement } from '../domain/latency';
import type { AccessDeps } from './deps';
import { wakeDeliveries, writeEvents } from './write-events';

/** Appends the log rows, projects the last of them, measures what they show, and tells subscribers. */
export async function recordGrant(
  deps: AccessDeps,
  entries: readonly AccessLogEntry[],
): Promise<void> {
  const turns = await windowsWhoseTurnCame(deps, entries);
  const subscriptionIds = await writeEvents(deps, entries);
  await deps.store.grants.record(entries);
  await measure(
    deps,
    entries.filter(({ id }) => !turns.has(id)),
  );
  await wakeDeliveries(deps, subscriptionIds);
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

/** A repeated activity may count twice in the metrics, which are for looking; the store counts once. */
async function measure(deps: AccessDeps, entries: readonly AccessLogEntry[]): Promise<void> {
  const settlements: Settlement[] = [];
  for (const entry of entries) {
    const settlement = settlementOf(entry);
    if (!settlement) continue;
    settlements.push(settlement);
    const seconds = settlement.ms / 1_000;
    if (settlement.kind === 'revoke') {
      deps.metrics.grantEndLatenessSeconds.observe({ cause: 'revoke' }, seconds);
    } else {
      deps.metrics.grantInPlaceSeconds.observe({ source: entry.grant.source }, seconds);
    }
  }
  await deps.store.settlements.append(settlements);
}
