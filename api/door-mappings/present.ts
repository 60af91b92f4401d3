import type { z } from 'zod';
import { grantBehind } from '../../src/domain/stand-in';
import type { DoorMapping } from '../../src/store';
import { presentGrant } from '../grants/present';
import { presentJob } from '../jobs/present';
import { toIso, toIsoOrNull } from '../schemas/common';
import { presentEffect } from '../sources/effect';
import type { NamedEntry } from './access-logs';
import type { MappingChange } from './change-mapping';
import type { accessLogOut, doorMappingOut, mappingChangeOut } from './shapes';

export function presentDoorMapping(mapping: DoorMapping): z.input<typeof doorMappingOut> {
  return {
    id: mapping.id,
    integrationId: mapping.integrationId,
    locationId: mapping.locationId,
    spaceId: mapping.spaceId,
    resourceType: mapping.resourceType,
    resourceId: mapping.resourceId,
    name: mapping.name,
    hasOwnName: mapping.hasOwnName,
    resourceName: mapping.resourceName,
    origin: mapping.origin,
    missingSince: toIsoOrNull(mapping.missingSince),
    active: mapping.active,
    createdAt: toIso(mapping.createdAt),
    createdBy: mapping.createdBy,
    updatedAt: toIso(mapping.updatedAt),
  };
}

export function presentMappingChange({
  mapping,
  effect,
  job,
}: MappingChange): z.input<typeof mappingChangeOut> {
  return {
    doorMapping: presentDoorMapping(mapping),
    effect: effect && presentEffect(effect),
    job: job && presentJob(job),
  };
}

/** The grant in a row is shown as of the row: the log tells what was, not what became of it. */
export function presentAccessLogEntry({
  entry,
  memberId,
  memberName,
  mapping,
}: NamedEntry): z.input<typeof accessLogOut> {
  const { lock } = entry;
  const grant = mapping && grantBehind(entry);
  return {
    id: entry.id,
    at: toIso(entry.at),
    action: entry.action,
    status: entry.status,
    memberId,
    memberName,
    kisiName: entry.kisiName ?? null,
    lock: lock ? { id: lock.id, name: lock.name } : null,
    doorMappingId: mapping?.id ?? null,
    doorMappingName: mapping?.name ?? null,
    grantId: grant?.id ?? null,
    source: grant?.source ?? null,
    sourceId: grant?.sourceId ?? null,
    by: entry.by,
    reason: entry.reason,
    problem: entry.problem && { type: entry.problem.type, detail: entry.problem.detail },
    grant: grant && presentGrant(grant, entry.at),
  };
}
