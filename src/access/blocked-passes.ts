import { PRIORITY } from '../contracts/names';
import type { StoredPass } from '../store';
import type { AccessDeps } from './deps';

/** A pass that was poked in vain waits so long for those that were not poked yet. */
const POKE_AGAIN_MS = 30_000;

/**
 * After an outage: pokes the passes that it holds back, most urgent first (removals, starts that
 * are due, starts within the hour, the rest), a few at a time so that none waits behind a flood. So
 * does the release of an emergency stop; while it is in force, what it holds back is left alone.
 *
 * What was poked a moment ago and is blocked anew (Kisi failed again meanwhile) comes after all others: it
 * may be itself what fails, and must neither be forgotten nor keep the others waiting.
 */
export async function pokeBlockedPasses(
  deps: AccessDeps,
  input: { organizationId: number; limit: number },
): Promise<{ left: number }> {
  const now = deps.clock.now();
  const stop = await deps.store.integrations.emergencyStopOf(input.organizationId);
  const read = (which: { notPokedSince: number } | { lookedSince: number }) =>
    deps.store.passes.blocked(input.organizationId, {
      now,
      limit: input.limit + 1,
      ...which,
      ...(stop && { stopped: stop.includeRemovals ? 'all' : 'changes' }),
    });
  const fresh = await read({ notPokedSince: now - POKE_AGAIN_MS });
  const blocked = fresh.length > 0 ? fresh : await read({ lookedSince: now - POKE_AGAIN_MS });
  const next = blocked.slice(0, input.limit);
  // Side by side a start could overtake a removal: those that wait to be shut go alone.
  const removals = next.filter(({ removalDue }) => removalDue);
  const batch = removals.length > 0 ? removals : next;
  for (const stored of batch) {
    await deps.messages.pokePass(stored.pass, isUrgent(stored, now) ? PRIORITY.due : PRIORITY.soon);
    // After the poke: a crash in between repeats it, and loses none.
    await deps.store.passes.markPoked(stored, now);
  }
  return { left: blocked.length };
}

function isUrgent(stored: StoredPass, now: number): boolean {
  return stored.removalDue || (stored.nextStartAt !== null && stored.nextStartAt <= now);
}
