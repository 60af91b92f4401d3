import { eachItem, type DoorMapping, type Store } from '../store';

/**
 * The doors that somebody who is limited to these locations may see: those of the mappings there. A
 * mapping that nobody has assigned to a location is for who may see all.
 */
export async function doorsAt(
  { doorMappings }: Pick<Store, 'doorMappings'>,
  locationIds: readonly string[],
): Promise<DoorMapping[]> {
  const mappings: DoorMapping[] = [];
  for (const locationId of locationIds) {
    const here = eachItem((page) => doorMappings.list({ locationId }, page));
    for await (const mapping of here) mappings.push(mapping);
  }
  return mappings;
}

/** The groups of one Kisi organization that lead through these doors. */
export async function groupsOf(
  { lockGroups }: Pick<Store, 'lockGroups'>,
  organizationId: number,
  mappings: readonly DoorMapping[],
): Promise<number[]> {
  const here = mappings.filter((mapping) => mapping.organizationId === organizationId);
  const groups = await Promise.all(
    here.map(async ({ resourceType, resourceId }) =>
      resourceType === 'group'
        ? resourceId
        : (await lockGroups.get(organizationId, resourceId))?.groupId,
    ),
  );
  return [...new Set(groups.filter((id) => id !== undefined))];
}
