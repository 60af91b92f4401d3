import type { DoorObstacle, KisiRowFact } from '../domain/explain-facts';
import {
  GONE,
  obstaclesOfGroup,
  obstaclesOfLock,
  type GroupCondition,
  type LockCondition,
  type UnlockObstacle,
} from '../domain/unlock-obstacles';
import { contains } from '../domain/windows';
import type { KisiGroup, KisiLock } from '../kisi';
import type { DoorMapping, SeenGroup, SeenLock } from '../store';
import { PASSING } from './blocked-doors';

/** A door as Kisi shows it. */
export interface DoorAtKisi {
  /** Those that hold the door; the mapped one itself where a group is asked about. */
  groups: KisiGroup[];
  /** `null`: Kisi does not know the lock or group any more. */
  locks: KisiLock[] | null;
}

/** What bars the doors, and the groups through which the member has access. */
export function obstaclesOf(
  { resourceType }: DoorMapping,
  { groups, locks }: DoorAtKisi,
  rows: readonly KisiRowFact[],
  at: number,
): DoorObstacle[] {
  if (locks === null) return [{ ...GONE, at: 'The door', barsAll: true }];
  const through = new Set(rows.filter((row) => contains(row, at)).map(({ groupId }) => groupId));
  const used = groups
    .filter(({ id }) => through.has(id) || resourceType === 'group')
    .map((group) => ({ ...group, groupId: group.id }));
  return [...ofLocks(locks), ...ofGroups(used)];
}

interface Barred {
  name: string;
  obstacles: readonly UnlockObstacle[];
}

function ofLocks(conditions: readonly (LockCondition & { name: string })[]): DoorObstacle[] {
  const locks: Barred[] = conditions.map((lock) => ({
    name: lock.name,
    obstacles: obstaclesOfLock(lock),
  }));
  const barsAll = locks.length > 0 && locks.every(({ obstacles }) => obstacles.length > 0);
  return locks.flatMap(({ name, obstacles }) =>
    obstacles.map((obstacle) => ({ ...obstacle, at: name, barsAll })),
  );
}

/** Any one group lets the member through (kisi/facts.md §2.6). */
function ofGroups(
  conditions: readonly (GroupCondition & { name: string; groupId: number })[],
): DoorObstacle[] {
  const groups = conditions.map((group) => ({
    name: group.name,
    groupId: group.groupId,
    obstacles: obstaclesOfGroup(group),
  }));
  if (groups.some(({ obstacles }) => obstacles.length === 0)) return [];
  return groups.flatMap(({ name, groupId, obstacles }) =>
    obstacles.map((obstacle) => ({ ...obstacle, at: name, barsAll: true, groupId })),
  );
}

/** What barred the door when it was last seen, and is likely to bar it still. */
export function lastingObstacles(
  { resourceType, name }: DoorMapping,
  locks: readonly SeenLock[],
  group: SeenGroup | null,
): DoorObstacle[] {
  const seen = resourceType === 'group' ? group : locks[0];
  if ((seen?.goneAt ?? null) !== null) return [{ ...GONE, at: name, barsAll: true }];
  const obstacles = [...ofLocks(locks), ...ofGroups(group ? [group] : [])];
  return obstacles.filter(({ code }) => !PASSING.includes(code));
}
