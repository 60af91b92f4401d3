import type { z } from 'zod';
import { bearsLockGroupMark } from '../../src/access/lock-group';
import type { ResourceType } from '../../src/domain/door';
import type { Integration, Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { askKisi, interactive } from '../http/ask-kisi';
import { presentGroup, presentLock } from '../integrations/present';
import type { kisiResourceOut } from '../integrations/shapes';

/**
 * The door or group as it is at Kisi now.
 *
 * @throws ApiProblem `kisi_resource_unknown` when Kisi does not know it, or when Kisi is away.
 */
export async function askForDoor(
  { kisi }: ApiDeps,
  organizationId: number,
  { resourceType, resourceId }: { resourceType: ResourceType; resourceId: number },
): Promise<z.input<typeof kisiResourceOut>> {
  const client = await kisi.forOrganization(organizationId);
  const options = interactive();
  return askKisi(async () =>
    resourceType === 'lock'
      ? presentLock(await client.getLock(resourceId, options))
      : presentGroup(await client.getGroup(resourceId, options)),
  );
}

/** Whether we made this Kisi group for one lock, by what is stored or by the mark that it bears. */
export async function isLockGroupOfOurs(
  store: Store,
  { organizationId }: Integration,
  group: { id: number; description: string | null },
): Promise<boolean> {
  if (bearsLockGroupMark(group.description)) return true;
  return (await store.lockGroups.byGroup(organizationId, group.id)) !== null;
}

/** The groups that may be mapped: all but those that we made for one lock. */
export async function withoutLockGroups<Group extends { id: number; description: string | null }>(
  store: Store,
  { organizationId }: Integration,
  groups: readonly Group[],
): Promise<Group[]> {
  const stored = await store.lockGroups.allOf(organizationId);
  const ours = new Set(stored.map(({ groupId }) => groupId));
  return groups.filter(({ id, description }) => !ours.has(id) && !bearsLockGroupMark(description));
}
