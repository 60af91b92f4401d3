import type { z } from 'zod';
import { isLockGroupOfOurs } from '../../src/access/mappable-groups';
import { accessChangeOf, effectOf, type AccessEffect } from '../../src/access/mapping-effect';
import { touchedPage } from '../../src/access/touched';
import type { AccessChange } from '../../src/contracts/mapping-change';
import type { PassTarget } from '../../src/domain/door';
import type { Actor } from '../../src/domain/grant';
import { DuplicateKey, type DoorMapping, type Integration, type Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { reachTemporal } from '../http/reach-temporal';
import { askForDoor } from './door-at-kisi';
import {
  refused,
  refuseSecondMapping,
  requireIntegration,
  requirePlace,
  requireServed,
} from './place';
import type { createDoorMapping } from './schema';

/** What a mapping by hand begins with. */
const UNSEEN = { origin: 'manual', missingSince: null } as const;

type MappingRequest = z.output<(typeof createDoorMapping)['body']>;

/**
 * Makes a door mapping by hand, and has the bookings and memberships follow that reach its place
 * already. Repeating it with the same id makes none a second time.
 *
 * @throws ApiProblem when it names something unknown, is there already, or Kisi or Temporal is away;
 *   in the last case it is stored, and a repetition tells
 */
export async function mapDoor(
  deps: ApiDeps,
  request: MappingRequest,
  id: string,
  by: Actor,
): Promise<DoorMapping> {
  const { store, clock } = deps;
  const mapping = (await store.doorMappings.get(id)) ?? (await insert(deps, request, id, by));
  if (!mapping.isUntold) return mapping;
  const change = { kind: 'mapping', before: mapping, after: mapping } as const;
  if (await touchesAnybody(store, accessChangeOf(change), clock.now())) {
    await reachTemporal(() => deps.sourceEvents.changed(accessChangeOf(change), by));
  }
  await store.doorMappings.markTold(mapping);
  return mapping;
}

/**
 * Who would gain a door by the mapping: the live bookings and memberships that reach its place.
 * Stores nothing.
 *
 * @throws ApiProblem as `mapDoor`
 */
export async function tryDoor(
  deps: ApiDeps,
  request: MappingRequest,
  id: string,
  by: Actor,
): Promise<AccessEffect> {
  const { store, clock } = deps;
  const wanted = await checked(deps, request, id, by);
  const now = clock.now();
  const after: DoorMapping = { ...wanted, ...UNSEEN, createdAt: now, updatedAt: now };
  const before: DoorMapping = { ...after, locationId: null, spaceId: null };
  return effectOf(store, { kind: 'mapping', before, after }, now);
}

async function insert(
  deps: ApiDeps,
  request: MappingRequest,
  id: string,
  by: Actor,
): Promise<DoorMapping> {
  const { store } = deps;
  const wanted = await checked(deps, request, id, by);
  try {
    return await store.doorMappings.insert({ ...wanted, ...UNSEEN });
  } catch (error) {
    const existing = error instanceof DuplicateKey ? await store.doorMappings.get(id) : null;
    if (existing === null) throw error;
    return existing;
  }
}

/** The mapping as it would be stored. @throws ApiProblem where it may not be made */
async function checked(
  deps: ApiDeps,
  request: MappingRequest,
  id: string,
  by: Actor,
): Promise<Omit<DoorMapping, keyof typeof UNSEEN | 'createdAt' | 'updatedAt'>> {
  const { store } = deps;
  const { resourceType, resourceId } = request;
  const target = { kind: resourceType, id: resourceId };
  const integration = await requireIntegration(store, request.integrationId);
  const place = await requirePlace(store, resourceType, request);
  await requireServed(store, integration, place);
  await refuseSecondMapping(store, integration.organizationId, target, place, id);
  const resourceName = await nameOfMappable(deps, integration, target);
  return {
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
    isUntold: true,
    createdBy: by,
  };
}

/** Most mappings are made before anybody has booked: those need no workflow to tell nobody. */
async function touchesAnybody(store: Store, change: AccessChange, now: number): Promise<boolean> {
  let after: string | null = null;
  do {
    const page = await touchedPage(store, change, after, now);
    if (page.sources.length + page.grants.length > 0) return true;
    after = page.after;
  } while (after !== null);
  return false;
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
