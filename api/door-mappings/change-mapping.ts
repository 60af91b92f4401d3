import type { z } from 'zod';
import {
  accessChangeOf,
  effectOf,
  type AccessEffect,
  type IntendedChange,
} from '../../src/access/mapping-effect';
import type { Actor } from '../../src/domain/grant';
import type {
  DoorMapping,
  DoorMappingChange,
  Integration,
  Job,
  MappingPlaceField,
} from '../../src/store';
import type { ApiDeps } from '../deps';
import { found } from '../http/outcomes';
import { reachTemporal } from '../http/reach-temporal';
import { nameOfMappable } from './map-door';
import {
  refused,
  refuseSecondMapping,
  requireIntegration,
  requirePlace,
  requireServed,
  type Place,
} from './place';
import type { patchDoorMapping } from './schema';

type Patch = z.output<(typeof patchDoorMapping)['body']>;

/** What came of a change, or would: a dry run has an effect and stores nothing. */
export interface MappingChange {
  mapping: DoorMapping;
  effect: AccessEffect | null;
  /** `null`: nobody's access depends on what was changed. */
  job: Job | null;
}

/** What a change needs of the API's surroundings. */
type ChangeDeps = Pick<ApiDeps, 'store' | 'clock' | 'kisi' | 'sourceEvents'>;

interface ChangeOptions {
  dryRun: boolean;
  by: Actor;
}

/**
 * Changes a mapping. Where it leads elsewhere now, or stands elsewhere, all its grants and the sources
 * of both places follow; the mark on the record makes a repetition tell them when this attempt dies
 * half-way.
 *
 * @throws ApiProblem when it would not be a mapping that may be made, or Kisi or Temporal is away; in
 *   the last case it is stored, and a repetition tells
 */
export async function changeMapping(
  deps: ChangeDeps,
  id: string,
  patch: Patch,
  { dryRun, by }: ChangeOptions,
): Promise<MappingChange> {
  const { store, clock } = deps;
  for (;;) {
    const before = found(await store.doorMappings.get(id), 'door_mapping_not_found', id);
    const after = await changed(deps, before, patch);
    const change = { kind: 'mapping', before, after } as const;
    const isMove = leadsElsewhere(before, after);
    if (dryRun) {
      const effect = isMove ? await effectOf(store, change, clock.now()) : NO_EFFECT;
      return { mapping: after, effect, job: null };
    }
    const mustTell = isMove || before.isUntold;
    const stored = await store.doorMappings.update(
      id,
      { ...difference(before, after), ...(mustTell && { isUntold: true }) },
      doorAndPlace(before),
    );
    // Somebody else moved it while Kisi was asked: what was judged is no more, so judge again.
    if (stored === null) continue;
    if (!mustTell) return { mapping: stored, effect: null, job: null };
    return { mapping: stored, effect: null, job: await tell(deps, change, stored, by) };
  }
}

/** What a change was judged by. */
function doorAndPlace(mapping: DoorMapping): Pick<DoorMapping, MappingPlaceField> {
  const { integrationId, resourceType, resourceId, locationId, spaceId } = mapping;
  return { integrationId, resourceType, resourceId, locationId, spaceId };
}

/**
 * Deletes a mapping: whatever it opened is taken away, and grants by hand are revoked. Its log stays.
 *
 * @throws ApiProblem as `changeMapping`
 */
export async function deleteMapping(
  deps: ChangeDeps,
  id: string,
  { dryRun, by }: ChangeOptions,
): Promise<MappingChange> {
  const { store, clock } = deps;
  const before = await store.doorMappings.get(id);
  if (before !== null && dryRun) {
    const change = { kind: 'mapping', before, after: null } as const;
    return { mapping: before, effect: await effectOf(store, change, clock.now()), job: null };
  }
  const deleted = (await store.doorMappings.remove(id)) ?? (await untoldDeletion(deps, id));
  const mapping = found(deleted, 'door_mapping_not_found', id);
  const change = { kind: 'mapping', before: before ?? mapping, after: null } as const;
  return { mapping, effect: null, job: await tell(deps, change, mapping, by) };
}

/** Only what is to change is written: the rest may have been changed by somebody else meanwhile. */
function difference(before: DoorMapping, after: DoorMapping): DoorMappingChange {
  const names = Object.keys(after) as (keyof DoorMapping)[];
  return Object.fromEntries(
    names.filter((name) => after[name] !== before[name]).map((name) => [name, after[name]]),
  );
}

const NO_EFFECT: AccessEffect = { gains: [], loses: [], isComplete: true };

