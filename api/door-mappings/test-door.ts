import type { z } from 'zod';
import { obstaclesOfGroup, obstaclesOfLock } from '../../src/domain/unlock-obstacles';
import type { KisiLock } from '../../src/kisi';
import type { DoorMapping } from '../../src/store';
import type { ApiDeps } from '../deps';
import { ApiProblem } from '../http/problems';
import { presentGroup, presentLock } from '../integrations/present';
import { toIso } from '../schemas/common';
import { askForDoor, askForLocksOf } from './door-at-kisi';
import type { doorTestOut } from './shapes';

type DoorTest = z.input<typeof doorTestOut>;

/**
 * Looks at the mapped door or group at Kisi, and says what there will make an unlock from My Keys
 * fail. Keeps whether it is there on the mapping, as a sync does.
 *
 * @throws ApiProblem `kisi_resource_unknown` when Kisi does not know it, or when Kisi is away.
 */
export async function testDoor(deps: ApiDeps, mapping: DoorMapping): Promise<DoorTest> {
  const { organizationId, resourceType, resourceId } = mapping;
  const target = { kind: resourceType, id: resourceId };
  try {
    const door = await askForDoor(deps, organizationId, target);
    if (door.type === 'lock') {
      await keepSight(deps, mapping, door.lock.name);
      const own = presentDoor(door.lock);
      return answerOf(deps, mapping, presentLock(door.lock), own.obstacles, [own]);
    }
    await keepSight(deps, mapping, door.group.name);
    const locks = await askForLocksOf(deps, organizationId, door.locks);
    const obstacles = obstaclesOfGroup(door.group);
    return answerOf(deps, mapping, presentGroup(door.group), obstacles, locks.map(presentDoor));
  } catch (error) {
    const isGone = error instanceof ApiProblem && error.code === 'kisi_resource_unknown';
    if (isGone && mapping.missingSince === null) {
      await deps.store.doorMappings.update(mapping.id, { missingSince: deps.clock.now() });
    }
    throw error;
  }
}

async function keepSight(
  { store }: ApiDeps,
  mapping: DoorMapping,
  resourceName: string,
): Promise<void> {
  if (mapping.resourceName === resourceName && mapping.missingSince === null) return;
  const { id, resourceType, resourceId } = mapping;
  const sight = { id, resourceType, resourceId, resourceName, missingSince: null };
  await store.doorMappings.followKisi([sight]);
}

function answerOf(
  { clock }: ApiDeps,
  mapping: DoorMapping,
  resource: DoorTest['resource'],
  obstacles: DoorTest['obstacles'],
  doors: DoorTest['doors'],
): DoorTest {
  return {
    doorMappingId: mapping.id,
    testedAt: toIso(clock.now()),
    resource,
    unlockable:
      doors.length > 0 && [obstacles, ...doors.map((door) => door.obstacles)].flat().length === 0,
    obstacles,
    doors,
  };
}

function presentDoor(lock: KisiLock): DoorTest['doors'][number] {
  return {
    lockId: lock.id,
    name: lock.name,
    online: lock.online,
    obstacles: obstaclesOfLock(lock),
  };
}
