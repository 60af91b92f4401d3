import type { SweepResult } from '../contracts/integration-activities';
import { PRIORITY } from '../contracts/names';
import { passKey, type PassRef } from '../domain/door';
import { KisiError, KisiThrottled } from '../kisi';
import type { AccessDeps } from './deps';
import { rememberFault, retryAfter } from './integration-fault';
import { NotConnected } from './kisi-connections';
import { integrationFault } from './problems';
import { readOwnRows, removeOrphan } from './reconcile-rows';
import { mustGo, removalUnderWay } from './removal';

const RETRY_MS = 10_000;

/**
 * The last look of a removal, at Kisi itself: what is stored may have missed a row whose answer was
 * lost. A row that still must go has its pass list anew; one of nobody's is deleted here.
 */
export async function sweepRemoved(
  deps: AccessDeps,
  { organizationId }: { organizationId: number },
): Promise<SweepResult> {
  const integration = await deps.store.integrations.byOrganization(organizationId);
  const mode = removalUnderWay(integration);
  if (!integration || mode === null) return { outcome: 'over' };
  try {
    const kisi = await deps.kisi.forOrganization(organizationId);
    const { passes, orphans, leaving } = await readOwnRows(deps, integration);
    const now = deps.clock.now();
    const holders = [...passes.values()].filter(({ rows }) =>
      rows.some((row) => row.ours && mustGo(row, mode, now)),
    );
    // What is left on a former user of a member ends with the pass as well.
    const refs: PassRef[] = [...holders.map(({ ref }) => ref), ...leaving];
    const look = new Map(refs.map((ref) => [passKey(ref), ref]));
    for (const ref of look.values()) await deps.messages.pokePass(ref, PRIORITY.due, true);
    let left = look.size;
    for (const orphan of orphans) {
      if (!mustGo({ until: orphan.row.validUntil }, mode, now)) continue;
      if (!(await removeOrphan(deps, kisi, orphan))) left += 1;
    }
    return left === 0 ? { outcome: 'clear' } : { outcome: 'left', left };
  } catch (error) {
    if (error instanceof NotConnected) return { outcome: 'over' };
    if (!(error instanceof KisiError)) throw error;
    const fault = integrationFault(error);
    if (fault) await rememberFault(deps, integration, fault);
    const asked = error instanceof KisiThrottled ? error.retryAfterMs : null;
    const afterMs = asked ?? (fault ? Math.min(retryAfter(fault.type), 60_000) : RETRY_MS);
    return { outcome: 'waits', afterMs, waitsFor: fault?.detail ?? error.message };
  }
}
