import type { PriorityKey } from '../contracts/names';
import type { KnownRow } from '../contracts/pass-messages';
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
  // Before the poke, whose look reads it. A pass without a first look does not need it.
  await store.passes.markChanged(passKey(pass), clock.now());
  await messages.pokePass(pass, priority, true);
}

/** What is known of how far Kisi's lists may be behind for a pass. */
export interface ListLag {
  /** Until this (ms UTC) a list may not show yet what Kisi has said; `null`: it does. */
  behindUntil: number | null;
  /** It never came to the end of a look: nobody could say that Kisi has spoken of its rows. */
  isFirst: boolean;
}

export async function readListLag({ store, clock }: AccessDeps, pass: PassRef): Promise<ListLag> {
  const stored = await store.passes.get(passKey(pass));
  const until = (stored?.changedAt ?? 0) + LAG_MS;
  return { behindUntil: until > clock.now() ? until : null, isFirst: stored === null };
}

/**
 * A first look that meets rows of others may count on one that somebody has just taken away, while a
 * list that is behind still shows it: it looks once more.
 */
export function lagOfListed(
  { behindUntil, isFirst }: ListLag,
  rows: readonly KnownRow[],
  listedAt: number,
): number | null {
  if (behindUntil !== null || !isFirst) return behindUntil;
  return rows.some(({ ours }) => !ours) ? listedAt + LAG_MS : null;
}
