import type { AskedPass, PassReport } from '../../src/contracts/grant-messages';
import { passKey, type PassRef, type Wish } from '../../src/domain/door';
import type { Actor, Grant } from '../../src/domain/grant';
import type { PassRow } from '../../src/domain/pass-plan';

export const T = Date.UTC(2026, 10, 24, 10);
export const S = 1_000;
export const BY: Actor = { type: 'api_key', id: 'key_1' };

export function aGrant(change: Partial<Grant> = {}): Grant {
  return {
    id: 'grt_1',
    memberId: 'mem_1',
    doorMappingId: 'dm_1',
    source: 'manual',
    sourceId: null,
    sourceOrder: 0,
    startsAt: T,
    endsAt: T + 3_600 * S,
    stops: [],
    provisioning: 'pending',
    problem: null,
    revision: 7,
    settled: false,
    recordNumber: 7,
    createdAt: T,
    createdBy: BY,
    changedAt: T,
    changedBy: BY,
    reason: null,
    inPlaceAt: null,
    removedAt: null,
    ...change,
  };
}

export function aPass(lockId = 1): PassRef {
  return { memberId: 'mem_1', organizationId: 1, target: { kind: 'lock', id: lockId } };
}

export function asked(
  mode: AskedPass['mode'],
  report: Partial<PassReport> | null,
  lockId = 1,
): AskedPass {
  const pass = aPass(lockId);
  const key = passKey(pass);
  return {
    key,
    pass,
    mode,
    report: report && {
      passKey: key,
      order: 1,
      wishRevision: 7,
      state: 'in_place',
      problem: null,
      ...report,
    },
  };
}

export function aWish(change: Partial<Wish> = {}): Wish {
  return {
    passKey: passKey(aPass()),
    grantId: 'grt_1',
    revision: 7,
    from: T,
    until: T + 100 * S,
    wanted: true,
    told: null,
    ...change,
  };
}

/** Seconds from T; `null` as Kisi means it. */
export function aRow(id: number, from: number | null, until: number | null, ours = true): PassRow {
  const at = (seconds: number | null): number | null => (seconds === null ? null : T + seconds * S);
  return { id, from: at(from), until: at(until), ours };
}

export function span(from: number, until: number | null) {
  return { from: T + from * S, until: until === null ? null : T + until * S };
}
