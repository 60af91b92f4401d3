import type { LearnedBehaviour } from '../../src/domain/door';
import type { Window } from '../../src/domain/grant';
import type { PassRow } from '../../src/domain/pass-plan';
import { needsApproval, planReconciliation } from '../../src/domain/reconcile-plan';
import { aRow, S, span, T } from './fixtures';

const learned: LearnedBehaviour = { secondRows: 'unknown', patch: 'unknown' };
const pass = (ref: string, wanted: Window[], rows: PassRow[]) => ({
  ref,
  now: T + 10 * S,
  wanted,
  rows,
  learned,
});

describe('planReconciliation', () => {
  test.each([
    ['as wished', pass('p', [span(0, 100)], [aRow(1, null, 100)]), [], [], 1],
    ['row missing', pass('p', [span(0, 100)], []), ['p'], [], 0],
    ['row too long', pass('p', [span(0, 100)], [aRow(1, null, 900)]), ['p'], [], 1],
    ['open though nobody wishes', pass('p', [], [aRow(1, null, 100)]), ['p'], ['p'], 1],
    ['open now, wished for later', pass('p', [span(50, 90)], [aRow(1, null, 90)]), ['p'], ['p'], 1],
    ['ahead though nobody wishes: no door closes', pass('p', [], [aRow(1, 50, 90)]), ['p'], [], 0],
    [
      'a foreign row keeps the door open',
      pass('p', [span(0, 100)], [aRow(1, null, 50), aRow(2, null, null, false)]),
      ['p'],
      [],
      1,
    ],
    ['foreign rows are nobody’s', pass('p', [], [aRow(2, null, null, false)]), [], [], 0],
    ['ended a moment ago', pass('p', [], [aRow(1, null, 5)]), [], [], 0],
  ])('%s', (_, seen, look, closing, openDoors) => {
    expect(planReconciliation([seen])).toEqual({ look, closing, openDoors });
  });
});

describe('needsApproval: more than 10 and more than a fifth of the open doors', () => {
  test.each([
    [10, 0, false],
    [11, 0, true],
    [11, 55, false],
    [12, 55, true],
    [200, 1_000, false],
    [201, 1_000, true],
  ])('%d of %d open', (removals, open, needed) => {
    expect(needsApproval(removals, open)).toBe(needed);
  });
});
