import type { Wish } from './door';
import type { Window } from './grant';
import type { PassRow } from './pass-plan';
import { isAsking } from './pass-report';
import { endOf } from './windows';

/**
 * What is left to end by itself when a connection to Kisi goes: of each wish that has an end, the part
 * that rows of ours give already. What is not written is not written any more, and what has no end
 * goes, for nobody would end it.
 *
 * @param now ms since the epoch, UTC
 */
export function windowsLeft(
  wishes: readonly Pick<Wish, 'wanted' | 'from' | 'until'>[],
  rows: readonly PassRow[],
  now: number,
): Window[] {
  const ending = wishes.filter((wish) => wish.until !== null && isAsking(wish, now));
  return ending.flatMap((wish) =>
    rows
      .filter((row) => row.ours)
      .map((row) => ({
        from: Math.max(wish.from, row.from ?? Number.NEGATIVE_INFINITY),
        until: Math.min(endOf(wish), endOf(row)),
      }))
      .filter(({ from, until }) => until > Math.max(from, now)),
  );
}
