import type { KisiFacts, KisiRowFact } from '../domain/explain-facts';
import type { Grant } from '../domain/grant';
import { windowOf } from '../domain/grant-life';
import { covered } from '../domain/windows';
import type { DoorMapping, Store } from '../store';

/** What leads to the door, parted by what the caller may see. */
export interface Sight {
  shown: { mappings: readonly DoorMapping[]; grants: readonly Grant[] };
  hidden: { mappings: readonly DoorMapping[]; grants: readonly Grant[] };
}

/**
 * Takes out of what Kisi says what would tell of grants that the caller may not see: rows in groups that
 * none of the shown mappings stands for, and the names of such groups. A group that hidden grants lead
 * through as well has rows of either, or one for both: only what the shown grants cover is told.
 */
export async function partKisi(
  store: Store,
  kisi: KisiFacts,
  { shown, hidden }: Sight,
  at: number,
): Promise<{ kisi: KisiFacts; hiddenRows: KisiRowFact[] }> {
  const givers = new Set(hidden.grants.map(({ doorMappingId }) => doorMappingId));
  const [shownIds, sharedIds] = await Promise.all([
    groupIdsOf(store, shown.mappings),
    groupIdsOf(
      store,
      hidden.mappings.filter(({ id }) => givers.has(id)),
    ),
  ]);
  const windows = shown.grants.map(windowOf);
  const isTold = ({ groupId, from, until }: KisiRowFact): boolean => {
    if (!shownIds.has(groupId)) return false;
    // A row without a beginning tells nobody's.
    const row = { from: from ?? at, until };
    return !sharedIds.has(groupId) || covered(row, windows, Number.NEGATIVE_INFINITY);
  };
  return {
    kisi: {
      ...kisi,
      rows: kisi.rows.filter(isTold),
      obstacles: kisi.obstacles.map((obstacle) =>
        obstacle.groupId === undefined || shownIds.has(obstacle.groupId)
          ? obstacle
          : { ...obstacle, at: 'A group that is not shown to you' },
      ),
    },
    hiddenRows: kisi.rows.filter((row) => !isTold(row)),
  };
}

/** The groups in which the rows of these mappings are: of a lock, the one that was made for it. */
async function groupIdsOf(
  { lockGroups }: Store,
  mappings: readonly DoorMapping[],
): Promise<Set<number>> {
  const ids = await Promise.all(
    mappings.map(async ({ organizationId, resourceType, resourceId }) =>
      resourceType === 'group'
        ? resourceId
        : (await lockGroups.get(organizationId, resourceId))?.groupId,
    ),
  );
  return new Set(ids.filter((id) => id !== undefined));
}
