import type { LearnedBehaviour } from './door';
import type { Window } from './grant';
import { contains, covered, endOf, fromNowOn, overlaps, sameFromNowOn, union } from './windows';

/** A row that ended by itself is cleaned this long after its end, never before: clocks differ. */
export const CLEAN_AFTER_MS = 60_000;
/** Where the next window waits for an ended row to make room, it is cleaned after this. */
export const ROLL_AFTER_MS = 1_000;

/** One role assignment of the member in the pass's Kisi group. Instants in ms, UTC. */
export interface PassRow {
  id: number;
  from: number | null;
  until: number | null;
  /** A foreign row is never changed. */
  ours: boolean;
  /** A foreign row with a role that lets nobody through a door: it may be in the way, and covers nothing. */
  opensNothing?: true;
}

/** All that the plan depends on. */
export interface PassView<Row extends PassRow = PassRow> {
  now: number;
  /** The windows of all wishes that are wanted; need not be merged or in order. */
  wanted: readonly Window[];
  rows: readonly Row[];
  learned: LearnedBehaviour;
}

/** What the pass does next at Kisi; `rest` when the rows are as they should be. */
export type PassStep<Row extends PassRow = PassRow> =
  | { kind: 'create'; window: Window }
  | { kind: 'patch'; row: Row; window: Window }
  | { kind: 'delete'; row: Row }
  /** Delete and create at once, where Kisi takes neither a second row nor a new window. */
  | { kind: 'replace'; row: Row; window: Window; gap: boolean }
  /** Replacing would lose what stands: a foreign row that came later would be in the new row's way. */
  | { kind: 'obstructed' }
  | { kind: 'rest'; wakeAt: number | null };

/**
 * The next single step that brings Kisi's rows nearer to the union of the wanted windows from now
 * on. Called again after each step, with the rows as they then are, it ends in `rest`.
 *
 * Order keeps the promise: first what gives access that is missing now, then what takes away access
 * that nobody is granted now, then windows ahead, then narrowing and cleaning. No step opens a gap,
 * except `replace`, which says so.
 */
export function nextStep<Row extends PassRow>(view: PassView<Row>): PassStep<Row> {
  const { now } = view;
  const ours = view.rows.filter((row) => row.ours);
  const alive = ours.filter((row) => endOf(row) > now);
  const ended = ours.filter((row) => endOf(row) <= now);
  const due = windowsToHold(view);
  const { missing, spare } = compare(due, alive, now);

  if (view.learned.secondRows === 'refused') {
    const compared = { missing, spare, alive, ended };
    return singleRowStep(view, due[0], compared) ?? rest(view, due, ended);
  }
  return (
    severalRowsStep(view, due, missing, spare) ?? cleanUp(ended, now) ?? rest(view, due, ended)
  );
}

/** The merged windows from now on that need a row of ours: those that no foreign row covers. */
export function windowsToHold(view: PassView): Window[] {
  const { now } = view;
  const foreign = view.rows.filter((row) => !row.ours && opens(row));
  const ours = view.rows.filter((row) => row.ours);
  return fromNowOn(union(view.wanted), now).filter(
    (window) =>
      ours.some((row) => sameFromNowOn(row, window, now)) || !covered(window, foreign, now),
  );
}

/**
 * Where one row is all that Kisi takes, the windows behind the first wait for their turn.
 */
export function windowsThatWait(view: PassView): Window[] {
  if (view.learned.secondRows !== 'refused') return [];
  const [, ...later] = windowsToHold(view);
  const held = view.rows.filter((row) => row.ours);
  return later.filter((window) => !held.some((row) => sameFromNowOn(row, window, view.now)));
}

/** Whether a row opens doors at all, whenever it does. */
export function opens(row: PassRow): boolean {
  return row.opensNothing !== true;
}

/** Which windows have no row, and which rows no window. */
interface Comparison<Row> {
  missing: Window[];
  spare: Row[];
}

function compare<Row extends PassRow>(
  due: readonly Window[],
  alive: readonly Row[],
  now: number,
): Comparison<Row> {
  const spare = [...alive];
  const missing: Window[] = [];
  for (const window of due) {
    const index = spare.findIndex((row) => sameFromNowOn(row, window, now));
    if (index === -1) missing.push(window);
    else spare.splice(index, 1);
  }
  return { missing, spare };
}

/** Whether it is worth asking for another window of a row that stands. */
function canPatch({ learned }: PassView): boolean {
  return learned.patch === 'unknown' || learned.patch === 'honoured';
}

