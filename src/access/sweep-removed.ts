import type { SweepResult } from '../contracts/integration-activities';
import { PRIORITY } from '../contracts/names';
import { passKey, type PassRef } from '../domain/door';
import { KisiError, KisiThrottled } from '../kisi';
import type { Integration, StoredWish } from '../store';
import type { AccessDeps } from './deps';
import { rememberFault, retryAfter } from './integration-fault';
import { NotConnected } from './kisi-connections';
import { LIST_AGAIN_MS } from './pass-look';
import { integrationFault } from './problems';
import { readOwnRows, removeOrphan } from './reconcile-rows';
import { mustGo, removalUnderWay } from './removal';

const RETRY_MS = 10_000;
const PAGE = 500;

/** Between two looks whether something is still on its way to Kisi. */
const UNDER_WAY_MS = 1_000;
/** What a look that began before the removal sends has arrived by then: its age, and the HTTP timeout. */
const LAST_SEND_MS = 20_000;

/**
 * What may still make a row at Kisi although it shows none: an answer that was lost, or the look of a
 * pass that began before the removal and has not come to its end. `null`: nothing.
 */
async function underWay(
  { store, clock }: AccessDeps,
  { organizationId, removal }: Integration,
): Promise<string | null> {
  const now = clock.now();
  const intents = await store.intents.allOf(organizationId);
  if (intents.some(({ at }) => now < at + LIST_AGAIN_MS)) {
    return 'a row that was asked for may still show up';
  }
  const since = removal?.at ?? 0;
  if (now >= since + LAST_SEND_MS) return null;
  let after: { passKey: string; grantId: string } | null = null;
  do {
    const wishes: StoredWish[] = await store.wishes.allLive(now, after, PAGE);
    for (const { pass, passKey: key } of wishes) {
      if (pass.organizationId !== organizationId) continue;
      const looked = (await store.passes.get(key))?.updatedAt ?? 0;
      if (looked < since) return 'passes that began to look before the removal';
    }
    const last = wishes.at(-1);
    after = wishes.length < PAGE || !last ? null : last;
  } while (after !== null);
  return null;
}

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
    if (left > 0) return { outcome: 'left', left };
    const waitsFor = await underWay(deps, integration);
    return waitsFor === null
      ? { outcome: 'clear' }
      : { outcome: 'waits', afterMs: UNDER_WAY_MS, waitsFor };
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
