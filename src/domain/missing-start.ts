import type { Grant, ProblemType, Provisioning } from './grant';
import { isWanted } from './grant-life';

/** What of a wanted grant is not at Kisi as it should be. */
export const NOT_IN_PLACE: readonly Provisioning[] = ['pending', 'queued', 'removing', 'attention'];

/** Whoever put the member on hold, or removed the connection, knows that the door stays shut. */
export const MEANT_SO: readonly ProblemType[] = ['member_on_hold', 'integration_inactive'];

/** A roll from one window to the next is done within seconds after the start (kisi/facts.md §4). */
const ROLLS_WITHIN_MS = 2 * 60_000;

/**
 * Whether access is asked for, now or later, and is not in place although nobody meant it so.
 * `now` in ms since the epoch, UTC.
 */
export function isMissing(grant: Grant, now: number): boolean {
  const { problem, provisioning, startsAt } = grant;
  if (!isWanted(grant, now) || !NOT_IN_PLACE.includes(provisioning)) return false;
  if (problem && MEANT_SO.includes(problem.type)) return false;
  // The next window of a member waits its turn where Kisi keeps one at a time.
  return provisioning !== 'queued' || now - startsAt >= ROLLS_WITHIN_MS;
}
