import type { GrantState } from '../src/contracts/grant-messages';
import { PRIORITY, type PriorityKey } from '../src/contracts/names';
import { isOver, isWanted } from '../src/domain/grant-life';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/**
 * A pass cleans a row 60 s after its end and tells then. When nothing is heard by twice that, it is
 * asked: it may be gone, or hold a longer row for others and have had no reason to look.
 */
const PASS_TELLS_WITHIN_MS = 2 * MINUTE;

/** When a grant must look again by itself (ms UTC); `null`: only on a message. */
export function wakeAt(state: GrantState, now: number, slowRetryMs: number): number | null {
  const { grant } = state;
  const { startsAt, endsAt } = grant;
  const over = isOver(grant, now);
  const ending = over && endsAt !== null && now < endsAt + PASS_TELLS_WITHIN_MS;
  const times = [
    now < startsAt && isWanted(grant, now) ? startsAt : null,
    over ? null : endsAt,
    ending ? endsAt + PASS_TELLS_WITHIN_MS : null,
    over || isTroubled(state) ? now + slowRetryMs : null,
    state.keptUntil ?? null,
  ].filter((time): time is number => time !== null);
  return times.length > 0 ? Math.min(...times) : null;
}

/**
 * Whether asking again may help: a person must act, the workflow waits to close, or a pass has not
 * told anything although it was asked, because somebody terminated it, say. One that told a problem
 * lives and tries by itself. An open-ended grant that is being put in place costs no timer; the
 * reconciliation looks after it.
 */
export function isTroubled(state: GrantState): boolean {
  const { provisioning, settled, problem, endsAt } = state.grant;
  const unheard = !settled && problem === null && (endsAt !== null || provisioning !== 'pending');
  return provisioning === 'attention' || state.doorProblem !== null || state.closing || unheard;
}

/** How urgent the look is that this grant asks of its passes. */
export function askingPriority(state: GrantState, wanted: boolean, now: number): PriorityKey {
  if (!wanted) return state.expired ? PRIORITY.cleanUp : PRIORITY.due;
  const untilStart = state.grant.startsAt - now;
  if (untilStart <= MINUTE) return PRIORITY.due;
  return untilStart <= HOUR ? PRIORITY.soon : PRIORITY.normal;
}
