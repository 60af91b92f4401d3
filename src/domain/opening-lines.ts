import type { ResourceType } from './door';

/** A line about one opening, for the log of one mapping that leads to the lock. */
interface Line {
  mapping: MappingOfLine;
}

interface MappingOfLine {
  id: string;
  resourceType: ResourceType;
}

/**
 * Has the log of each of the lock's own mappings tell of one opening once: by a line of its own, else
 * by the line of one group. Where a tap through a group has its row already, that row is it, and a
 * lock's own line would be the same opening again.
 *
 * @param ownIds the lock's own mappings
 * @param tapped the mapping whose log has the row of the tap; left out: no tap has one
 */
export function linesInLogs<Any extends Line>(
  lines: readonly Any[],
  ownIds: readonly string[],
  tapped?: MappingOfLine,
): (Any & { alsoIn: string[] })[] {
  const isTapOfGroup = tapped?.resourceType === 'group';
  const kept = isTapOfGroup ? lines.filter(isOfGroup) : lines;
  const spokesman = isTapOfGroup ? tapped : kept.find(isOfGroup)?.mapping;
  const silent = ownIds.filter((id) => !kept.some(({ mapping }) => mapping.id === id));
  return kept.map((line) => ({
    ...line,
    alsoIn: line.mapping.id === spokesman?.id ? silent : [],
  }));
}

function isOfGroup({ mapping }: Line): boolean {
  return mapping.resourceType === 'group';
}