/** One that an earlier attempt has deleted and died before it told anybody. */
async function untoldDeletion({ store }: ChangeDeps, id: string): Promise<DoorMapping | null> {
  const mapping = await store.doorMappings.getEvenDeleted(id);
  return mapping?.isUntold === true ? mapping : null;
}

async function tell(
  { store, sourceEvents }: ChangeDeps,
  change: IntendedChange,
  stored: DoorMapping,
  by: Actor,
): Promise<Job> {
  const job = await reachTemporal(() => sourceEvents.changed(accessChangeOf(change), by));
  await store.doorMappings.markTold(stored);
  return job;
}

function leadsElsewhere(before: DoorMapping, after: DoorMapping): boolean {
  return (
    isOtherDoor(before, after) ||
    before.locationId !== after.locationId ||
    before.spaceId !== after.spaceId
  );
}

function isOtherDoor(
  before: DoorMapping,
  after: Pick<DoorMapping, 'integrationId' | 'resourceType' | 'resourceId'>,
): boolean {
  return (
    before.integrationId !== after.integrationId ||
    before.resourceType !== after.resourceType ||
    before.resourceId !== after.resourceId
  );
}

/** The mapping as it would be, checked as a new one is. */
async function changed(deps: ChangeDeps, before: DoorMapping, patch: Patch): Promise<DoorMapping> {
  const { store } = deps;
  const resourceType = patch.resourceType ?? before.resourceType;
  const integrationId = patch.integrationId ?? before.integrationId;
  requireResource(before, patch);
  const resourceId = patch.resourceId ?? before.resourceId;
  const target = { kind: resourceType, id: resourceId };
  const isMoved = isOtherDoor(before, { integrationId, resourceType, resourceId });

  const integration = isMoved
    ? await requireIntegration(store, integrationId)
    : found(await store.integrations.get(integrationId), 'integration_not_found', integrationId);
  const place = await placeOf(deps, before, patch, resourceType);
  const hasMoved = place.locationId !== before.locationId || place.spaceId !== before.spaceId;
  if (isMoved || hasMoved) {
    await requireServed(store, integration, place);
    await refuseSecondMapping(store, integration.organizationId, target, place, before.id);
  }
  const seen = isMoved
    ? { resourceName: await nameOfMappable(deps, integration, target), missingSince: null }
    : { resourceName: before.resourceName, missingSince: before.missingSince };
  return {
    ...before,
    ...place,
    ...seen,
    ...nameOf(before, patch, seen.resourceName),
    ...ownerOf(before, integration, isMoved),
    resourceType,
    resourceId,
  };
}

/** Ids of locks and of groups, and those of two organizations, have nothing to do with each other. */
function requireResource(before: DoorMapping, patch: Patch): void {
  if (patch.resourceId !== undefined) return;
  const { resourceType = before.resourceType, integrationId = before.integrationId } = patch;
  if (resourceType === before.resourceType && integrationId === before.integrationId) return;
  throw refused(
    'request_invalid',
    'resourceId',
    'is missing: the lock or group that the mapping is to lead to.',
  );
}

/** A space that is named brings its location; a group leaves its space. */
async function placeOf(
  { store }: ChangeDeps,
  before: DoorMapping,
  patch: Patch,
  resourceType: DoorMapping['resourceType'],
): Promise<Place> {
  const kept = resourceType === 'group' ? null : before.spaceId;
  const spaceId = patch.spaceId === undefined ? kept : patch.spaceId;
  if (spaceId !== null && patch.locationId === null) {
    throw refused('space_not_fitting', 'spaceId', 'must be null where the location is.');
  }
  const isSpaceNamed = patch.spaceId !== undefined && patch.spaceId !== null;
  const locationId =
    patch.locationId === undefined && !isSpaceNamed ? before.locationId : patch.locationId;
  return requirePlace(store, resourceType, { locationId, spaceId });
}

function nameOf(
  { name, hasOwnName }: DoorMapping,
  patch: Patch,
  resourceName: string,
): Pick<DoorMapping, 'name' | 'hasOwnName'> {
  if (patch.name === undefined) return { name: hasOwnName ? name : resourceName, hasOwnName };
  if (patch.name === null) return { name: resourceName, hasOwnName: false };
  return { name: patch.name, hasOwnName: true };
}

/** Only an active integration is pointed to, and what it opens is active with it. */
function ownerOf(
  { active }: DoorMapping,
  { id, organizationId }: Integration,
  isMoved: boolean,
): Pick<DoorMapping, 'integrationId' | 'organizationId' | 'active'> {
  return { integrationId: id, organizationId, active: active || isMoved };
}
