import type { Store } from '../store';
import { bearsLockGroupMark } from './lock-group';

/** What tells a group of ours from one that people made. */
interface Recognizable {
  id: number;
  description: string | null;
}

/** Whether we made this Kisi group for one lock, by what is stored or by the mark that it bears. */
export async function isLockGroupOfOurs(
  store: Pick<Store, 'lockGroups'>,
  { organizationId }: { organizationId: number },
  group: Recognizable,
): Promise<boolean> {
  if (bearsLockGroupMark(group.description)) return true;
  return (await store.lockGroups.byGroup(organizationId, group.id)) !== null;
}

/** The groups that may be mapped: all but those that we made for one lock. */
export async function withoutLockGroups<Group extends Recognizable>(
  store: Pick<Store, 'lockGroups'>,
  { organizationId }: { organizationId: number },
  groups: readonly Group[],
): Promise<Group[]> {
  const stored = await store.lockGroups.allOf(organizationId);
  const ours = new Set(stored.map(({ groupId }) => groupId));
  return groups.filter(({ id, description }) => !ours.has(id) && !bearsLockGroupMark(description));
}
