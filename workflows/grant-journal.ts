import type { GrantState } from '../src/contracts/grant-messages';
import type { AccessLogEntry, Actor, LogAction, LogStatus } from '../src/domain/grant';
import { nextNumber } from '../src/domain/grant-life';

/** Writes a log row, to be recorded by the loop, and numbers the document anew with it. */
export function note(
  state: GrantState,
  row: { action: LogAction; status: LogStatus; reason: string | null; by: Actor },
): void {
  const now = Date.now();
  const recordNumber = nextNumber(state.grant.recordNumber, now);
  state.grant = { ...state.grant, recordNumber };
  state.entries.push({
    id: `${state.grant.id}:${String(recordNumber)}`,
    ...row,
    problem: state.grant.problem,
    at: now,
    grant: state.grant,
  });
}

/** Forgets rows that are recorded, and remembers which change a reader now sees settled. */
export function crossOut(state: GrantState, recorded: readonly AccessLogEntry[]): void {
  const done = new Set(recorded.map((entry) => entry.id));
  state.entries = state.entries.filter((entry) => !done.has(entry.id));
  for (const { grant } of recorded) {
    if (grant.settled) state.answeredRevision = Math.max(state.answeredRevision, grant.revision);
  }
}
