import type { z } from 'zod';
import { isLockGroupOfOurs } from '../../src/access/mappable-groups';
import type { PassTarget } from '../../src/domain/door';
import type { Actor } from '../../src/domain/grant';
import { DuplicateKey, type DoorMapping, type Integration } from '../../src/store';
import type { ApiDeps } from '../deps';
import { askForDoor } from './door-at-kisi';
import {
  refused,
  refuseSecondMapping,
  requireIntegration,
  requirePlace,
  requireServed,
} from './place';
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
  const { store } = deps;
  const { resourceType, resourceId } = request;
  const target = { kind: resourceType, id: resourceId };
  const integration = await requireIntegration(store, request.integrationId);
  const place = await requirePlace(store, resourceType, request);
  requireServed(integration, place);
  await refuseSecondMapping(store, integration.organizationId, target, place, id);
  const resourceName = await nameOfMappable(deps, integration, target);
  try {
    return await store.doorMappings.insert({
      id,
      integrationId: integration.id,
      organizationId: integration.organizationId,
      ...place,
      resourceType,
      resourceId,
      name: request.name ?? resourceName,
      hasOwnName: request.name !== undefined,
      resourceName,
      active: true,
      createdBy: by,
    });
  } catch (error) {
    const existing = error instanceof DuplicateKey ? await store.doorMappings.get(id) : null;
    if (existing === null) throw error;
    return existing;
  }
}

/**
 * Kisi's name of a door or group that may be mapped.
 *
 * @throws ApiProblem when Kisi does not know it, it is a group of ours, or Kisi is away.
 */
export async function nameOfMappable(
  deps: Pick<ApiDeps, 'store' | 'clock' | 'kisi'>,
  integration: Integration,
  target: PassTarget,
): Promise<string> {
  const door = await askForDoor(deps, integration.organizationId, target);
  if (door.type === 'lock') return door.lock.name;
  if (await isLockGroupOfOurs(deps.store, integration, door.group)) {
    // Its rows are written by the passes of the lock: a mapping of its own would be a second writer.
    throw refused(
      'kisi_group_reserved',
      'resourceId',
      'is a group that Latchkey made for one lock; map the lock.',
    );
  }
  return door.group.name;
}
