import { passKey } from '../../src/domain/door';
import { nextStep, windowsThatWait, windowsToHold } from '../../src/domain/pass-plan';
import { aPass, aRow, span } from './fixtures';
import { MANY, ONE, ONE_PATCH, view, wake } from './pass-views';

test('a pass is named by member and door; ids of locks and groups never mix', () => {
  expect(passKey(aPass(5))).toBe('mem_1:lock:5');
  expect(passKey({ ...aPass(), target: { kind: 'group', id: 5 } })).toBe('mem_1:group:5');
});

describe('where Kisi takes several rows', () => {
  test.each([
    ['nothing wished', view([], []), wake(null)],
    ['ahead', view([span(50, 60)], []), { kind: 'create', window: span(50, 60) }],
    [
      'beside a foreign row whose role opens no door',
      view([span(0, 100)], [{ ...aRow(1, null, null, false), opensNothing: true }]),
      { kind: 'create', window: span(0, 100) },
    ],
    ['at rest until 60 s after the end', view([span(0, 100)], [aRow(1, null, 100)]), wake(160)],
    ['open-ended costs no timer', view([span(0, null)], [aRow(1, null, null)]), wake(null)],
    ['parts of a second are no change', view([span(5, 100)], [aRow(1, 5.9, 100.9)]), wake(160)],
    [
      'touching wishes are one window',
      view([span(0, 50), span(50, 100)], []),
      { kind: 'create', window: span(0, 100) },
    ],
    [
      'longer: asks for another window first',
      view([span(0, 200)], [aRow(1, 0, 100)]),
      { kind: 'patch', row: aRow(1, 0, 100), window: span(0, 200) },
    ],
    [
      'longer, and PATCH is no way: the new row comes before the old one goes',
      view([span(0, 200)], [aRow(1, 0, 100)], MANY),
      { kind: 'create', window: span(0, 200) },
    ],
    [
      'then the old one goes',
      view([span(0, 200)], [aRow(1, 0, 100), aRow(2, null, 200)], MANY),
      { kind: 'delete', row: aRow(1, 0, 100) },
    ],
    [
      'what is missing now comes before what is missing later',
      view([span(0, 20), span(50, 60)], [], MANY),
      { kind: 'create', window: span(0, 20) },
    ],
    [
      'what nobody is granted now goes before what is missing later',
      view([span(50, 60)], [aRow(1, null, 20)], MANY),
      { kind: 'delete', row: aRow(1, null, 20) },
    ],
    [
      'an open row may become the later one: one call closes and writes ahead',
      view([span(50, 60)], [aRow(1, null, 55)]),
      { kind: 'patch', row: aRow(1, null, 55), window: span(50, 60) },
    ],
    [
      'of two rows for one window one is surplus',
      view([span(0, 100)], [aRow(1, null, 100), aRow(2, null, 100)]),
      { kind: 'delete', row: aRow(2, null, 100) },
    ],
    ['a row that ends this very instant too', view([], [aRow(1, 0, 100)], MANY, 100), wake(160)],
    ['an ended row rests a minute', view([], [aRow(1, 0, 100)], MANY, 159), wake(160)],
    [
      'and is cleaned then',
      view([], [aRow(1, 0, 100)], MANY, 160),
      { kind: 'delete', row: aRow(1, 0, 100) },
    ],
  ])('%s', (_, seen, step) => {
    expect(nextStep(seen)).toEqual(step);
  });
});

describe('foreign rows', () => {
  const all = aRow(9, null, null, false);

  test('one that covers a wish is enough; it is looked at again at the end of the wish', () => {
    expect(nextStep(view([span(0, 100)], [all]))).toEqual(wake(100));
    expect(windowsToHold(view([span(0, 100)], [all]))).toEqual([]);
  });

  test('the same window is covered as well as a longer one', () => {
    expect(windowsToHold(view([span(0, 100)], [aRow(9, 0, 100, false)]))).toEqual([]);
  });

  test('where it covers one wish and ours the other, the end that comes first is looked at', () => {
    const rows = [aRow(9, null, 60, false), aRow(1, 100, 200)];
    expect(nextStep(view([span(0, 50), span(100, 200)], rows))).toEqual(wake(50));
  });

  test('a row of ours that stands already stays beside it', () => {
    const seen = view([span(0, 100)], [all, aRow(1, 0, 100)]);
    expect(windowsToHold(seen)).toEqual([span(0, 100)]);
    expect(nextStep(seen)).toEqual(wake(160));
  });

  test('one that covers a part only is no help', () => {
    const seen = view([span(0, 100)], [aRow(9, null, 50, false)]);
    expect(nextStep(seen)).toEqual({ kind: 'create', window: span(0, 100) });
  });

  test('is never surplus, ended or not', () => {
    expect(nextStep(view([], [all], MANY))).toEqual(wake(null));
    expect(nextStep(view([], [aRow(9, 0, 1, false)], MANY, 900))).toEqual(wake(null));
  });
});

