import type { z } from 'zod';
import type { DoorMapping, Plan } from '../../src/store';
import { toIso } from '../schemas/common';
import type { listDoorAccess, planOut } from './schema';

/** @param seen the doors that may be seen; left out: all */
export function presentPlan(
  plan: Plan,
  { doorMappingIds: seen }: { doorMappingIds?: readonly string[] } = {},
): z.input<typeof planOut> & { doorMappingIds: string[] } {
  return {
    id: plan.id,
    name: plan.name,
    doorMappingIds: plan.doorMappingIds.filter((id) => seen?.includes(id) ?? true),
    createdAt: toIso(plan.createdAt),
    updatedAt: toIso(plan.updatedAt),
  };
}

type DoorAccessPage = z.input<(typeof listDoorAccess)['answers'][200]['schema']>;

export function presentDoorAccess(mapping: DoorMapping): DoorAccessPage['data'][number] {
  return {
    doorMappingId: mapping.id,
    name: mapping.name,
    resourceType: mapping.resourceType,
    locationId: mapping.locationId,
    active: mapping.active,
  };
}
