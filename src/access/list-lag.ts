import type { PriorityKey } from '../contracts/names';
import { passKey, type PassRef } from '../domain/door';
import type { AccessDeps, AccessMessages } from './deps';

/** How long a list of Kisi's may be behind what it does (not documented). */
export const LAG_MS = 5_000;

/**
 * Has a pass look at what Kisi says of its rows: at once, and once more when its lists surely show it.
 * Otherwise a list that is behind would pass for all being well until the reconciliation.
 */
export async function lookAtChange(
  {
    store,
    messages,
    clock,
  }: Pick<AccessDeps, 'store' | 'clock'> & { messages: Pick<AccessMessages, 'pokePass'> },
  pass: PassRef,
  priority: PriorityKey,
): Promise<void> {
  // Before the poke, whose look reads it.
  await store.passes.markChanged(passKey(pass), clock.now());
  await messages.pokePass(pass, priority, true);
}

/** Until when (ms UTC) a list may not yet show what Kisi has said of the pass; `null`: it does. */
export async function listsBehindUntil(
  { store, clock }: AccessDeps,
  pass: PassRef,
): Promise<number | null> {
  const stored = await store.passes.get(passKey(pass));
  if (stored?.changedAt == null) return null;
  const until = stored.changedAt + LAG_MS;
  return until > clock.now() ? until : null;
}
