import { nextStep, type PassView } from './pass-plan';
import { contains } from './windows';

/** A run may close this many doors that are open now without asking a person, or this share of them. */
const FREE_REMOVALS = 10;
const FREE_SHARE = 0.2;

/** What the reconciliation compares: one pass, as its wishes and Kisi's rows say. */
export interface ReconciledPass<Ref> extends PassView {
  ref: Ref;
}

/** What a run should do with the passes of one integration. */
export interface ReconcilePlan<Ref> {
  /** Passes whose rows differ from their wishes: they must look. */
  look: Ref[];
  /** Those of them that would close a door that is open now. */
  closing: Ref[];
  /** Doors that rows of ours hold open now. */
  openDoors: number;
}

/**
 * Which passes must look. Nothing is written here: only the pass itself changes its rows, so a
 * difference that is already being worked off does no harm.
 */
export function planReconciliation<Ref>(
  passes: readonly ReconciledPass<Ref>[],
): ReconcilePlan<Ref> {
  const different = passes.filter((pass) => nextStep(pass).kind !== 'rest');
  const open = passes.filter((pass) => isOpen(pass));
  return {
    look: different.map(({ ref }) => ref),
    closing: different.filter((pass) => isOpen(pass) && !isWantedNow(pass)).map(({ ref }) => ref),
    openDoors: open.length,
  };
}

/** Whether so many removals need a person's word first. */
export function needsApproval(removals: number, openDoors: number): boolean {
  return removals > Math.max(FREE_REMOVALS, FREE_SHARE * openDoors);
}

function isOpen({ rows, now }: PassView): boolean {
  return rows.some((row) => row.ours && contains(row, now));
}

function isWantedNow({ wanted, now }: PassView): boolean {
  return wanted.some((window) => contains(window, now));
}
