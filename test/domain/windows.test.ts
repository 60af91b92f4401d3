import {
  contains,
  covered,
  fromNowOn,
  overlaps,
  sameFromNowOn,
  union,
  wholeSecond,
} from '../../src/domain/windows';

const T = Date.UTC(2026, 10, 24, 10);
const S = 1_000;
const w = (from: number, until: number | null) => ({
  from: T + from * S,
  until: until === null ? null : T + until * S,
});
const row = (from: number | null, until: number | null) => ({
  from: from === null ? null : T + from * S,
  until: until === null ? null : T + until * S,
});

describe('wholeSecond', () => {
  test.each([
    [1_000, 1_000],
    [1_999, 1_000],
    [0, 0],
    [-1, -1_000],
  ])('%d ms lies in the second that begins at %d', (ms, second) => {
    expect(wholeSecond(ms)).toBe(second);
  });
});

describe('contains: from is inside, until is not', () => {
  test.each([
    [row(10, 20), 9.999, false],
    [row(10, 20), 10, true],
    [row(10, 20), 19.999, true],
    [row(10, 20), 20, false],
    [row(null, 20), -1e6, true],
    [row(10, null), 1e6, true],
    [row(null, null), 0, true],
  ])('%j at second %d: %s', (window, at, inside) => {
    expect(contains(window, T + at * S)).toBe(inside);
  });
});

describe('overlaps: touching windows share no instant', () => {
  test.each([
    [row(0, 10), row(10, 20), false],
    [row(0, 11), row(10, 20), true],
    [row(null, 10), row(10, null), false],
    [row(null, null), row(5, 6), true],
    [row(12, 13), row(10, 20), true],
  ])('%j and %j: %s', (a, b, share) => {
    expect(overlaps(a, b)).toBe(share);
    expect(overlaps(b, a)).toBe(share);
  });
});

describe('union', () => {
  test.each([
    ['nothing', [], []],
    ['touching windows become one', [w(0, 10), w(10, 20)], [w(0, 20)]],
    ['a gap of one second stays a gap', [w(0, 10), w(11, 20)], [w(0, 10), w(11, 20)]],
    ['one inside the other', [w(0, 30), w(10, 20)], [w(0, 30)]],
    ['in any order', [w(20, 30), w(0, 10), w(5, 21)], [w(0, 30)]],
    ['an open end swallows what comes later', [w(5, null), w(0, 6), w(50, 60)], [w(0, null)]],
    ['an open end far away stays apart', [w(0, 6), w(50, null)], [w(0, 6), w(50, null)]],
    ['empty windows are nobody’s', [w(5, 5), w(7, 6), w(1, 2)], [w(1, 2)]],
    ['the same twice', [w(0, 10), w(0, 10)], [w(0, 10)]],
  ])('%s', (_, windows, merged) => {
    expect(union(windows)).toEqual(merged);
  });

  test('leaves its input as it was', () => {
    const windows = [w(0, 10), w(5, 20)];
    union(windows);
    expect(windows).toEqual([w(0, 10), w(5, 20)]);
  });
});

test('fromNowOn drops what is over at this very instant, and cuts nothing off the rest', () => {
  const windows = [w(0, 10), w(5, 11), w(0, null)];
  expect(fromNowOn(windows, T + 10 * S)).toEqual([w(5, 11), w(0, null)]);
});

describe('covered: from now on, but for parts of a second', () => {
  const now = T + 10 * S;
  test.each([
    ['the same', w(0, 20), [row(0, 20)], true],
    ['several that touch', w(0, 30), [row(null, 20), row(20, 30)], true],
    ['with a gap between', w(0, 30), [row(null, 20), row(21, 30)], false],
    ['the past does not matter', w(0, 20), [row(10, 20)], true],
    ['a begun window must be open now', w(0, 20), [row(10.001, 20)], false],
    ['and so must one that begins now', w(10, 20), [row(10.001, 20)], false],
    ['a start ahead may be late by less than a second', w(15, 20), [row(15.999, 20)], true],
    ['but not by a second', w(15, 20), [row(16, 20)], false],
    ['an end may be early by less than a second', w(0, 20), [row(0, 19.001)], true],
    ['but not by a second', w(0, 20), [row(0, 19)], false],
    ['an open end is covered by an open end only', w(0, null), [row(0, 9_999_999)], false],
    ['an open end', w(0, null), [row(0, null)], true],
    ['nothing', w(0, 20), [], false],
  ])('%s', (_, whole, parts, isCovered) => {
    expect(covered(whole, parts, now)).toBe(isCovered);
  });
});

describe('sameFromNowOn', () => {
  const now = T + 10 * S;
  test.each([
    ['begun windows differ by their ends only', row(null, 20), w(3, 20), true],
    ['what begins now has begun', row(10, 20), w(3, 20), true],
    ['an end may differ by less than a second', row(0, 20.999), w(0, 20), true],
    ['but not by a second', row(0, 21), w(0, 20), false],
    ['nor be a second early', row(0, 19), w(0, 20), false],
    ['a start ahead may differ by less than a second', row(14.001, 20), w(15, 20), true],
    ['but not by a second', row(14, 20), w(15, 20), false],
    ['begun is not ahead', row(null, 20), w(15, 20), false],
    ['ahead is not begun', row(15, 20), w(0, 20), false],
    ['open ends are the same', row(0, null), w(0, null), true],
    ['an open end is no end', row(0, null), w(0, 20), false],
    ['an end is no open end', row(0, 20), w(0, null), false],
  ])('%s', (_, atKisi, window, same) => {
    expect(sameFromNowOn(atKisi, window, now)).toBe(same);
  });
});