/** Kisi takes a second row, or nobody knows yet. */
function severalRowsStep<Row extends PassRow>(
  view: PassView<Row>,
  due: readonly Window[],
  missing: Window[],
  spare: Row[],
): PassStep<Row> | null {
  const { now } = view;
  const mayPatch = canPatch(view);
  const pairs = missing.map((window) => ({ window, row: bestRow(window, spare, missing, now) }));
  const write = ({ window, row }: { window: Window; row: Row | null }): PassStep<Row> =>
    row && mayPatch ? { kind: 'patch', row, window } : { kind: 'create', window };

  const openNow = view.rows.some((row) => opens(row) && contains(row, now));
  const current = pairs.find(({ window }) => contains(window, now));
  if (current && !openNow) return write(current);

  const nobodyIsIn = !due.some((window) => contains(window, now));
  const tooOpen = spare.find((row) => contains(row, now));
  if (nobodyIsIn && tooOpen) {
    const heir = pairs.find(({ row }) => row === tooOpen);
    return heir && mayPatch ? write(heir) : { kind: 'delete', row: tooOpen };
  }

  // Widen before narrowing: new rows stand before an old one is made shorter or removed.
  const fresh = pairs.find(({ row }) => !row || !mayPatch);
  if (fresh) return write(fresh);
  const rewrite = pairs[0];
  if (rewrite) return write(rewrite);
  const surplus = spare[0];
  return surplus ? { kind: 'delete', row: surplus } : null;
}

/**
 * The spare row to rewrite for a missing window: one that overlaps it, longest in common first, and
 * that no earlier missing window has a better claim to.
 */
function bestRow<Row extends PassRow>(
  window: Window,
  spare: readonly Row[],
  missing: readonly Window[],
  now: number,
): Row | null {
  const taken = new Set<Row>();
  for (const candidate of missing) {
    const free = spare.filter((row) => !taken.has(row) && overlaps(row, candidate));
    const best = free.sort((a, b) => common(b, candidate, now) - common(a, candidate, now))[0];
    if (candidate === window) return best ?? null;
    if (best) taken.add(best);
  }
  return null;
}

/** Milliseconds from now on that a row and a window share; open ends count as a century. */
function common(row: PassRow, window: Window, now: number): number {
  const far = now + 100 * 365 * 86_400_000;
  const from = Math.max(row.from ?? now, window.from, now);
  return Math.min(endOf(row), endOf(window), far) - from;
}

/** Kisi refuses a second row: hold the current window or the next, and roll when it ends. */
function singleRowStep<Row extends PassRow>(
  view: PassView<Row>,
  first: Window | undefined,
  { missing, spare, alive, ended }: Comparison<Row> & { alive: Row[]; ended: Row[] },
): PassStep<Row> | null {
  const { now } = view;
  const open = spare.find((row) => contains(row, now));
  if (!first || !missing.includes(first)) {
    // A row that matches a later window is proof that a second row was taken after all; it stays.
    const surplus = open ?? spare[0];
    return surplus ? { kind: 'delete', row: surplus } : cleanUp(ended, now);
  }
  // What is held for a later window gives way as well: its turn comes when the first one ends.
  const heir = bestRow(first, alive, [first], now) ?? alive[0];
  if (open && open !== heir && !contains(first, now)) return { kind: 'delete', row: open };
  if (heir && canPatch(view)) return { kind: 'patch', row: heir, window: first };
  return roll(view, first, alive, ended);
}

/** Makes room for the window and writes it: the last row in the way goes only when all others have. */
function roll<Row extends PassRow>(
  view: PassView<Row>,
  first: Window,
  alive: readonly Row[],
  ended: readonly Row[],
): PassStep<Row> {
  const { now } = view;
  const isDue = contains(first, now);
  // An ended row is given its second, because Kisi's clock may be behind ours, unless somebody waits.
  const settling = ended.find((old) => endOf(old) + ROLL_AFTER_MS > now);
  if (settling && !isDue) {
    return cleanUp(ended, now) ?? { kind: 'rest', wakeAt: endOf(settling) + ROLL_AFTER_MS };
  }

  const open = alive.find((row) => contains(row, now));
  const [last, ...others] = [...new Set([open, ...alive, ...ended])].filter((row) => !!row);
  if (!last) return { kind: 'create', window: first };
  const isTooOpen = open !== undefined && !isDue;
  const later = view.rows.some((row) => !row.ours && row.id > last.id);
  if (alive.length > 0 && later)
    return isTooOpen ? { kind: 'delete', row: open } : { kind: 'obstructed' };
  const other = others.at(-1);
  if (other) return { kind: 'delete', row: other };
  return { kind: 'replace', row: last, window: first, gap: isDue && last === open };
}

function cleanUp<Row extends PassRow>(ended: readonly Row[], now: number): PassStep<Row> | null {
  const row = ended.find((old) => endOf(old) + CLEAN_AFTER_MS <= now);
  return row ? { kind: 'delete', row } : null;
}

/** Nothing to do until something ends, or somebody pokes. */
function rest(
  view: PassView,
  due: readonly Window[],
  ended: readonly PassRow[],
): { kind: 'rest'; wakeAt: number | null } {
  const rolling = windowsThatWait(view).length > 0;
  const after = rolling ? ROLL_AFTER_MS : CLEAN_AFTER_MS;
  const foreign = fromNowOn(union(view.wanted), view.now).filter(
    (window) => !due.some((held) => held.from === window.from),
  );
  const times = [
    ...due.map((window) => endOf(window) + after),
    ...ended.map((row) => endOf(row) + CLEAN_AFTER_MS),
    ...foreign.map((window) => endOf(window)),
  ].filter((time) => Number.isFinite(time));
  return { kind: 'rest', wakeAt: times.length > 0 ? Math.min(...times) : null };
}
