import { wholeSecond } from './windows';

const WITH_ZONE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * An ISO 8601 instant with a zone as ms since the epoch, UTC, taken to the whole second; NaN when
 * it is not one. A time without a zone is none: it names a different instant on every machine.
 */
export function parseInstant(text: string): number {
  return WITH_ZONE.test(text) ? wholeSecond(Date.parse(text)) : Number.NaN;
}

/** ISO 8601 UTC without fractions, as Kisi writes it; `open-ended` for null. */
export function showInstant(ms: number | null): string {
  return ms === null ? 'open-ended' : new Date(ms).toISOString().replace('.000Z', 'Z');
}
