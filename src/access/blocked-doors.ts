import type { ResourceType } from '../domain/door';
import {
  GONE,
  obstaclesOfGroup,
  obstaclesOfLock,
  type ObstacleCode,
  type UnlockObstacle,
} from '../domain/unlock-obstacles';
import type { DoorMapping, Integration, SeenGroup, SeenLock, Store } from '../store';

/** A mapped door or group that an unlock from My Keys will not open. */
export interface BlockedDoor {
  type: ResourceType;
  /** Kisi's lock id or group id. */
  resourceId: number;
  name: string;
  doorMappingIds: string[];
  obstacles: UnlockObstacle[];
  /** When it was last seen at Kisi, ms UTC. */
  seenAt: number;
}

/** What changes from one minute to the next is no setting, and is not told from an old sight. */
export const PASSING: readonly ObstacleCode[] = ['offline', 'locked_down'];

/**
 * The doors and groups of the integration's mappings whose settings at Kisi make an unlock fail, as
 * they were last seen there; in order of kind and id. A group whose doors are in the way is shown by
 * those doors.
 */
export async function blockedDoors(
  store: Pick<Store, 'kisiDoors'>,
  { organizationId }: Integration,
  mappings: readonly DoorMapping[],
): Promise<BlockedDoor[]> {
  const mapped = (kind: ResourceType): Map<number, string[]> => {
    const ids = new Map<number, string[]>();
    for (const { id, resourceType, resourceId } of mappings) {
      if (resourceType === kind) ids.set(resourceId, [...(ids.get(resourceId) ?? []), id]);
    }
    return ids;
  };
  const [mappedLocks, mappedGroups] = [mapped('lock'), mapped('group')];
  const groups = await store.kisiDoors.groups(organizationId, [...mappedGroups.keys()]);
  const mappingsOfLock = new Map([...mappedLocks].map(([id, ids]) => [id, [...ids]]));
  for (const { groupId, lockIds } of groups) {
    for (const lockId of lockIds ?? []) {
      const through = mappedGroups.get(groupId) ?? [];
      mappingsOfLock.set(lockId, [...(mappingsOfLock.get(lockId) ?? []), ...through]);
    }
  }
  const locks = await store.kisiDoors.locks(organizationId, [...mappingsOfLock.keys()]);
  return [
    ...locks.map((lock) =>
      toBlockedDoor('lock', lock.lockId, lock, obstaclesOfLock(lock), mappingsOfLock),
    ),
    ...groups.map((group) =>
      toBlockedDoor('group', group.groupId, group, obstaclesOfGroup(group), mappedGroups),
    ),
  ].filter(({ obstacles }) => obstacles.length > 0);
}

function toBlockedDoor(
  type: ResourceType,
  resourceId: number,
  { name, seenAt, goneAt }: SeenLock | SeenGroup,
  obstacles: readonly UnlockObstacle[],
  mappingIds: ReadonlyMap<number, string[]>,
): BlockedDoor {
  return {
    type,
    resourceId,
    name,
    doorMappingIds: mappingIds.get(resourceId) ?? [],
    obstacles: goneAt === null ? obstacles.filter(({ code }) => !PASSING.includes(code)) : [GONE],
    seenAt,
  };
}
