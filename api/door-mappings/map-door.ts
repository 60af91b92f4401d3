import type { z } from 'zod';
import type { Actor } from '../../src/domain/grant';
import { DuplicateKey, type DoorMapping, type Integration, type Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { ApiProblem } from '../http/problems';
import { askForDoor, isLockGroupOfOurs } from './door-at-kisi';
import type { createDoorMapping } from './schema';

type MappingRequest = z.output<(typeof createDoorMapping)['body']>;

/**
 * Makes a door mapping by hand. Repeating it with the same id makes none a second time.
 *
 * @throws ApiProblem when it names something unknown, is there already, or Kisi is away.
 */
export async function mapDoor(
  deps: ApiDeps,
  request: MappingRequest,
  id: string,
  by: Actor,
): Promise<DoorMapping> {
  const integration = await requireIntegration(deps.store, request.integrationId);
  const place = await requirePlace(deps.store, request);
  requireServed(integration, place.locationId);
  await refuseSecondMapping(deps.store, integration, request, place, id);
  const atKisi = await askForDoor(deps, integration.organizationId, request);
  if (atKisi.type === 'group' && (await isLockGroupOfOurs(deps.store, integration, atKisi))) {
    // Its rows are written by the passes of the lock: a mapping of its own would be a second writer.
    throw new ApiProblem('kisi_group_reserved', {
      errors: [
        {
          path: 'body.resourceId',
          message: 'is a group that Latchkey made for one lock; map the lock.',
          code: 'kisi_group_reserved',
        },
      ],
    });
  }
  try {
    return await deps.store.doorMappings.insert({
      id,
      integrationId: integration.id,
      organizationId: integration.organizationId,
      ...place,
      resourceType: request.resourceType,
      resourceId: request.resourceId,
      name: request.name ?? atKisi.name,
      active: true,
      createdBy: by,
    });
  } catch (error) {
    const existing = error instanceof DuplicateKey ? await deps.store.doorMappings.get(id) : null;
    if (existing === null) throw error;
    return existing;
  }
}

async function requireIntegration(store: Store, id: string): Promise<Integration> {
  const integration = await store.integrations.get(id);
  if (integration === null)
    throw refused('integration_unknown', 'integrationId', `no integration has the id ${id}.`);
  if (!integration.active) throw refused('integration_inactive', 'integrationId', 'is not active.');
  return integration;
}

/** A lock protects a space and so stands in the space's location; a group serves a location. */
async function requirePlace(
  store: Store,
  request: MappingRequest,
): Promise<{ spaceId: string | null; locationId: string }> {
  if (request.resourceType === 'lock') {
    const space = await store.spaces.get(request.spaceId);
    if (space === null) {
      throw refused('space_unknown', 'spaceId', `no space has the id ${request.spaceId}.`);
    }
    return { spaceId: space.id, locationId: space.locationId };
  }
  const location = await store.locations.get(request.locationId);
  if (location === null) {
    throw refused(
      'location_unknown',
      'locationId',
      `no location has the id ${request.locationId}.`,
    );
  }
  return { spaceId: null, locationId: location.id };
}

function requireServed(integration: Integration, locationId: string): void {
  if (integration.locationIds.includes(locationId)) return;
  throw new ApiProblem('location_not_served', {
    detail: `The integration ${integration.id} does not serve the location ${locationId}.`,
  });
}

/** One door may lead to several spaces, but not twice to the same. */
async function refuseSecondMapping(
  store: Store,
  { organizationId }: Integration,
  { resourceType, resourceId }: MappingRequest,
  place: { spaceId: string | null; locationId: string },
  id: string,
): Promise<void> {
  const target = { kind: resourceType, id: resourceId };
  const same = (await store.doorMappings.byResource(organizationId, target)).find(
    (mapping) =>
      mapping.id !== id &&
      mapping.spaceId === place.spaceId &&
      mapping.locationId === place.locationId,
  );
  if (same === undefined) return;
  throw new ApiProblem('door_mapping_exists', {
    detail: `The door mapping ${same.id} ties the same ${resourceType} to the same place.`,
  });
}

function refused(
  code: 'integration_unknown' | 'integration_inactive' | 'space_unknown' | 'location_unknown',
  field: string,
  message: string,
): ApiProblem {
  return new ApiProblem(code, { errors: [{ path: `body.${field}`, message, code }] });
}
