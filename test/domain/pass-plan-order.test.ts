import { nextStep } from '../../src/domain/pass-plan';
import { aRow, span } from './fixtures';
import { MANY, ONE, ONE_PATCH, view } from './pass-views';

const DAY = 86_400;

describe('which of several steps comes first, where Kisi takes several rows', () => {
  const today = span(0, 60);
  const later = span(100, 200);

  test.each([
    [
      'a closed door is opened first, though another window has no row at all',
      view([today, later], [aRow(1, 30, 60)]),
      { kind: 'patch', row: aRow(1, 30, 60), window: today },
    ],
    [
      'while the door is open, the new row comes before the open one is made shorter',
      view([today, later, span(300, 400)], [aRow(1, null, 80), aRow(2, 300, 400)]),
      { kind: 'create', window: later },
    ],
    [
      'without PATCH each window gets a new row, in order of time',
      view([today, later], [aRow(1, null, 80)], MANY),
      { kind: 'create', window: today },
    ],
    [
      'of a row that two windows could take over, the second window gets a new one first',
      view([span(0, 10), span(20, 30)], [aRow(1, null, 30)]),
      { kind: 'create', window: span(20, 30) },
    ],
    [
      'an open row that nothing later can take over goes before the later window is written',
      view([later], [aRow(1, null, 20)]),
      { kind: 'delete', row: aRow(1, null, 20) },
    ],
  ])('%s', (_, seen, step) => {
    expect(nextStep(seen)).toEqual(step);
  });
});

describe('which row takes over a window that has none', () => {
  test.each([
    [
      'none that lies at another time',
      view([span(50, 60)], [aRow(1, 200, 300)]),
      { kind: 'create', window: span(50, 60) },
    ],
    [
      'the one that shares most of it',
      view([span(0, 100)], [aRow(1, null, 10), aRow(2, null, 90)]),
      { kind: 'patch', row: aRow(2, null, 90), window: span(0, 100) },
    ],
    [
      'counted from where both have begun',
      view([span(10, 100)], [aRow(1, 60, 100), aRow(2, 10, 60)]),
      { kind: 'patch', row: aRow(2, 10, 60), window: span(10, 100) },
    ],
    [
      'over days as well, if the window has no end',
      view([span(0, null)], [aRow(1, null, DAY), aRow(2, null, 2 * DAY)]),
      { kind: 'patch', row: aRow(2, null, 2 * DAY), window: span(0, null) },
    ],
  ])('%s', (_, seen, step) => {
    expect(nextStep(seen)).toEqual(step);
  });
});

describe('which of several rows gives way, where one row is all', () => {
  const today = span(0, 100);
  const later = span(50, 60);

  test.each([
    [
      'the one that is open, when nobody is granted anything',
      view([], [aRow(2, 500, 600), aRow(1, null, 100)], ONE),
      { kind: 'delete', row: aRow(1, null, 100) },
    ],
    [
      'the one that shares most with the first window becomes its row',
      view([today], [aRow(2, 500, 600), aRow(1, null, 50)], ONE_PATCH),
      { kind: 'patch', row: aRow(1, null, 50), window: today },
    ],
    [
      'an open one that nobody is granted goes before another is rewritten',
      view([later], [aRow(1, null, 20), aRow(2, 50, 55)], ONE_PATCH),
      { kind: 'delete', row: aRow(1, null, 20) },
    ],
    [
      'but becomes the later one if that is nearest: one call closes and writes ahead',
      view([later], [aRow(1, null, 55)], ONE_PATCH),
      { kind: 'patch', row: aRow(1, null, 55), window: later },
    ],
    [
      'an open one stays while somebody is granted access, until another covers it',
      view([today], [aRow(1, null, 20), aRow(2, 5, 90)], ONE_PATCH),
      { kind: 'patch', row: aRow(2, 5, 90), window: today },
    ],
  ])('%s', (_, seen, step) => {
    expect(nextStep(seen)).toEqual(step);
  });
});
