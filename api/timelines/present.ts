import type { z } from 'zod';
import type { Timeline } from '../../src/access/timeline';
import { statusAt } from '../../src/domain/grant-life';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { timelineOut } from './schema';

export function presentTimeline(timeline: Timeline): z.input<typeof timelineOut> {
  const { at, span, timeZone, members, doors, grants, passes, isComplete } = timeline;
  return {
    at: toIso(at),
    from: toIso(span.from),
    to: toIso(span.until),
    timeZone,
    members,
    doors: doors.map(({ mapping, location }) => ({
      doorMappingId: mapping.id,
      name: mapping.name,
      resourceType: mapping.resourceType,
      resourceId: mapping.resourceId,
      location,
    })),
    grants: grants.map((grant) => ({
      grantId: grant.id,
      source: grant.source,
      sourceId: grant.sourceId,
      memberId: grant.memberId,
      doorMappingId: grant.doorMappingId,
      from: toIso(grant.startsAt),
      until: toIsoOrNull(grant.endsAt),
      status: statusAt(grant, at),
      provisioning: grant.provisioning,
    })),
    passes: passes.map(({ pass, doorMappingIds, windows }) => ({
      memberId: pass.memberId,
      organizationId: pass.organizationId,
      resourceType: pass.target.kind,
      resourceId: pass.target.id,
      doorMappingIds,
      windows: windows.map(({ from, until }) => ({ from: toIso(from), until: toIso(until) })),
    })),
    isComplete,
  };
}
