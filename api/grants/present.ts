import type { z } from 'zod';
import type { Grant } from '../../src/domain/grant';
import { statusAt } from '../../src/domain/grant-life';
import { PROBLEM_REMEDIES } from '../http/grant-problems';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { grantOut } from './schema';

/** A grant as callers see it at `now` (ms UTC), which decides its status. */
export function presentGrant(grant: Grant, now: number): z.input<typeof grantOut> {
  return {
    id: grant.id,
    memberId: grant.memberId,
    doorMappingId: grant.doorMappingId,
    source: grant.source,
    sourceId: grant.sourceId,
    startsAt: toIso(grant.startsAt),
    endsAt: toIsoOrNull(grant.endsAt),
    status: statusAt(grant, now),
    stops: [...grant.stops],
    provisioning: grant.provisioning,
    problem: grant.problem && {
      type: grant.problem.type,
      detail: grant.problem.detail,
      remedy: PROBLEM_REMEDIES[grant.problem.type],
    },
    revision: grant.revision,
    settled: grant.settled,
    createdAt: toIso(grant.createdAt),
    createdBy: grant.createdBy,
    changedAt: toIso(grant.changedAt),
    changedBy: grant.changedBy,
    reason: grant.reason,
    inPlaceAt: toIsoOrNull(grant.inPlaceAt),
    removedAt: toIsoOrNull(grant.removedAt),
  };
}
