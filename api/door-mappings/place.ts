import type { PassTarget, ResourceType } from '../../src/domain/door';
import type { DoorMapping, Integration, Store } from '../../src/store';
import { named } from '../http/named';
import { ApiProblem, type ProblemCode } from '../http/problems';

/** Where a mapping stands. A location without a space: no booking opens it. Neither: unassigned. */
export interface Place {
  locationId: string | null;
  spaceId: string | null;
}

/** A fault of one field of the body. */
export function refused(code: ProblemCode, field: string, message: string): ApiProblem {
  return new ApiProblem(code, { errors: [{ path: `body.${field}`, message, code }] });
}

export async function requireIntegration(store: Store, id: string): Promise<Integration> {
  const integration = await store.integrations.get(id);
  if (integration === null)
    throw refused('integration_unknown', 'integrationId', `no integration has the id ${id}.`);
  if (!integration.active) throw refused('integration_inactive', 'integrationId', 'is not active.');
  return integration;
}

/**
 * The place that a request names. A lock that protects a space stands in the space's location, so
 * that the location need not be named beside it; one without a space needs the location.
 *
 * @throws ApiProblem where a place is unknown, or the two do not belong together.
 */
export async function requirePlace(
  store: Store,
  resourceType: ResourceType,
  wanted: { locationId?: string | null | undefined; spaceId?: string | null | undefined },
): Promise<Place> {
  const { locationId = null, spaceId = null } = wanted;
  if (spaceId !== null) {
    if (resourceType === 'group') {
      throw refused('space_not_fitting', 'spaceId', 'must be null: a group serves a location.');
    }
    const space = await store.spaces.get(spaceId);
    if (space === null) {
      throw refused('space_unknown', 'spaceId', `no space has the id ${spaceId}.`);
    }
    if (locationId !== null && locationId !== space.locationId) {
      const message = `is in the location ${space.locationId}, not in ${locationId}.`;
      throw refused('space_not_fitting', 'spaceId', message);
    }
    return { locationId: space.locationId, spaceId };
  }
  if (locationId !== null && (await store.locations.get(locationId)) === null) {
    throw refused('location_unknown', 'locationId', `no location has the id ${locationId}.`);
  }
  return { locationId, spaceId: null };
}

export async function requireServed(
  store: Store,
  { id, organizationName, locationIds }: Integration,
  { locationId }: Place,
): Promise<void> {
  if (locationId === null || locationIds.includes(locationId)) return;
  const location = await store.locations.get(locationId);
  throw new ApiProblem('location_not_served', {
    detail: `The integration ${named(organizationName, id)} does not serve the location ${named(location?.name, locationId)}.`,
  });
}

/**
 * One door may lead to several spaces, but not twice to the same.
 *
 * @param exceptId the mapping that is made or changed itself
 */
export async function refuseSecondMapping(
  store: Store,
  organizationId: number,
  target: PassTarget,
  place: Place,
  exceptId: string,
): Promise<void> {
  const same = (await store.doorMappings.byResource(organizationId, target)).find(
    (mapping) => mapping.id !== exceptId && isAt(mapping, place),
  );
  if (same === undefined) return;
  throw new ApiProblem('door_mapping_exists', {
    detail: `The door mapping ${named(same.name, same.id)} ties the same ${target.kind} to the same place.`,
  });
}

function isAt(mapping: DoorMapping, { locationId, spaceId }: Place): boolean {
  return mapping.locationId === locationId && mapping.spaceId === spaceId;
}
