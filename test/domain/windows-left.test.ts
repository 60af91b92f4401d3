import { windowsLeft } from '../../src/domain/windows-left';

const NOW = 1_000_000;
const at = (seconds: number): number => NOW + seconds * 1_000;
const wish = (from: number, until: number | null, wanted = true) => ({
  wanted,
  from: at(from),
  until: until === null ? null : at(until),
});
const row = (from: number | null, until: number | null, ours = true) => ({
  id: 1,
  ours,
  from: from === null ? null : at(from),
  until: until === null ? null : at(until),
});

test.each([
  ['what stands and ends', [wish(-10, 60)], [row(null, 60)], [[-10, 60]]],
  ['what stands ahead', [wish(600, 660)], [row(600, 660)], [[600, 660]]],
  [
    'of an open row the part that was booked',
    [wish(-10, 60), wish(-5, null)],
    [row(null, null)],
    [[-10, 60]],
  ],
  ['of a longer wish what is written', [wish(-10, 90)], [row(null, 60)], [[-10, 60]]],
  [
    'of two rows each its part',
    [wish(-10, 90)],
    [row(null, 30), row(40, 90)],
    [
      [-10, 30],
      [40, 90],
    ],
  ],
])('%s is left', (_what, wishes, rows, left) => {
  expect(windowsLeft(wishes, rows, NOW)).toEqual(
    left.map(([from = 0, until = 0]) => ({ from: at(from), until: at(until) })),
  );
});

test.each([
  ['what has no end', [wish(-10, null)], [row(null, null)]],
  ['what is not written', [wish(-10, 60)], []],
  ['what nobody wants any more', [wish(-10, 60, false)], [row(null, 60)]],
  ['what is over', [wish(-60, -10)], [row(null, null)]],
  ['what only a foreign row gives', [wish(-10, 60)], [row(null, 60, false)]],
  ['what only touches a row', [wish(60, 90)], [row(null, 60)]],
])('%s is not', (_what, wishes, rows) => {
  expect(windowsLeft(wishes, rows, NOW)).toEqual([]);
});
