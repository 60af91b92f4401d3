import type { KnownRow } from '../contracts/pass-messages';
import type { Problem } from '../domain/grant';
import type { PassView } from '../domain/pass-plan';
import { isAsking, reportAtRest, reportInTrouble, type WishReport } from '../domain/pass-report';
import type { StoredWish } from '../store';
import type { AccessDeps } from './deps';
import type { PassDesire } from './pass-desire';

/** What the look came to, as far as the grants are concerned. */
export type LookOutcome =
  { kind: 'rest'; view: PassView } | { kind: 'waits' | 'attention'; problem: Problem };

interface Told {
  deps: AccessDeps;
  /** Orders the reports of this pass. */
  order: number;
  desire: PassDesire;
  rows: KnownRow[] | null;
}

/**
 * Tells each grant what became of its wish, once per revision and state: what was told is kept with
 * the wish, so that neither a retry nor a new run of the pass repeats it to every tombstone.
 *
 * @returns false when what was told before is left to stand for a wish that asks: it may be true
 */
export async function tellGrants(look: Told, outcome: LookOutcome): Promise<boolean> {
  const now = look.deps.clock.now();
  const told = await Promise.all(
    look.desire.wishes.map(async (wish) => {
      const report = reportOf(look, wish, outcome);
      if (report && isNews(wish, report)) await tell(look, wish, report);
      return report !== null || !isAsking(wish, now);
    }),
  );
  return told.every(Boolean);
}

function reportOf(look: Told, wish: StoredWish, outcome: LookOutcome): WishReport | null {
  if (outcome.kind === 'rest') return reportAtRest(wish, outcome.view, look.desire.held);
  const view = {
    now: look.deps.clock.now(),
    wanted: look.desire.wanted,
    rows: look.rows,
    learned: look.desire.integration.learned,
  };
  return reportInTrouble(wish, view, { ...outcome, held: look.desire.held });
}

function isNews(wish: StoredWish, report: WishReport): boolean {
  return (
    wish.told?.revision !== wish.revision ||
    wish.told.state !== report.state ||
    wish.told.problemType !== (report.problem?.type ?? null)
  );
}

async function tell(look: Told, wish: StoredWish, report: WishReport): Promise<void> {
  await look.deps.messages.tellGrant(wish.grantId, {
    passKey: look.desire.key,
    order: look.order,
    wishRevision: wish.revision,
    ...report,
  });
  await look.deps.store.wishes.markTold(look.desire.key, wish.grantId, {
    revision: wish.revision,
    state: report.state,
    problemType: report.problem?.type ?? null,
  });
}
