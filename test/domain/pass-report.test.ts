import type { LearnedBehaviour } from '../../src/domain/door';
import type { PassRow } from '../../src/domain/pass-plan';
import { isAsking, reportAtRest, reportInTrouble } from '../../src/domain/pass-report';
import type { Window } from '../../src/domain/grant';
import { aRow, aWish, S, span, T } from './fixtures';

const UNKNOWN: LearnedBehaviour = { secondRows: 'unknown', patch: 'unknown' };
const ONE_ROW: LearnedBehaviour = { secondRows: 'refused', patch: 'honoured' };
const HOLD = { type: 'member_on_hold' as const, detail: 'on hold' };
const OUTAGE = { type: 'kisi_unavailable' as const, detail: 'Kisi does not answer.' };

const view = (wanted: Window[], rows: PassRow[], at = 10, learned = UNKNOWN) => ({
  now: T + at * S,
  wanted,
  rows,
  learned,
});

test('a wish asks until its end', () => {
  expect(isAsking(aWish(), T + 100 * S - 1)).toBe(true);
  expect(isAsking(aWish(), T + 100 * S)).toBe(false);
  expect(isAsking(aWish({ wanted: false }), T)).toBe(false);
  expect(isAsking(aWish({ until: null }), T + 1e12)).toBe(true);
});

describe('at rest', () => {
  const wish = aWish();

  test.each([
    ['in place', view([span(0, 100)], [aRow(1, 0, 100)]), 'in_place'],
    ['a foreign row covers it', view([span(0, 100)], [aRow(1, null, null, false)]), 'in_place'],
    [
      'a foreign row whose role opens no door',
      view([span(0, 100)], [{ ...aRow(1, null, null, false), opensNothing: true }]),
      'pending',
    ],
    ['a row that is late by less', view([span(0, 100)], [aRow(1, 0.9, 100)], 0.5), 'in_place'],
    ['nothing there', view([span(0, 100)], []), 'pending'],
    ['nothing there, where one row is all', view([span(0, 100)], [], 10, ONE_ROW), 'pending'],
  ])('%s', (_, seen, state) => {
    expect(reportAtRest(wish, seen, null)).toEqual({ state, problem: null });
  });

  test('where one row is all, what comes later is queued', () => {
    const later = aWish({ from: T + 200 * S, until: T + 300 * S });
    const wanted = [span(0, 100), span(200, 300)];
    const seen = view(wanted, [aRow(1, 0, 100)], 10, ONE_ROW);
    expect(reportAtRest(later, seen, null).state).toBe('queued');
    expect(reportAtRest(wish, seen, null).state).toBe('in_place');
    const settling = view([span(200, 300)], [aRow(1, 0, 100)], 100.5, ONE_ROW);
    expect(reportAtRest(later, settling, null).state).toBe('queued');
  });

  test('where several rows are taken, nothing waits for its turn', () => {
    const later = aWish({ from: T + 200 * S, until: T + 300 * S });
    const seen = view([span(0, 100), span(200, 300)], [aRow(1, 0, 100)]);
    expect(reportAtRest(later, seen, null).state).toBe('pending');
  });

  test('a wish that is over is removed once its row is cleaned', () => {
    expect(reportAtRest(wish, view([], [aRow(1, 0, 100)], 100), null).state).toBe('removing');
    expect(reportAtRest(wish, view([], [aRow(1, 0, 100)], 101), null).state).toBe('removing');
    expect(reportAtRest(wish, view([], [], 160), null).state).toBe('removed');
    const other = view([], [aRow(1, 200, 300)], 301);
    expect(reportAtRest(wish, other, null).state).toBe('removed');
  });

  test('a tombstone is removed though others hold the row', () => {
    const seen = view([span(0, 100)], [aRow(1, 0, 100)]);
    expect(reportAtRest(aWish({ wanted: false }), seen, null).state).toBe('removed');
  });

  test('a hold says why; a tombstone has no problem with it', () => {
    expect(reportAtRest(wish, view([], []), HOLD)).toEqual({ state: 'removed', problem: HOLD });
    const tombstone = aWish({ wanted: false });
    expect(reportAtRest(tombstone, view([], []), HOLD).problem).toBeNull();
  });
});

