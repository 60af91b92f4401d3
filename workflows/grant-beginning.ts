import type { GrantAccessInput, GrantState } from '../src/contracts/grant-messages';
import type { Grant } from '../src/domain/grant';
import { nextNumber } from '../src/domain/grant-life';

/** A run that begins: its first revision is higher than any of an earlier run. */
export function begin({ grant, action = 'grant' }: GrantAccessInput): GrantState {
  const now = Date.now();
  const revision = nextNumber(grant.revision, now);
  const recordNumber = nextNumber(grant.recordNumber, now);
  const begun: Grant = {
    ...grant,
    revision,
    recordNumber,
    settled: false,
    provisioning: 'pending',
    problem: null,
    inPlaceAt: null,
    removedAt: null,
  };
  return {
    schemaVersion: 1,
    grant: begun,
    passes: [],
    doorProblem: null,
    askedRevision: 0,
    keptUntil: null,
    answeredRevision: 0,
    lastAction: action,
    expired: false,
    closing: false,
    early: [],
    entries: [
      {
        id: `${grant.id}:${String(recordNumber)}`,
        action,
        status: 'accepted',
        reason: begun.reason,
        problem: null,
        by: begun.changedBy,
        at: now,
        grant: begun,
      },
    ],
    seen: [],
  };
}
