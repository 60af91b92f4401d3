import { texts } from '../texts';
import { offsetMinutes } from './zoned-time';

/** Shows instants in one zone (IANA), with the zone's short name: "Tue 24 Nov 2026, 10:00 CET". */
export function showInstant(instant: string | number, zone: string): string {
  return formatIn(zone).format(new Date(instant));
}

/** Of a window [from, until): "from – until", the day once when both are on one. `null`: no end. */
export function showWindow(from: string, until: string | null, zone: string): string {
  if (until === null) return `${showInstant(from, zone)} – ${texts.common.noEnd}`;
  const [begin, end] = [new Date(from), new Date(until)];
  // A range names one offset and compares wall clocks, so that an hour over a change of clocks is lost.
  if (offsetMinutes(begin.getTime(), zone) !== offsetMinutes(end.getTime(), zone)) {
    return `${showInstant(from, zone)} – ${showInstant(until, zone)}`;
  }
  return formatIn(zone).formatRange(begin, end);
}

function formatIn(zone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(texts.locale, {
    timeZone: zone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    timeZoneName: 'short',
  });
}

/** The zone of this browser, where no location says another. */
export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
