import { texts } from '../texts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const WALL_LENGTH = '2026-11-24T10:00'.length;

/** Which of the two it is, when a wall clock shows a time twice. */
export type Fold = 'first' | 'second';

/** A time as it stands on a wall clock, and which of the two it is where the clock shows it twice. */
export interface WallTime {
  /** `2026-11-24T10:00`; empty: none. */
  readonly wall: string;
  readonly fold: Fold;
}

/**
 * What a time on the wall clock of a zone means. In a night in which clocks change it may be shown
 * twice, or never. Instants in ms UTC.
 */
export type WallReading =
  | { readonly kind: 'once'; readonly at: number }
  | { readonly kind: 'twice'; readonly first: number; readonly second: number }
  /** `skippedTo`: the instant at which the clock jumps over it. */
  | { readonly kind: 'never'; readonly skippedTo: number };

const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * `+01:00`, or empty for UTC itself, at an instant (ms UTC). Asked of the browser's own zones: a library
 * that goes by way of local time (dayjs) is wrong by an hour in a night in which that changes.
 */
function offsetText(at: number, zone: string): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
    formats.set(zone, format);
  }
  const part = format.formatToParts(at).find(({ type }) => type === 'timeZoneName');
  return (part?.value ?? '').replace('GMT', '');
}

/** Minutes that a zone (IANA) is ahead of UTC at an instant (ms UTC). */
export function offsetMinutes(at: number, zone: string): number {
  const text = offsetText(at, zone);
  const [hours = 0, minutes = 0] = text.slice(1).split(':').map(Number);
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}

/**
 * Reads a time on the wall clock of a zone.
 *
 * @param wall `2026-11-24T10:00`, as an input of the type `datetime-local` has it
 * @param zone IANA
 * @returns `null` where `wall` is no date and time
 */
export function readWall(wall: string, zone: string): WallReading | null {
  const ms = Date.parse(`${wall}Z`);
  // What is past the end of a month would be taken for a day of the next.
  if (Number.isNaN(ms) || textOf(ms) !== wall) return null;
  // No offset is larger than a day, and no zone changes its clock twice within two.
  const offsets = [offsetMinutes(ms - DAY_MS, zone), offsetMinutes(ms + DAY_MS, zone)];
  const instants = [...new Set(offsets)]
    .map((offset) => ms - offset * MINUTE_MS)
    .filter((at) => wallOf(at, zone) === wall)
    .sort((a, b) => a - b);
  const [first, second] = instants;
  if (first === undefined) return { kind: 'never', skippedTo: jumpNear(ms, zone) };
  return second === undefined ? { kind: 'once', at: first } : { kind: 'twice', first, second };
}

/** The instant (ms UTC) within a day of `ms` from which the zone has another offset, to the minute. */
export function jumpNear(ms: number, zone: string): number {
  let before = ms - DAY_MS;
  let after = ms + DAY_MS;
  const offset = offsetMinutes(before, zone);
  while (after - before > MINUTE_MS) {
    const middle = before + Math.floor((after - before) / (2 * MINUTE_MS)) * MINUTE_MS;
    if (offsetMinutes(middle, zone) === offset) before = middle;
    else after = middle;
  }
  return after;
}

/** The instant (ms UTC) that is meant; `null` where there is none. */
export function instantOf(reading: WallReading | null, fold: Fold): number | null {
  switch (reading?.kind) {
    case 'once':
      return reading.at;
    case 'twice':
      return reading[fold];
    case 'never':
    case undefined:
      return null;
  }
}

/** What the wall clock of a zone shows at an instant, as an input of the type `datetime-local` has it. */
export function wallOf(at: number | string, zone: string): string {
  const ms = new Date(at).getTime();
  return textOf(ms + offsetMinutes(ms, zone) * MINUTE_MS);
}

/** What the wall clock of UTC shows. */
function textOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, WALL_LENGTH);
}

/** Which of the two it is, where the wall clock of the zone shows the instant (ms UTC) twice. */
export function foldOf(at: number, zone: string): Fold {
  const reading = readWall(wallOf(at, zone), zone);
  return reading?.kind === 'twice' && reading.second <= at ? 'second' : 'first';
}

/** `UTC+01:00` at an instant (ms UTC). */
export function utcOffset(at: number, zone: string): string {
  return `UTC${offsetText(at, zone)}`;
}

/** The zone's short name at an instant (ms UTC), such as CET. */
export function zoneName(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat(texts.locale, {
    timeZone: zone,
    timeZoneName: 'short',
  }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? zone;
}
