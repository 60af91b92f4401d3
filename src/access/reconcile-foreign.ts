import { KisiError, type KisiClient, type KisiRoleAssignment } from '../kisi';
import type { KisiRow, Store } from '../store';
import { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { sightsOf } from './foreign-row-view';

/** A row that was made only just now may not be listed yet. */
const MADE_JUST_NOW_MS = 10 * 60_000;
/** Each is read once more before it is forgotten: the rest is left to the next run. */
const MOST_FORGOTTEN = 200;

/** The groups that lead to a mapped door: mapped themselves, or holding a mapped lock when last seen. */
export async function groupsOfMappings(
  { doorMappings, kisiDoors }: Store,
  organizationId: number,
): Promise<Set<number>> {
  const [groups, locks] = await Promise.all([
    doorMappings.ofResources(organizationId, 'group'),
    doorMappings.ofResources(organizationId, 'lock'),
  ]);
  const idsOf = (mappings: typeof groups): Set<number> =>
    new Set(mappings.filter(({ deleted }) => !deleted).map(({ resourceId }) => resourceId));
  const found = idsOf(groups);
  for (const groupId of await kisiDoors.groupsWith(organizationId, [...idsOf(locks)])) {
    found.add(groupId);
  }
  return found;
}

/** Stores what was seen of rows that are not ours, each with the member that its user is. */
export async function noteForeignRows(
  { store }: AccessDeps,
  organizationId: number,
  foreign: readonly KisiRoleAssignment[],
  seenAt: number,
): Promise<void> {
  const links = await store.memberLinks.allOf(organizationId);
  const linked = new Map(links.map(({ kisiUserId, memberId }) => [kisiUserId, memberId]));
  const emails = foreign.flatMap(({ userId, userEmail }) =>
    userId !== null && userEmail !== null && !linked.has(userId) ? [userEmail] : [],
  );
  const byEmail = await store.members.idsByEmail(emails);
  const memberOf = ({ userId, userEmail }: KisiRoleAssignment): string | null =>
    (userId === null ? undefined : linked.get(userId)) ??
    (userEmail === null ? undefined : byEmail.get(userEmail.toLowerCase())) ??
    null;
  const rows = foreign.flatMap((row) => sightsOf(row, memberOf(row)));
  await store.foreignRows.replaceSeen(organizationId, rows, seenAt);
}

/**
 * Lets go of stored rows that are gone at Kisi without our doing, as where ended rows are purged. A list
 * may miss a row, and one that is forgotten while it stands would be foreign for ever, so that each
 * is read by its id first.
 */
export async function forgetVanished(
  { store }: AccessDeps,
  kisi: KisiClient,
  vanished: readonly KisiRow[],
  listedAt: number,
): Promise<void> {
  const old = vanished.filter(({ createdAt }) => createdAt + MADE_JUST_NOW_MS < listedAt);
  for (const { passKey, roleAssignmentId } of old.slice(0, MOST_FORGOTTEN)) {
    if (!(await isGone(kisi, roleAssignmentId))) continue;
    await store.kisiRows.markGone(passKey, roleAssignmentId);
  }
}

async function isGone(kisi: KisiClient, roleAssignmentId: number): Promise<boolean> {
  try {
    await kisi.getRoleAssignment(roleAssignmentId, new Attempt().call);
    return false;
  } catch (error) {
    if (error instanceof KisiError && error.kind === 'missing') return true;
    throw error;
  }
}
