import type { Wish, WishState } from './door';
import type { Problem } from './grant';
import { opens, type PassView } from './pass-plan';
import { contains, covered, endOf, overlaps, sameFromNowOn, union } from './windows';

/** What a pass says of one wish. */
export interface WishReport {
  state: WishState;
  problem: Problem | null;
}

/** Whether a wish still asks for something at this instant. */
export function isAsking(wish: Pick<Wish, 'wanted' | 'until'>, now: number): boolean {
  return wish.wanted && endOf(wish) > now;
}

/**
 * What has become of a wish when the rows are as planned.
 *
 * @param held why nothing is wanted although wishes ask (a member on hold, an integration that was
 *   removed), else `null`
 */
export function reportAtRest(wish: Wish, view: PassView, held: Problem | null): WishReport {
  if (held?.type === 'integration_inactive') return reportWhileRemoved(wish, view, held);
  if (!isAsking(wish, view.now) || held) {
    const ended = view.rows.filter((row) => row.ours && endOf(row) <= view.now);
    const lingers = ended.some((row) => overlaps(row, wish));
    const problem = isAsking(wish, view.now) ? held : null;
    return { state: lingers ? 'removing' : 'removed', problem };
  }
  if (isInPlace(wish, view)) return { state: 'in_place', problem: null };
  // Where one row is all, it is for the window that is open now: a wish ahead waits for its turn.
  const waits = view.learned.secondRows === 'refused' && !contains(wish, view.now);
  return { state: waits ? 'queued' : 'pending', problem: null };
}

/**
 * What has become of a wish whose integration was removed. What was left at Kisi until its end is in
 * place; the rest waits until the organization is connected again. What nobody wants any more and
 * still stands there ends by itself.
 */
function reportWhileRemoved(wish: Wish, view: PassView, removed: Problem): WishReport {
  const ours = view.rows.filter((row) => row.ours);
  if (isAsking(wish, view.now)) {
    return covered(wish, ours.filter(opens), view.now)
      ? { state: 'in_place', problem: null }
      : { state: 'pending', problem: removed };
  }
  return isHeldInExcess(wish, { ...view, rows: ours })
    ? { state: 'removing', problem: removed }
    : { state: 'removed', problem: null };
}

/**
 * What has become of a wish when the work could not be finished. What Kisi was seen to hold counts;
 * of the rest the problem is told. `rows: null`: nobody knows what Kisi holds.
 */
export function reportInTrouble(
  wish: Wish,
  view: Omit<PassView, 'rows'> & { rows: PassView['rows'] | null },
  trouble: { problem: Problem; kind: 'waits' | 'attention'; held: Problem | null },
): WishReport | null {
  const { rows, now } = view;
  const { problem, kind, held } = trouble;
  const asking = isAsking(wish, now) && !held;
  // Whatever rows there are, they open nothing to this user.
  if (asking && problem.type === 'kisi_user_disabled') return { state: 'attention', problem };
  if (rows !== null) {
    const seen = { ...view, rows };
    if (asking && isInPlace(wish, seen)) return { state: 'in_place', problem: null };
    if (!asking && !isHeldInExcess(wish, seen)) {
      return held?.type === 'integration_inactive'
        ? reportWhileRemoved(wish, seen, held)
        : { state: 'removed', problem: null };
    }
  } else if (wish.told?.revision === wish.revision && isSettledState(wish.told.state)) {
    // What was told and may still be true is not taken back on mere ignorance.
    return null;
  }
  if (kind === 'attention') return { state: 'attention', problem };
  return { state: asking ? 'pending' : 'removing', problem };
}

/** Covered, or as near to it as the plan asks for: its rows may differ from the windows by a second. */
function isInPlace(wish: Wish, { rows: all, wanted, now }: PassView): boolean {
  const rows = all.filter(opens);
  if (covered(wish, rows, now)) return true;
  const window = union(wanted).find((merged) => overlaps(merged, wish));
  return window !== undefined && rows.some((row) => sameFromNowOn(row, window, now));
}

/** Whether a row of ours still gives this wish more than what the other wishes ask for. */
function isHeldInExcess(wish: Wish, { rows, wanted, now }: PassView): boolean {
  return rows.some((row) => {
    const from = row.from ?? Number.NEGATIVE_INFINITY;
    const held = endOf(row) > now && covered({ from, until: row.until }, wanted, now);
    return row.ours && overlaps(row, wish) && !held;
  });
}

function isSettledState(state: WishState): boolean {
  return state === 'in_place' || state === 'queued' || state === 'removed';
}
