import { PRIORITY } from '../contracts/names';
import { passKey } from '../domain/door';
import { KisiError, OWNERSHIP_MARK, type KisiClient, type KisiRoleAssignment } from '../kisi';
import type { MemberLink } from '../store';
import type { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { isLinkedBy, lookAnew } from './member-user';
import { isOurs } from './ownership';
import type { PassDesire } from './pass-desire';
import { marksOf, type PlaceGroup } from './pass-place';

/** What leaving a user needs to know of the look that does it. */
export interface Leaving {
  deps: AccessDeps;
  kisi: KisiClient;
  desire: PassDesire;
  group: PlaceGroup;
  attempt: Attempt;
}

/**
 * Takes away what this pass still holds on former users of its member. To be called once the rows of
 * the present user are as wanted, so that the member can open with either until then. A former user
 * stays in the link until nothing of ours is left on it in any group; one that we made and that
 * holds nothing at all is then removed.
 *
 * @throws KisiError
 */
export async function leaveFormerUsers(
  leaving: Leaving,
  userIds: readonly number[],
): Promise<void> {
  const { deps, kisi, desire, group, attempt } = leaving;
  const { organizationId, memberId } = desire.pass;
  for (const userId of userIds) {
    const isOthers = (await holderBeside(memberOf(leaving), userId)) !== null;
    const rows = await kisi.listRoleAssignments({ userId }, attempt.call);
    const marks = await marksOf(deps, desire, group);
    // Of a user that is another member's now, only what this pass is known to have made is its own.
    const mine = isOthers ? { ...marks, groupIsOurs: false } : marks;
    const here = rows.filter((row) => row.groupId === group.groupId && isOurs(row, mine));
    await removeRows(leaving, userId, here);
    let left = rows.filter((row) => !here.includes(row));
    if (here.length > 0 && left.length > 0) {
      // Several passes leave at once: whoever is the last must see that the others have left.
      left = await kisi.listRoleAssignments({ userId }, attempt.call);
    }
    if (await isHeld(leaving, userId, left)) continue;
    if (left.length === 0) await removeUserOfOurs(memberOf(leaving), userId);
    await deps.store.memberLinks.dropFormer(organizationId, memberId, userId);
  }
}

/**
 * A member whose e-mail address has changed and who wants nothing needs no other user, and must not
 * keep the one of the former address: it may be another member's now.
 *
 * @throws KisiError
 */
export async function letGoOfUser(
  leaving: Leaving,
  link: MemberLink,
  holdsSomething: boolean,
): Promise<void> {
  const { deps, kisi, desire, attempt } = leaving;
  if (desire.wanted.length > 0 || holdsSomething || isLinkedBy(link, desire.member)) return;
  const { formerUserIds, kisiUserId } = link;
  if (formerUserIds.length > 0) return;
  const rows = await kisi.listRoleAssignments({ userId: kisiUserId }, attempt.call);
  if (await isHeld(leaving, kisiUserId, rows)) return;
  if (rows.length === 0) await removeUserOfOurs(memberOf(leaving), kisiUserId);
  await deps.store.memberLinks.unlink(link);
}

/** Also those that a list did not show: it may be behind, and what is stored is known to be ours. */
async function removeRows(
  leaving: Leaving,
  userId: number,
  here: readonly KisiRoleAssignment[],
): Promise<void> {
  const { deps, kisi, desire, attempt } = leaving;
  const stored = await deps.store.kisiRows.byPass(desire.key);
  const known = stored.filter((row) => row.kisiUserId === userId);
  const ids = new Set([...here.map(({ id }) => id), ...known.map((row) => row.roleAssignmentId)]);
  for (const id of ids) {
    await kisi.deleteRoleAssignment(id, attempt.call);
    await deps.store.kisiRows.remove(desire.key, id);
  }
  if (ids.size > 0) await tellHolder(leaving, userId);
}

/** The member who has the user now may have counted on a row that is gone. */
async function tellHolder(leaving: Leaving, userId: number): Promise<void> {
  const { deps, desire } = leaving;
  const holder = await holderBeside(memberOf(leaving), userId);
  if (holder === null) return;
  const pass = { ...desire.pass, memberId: holder };
  if (await deps.store.passes.get(passKey(pass))) {
    await deps.messages.pokePass(pass, PRIORITY.due, true);
  }
}

function memberOf({ deps, kisi, desire, attempt }: Leaving): UserOfMember {
  const { organizationId, memberId } = desire.pass;
  return { deps, kisi, organizationId, memberId, attempt };
}

/** Whether one of these rows of the user, or one that may still show, is ours and this member's. */
async function isHeld(
  leaving: Leaving,
  userId: number,
  rows: readonly KisiRoleAssignment[],
): Promise<boolean> {
  const { deps, desire } = leaving;
  const { organizationId, memberId } = desire.pass;
  const intents = await deps.store.intents.allOf(organizationId);
  if (intents.some(({ kisiUserId }) => kisiUserId === userId)) return true;
  if (rows.length === 0) return false;
  const stored = await deps.store.kisiRows.allOf(organizationId);
  const isListed = (id: number): boolean => rows.some((row) => row.id === id);
  if ((await holderBeside(memberOf(leaving), userId)) !== null) {
    const keys = new Set((await deps.store.passes.byMember(memberId)).map(passKey));
    return stored.some((row) => keys.has(row.passKey) && isListed(row.roleAssignmentId));
  }
  if (stored.some((row) => isListed(row.roleAssignmentId))) return true;
  const groups = await deps.store.lockGroups.allOf(organizationId);
  return rows.some((row) => groups.some(({ groupId }) => groupId === row.groupId));
}

/** Whose user may be removed. */
export interface UserOfMember {
  deps: AccessDeps;
  kisi: KisiClient;
  organizationId: number;
  memberId: string;
  attempt: Attempt;
}

/**
 * Removes a user that we made and that holds nothing, if no member has its e-mail address now. Its
 * slots are taken before it is looked at for the last time, so that no wait lies between that and
 * the removal. Somebody who was linked to it all the same is told, and gets a user anew.
 *
 * @returns whether no such user is left
 * @throws KisiError
 */
export async function removeUserOfOurs(of: UserOfMember, userId: number): Promise<boolean> {
  const { deps, kisi, organizationId, attempt } = of;
  const [user] = await kisi.listUsers({ ids: [userId] }, attempt.call);
  if (!user) return true;
  if (user.metadata['managed_by'] !== OWNERSHIP_MARK.managed_by) return false;
  if (await deps.store.members.byEmail(user.email)) return false;
  try {
    return await kisi.withReservedSlots(2, attempt.call, async (reserved) => {
      const rows = await reserved.listRoleAssignments({ userId });
      if (rows.length > 0 || (await holderBeside(of, userId))) return false;
      await reserved.deleteUser(userId);
      const holder = await holderBeside(of, userId);
      if (holder !== null) await lookAnew(deps, organizationId, holder);
      return true;
    });
  } catch (error) {
    // A user without rows opens nothing: that it stays is no trouble of the member's doors.
    if (!(error instanceof KisiError) || (error.kind !== 'refused' && error.status !== 403))
      throw error;
    deps.log.warn({ kisiUserId: userId, error: error.message }, 'A former user was not removed');
    return false;
  }
}

/** The other member who is linked to the user now; `null`: nobody. */
export async function holderBeside(
  { deps, organizationId, memberId }: Omit<UserOfMember, 'kisi' | 'attempt'>,
  userId: number,
): Promise<string | null> {
  const holder = await deps.store.memberLinks.byUser(organizationId, userId);
  const isAnothers = holder?.kisiUserId === userId && holder.memberId !== memberId;
  return isAnothers ? holder.memberId : null;
}
