/** A delivery is tried for this long after it was asked for. */
export const GIVE_UP_AFTER_MS = 24 * 3_600_000;

const FIRST_PAUSE_MS = 5_000;
const GROWTH = 3;
const LONGEST_PAUSE_MS = 3_600_000;
/** A pause is up to so much shorter or longer, so that a receiver that comes back is not hit by all at once. */
const JITTER = 0.2;

/**
 * When a delivery that failed is tried again, ms UTC; `null`: never. The pauses are about 5 s, 15 s,
 * 45 s, 2 min, 7 min, 20 min, and then an hour each.
 *
 * @param attempts tries so far, the one that just failed included
 * @param askedAt when the delivery was asked for, ms UTC
 * @param chance from 0 to 1, at random
 * @param longestPauseMs no pause is longer, but for the chance in it
 */
export function nextTryAt(
  { attempts, askedAt }: { attempts: number; askedAt: number },
  now: number,
  chance: number,
  longestPauseMs: number = LONGEST_PAUSE_MS,
): number | null {
  const pause = Math.min(longestPauseMs, FIRST_PAUSE_MS * GROWTH ** (attempts - 1));
  const next = now + Math.round(pause * (1 - JITTER + 2 * JITTER * chance));
  return next <= askedAt + GIVE_UP_AFTER_MS ? next : null;
}
