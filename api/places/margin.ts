import { z } from 'zod';
import { NO_MARGIN, type Margin } from '../../src/domain/source-grants';

const MOST_MINUTES = 1440;
const RANGE = `must be a whole number of minutes from 0 to ${String(MOST_MINUTES)}.`;

/** Early or late minutes as callers send them. */
export const minutesIn = z.int(RANGE).min(0, RANGE).max(MOST_MINUTES, RANGE);

export const EARLY =
  'So many minutes before its start a booking opens its doors; a lock never in the time that somebody else has booked.';
export const LATE =
  'So many minutes after its end a booking keeps its doors open; a lock never into the time that somebody else has booked.';

/** What a request says of a margin: each part may be left out. */
interface MarginWish {
  earlyMinutes?: number | null | undefined;
  lateMinutes?: number | null | undefined;
}

/**
 * The margin that a request means: the part that is left out stays as it applies now.
 *
 * @param present what applies now
 * @returns `undefined`: nothing is said of it; `null`: none of its own
 */
export function wishedMargin(wish: MarginWish, present: Margin | null): Margin | null | undefined {
  const { earlyMinutes, lateMinutes } = wish;
  if (earlyMinutes === undefined && lateMinutes === undefined) return undefined;
  if (earlyMinutes === null || lateMinutes === null) return null;
  const stands = present ?? NO_MARGIN;
  return {
    earlyMinutes: earlyMinutes ?? stands.earlyMinutes,
    lateMinutes: lateMinutes ?? stands.lateMinutes,
  };
}

export function isSameMargin(one: Margin | null, other: Margin | null): boolean {
  return one?.earlyMinutes === other?.earlyMinutes && one?.lateMinutes === other?.lateMinutes;
}
