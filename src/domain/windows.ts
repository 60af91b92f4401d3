import type { Window } from './grant';

/** Kisi keeps whole seconds (kisi/facts.md §6), so every instant that we hold is a whole second. */
export const SECOND = 1_000;

/**
 * Two instants of a row and a window are the same when they differ by no more than this: less than a
 * second, for Kisi may keep fractions of ours, and a whole second is a change that somebody asked for.
 */
const TOLERANCE = SECOND - 1;

/** The whole second that `ms` lies in. */
export function wholeSecond(ms: number): number {
  return Math.floor(ms / SECOND) * SECOND;
}

/** `null` as an end means never. */
export function endOf(window: { until: number | null }): number {
  return window.until ?? Number.POSITIVE_INFINITY;
}

/** Whether the half-open window [from, until) holds the instant. */
export function contains(
  window: { from: number | null; until: number | null },
  at: number,
): boolean {
  return (window.from ?? Number.NEGATIVE_INFINITY) <= at && at < endOf(window);
}

/** Whether two half-open windows share an instant. */
export function overlaps(
  a: { from: number | null; until: number | null },
  b: { from: number | null; until: number | null },
): boolean {
  return (
    (a.from ?? Number.NEGATIVE_INFINITY) < endOf(b) &&
    (b.from ?? Number.NEGATIVE_INFINITY) < endOf(a)
  );
}

/**
 * The union of windows, in order of time. Windows that overlap or touch become one; a gap, however
 * short, stays a gap: a hull over it would open the door at an instant that nobody granted.
 */
export function union(windows: readonly Window[]): Window[] {
  const sorted = windows.filter((w) => w.from < endOf(w)).sort((a, b) => a.from - b.from);
  const merged: Window[] = [];
  for (const next of sorted) {
    const last = merged.at(-1);
    if (last && next.from <= endOf(last)) {
      if (endOf(next) > endOf(last)) last.until = next.until;
    } else {
      merged.push({ ...next });
    }
  }
  return merged;
}

/** What is left of the windows from `now` on. */
export function fromNowOn(windows: readonly Window[], now: number): Window[] {
  return windows.filter((w) => endOf(w) > now);
}

/** Whether the union of `parts` holds every instant of `whole` from `now` on. */
export function covered(
  whole: Window,
  parts: readonly { from: number | null; until: number | null }[],
  now: number,
): boolean {
  const start = Math.max(whole.from, now);
  const bounded = parts.map((p) => ({ from: p.from ?? Number.NEGATIVE_INFINITY, until: p.until }));
  return union(bounded).some(
    (p) => p.from <= start + (start > now ? TOLERANCE : 0) && endOf(p) >= endOf(whole) - TOLERANCE,
  );
}

/**
 * Whether a row at Kisi equals a window from `now` on, but for parts of a second: a row's past is never
 * rewritten, so two begun windows differ only by their ends.
 */
export function sameFromNowOn(
  row: { from: number | null; until: number | null },
  window: Window,
  now: number,
): boolean {
  const rowFrom = row.from ?? Number.NEGATIVE_INFINITY;
  const bothBegun = rowFrom <= now && window.from <= now;
  const sameStart = bothBegun || Math.abs(rowFrom - window.from) <= TOLERANCE;
  const sameEnd = endOf(row) === endOf(window) || Math.abs(endOf(row) - endOf(window)) <= TOLERANCE;
  return sameStart && sameEnd;
}
