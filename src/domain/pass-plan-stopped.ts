import {
  CLEAN_AFTER_MS,
  nextStep,
  opens,
  type PassRow,
  type PassStep,
  type PassView,
} from './pass-plan';
import { contains, covered, endOf, fromNowOn, overlaps, union } from './windows';

/** What the plan asks for waits for the release of an emergency stop. */
export interface HeldBack {
  kind: 'held_back';
  /** When something may have to be removed that is still granted now (ms UTC); `null`: never. */
  wakeAt: number | null;
}

/**
 * The next step while an emergency stop holds creates and changes back: removals only, and none of
 * those either where the stop includes them. A row goes once nobody is granted what it gives now, or
 * any of what it will give, or once other rows give all that is granted. What alone holds a grant and
 * reaches beyond it stands until the last of its grants ends, since to make it shorter would be a
 * change; nothing is removed to make room for what may not be made.
 */
export function stepWhileStopped<Row extends PassRow>(
  view: PassView<Row>,
  includeRemovals: boolean,
): PassStep<Row> | HeldBack {
  const planned = nextStep(view);
  if (planned.kind === 'rest') return planned;
  const removable = includeRemovals ? undefined : (rowToRemove(view) ?? surplus(view, planned));
  return removable ? { kind: 'delete', row: removable } : { kind: 'held_back', wakeAt: next(view) };
}

function rowToRemove<Row extends PassRow>(view: PassView<Row>): Row | undefined {
  const { now } = view;
  const granted = fromNowOn(union(view.wanted), now);
  const isGrantedNow = granted.some((window) => contains(window, now));
  const ours = view.rows.filter((row) => row.ours);
  const alive = ours.filter((row) => endOf(row) > now);
  return (
    alive.find((row) => contains(row, now) && !isGrantedNow) ??
    alive.find((row) => !granted.some((window) => overlaps(row, window))) ??
    ours.find((row) => endOf(row) + CLEAN_AFTER_MS <= now)
  );
}

/** The row that the ordinary plan removes, where nobody who may come in depends on it. */
function surplus<Row extends PassRow>(
  { now, wanted, rows }: PassView<Row>,
  planned: PassStep<Row>,
): Row | undefined {
  if (planned.kind !== 'delete') return undefined;
  const remaining = rows.filter((row) => row !== planned.row && opens(row));
  const granted = fromNowOn(union(wanted), now);
  return granted.every((window) => covered(window, remaining, now)) ? planned.row : undefined;
}

/**
 * Grants that end may leave a row that nobody is granted any more; a row written ahead may begin
 * before what is granted now; ended rows are cleaned.
 */
function next(view: PassView): number | null {
  const { now } = view;
  const ends = fromNowOn(union(view.wanted), now).map(endOf);
  const ours = view.rows.filter((row) => row.ours);
  const begins = ours.map(({ from }) => from ?? now);
  const cleanings = ours.map((row) => endOf(row) + CLEAN_AFTER_MS);
  const times = [...ends, ...begins, ...cleanings].filter(
    (time) => time > now && Number.isFinite(time),
  );
  return times.length > 0 ? Math.min(...times) : null;
}