describe('in trouble', () => {
  const waits = { problem: OUTAGE, kind: 'waits' as const, held: null };
  const attention = { problem: OUTAGE, kind: 'attention' as const, held: null };
  const blind = { now: T + 10 * S, wanted: [span(0, 100)], rows: null, learned: UNKNOWN };

  test('what Kisi was seen to hold counts', () => {
    const held = view([span(0, 100)], [aRow(1, 0, 100)]);
    const gone = view([], []);
    const tombstone = aWish({ wanted: false });
    expect(reportInTrouble(aWish(), held, attention)?.state).toBe('in_place');
    expect(reportInTrouble(tombstone, gone, attention)?.state).toBe('removed');
    expect(reportInTrouble(aWish(), gone, attention)).toEqual({
      state: 'attention',
      problem: OUTAGE,
    });
    const lingering = view([], [aRow(1, 0, 100)]);
    expect(reportInTrouble(tombstone, lingering, waits)?.state).toBe('removing');
    expect(reportInTrouble(tombstone, lingering, attention)?.state).toBe('attention');
  });

  test('a revoked grant is not drawn into the trouble of another that holds the same row', () => {
    const held = view([span(0, 100), span(200, 300)], [aRow(1, 0, 100)]);
    expect(reportInTrouble(aWish({ wanted: false }), held, attention)?.state).toBe('removed');
  });

  test('nor when the other has yet to begin', () => {
    const tombstone = aWish({ from: T + 200 * S, until: T + 300 * S, wanted: false });
    const held = view([span(200, 300)], [aRow(1, 200, 300)]);
    expect(reportInTrouble(tombstone, held, attention)?.state).toBe('removed');
  });

  test('a row that has ended is to be cleaned, whatever the others ask for', () => {
    const over = aWish({ until: T + 5 * S });
    const cleaning = (until: number) => view([span(0, 100)], [aRow(1, 0, until)]);
    expect(reportInTrouble(over, cleaning(5), waits)?.state).toBe('removing');
    expect(reportInTrouble(over, cleaning(10), waits)?.state).toBe('removing');
  });

  test('foreign rows, and rows at another time, are not what is left of a revoked grant', () => {
    const tombstone = aWish({ wanted: false });
    const foreign = view([], [aRow(1, 0, 100, false)]);
    const elsewhen = view([], [aRow(1, 200, 300)]);
    expect(reportInTrouble(tombstone, foreign, attention)?.state).toBe('removed');
    expect(reportInTrouble(tombstone, elsewhen, attention)?.state).toBe('removed');
  });

  test('who waits is told so; what was told and may still be true is not taken back', () => {
    expect(reportInTrouble(aWish(), blind, waits)).toEqual({ state: 'pending', problem: OUTAGE });
    expect(reportInTrouble(aWish({ wanted: false }), blind, waits)?.state).toBe('removing');
    const told = (state: 'in_place' | 'queued' | 'removed' | 'pending', revision = 7) =>
      aWish({ told: { revision, state, problemType: null } });
    expect(reportInTrouble(told('in_place'), blind, waits)).toBeNull();
    expect(reportInTrouble(told('queued'), blind, attention)).toBeNull();
    expect(reportInTrouble(told('removed'), blind, waits)).toBeNull();
    expect(reportInTrouble(told('pending'), blind, waits)?.state).toBe('pending');
    expect(reportInTrouble(told('in_place', 6), blind, waits)?.state).toBe('pending');
  });

  test('the access of a member on hold is being removed, not in place', () => {
    const seen = view([], [aRow(1, 0, 100)]);
    expect(reportInTrouble(aWish(), seen, { ...waits, held: HOLD })?.state).toBe('removing');
  });
});

describe('while the integration is removed', () => {
  const REMOVED = { type: 'integration_inactive' as const, detail: 'connect it again' };
  const blind = { problem: OUTAGE, kind: 'waits' as const, held: REMOVED };
  const tombstone = aWish({ wanted: false });

  test('a live wish waits, and what was left to it is in place', () => {
    const waits = { state: 'pending', problem: REMOVED };
    expect(reportAtRest(aWish(), view([], []), REMOVED)).toEqual(waits);
    // An open door of somebody else's, or half of the window, is not ours to promise.
    const foreign = view([], [aRow(1, null, null, false)]);
    expect(reportAtRest(aWish(), foreign, REMOVED)).toEqual(waits);
    expect(reportAtRest(aWish(), view([span(0, 50)], [aRow(1, 0, 50)]), REMOVED)).toEqual(waits);
    const left = view([span(0, 100)], [aRow(1, 0, 100)]);
    expect(reportAtRest(aWish(), left, REMOVED)).toEqual({ state: 'in_place', problem: null });
  });

  test('what nobody wants and still stands ends by itself', () => {
    const standing = view([], [aRow(1, 0, 100)]);
    expect(reportAtRest(tombstone, standing, REMOVED)).toEqual({
      state: 'removing',
      problem: REMOVED,
    });
    const gone = { state: 'removed', problem: null };
    expect(reportAtRest(tombstone, view([], []), REMOVED)).toEqual(gone);
    expect(reportAtRest(aWish(), view([], [], 100), REMOVED)).toEqual(gone);
  });

  test('in trouble, what is gone waits and what is not is being removed', () => {
    expect(reportInTrouble(aWish(), view([], []), blind)).toEqual({
      state: 'pending',
      problem: REMOVED,
    });
    expect(reportInTrouble(aWish(), view([], [aRow(1, 0, 100)]), blind)).toEqual({
      state: 'removing',
      problem: OUTAGE,
    });
    expect(reportInTrouble(tombstone, view([], []), blind)).toEqual({
      state: 'removed',
      problem: null,
    });
  });
});
