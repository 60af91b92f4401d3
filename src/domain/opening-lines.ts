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
 * by that of another mapping, of a group where there is one. Where a tap has its row already, that row is
 * it, and another line of the lock would be the same opening again.
 *
 * @param ownIds the lock's own mappings
 * @param tapped the mapping whose log has the row of the tap; left out: no tap has one
 */
export function linesInLogs<Any extends Line>(
  lines: readonly Any[],
  ownIds: readonly string[],
  tapped?: MappingOfLine,
): (Any & { alsoIn: string[] })[] {
  const kept = tapped
    ? lines.filter((line) => isOfGroup(line) || line.mapping.id === tapped.id)
    : lines;
  const spokesman = tapped ?? (kept.find(isOfGroup) ?? kept[0])?.mapping;
  const silent = ownIds.filter((id) => !kept.some(({ mapping }) => mapping.id === id));
  return kept.map((line) => ({
    ...line,
    alsoIn: line.mapping.id === spokesman?.id ? silent : [],
  }));
}

function isOfGroup({ mapping }: Line): boolean {
  return mapping.resourceType === 'group';
}
