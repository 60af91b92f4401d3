import { parseInstant, showInstant } from '../../src/domain/instant';

describe('parseInstant', () => {
  test.each([
    ['2026-11-24T10:00:00Z', Date.UTC(2026, 10, 24, 10)],
    ['2026-11-24T10:00Z', Date.UTC(2026, 10, 24, 10)],
    ['2026-11-24T10:00:00.999Z', Date.UTC(2026, 10, 24, 10)],
    ['2026-11-24T10:00:00+01:00', Date.UTC(2026, 10, 24, 9)],
    ['2028-02-29T00:00:00Z', Date.UTC(2028, 1, 29)],
    ['2026-10-25T02:30:00+02:00', Date.UTC(2026, 9, 25, 0, 30)],
    ['2026-10-25T02:30:00+01:00', Date.UTC(2026, 9, 25, 1, 30)],
  ])('%s', (text, ms) => {
    expect(parseInstant(text)).toBe(ms);
  });

  test.each([
    '2026-11-24T10:00:00',
    '2026-11-24',
    'tomorrow',
    '',
    '2026-13-01T10:00:00Z',
    '2026-02-30T10:00:00Z',
    '2027-02-29T10:00:00Z',
    '2026-11-31T10:00:00+02:00',
    '2026-11-24T25:00:00Z',
    '2026-11-24T10:00:00+25:00',
    '2026-11-24 10:00:00Z',
    ' 2026-11-24T10:00:00Z',
    '2026-11-24T10:00:00Z ',
    '2026-11-24(2026-11-24T10:00:00Z',
  ])('%j is no instant', (text) => {
    expect(parseInstant(text)).toBeNaN();
  });
});

test('showInstant writes whole seconds as Kisi does, and an open end in words', () => {
  expect(showInstant(Date.UTC(2026, 10, 24, 10))).toBe('2026-11-24T10:00:00Z');
  expect(showInstant(null)).toBe('open-ended');
});
