import type { LearnedBehaviour } from '../../src/domain/door';
import type { Window } from '../../src/domain/grant';
import type { PassRow, PassView } from '../../src/domain/pass-plan';
import { S, T } from './fixtures';

/** What Latchkey knows of a Kisi: nothing; several rows, no PATCH; one row with PATCH, or without. */
export const UNKNOWN: LearnedBehaviour = { secondRows: 'unknown', patch: 'unknown' };
export const MANY: LearnedBehaviour = { secondRows: 'accepted', patch: 'refused' };
export const ONE_PATCH: LearnedBehaviour = { secondRows: 'refused', patch: 'honoured' };
export const ONE: LearnedBehaviour = { secondRows: 'refused', patch: 'ignored' };

/** A pass as it is `at` seconds after T. */
export function view(wanted: Window[], rows: PassRow[], learned = UNKNOWN, at = 0): PassView {
  return { now: T + at * S, wanted, rows, learned };
}

/** Nothing to do until that second after T. */
export const wake = (seconds: number | null) => ({
  kind: 'rest',
  wakeAt: seconds === null ? null : T + seconds * S,
});
