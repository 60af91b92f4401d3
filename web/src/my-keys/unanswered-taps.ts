import type { Tap } from './member-api';

/** Locks close again within seconds: who taps later than this means to open the door once more, ms. */
const MEANT_MS = 60_000;

/** By member and lock: kept while the page is open, whatever it shows meanwhile. */
const taps = new Map<string, Tap>();

type Whose = Pick<Tap, 'memberId' | 'lockId'>;

/** The last tap on a door that nobody answered, to be repeated under its key; `null`: none that counts. */
export function unansweredTap(whose: Whose): Tap | null {
  const tap = taps.get(idOf(whose));
  return tap && Date.now() - tap.begunAt < MEANT_MS ? tap : null;
}

/** Notes a tap before it is sent. */
export function keepTap(tap: Tap): void {
  taps.set(idOf(tap), tap);
}

/** It was answered. */
export function dropTap(tap: Tap): void {
  if (taps.get(idOf(tap)) === tap) taps.delete(idOf(tap));
}

function idOf({ memberId, lockId }: Whose): string {
  return `${memberId} ${String(lockId)}`;
}
