import { GIVE_UP_AFTER_MS, nextTryAt } from '../../src/domain/delivery-retry';

const ASKED = Date.UTC(2026, 10, 24, 10);
const pauseAfter = (attempts: number, chance = 0.5): number | null => {
  const next = nextTryAt({ attempts, askedAt: ASKED }, ASKED, chance);
  return next === null ? null : (next - ASKED) / 1_000;
};

it('pauses 5 s first, then three times as long each, an hour at most', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 8, 500].map((attempts) => pauseAfter(attempts))).toEqual([
    5, 15, 45, 135, 405, 1215, 3600, 3600, 3600,
  ]);
});

it('spreads the pauses by a fifth to both sides', () => {
  expect(pauseAfter(1, 0)).toBe(4);
  expect(pauseAfter(1, 1)).toBe(6);
});

it('tries for a day and no longer', () => {
  const last = ASKED + GIVE_UP_AFTER_MS;
  const next = (now: number): number | null => nextTryAt({ attempts: 1, askedAt: ASKED }, now, 0.5);
  expect(next(last - 5_000)).toBe(last);
  expect(next(last - 4_999)).toBeNull();
});
