import { showDuration } from '../shared/duration';
import { texts } from '../texts';
import type { MyKeys } from './member-api';

const t = texts.myKeys;

type Reason = MyKeys['data'][number]['reasons'][number];

const SECOND_MS = 1_000;

/** A time of today, "18:00 CET", or of another day, "Tue 1 Dec, 18:00 CET", in the zone (IANA). */
export function showWhen(instant: string, zone: string, now: number): string {
  return formatWhen(instant, zone, now, { timeZoneName: 'short' });
}

/** A time on this clock, "18:00:05". */
export function showClock(ms: number): string {
  return new Intl.DateTimeFormat(texts.locale, { timeStyle: 'medium' }).format(ms);
}

/** What a door says about why, and until when. */
export interface Reasons {
  /** Until when the member can open it, over all reasons; `null`: the only reason says so. */
  readonly until: string | null;
  /** Each reason with its own end: "Booking until 18:00". */
  readonly reasons: string;
}

/** Why a door opens now, and until when. */
export function showReasons(
  { until, reasons }: { until: string | null; reasons: readonly Reason[] },
  zone: string,
  now: number,
): Reasons {
  const [only, ...others] = reasons;
  if (only && others.length === 0) {
    return { until: null, reasons: showReason(only, zone, now, { timeZoneName: 'short' }) };
  }
  const all = reasons.map((reason) => showReason(reason, zone, now));
  return {
    until: until === null ? t.door.noEnd : t.door.until(showWhen(until, zone, now)),
    reasons: [...new Set(all)].join(' · '),
  };
}

/** Why a door will open, seen from its start, which is said beside it. */
export function showUpcomingReasons(
  { startsAt, reasons }: { startsAt: string; reasons: readonly Reason[] },
  zone: string,
): string {
  const start = Date.parse(startsAt);
  return [...new Set(reasons.map((reason) => showReason(reason, zone, start)))].join(' · ');
}

/** "Booking until 18:00"; of one that has not begun at `now`, "Booking 18:00 to 20:00". */
function showReason(
  { source, startsAt, endsAt }: Reason,
  zone: string,
  now: number,
  more: Intl.DateTimeFormatOptions = {},
): string {
  const name = t.reason.source[source];
  const until = endsAt === null ? null : formatWhen(endsAt, zone, now, more);
  if (Date.parse(startsAt) <= now) return until === null ? name : t.reason.until(name, until);
  const from = formatWhen(startsAt, zone, now);
  return until === null ? t.reason.from(name, from) : t.reason.window(name, from, until);
}

/** How long until then: "2 d 4 h", "3 h 20 min", "4 min 5 s", "12 s"; `null`: it is then already. */
export function showCountdown(instant: string, now: number): string | null {
  const seconds = Math.ceil((Date.parse(instant) - now) / SECOND_MS);
  if (seconds <= 0) return null;
  return showDuration(seconds * SECOND_MS);
}

function formatWhen(
  instant: string,
  zone: string,
  now: number,
  more: Intl.DateTimeFormatOptions = {},
): string {
  const date = new Date(instant);
  const day = (at: Date | number): string =>
    new Intl.DateTimeFormat(texts.locale, { timeZone: zone, dateStyle: 'short' }).format(at);
  const year = (at: Date | number): string =>
    new Intl.DateTimeFormat(texts.locale, { timeZone: zone, year: 'numeric' }).format(at);
  return new Intl.DateTimeFormat(texts.locale, {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    ...(day(date) === day(now) ? {} : { weekday: 'short', day: 'numeric', month: 'short' }),
    ...(year(date) === year(now) ? {} : { year: 'numeric' }),
    ...more,
  }).format(date);
}
