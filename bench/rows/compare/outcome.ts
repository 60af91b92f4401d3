import { max, quantile } from 'simple-statistics';
import type { Simulator } from '../../../simulator';
import { callsBetween } from '../../kisi-calls';
import type { Figure, Unit } from '../../row';

/** One end as the ledger saw it: instants in ms UTC. */
export interface Ending {
  endsAt: number;
  isOpen: (at: number) => boolean;
}

/** What a SIGKILL in the middle of the revokes did. */
interface Crash {
  lateMs: readonly number[];
  /** Doors that are open still. */
  lost: number;
  /** Revokes that were sent again for a row that was gone. */
  doubled: number;
}

/** What one way of doing the work came to. */
export interface Outcome {
  approach: string;
  /** How long after its end each door shut, in ms. */
  lateMs: readonly number[];
  crash: Crash;
  /** The same for revokes before the end, counted from the request; where they go another way than ends. */
  early?: Crash;
  /** Whether the door stays open for the second booking when the first ends early. */
  overlap: { oneRow: boolean; twoRows: boolean };
}

/** How late each shut, by the ledger, and how many are open still at `until` (ms UTC). */
export function judgeEnds(
  endings: readonly Ending[],
  until: number,
): { lateMs: number[]; lost: number } {
  const shut = endings.filter(({ isOpen }) => !isOpen(until));
  return { lateMs: shut.map((one) => lateBy(one, until)), lost: endings.length - shut.length };
}

/** Between its end and `until` a door shuts once, so halving finds the instant. */
function lateBy({ endsAt, isOpen }: Ending, until: number): number {
  if (!isOpen(endsAt - 1)) {
    throw new Error(`A door was shut before its end, ${new Date(endsAt).toISOString()}.`);
  }
  let [open, shut] = [endsAt - 1, until];
  while (shut - open > 1) {
    const middle = Math.floor((open + shut) / 2);
    if (isOpen(middle)) open = middle;
    else shut = middle;
  }
  return shut - endsAt;
}

/** Revokes that were sent again for a row that had been asked for already, since then (ms UTC, real clock). */
export function doubledDeletes(simulator: Simulator, since: number): number {
  const paths = callsBetween(simulator, since)
    .filter(
      ({ method, path, status, doneStatus }) =>
        method === 'DELETE' &&
        path.startsWith('/role_assignments/') &&
        status !== 429 &&
        doneStatus !== 429,
    )
    .map(({ path }) => path);
  return paths.length - new Set(paths).size;
}

export function toFigures({ approach, lateMs, crash, early, overlap }: Outcome): Figure[] {
  const seconds = lateMs.map((ms) => ms / 1_000);
  const figures: [name: string, value: number, unit: Unit][] = [
    ['door open after the end, p50', quantile(seconds, 0.5), 's'],
    ['door open after the end, p95', quantile(seconds, 0.95), 's'],
    ['door open after the end, max', max(seconds), 's'],
    ['ends lost after SIGKILL', crash.lost, 'count'],
    ['ends sent twice after SIGKILL', crash.doubled, 'count'],
    ['door open after the end with SIGKILL, max', longest(crash), 's'],
    ...earlyFigures(early),
    ['open for the 2nd booking after the 1st ended early', Number(overlap.oneRow), 'yes/no'],
    ['the same where Kisi takes two rows', Number(overlap.twoRows), 'yes/no'],
  ];
  return figures.map(([name, value, unit]) => ({ name: `${approach}: ${name}`, value, unit }));
}

function earlyFigures(early: Crash | undefined): [string, number, Unit][] {
  if (early === undefined) return [];
  return [
    ['early revokes lost after SIGKILL', early.lost, 'count'],
    ['early revokes sent twice after SIGKILL', early.doubled, 'count'],
    ['door open after an early revoke with SIGKILL, p50', middle(early), 's'],
    ['door open after an early revoke with SIGKILL, max', longest(early), 's'],
  ];
}

/** In s; 0 where none shut, which the count of the lost ones tells. */
function middle({ lateMs }: Crash): number {
  return lateMs.length === 0 ? 0 : quantile([...lateMs], 0.5) / 1_000;
}

/** The same for the longest. */
function longest({ lateMs }: Crash): number {
  return Math.max(0, ...lateMs) / 1_000;
}