describe('where one row is all', () => {
  const today = span(0, 100);
  const tomorrow = span(500, 600);

  test.each([
    [
      'holds the first, rolls a second after its end',
      view([today, tomorrow], [aRow(1, null, 100)], ONE),
      wake(101),
    ],
    [
      'with nothing to follow it rests a minute',
      view([today], [aRow(1, null, 100)], ONE),
      wake(160),
    ],
    ['an ended row gets its second', view([tomorrow], [aRow(1, 0, 100)], ONE, 100.5), wake(101)],
    [
      'an older one is cleaned meanwhile',
      view([tomorrow], [aRow(1, 0, 40), aRow(2, 40, 100)], ONE, 100.5),
      { kind: 'delete', row: aRow(1, 0, 40) },
    ],
    [
      'then the next is rolled in',
      view([tomorrow], [aRow(1, 0, 100)], ONE, 101),
      { kind: 'replace', row: aRow(1, 0, 100), window: tomorrow, gap: false },
    ],
    [
      'unless somebody waits at the door',
      view([span(100, 200)], [aRow(1, 0, 100)], ONE, 100.5),
      { kind: 'replace', row: aRow(1, 0, 100), window: span(100, 200), gap: false },
    ],
    [
      'an earlier wish takes the row of a later one',
      view([today, tomorrow], [aRow(1, 500, 600)], ONE_PATCH),
      { kind: 'patch', row: aRow(1, 500, 600), window: today },
    ],
    [
      'by replacing where PATCH is no way; nobody was inside',
      view([today, tomorrow], [aRow(1, 500, 600)], ONE),
      { kind: 'replace', row: aRow(1, 500, 600), window: today, gap: false },
    ],
    [
      'a change of the current one leaves a gap, and says so',
      view([span(0, 200)], [aRow(1, null, 100)], ONE),
      { kind: 'replace', row: aRow(1, null, 100), window: span(0, 200), gap: true },
    ],
    [
      'what else is in the way goes first, so that the gap is one call long',
      view([span(0, 200)], [aRow(1, null, 100), aRow(2, 300, 400)], ONE),
      { kind: 'delete', row: aRow(2, 300, 400) },
    ],
    [
      'a foreign row that came later would stop the new one: what stands is kept',
      view([span(0, 200)], [aRow(1, null, 100), aRow(9, null, 50, false)], ONE),
      { kind: 'obstructed' },
    ],
    [
      'a foreign row that was there before did not stop ours either',
      view([span(0, 200)], [aRow(1, null, 50, false), aRow(5, null, 100)], ONE),
      { kind: 'replace', row: aRow(5, null, 100), window: span(0, 200), gap: true },
    ],
    [
      'an ended row is nothing that a later foreign one could make us lose',
      view([tomorrow], [aRow(1, 0, 100), aRow(9, null, 150, false)], ONE, 101),
      { kind: 'replace', row: aRow(1, 0, 100), window: tomorrow, gap: false },
    ],
    [
      'access that nobody is granted goes all the same',
      view([tomorrow], [aRow(1, null, 100), aRow(9, null, 50, false)], ONE),
      { kind: 'delete', row: aRow(1, null, 100) },
    ],
    [
      'a second row that was taken after all stays',
      view([today, tomorrow], [aRow(1, null, 100), aRow(2, 500, 600)], ONE),
      wake(160),
    ],
  ])('%s', (_, seen, step) => {
    expect(nextStep(seen)).toEqual(step);
  });

  test('what has no row yet waits for its turn', () => {
    const rows = [aRow(1, null, 100)];
    expect(windowsThatWait(view([today, tomorrow], rows, ONE))).toEqual([tomorrow]);
    expect(windowsThatWait(view([today, tomorrow], rows, MANY))).toEqual([]);
    const blind = { ...aRow(9, 500, 600, false), opensNothing: true as const };
    expect(windowsThatWait(view([today, tomorrow], [...rows, blind], ONE))).toEqual([tomorrow]);
    const both = [...rows, aRow(2, 500, 600)];
    expect(windowsThatWait(view([today, tomorrow], both, ONE))).toEqual([]);
  });
});
