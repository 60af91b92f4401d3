import type { SourceRef } from '../domain/source';
import { agrees, standsAsAsked, type AskedGrant } from '../domain/source-asked';
import type { PlannedGrant } from '../domain/source-grants';
import type { DoorMapping } from '../store';
import type { AccessDeps } from './deps';
import { sourcesOf, type PlannedDoor } from './source-plan';

type Deps = Pick<AccessDeps, 'store' | 'clock'>;

/**
 * The grants that wait, since they open a lock which a wanted grant opens for the same member at the
 * same time: taking the old one first would shut a door that stays theirs. Those that are in place
 * already need no waiting.
 *
 * @param mayGo ids of grants that have waited, or were told to go before
 */
export async function heldBack(
  deps: Deps,
  taken: readonly AskedGrant[],
  wanted: readonly (PlannedDoor & { grantId: string })[],
  mayGo: readonly string[],
): Promise<{ held: string[]; grantIds: string[] }> {
  const going = taken.filter(
    ({ memberId, grantId }) =>
      !mayGo.includes(grantId) && wanted.some((grant) => grant.memberId === memberId),
  );
  if (going.length === 0) return { held: [], grantIds: [] };
  const doors = await deps.store.doorMappings.getMany(going.map((one) => one.doorMappingId));
  const inPlace = await inPlaceAmong(deps, wanted);
  const locksOf = lockReader(deps);
  const held = new Set<string>();
  const successors = new Set<string>();
  for (const old of going) {
    const door = doors.find(({ id }) => id === old.doorMappingId);
    if (!door) continue;
    const opened = await locksOf(door);
    for (const grant of wanted) {
      if (grant.memberId !== old.memberId || !overlap(grant, old)) continue;
      if (inPlace.has(grant.grantId)) continue;
      if (!(await locksOf(grant.door)).some((lock) => opened.includes(lock))) continue;
      held.add(old.grantId);
      successors.add(grant.grantId);
    }
  }
  return { held: [...held], grantIds: [...successors] };
}

/** Those of the grants whose door Kisi opens as they ask. */
async function inPlaceAmong(
  { store }: Deps,
  wanted: readonly (PlannedGrant & { grantId: string })[],
): Promise<Set<string>> {
  const grants = await store.grants.getMany(wanted.map(({ grantId }) => grantId));
  const asWanted = grants.filter((grant) => {
    const asked = wanted.find(({ grantId }) => grantId === grant.id);
    return (
      asked !== undefined &&
      grant.settled &&
      grant.provisioning === 'in_place' &&
      agrees({ ...asked, wanted: true }, grant)
    );
  });
  return new Set(asWanted.map(({ id }) => id));
}

/** The locks that a mapping opens, as last seen at Kisi; each mapping is looked up once. */
function lockReader({ store }: Deps): (door: DoorMapping) => Promise<readonly string[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  return (door) => {
    const reading =
      known.get(door.id) ??
      store.kisiDoors
        .locksOf(door.organizationId, { kind: door.resourceType, id: door.resourceId })
        .then((ids) => (ids ?? []).map((id) => `${String(door.organizationId)}:${String(id)}`));
    known.set(door.id, reading);
    return reading;
  };
}

function overlap(one: PlannedGrant, other: PlannedGrant): boolean {
  return (
    (one.endsAt === null || one.endsAt > other.startsAt) &&
    (other.endsAt === null || other.endsAt > one.startsAt)
  );
}

/** Whether these grants of the source stand as asked, or wait for something that a person must mend. */
export async function areGrantsSettled(
  { store, clock }: Deps,
  source: SourceRef,
  grantIds: readonly string[],
): Promise<boolean> {
  const record = await sourcesOf(store, source.kind).get(source.id);
  const grants = new Map((await store.grants.getMany(grantIds)).map((grant) => [grant.id, grant]));
  const now = clock.now();
  return (record?.asked ?? [])
    .filter(({ grantId }) => grantIds.includes(grantId))
    .every((asked) => {
      const grant = grants.get(asked.grantId) ?? null;
      const isStuck = grant?.provisioning === 'attention' && agrees(asked, grant);
      return isStuck || standsAsAsked(asked, grant, now);
    });
}
