import { passKey, type PassRef } from '../domain/door';
import { KisiError, type KisiClient, type KisiRoleAssignment } from '../kisi';
import type { KnownRow } from '../contracts/pass-messages';
import type { MemberLink } from '../store';
import type { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { ensureLink, isLinkedBy, leaveUser } from './member-user';
import { answersIntent, isOurs, opensDoors, type OwnershipMarks } from './ownership';
import type { PassDesire } from './pass-desire';
import { AccessProblem } from './problems';

/** Where a pass is at Kisi: one user in one group. */
export interface PassPlace {
  link: MemberLink;
  groupId: number;
  /** We made the group (a lock's own). */
  groupIsOurs: boolean;
}

/** `nothing`: nobody wants anything and nothing can be there. `no_group`: the lock's group is not made yet. */
export type PlaceFound =
  { kind: 'place'; place: PassPlace } | { kind: 'nothing' } | { kind: 'no_group' };

/**
 * Finds the user and the group. They are made only when somebody wants access; without both no row
 * of ours can exist. @throws AccessProblem, KisiError
 */
export async function findPlace(
  deps: AccessDeps,
  kisi: KisiClient,
  desire: PassDesire,
  attempt: Attempt,
): Promise<PlaceFound> {
  const { pass, wanted, member } = desire;
  const group = await groupOf(deps, desire);
  const link = await deps.store.memberLinks.get(pass.organizationId, pass.memberId);
  if (wanted.length === 0) {
    return link && group ? { kind: 'place', place: { link, ...group } } : { kind: 'nothing' };
  }
  if (!group) return { kind: 'no_group' };
  return {
    kind: 'place',
    place: {
      link:
        link && isLinkedBy(link, member) ? link : await ensureLink(deps, kisi, pass, link, attempt),
      ...group,
    },
  };
}

type PlaceGroup = Pick<PassPlace, 'groupId' | 'groupIsOurs'>;

async function groupOf(deps: AccessDeps, desire: PassDesire): Promise<PlaceGroup | null> {
  const { organizationId, target } = desire.pass;
  if (target.kind === 'group') return mappedGroup(deps, desire);
  const group = await deps.store.lockGroups.get(organizationId, target.id);
  if (group) return { groupId: group.groupId, groupIsOurs: true };
  if (desire.wanted.length > 0) return null;
  // The record is gone, which does not say that the group is: what we made there must go.
  const [row] = await deps.store.kisiRows.byPass(desire.key);
  return row ? { groupId: row.groupId, groupIsOurs: true } : null;
}

/** A group that we made for a lock has the lock's passes as its writers, and no others. */
async function mappedGroup(deps: AccessDeps, desire: PassDesire): Promise<PlaceGroup | null> {
  const { organizationId, target } = desire.pass;
  const own = await deps.store.lockGroups.byGroup(organizationId, target.id);
  if (!own) return { groupId: target.id, groupIsOurs: false };
  if (desire.wanted.length === 0) return null;
  throw new AccessProblem(
    'kisi_group_reserved',
    `This Kisi group is kept for the lock ${String(own.lockId)} alone. Map the lock instead.`,
  );
}

/**
 * Lists the member's rows in the group and tells ours from foreign ones. A row that answers an
 * intent, whose reply was lost, is adopted: its id is stored before anything is done with it.
 * Rows on former users of the member are removed here, for they give access to nobody's wish.
 *
 * @param deletedIds rows that this look saw deleted: a list that is behind may still show them
 */
export async function listRows(
  deps: AccessDeps,
  kisi: KisiClient,
  desire: PassDesire,
  place: PassPlace,
  attempt: Attempt,
  deletedIds: ReadonlySet<number>,
): Promise<KnownRow[]> {
  const { groupId } = place;
  const userId = place.link.kisiUserId;
  const listed = await kisi.listRoleAssignments({ userId, groupId }, attempt.call);
  const rows = listed.filter((row) => !deletedIds.has(row.id));
  const marks = await marksOf(deps, desire, place);
  await adopt(deps, desire, rows, marks);
  await leaveFormerUsers(deps, kisi, desire, place, marks, attempt);
  await letGoOfUser(deps, kisi, desire, place, rows, marks, attempt);
  return rows
    .filter((row) => row.userId === userId && row.groupId === groupId)
    .map((row) => toKnownRow(row, isOurs(row, marks)));
}

export function toKnownRow(row: KisiRoleAssignment, ours: boolean): KnownRow {
  const { id, validFrom, validUntil } = row;
  const known = { id, userId: row.userId ?? 0, from: validFrom, until: validUntil, ours };
  return opensDoors(row) ? known : { ...known, opensNothing: true };
}

async function marksOf(
  deps: AccessDeps,
  { key, integration }: PassDesire,
  place: PassPlace,
): Promise<OwnershipMarks> {
  const [stored, intents] = await Promise.all([
    deps.store.kisiRows.byPass(key),
    deps.store.intents.byPass(key),
  ]);
  return {
    groupIsOurs: place.groupIsOurs,
    storedRowIds: new Set(stored.map((row) => row.roleAssignmentId)),
    intents,
    keyOwnerIds: [integration.keyOwnerId, ...integration.formerKeyOwnerIds],
  };
}

async function adopt(
  deps: AccessDeps,
  { pass, key }: PassDesire,
  rows: readonly KisiRoleAssignment[],
  marks: OwnershipMarks,
): Promise<void> {
  const taken = new Set(marks.storedRowIds);
  for (const intent of marks.intents) {
    // A row that is known already is the answer to another request.
    const row = rows.find(
      (other) => !taken.has(other.id) && answersIntent(other, intent, marks.keyOwnerIds),
    );
    if (!row) continue;
    taken.add(row.id);
    await deps.store.kisiRows.put({
      roleAssignmentId: row.id,
      organizationId: pass.organizationId,
      passKey: key,
      kisiUserId: intent.kisiUserId,
      groupId: intent.groupId,
      from: row.validFrom,
      until: row.validUntil,
    });
    await deps.store.intents.remove(key, [intent.id]);
  }
}

/** A former user stays in the link until a list shows none of our rows on it, in any group. */
async function leaveFormerUsers(
  deps: AccessDeps,
  kisi: KisiClient,
  desire: PassDesire,
  place: PassPlace,
  marks: OwnershipMarks,
  attempt: Attempt,
): Promise<void> {
  const { organizationId, memberId } = desire.pass;
  for (const userId of place.link.formerUserIds) {
    const rows = await kisi.listRoleAssignments({ userId }, attempt.call);
    const holder = await deps.store.memberLinks.byUser(organizationId, userId);
    const isOthers = holder?.kisiUserId === userId && holder.memberId !== memberId;
    // Of a user that is another member's now, only what this pass is known to have made is its own.
    const mine = isOthers ? { ...marks, groupIsOurs: false } : marks;
    const here = rows.filter((row) => row.groupId === place.groupId && isOurs(row, mine));
    for (const row of here) {
      await kisi.deleteRoleAssignment(row.id, attempt.call);
      await deps.store.kisiRows.remove(desire.key, row.id);
    }
    const left = rows.filter((row) => !here.includes(row));
    const isHeld = isOthers
      ? await holdsOneOf(deps, desire.pass, left)
      : await holdsOneOfOurs(deps, organizationId, left);
    if (!isHeld) {
      await deps.store.memberLinks.dropFormer(organizationId, memberId, userId);
    }
  }
}

/**
 * A member whose e-mail address has changed and who wants nothing needs no other user, and must not
 * keep the one of the former address: it may be another member's now.
 */
async function letGoOfUser(
  deps: AccessDeps,
  kisi: KisiClient,
  desire: PassDesire,
  { link }: PassPlace,
  here: readonly KisiRoleAssignment[],
  marks: OwnershipMarks,
  attempt: Attempt,
): Promise<void> {
  if (desire.wanted.length > 0 || isLinkedBy(link, desire.member)) return;
  if (link.formerUserIds.length > 0 || here.some((row) => isOurs(row, marks))) return;
  const rows = await kisi.listRoleAssignments({ userId: link.kisiUserId }, attempt.call);
  if (await holdsOneOfOurs(deps, link.organizationId, rows)) return;
  await leaveUser(deps, link);
}

/** Whether some pass of the member is known to have made one of the rows. */
async function holdsOneOf(
  deps: AccessDeps,
  { organizationId, memberId }: PassRef,
  rows: readonly KisiRoleAssignment[],
): Promise<boolean> {
  const keys = new Set((await deps.store.passes.byMember(memberId)).map(passKey));
  const stored = (await deps.store.kisiRows.allOf(organizationId)).filter((row) =>
    keys.has(row.passKey),
  );
  return rows.some((row) => stored.some((known) => known.roleAssignmentId === row.id));
}

async function holdsOneOfOurs(
  deps: AccessDeps,
  organizationId: number,
  rows: readonly KisiRoleAssignment[],
): Promise<boolean> {
  if (rows.length === 0) return false;
  const stored = new Set(
    (await deps.store.kisiRows.allOf(organizationId)).map((row) => row.roleAssignmentId),
  );
  for (const row of rows) {
    if (stored.has(row.id)) return true;
    if (row.groupId !== null && (await deps.store.lockGroups.byGroup(organizationId, row.groupId)))
      return true;
  }
  return false;
}

/** Whether this error says that something is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof KisiError && error.kind === 'missing';
}
