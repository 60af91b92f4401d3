import dayjs from 'dayjs';
import utc from 'dayjs/plugin/utc';
import { jumpNear, offsetMinutes, readWall, wallOf } from '../zoned-time';
import { texts } from '../../texts';

dayjs.extend(utc);

/** How much is shown at once. */
export type RangeName = 'day' | 'week';

const DAYS: Readonly<Record<RangeName, number>> = { day: 1, week: 7 };
const HOURS_BETWEEN_TICKS = 3;
const HOURS_OF_A_DAY = 24;
const HALF_DAY_MS = 43_200_000;
const DAY_FORMAT = 'YYYY-MM-DD';

/** A time that is marked on a timeline; ms UTC. */
export interface Tick {
  readonly at: number;
  readonly label: string;
  /** For where there is little room. */
  readonly short: string;
}

/** What a timeline shows: days of a zone, [from, until) in ms UTC. */
export interface ShownSpan {
  readonly from: number;
  readonly until: number;
  readonly ticks: readonly Tick[];
  /** Where the clocks of the zone change: minutes that they are put forward, negative for back. */
  readonly clockChanges: readonly { readonly at: number; readonly minutes: number }[];
}

/** The day (`2026-11-24`) that the wall clock of a zone (IANA) shows at an instant (ms UTC). */
export function dayOf(at: number, zone: string): string {
  return wallOf(at, zone).slice(0, DAY_FORMAT.length);
}

/** So many days (`week`: 7) after a day, or before it. */
export function moveDay(day: string, range: RangeName, steps: number): string {
  return addDays(day, steps * DAYS[range]);
}

/** The span that begins with a day in a zone (IANA), with its ticks: hours of a day, days of a week. */
export function spanOf(day: string, range: RangeName, zone: string): ShownSpan {
  const days = Array.from({ length: DAYS[range] + 1 }, (_, index) => addDays(day, index));
  const starts = days.map((one) => wallInstant(`${one}T00:00`, zone));
  const from = starts[0] ?? 0;
  const until = starts.at(-1) ?? from;
  return {
    from,
    until,
    ticks: range === 'day' ? hourTicks(day, zone) : dayTicks(starts.slice(0, -1), zone),
    clockChanges: starts.slice(0, -1).flatMap((start, index) => {
      const end = starts[index + 1] ?? start;
      const minutes = offsetMinutes(end, zone) - offsetMinutes(start, zone);
      return minutes === 0 ? [] : [{ at: jumpNear(start + HALF_DAY_MS, zone), minutes }];
    }),
  };
}

function addDays(day: string, days: number): string {
  return dayjs.utc(day).add(days, 'day').format(DAY_FORMAT);
}

/** What the clock skips begins where it jumps to; what it shows twice, the first time. */
function wallInstant(wall: string, zone: string): number {
  const reading = readWall(wall, zone);
  switch (reading?.kind) {
    case 'once':
      return reading.at;
    case 'twice':
      return reading.first;
    case 'never':
      return reading.skippedTo;
    case undefined:
      throw new Error(`No wall clock shows ${wall}`);
  }
}

function hourTicks(day: string, zone: string): Tick[] {
  const count = HOURS_OF_A_DAY / HOURS_BETWEEN_TICKS;
  return Array.from({ length: count }, (_, index) => {
    const at = wallInstant(`${day}T${twoDigits(index * HOURS_BETWEEN_TICKS)}:00`, zone);
    const label = wallOf(at, zone).slice(DAY_FORMAT.length + 1);
    return { at, label, short: label };
  });
}

function dayTicks(starts: readonly number[], zone: string): Tick[] {
  const day = { timeZone: zone, weekday: 'short', day: 'numeric' } as const;
  const long = new Intl.DateTimeFormat(texts.locale, { ...day, month: 'short' });
  const short = new Intl.DateTimeFormat(texts.locale, day);
  return starts.map((at) => ({ at, label: long.format(at), short: short.format(at) }));
}

function twoDigits(hour: number): string {
  return String(hour).padStart(2, '0');
}
