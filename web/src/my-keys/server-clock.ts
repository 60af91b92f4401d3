/** Clocks that differ by less are taken for the same, ms: an answer says its time in whole seconds. */
const TOLERATED_MS = 3_000;

let aheadMs = 0;

/** Learns the API's time from the `Date` of an answer. */
export function setByAnswer({ headers }: Response): void {
  const at = Date.parse(headers.get('date') ?? '');
  if (Number.isNaN(at)) return;
  const ahead = at - Date.now();
  aheadMs = Math.abs(ahead) < TOLERATED_MS ? 0 : ahead;
}

/** The time by the API's clock, ms UTC: doors open and close by that, not by this device's. */
export function serverNow(): number {
  return Date.now() + aheadMs;
}
