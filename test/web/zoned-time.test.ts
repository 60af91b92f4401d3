import { showWindow } from '../../web/src/shared/time';
import {
  foldOf,
  instantOf,
  readWall,
  utcOffset,
  wallOf,
  zoneName,
} from '../../web/src/shared/zoned-time';

const BERLIN = 'Europe/Berlin';
const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

describe('a time on the wall clock of a zone', () => {
  it('is an instant, in summer and in winter', () => {
    expect(readWall('2026-07-01T10:00', BERLIN)).toEqual({
      kind: 'once',
      at: Date.parse('2026-07-01T08:00:00Z'),
    });
    expect(readWall('2026-12-01T10:00', BERLIN)).toEqual({
      kind: 'once',
      at: Date.parse('2026-12-01T09:00:00Z'),
    });
  });

  it.each(['', 'soon', '2026-13-45T99:00'])('is none where %j is entered', (wall) => {
    expect(readWall(wall, BERLIN)).toBeNull();
  });

  it.each([
    [BERLIN, '2026-03-29T02:30', '2026-03-29T01:00:00.000Z'],
    ['America/New_York', '2026-03-08T02:00', '2026-03-08T07:00:00.000Z'],
    // Half an hour only.
    ['Australia/Lord_Howe', '2026-10-04T02:15', '2026-10-03T15:30:00.000Z'],
  ])('does not exist where the clock of %s is put forward over %s', (zone, wall, jump) => {
    const reading = readWall(wall, zone);
    expect(reading?.kind).toBe('never');
    expect(instantOf(reading, 'first')).toBeNull();
    expect(reading?.kind === 'never' && iso(reading.skippedTo)).toBe(jump);
  });

  it.each([
    [BERLIN, '2026-10-25T02:30', '2026-10-25T00:30:00.000Z', '2026-10-25T01:30:00.000Z'],
    [BERLIN, '2026-10-25T02:00', '2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z'],
    [
      'America/New_York',
      '2026-11-01T01:59',
      '2026-11-01T05:59:00.000Z',
      '2026-11-01T06:59:00.000Z',
    ],
    [
      'Australia/Lord_Howe',
      '2026-04-05T01:45',
      '2026-04-04T14:45:00.000Z',
      '2026-04-04T15:15:00.000Z',
    ],
  ])('comes twice where the clock of %s is put back over %s', (zone, wall, first, second) => {
    const reading = readWall(wall, zone);
    expect(reading?.kind).toBe('twice');
    expect(iso(instantOf(reading, 'first'))).toBe(first);
    expect(iso(instantOf(reading, 'second'))).toBe(second);
  });

  it('exists once right before and right after the clock changes', () => {
    for (const wall of ['2026-03-29T01:59', '2026-03-29T03:00']) {
      expect(readWall(wall, BERLIN)?.kind).toBe('once');
    }
    for (const wall of ['2026-10-25T01:59', '2026-10-25T03:00']) {
      expect(readWall(wall, BERLIN)?.kind).toBe('once');
    }
  });

  it.each([
    [BERLIN, '2026-03-29T01:00:00Z'],
    [BERLIN, '2026-10-25T01:00:00Z'],
    ['America/New_York', '2026-11-01T06:00:00Z'],
    ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
    ['Asia/Kolkata', '2026-03-29T01:00:00Z'],
  ])('of %s goes back and forth for every quarter of an hour about %s', (zone, change) => {
    const hourMs = 3_600_000;
    for (let at = Date.parse(change) - 2 * hourMs; at <= Date.parse(change) + 2 * hourMs;) {
      const back = instantOf(readWall(wallOf(at, zone), zone), foldOf(at, zone));
      expect(iso(back)).toBe(iso(at));
      at += hourMs / 4;
    }
  });
});

it('names the zone and its offset at an instant', () => {
  const winter = Date.parse('2026-12-01T09:00:00Z');
  const summer = Date.parse('2026-07-01T09:00:00Z');
  expect([zoneName(winter, BERLIN), utcOffset(winter, BERLIN)]).toEqual(['CET', 'UTC+01:00']);
  expect([zoneName(summer, BERLIN), utcOffset(summer, BERLIN)]).toEqual(['CEST', 'UTC+02:00']);
});

describe('a window', () => {
  const shown = (from: string, until: string | null): string =>
    showWindow(`2026-10-25T${from}:00Z`, until && `2026-10-25T${until}:00Z`, BERLIN);

  it('names the day once, and has both ends', () => {
    expect(shown('08:00', '10:00')).toMatch(/^Sun,? 25 Oct 2026, 09:00\W+11:00 CET$/);
    expect(shown('08:00', null)).toMatch(/09:00 CET – no end$/i);
  });

  it.each([
    ['an hour that the clock shows twice', '00:30', '01:30', /02:30 CEST – .*02:30 CET$/],
    ['two hours over the change', '00:00', '02:00', /02:00 CEST – .*03:00 CET$/],
  ])('names both zones over a change of clocks: %s', (_what, from, until, words) => {
    expect(shown(from, until)).toMatch(words);
  });
});
