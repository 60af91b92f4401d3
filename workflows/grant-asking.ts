import type { HoldGrantInput, HoldGrantResult } from '../src/contracts/activities';
import type { GrantState } from '../src/contracts/grant-messages';
import { isOver } from '../src/domain/grant-life';
import { showInstant } from '../src/domain/instant';
import { latestReport } from './grant-reports';
import { askingPriority } from './grant-waiting';

/** A door that stays the member's is not shut before its successor opens it, for so long at most. */
const KEPT_MS = 60_000;

/** One turn of asking the passes, and the revision it is for. */
export interface Asking {
  revision: number;
  summary: string;
  input: HoldGrantInput;
}

/** Whether the passes know of the present revision. */
export function isAsked({ askedRevision, grant }: GrantState): boolean {
  return askedRevision === grant.revision;
}

/** Whether a pass is kept whose successor is in place, or has had its time. */
export function mustLetGo({ keptUntil, passes, grant }: GrantState, now: number): boolean {
  if (keptUntil == null) return false;
  const successor = passes.find(({ mode }) => mode === 'wanted')?.report;
  const isInPlace = successor?.state === 'in_place' && successor.wishRevision === grant.revision;
  return isInPlace || now >= keptUntil;
}

/** What to ask of the passes now. */
export function askingOf(state: GrantState, now: number): Asking {
  const { grant, passes, entries } = state;
  // The end is the window's business, not the wish's: Temporal's clock may be ahead of Kisi's, and
  // taking a wish back at its end would then close the door early. A grant that begins after its
  // end asks nobody.
  const begins = !isOver(grant, now) || passes.length > 0;
  const wanted = grant.stops.length === 0 && begins;
  return {
    revision: grant.revision,
    summary: wanted
      ? `hold ${showInstant(grant.startsAt)} to ${showInstant(grant.endsAt)}`
      : 'let go',
    input: {
      entries: [...entries],
      grant,
      wanted,
      passes,
      mayKeep: !mustLetGo(state, now),
      priority: askingPriority(state, wanted, now),
    },
  };
}

/** Takes in which passes were asked for what. */
export function takeAnswer(
  state: GrantState,
  asking: Asking,
  result: HoldGrantResult,
  now: number,
): void {
  const successor = result.passes.find(({ mode }) => mode === 'wanted')?.key;
  const isSameSuccessor = state.passes.find(({ mode }) => mode === 'wanted')?.key === successor;
  const keptUntil = isSameSuccessor ? state.keptUntil : null;
  state.askedRevision = asking.revision;
  state.doorProblem = result.problem;
  state.passes = result.passes.map(({ key, pass, mode }) => ({
    key,
    pass,
    mode,
    report: latestReport(state, key),
  }));
  state.early = [];
  const keeps = result.passes.some(({ mode }) => mode === 'kept');
  state.keptUntil = keeps ? (keptUntil ?? now + KEPT_MS) : null;
}

/** Whether every pass ever asked has confirmed that it holds nothing for this revision. */
export function isReleased({ passes, grant }: GrantState): boolean {
  return passes.every(
    ({ report }) => report?.state === 'removed' && report.wishRevision === grant.revision,
  );
}
