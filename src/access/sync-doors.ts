import { createHash } from 'node:crypto';
import type {
  DoorRecordsActivities,
  PulledList,
  SyncDoorsInput,
} from '../contracts/door-activities';
import type { ResourceType } from '../domain/door';
import type { DoorMapping, MappedDoorSight, NewDoorMapping } from '../store';
import type { AccessDeps } from './deps';

type Counts = Awaited<ReturnType<DoorRecordsActivities['mapPulledDoors']>>;

/**
 * Makes mappings for the doors that a sync has seen and nobody has mapped, and notes on the others
 * what Kisi calls them and whether it knows them. What an admin set (name, place, deletion) stays.
 * A new mapping stands nowhere, so that no source reaches it: a sync opens no door.
 *
 * Repeating it, as after a crash, makes nothing twice: the ids of new mappings follow from the job.
 */
export async function mapPulledDoors(
  { store, clock }: Pick<AccessDeps, 'store' | 'clock'>,
  input: Parameters<DoorRecordsActivities['mapPulledDoors']>[0],
): Promise<Counts> {
  const { organizationId, seenAt, lists } = input;
  const counts: Counts = {
    created: 0,
    renamed: 0,
    vanished: 0,
    returned: 0,
    unchanged: 0,
    left: 0,
    locks: 0,
    groups: 0,
  };
  for (const { kind, whole } of lists) {
    const seen = await store.kisiDoors.seenAt(organizationId, kind, seenAt);
    counts[kind === 'lock' ? 'locks' : 'groups'] = seen.length;
    const known = await store.doorMappings.ofResources(organizationId, kind);
    const names = new Map(seen.map(({ id, name }) => [id, name]));
    const plan = compare(input, { kind, whole }, names, known);
    await store.doorMappings.insertMany(plan.missing);
    await store.doorMappings.followKisi(plan.sights);
    if (whole) await store.kisiDoors.markUnseenGone(organizationId, kind, seenAt, clock.now());
    for (const name of [
      'created',
      'renamed',
      'vanished',
      'returned',
      'unchanged',
      'left',
    ] as const) {
      counts[name] += plan.counts[name];
    }
  }
  return counts;
}

interface Plan {
  missing: NewDoorMapping[];
  sights: MappedDoorSight[];
  counts: Omit<Counts, 'locks' | 'groups'>;
}

function compare(
  input: SyncDoorsInput & { seenAt: number },
  { kind, whole }: PulledList,
  seen: ReadonlyMap<number, string>,
  known: readonly (DoorMapping & { deleted: boolean })[],
): Plan {
  const live = known.filter(({ deleted }) => !deleted);
  const mapped = new Set(live.map(({ resourceId }) => resourceId));
  const deleted = new Set(
    known.map(({ resourceId }) => resourceId).filter((id) => !mapped.has(id)),
  );
  const unmapped = [...seen].filter(([id]) => !mapped.has(id));
  const wanted = unmapped.filter(([id]) => input.includeDeleted || !deleted.has(id));
  const missing = wanted.map(([id, name]) => newMapping(input, kind, id, name));
  const madeBefore = live.filter(({ id, resourceId }) => id === syncedId(input, kind, resourceId));

  const counts = { renamed: 0, vanished: 0, returned: 0, unchanged: 0 };
  const sights = live.flatMap((mapping) => {
    if (!whole && !seen.has(mapping.resourceId)) return [];
    const sight = sightOf(mapping, seen, input.seenAt);
    const isRenamed = sight.resourceName !== mapping.resourceName;
    const isReturned = mapping.missingSince !== null && sight.missingSince === null;
    // Marked by this very sync: an earlier attempt of it has written that down already.
    const isVanished = sight.missingSince === input.seenAt;
    if (isRenamed) counts.renamed += 1;
    if (isReturned) counts.returned += 1;
    if (isVanished) counts.vanished += 1;
    const isChanged = isRenamed || isReturned || isVanished;
    if (!isChanged && !madeBefore.includes(mapping)) counts.unchanged += 1;
    return isChanged ? [sight] : [];
  });
  return {
    missing,
    sights,
    counts: {
      ...counts,
      created: missing.length + madeBefore.length,
      left: unmapped.length - wanted.length,
    },
  };
}

/** A door that vanished keeps its last name, and the time when it was first found to be gone. */
function sightOf(
  { id, resourceType, resourceId, resourceName, missingSince }: DoorMapping,
  seen: ReadonlyMap<number, string>,
  seenAt: number,
): MappedDoorSight {
  const name = seen.get(resourceId);
  return name === undefined
    ? { id, resourceType, resourceId, resourceName, missingSince: missingSince ?? seenAt }
    : { id, resourceType, resourceId, resourceName: name, missingSince: null };
}

function newMapping(
  input: SyncDoorsInput,
  kind: ResourceType,
  resourceId: number,
  name: string,
): NewDoorMapping {
  return {
    id: syncedId(input, kind, resourceId),
    integrationId: input.integrationId,
    organizationId: input.organizationId,
    locationId: null,
    spaceId: null,
    resourceType: kind,
    resourceId,
    name,
    hasOwnName: false,
    resourceName: name,
    origin: 'sync',
    active: true,
    createdBy: input.by,
  };
}

function syncedId({ jobId }: SyncDoorsInput, kind: ResourceType, resourceId: number): string {
  const key = `${jobId}:${kind}:${String(resourceId)}`;
  return `dm_${createHash('sha256').update(key).digest('hex').slice(0, 32)}`;
}
