import { wholeSecond } from './windows';

const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * An ISO 8601 instant with a zone as ms since the epoch, UTC, taken to the whole second; NaN when
 * it is not one. A time without a zone is none: it names a different instant on every machine.
 */
export function parseInstant(text: string): number {
  return WITH_ZONE.test(text) && isCalendarDay(text.slice(0, 10))
    ? wholeSecond(Date.parse(text))
    : Number.NaN;
}

/** `Date.parse` takes 30 February for 2 March; nobody means that. */
function isCalendarDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** ISO 8601 UTC without fractions, as Kisi writes it; `open-ended` for null. */
export function showInstant(ms: number | null): string {
  return ms === null ? 'open-ended' : new Date(ms).toISOString().replace('.000Z', 'Z');
}
