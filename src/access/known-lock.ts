import type { DoorMapping, SeenLock, Store } from '../store';

/** A lock as people know it now. */
export interface KnownLock {
  /** Kisi's id. */
  id: number;
  name: string;
  /** Its own mappings. */
  mappingIds: string[];
}

export async function readKnownLock(
  store: Store,
  organizationId: number,
  lockId: number,
): Promise<KnownLock> {
  const [mappings, seen] = await Promise.all([
    store.doorMappings.ofLocks(organizationId, [lockId]),
    store.kisiDoors.lock(organizationId, lockId),
  ]);
  return {
    id: lockId,
    name: lockName(lockId, ownMappings(mappings).get(lockId), seen),
    mappingIds: mappings.map(({ id }) => id),
  };
}

/** What people call a lock: by its own mapping, else as Kisi does. */
export function lockName(
  lockId: number,
  own: DoorMapping | undefined,
  seen: SeenLock | null | undefined,
): string {
  return own?.name ?? seen?.name ?? `Door ${String(lockId)}`;
}

/** Each lock's own mapping. Where several stand for one lock, one that an admin has named goes first. */
export function ownMappings(mappings: readonly DoorMapping[]): Map<number, DoorMapping> {
  const own = new Map<number, DoorMapping>();
  for (const mapping of mappings) {
    if (mapping.resourceType !== 'lock') continue;
    const known = own.get(mapping.resourceId);
    if (!known || mapping.hasOwnName || !known.hasOwnName) own.set(mapping.resourceId, mapping);
  }
  return own;
}
