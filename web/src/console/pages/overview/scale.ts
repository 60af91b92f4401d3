const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** What is quicker than this stands on the floor of a plot. */
const FLOOR_MS = 10;
/** Where lines are drawn; each next one is about ten times the one before. */
const TICKS_MS = [
  100,
  SECOND_MS,
  10 * SECOND_MS,
  MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  10 * HOUR_MS,
  100 * HOUR_MS,
];
/** A plot reaches at least this far, so that a calm day looks calm. */
const LEAST_TOP_MS = 10 * SECOND_MS;

/** A logarithmic scale of durations. */
export interface DurationScale {
  readonly ticksMs: readonly number[];
  /** From 0 (floor) to 1 (top). */
  shareOf(ms: number): number;
}

/** A scale on which all of these durations (ms) have room. */
export function scaleFor(durationsMs: readonly number[]): DurationScale {
  const needed = Math.max(LEAST_TOP_MS, ...durationsMs);
  const top = TICKS_MS.find((tick) => tick >= needed) ?? needed;
  const whole = Math.log(top / FLOOR_MS);
  return {
    ticksMs: TICKS_MS.filter((tick) => tick <= top),
    shareOf: (ms) => Math.log(Math.max(FLOOR_MS, Math.min(ms, top)) / FLOOR_MS) / whole,
  };
}
