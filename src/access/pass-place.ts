import { endOf } from '../domain/windows';
import { KisiError, type KisiClient, type KisiRoleAssignment } from '../kisi';
import type { KnownRow } from '../contracts/pass-messages';
import type { MemberLink } from '../store';
import type { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { ensureLink, formerUsers, isLinkedBy } from './member-user';
import { noteForeignRowsOf, storeRowsOfGroup } from './note-listed-rows';
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

export type PlaceGroup = Pick<PassPlace, 'groupId' | 'groupIsOurs'>;

/**
 * `nothing`: nobody wants anything and nothing can be there. `left_over`: nobody wants anything, and
 * the member has no user any more, but rows of the pass may be on former ones. `no_group`: the
 * lock's group is not made yet.
 */
export type PlaceFound =
  | { kind: 'place'; place: PassPlace }
  | { kind: 'nothing' }
  | { kind: 'left_over'; group: PlaceGroup; userIds: number[] }
  | { kind: 'no_group' };

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
    if (!group) return { kind: 'nothing' };
    if (link) return { kind: 'place', place: { link, ...group } };
    const userIds = await formerUsers(deps, desire, null);
    return userIds.length > 0 ? { kind: 'left_over', group, userIds } : { kind: 'nothing' };
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

/**
 * What stands already, while an emergency stop lets nothing be made or linked anew; `null`: the user
 * or the group is missing, so that no row can be there. @throws AccessProblem
 */
export async function findStandingPlace(
  deps: AccessDeps,
  desire: PassDesire,
): Promise<PassPlace | null> {
  const { organizationId, memberId } = desire.pass;
  const group = await groupOf(deps, desire);
  const link = await deps.store.memberLinks.get(organizationId, memberId);
  return group && link ? { link, ...group } : null;
}

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
 * intent, whose reply was lost, is adopted: its id is stored before anything is done with it. So is
 * one that another pass of ours made before its user became this member's. A list may be behind: what
 * is stored and was not listed is read by its id. What was listed is stored, foreign rows too, so that
 * Kisi's event about any of them finds the pass.
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
  const listedAt = deps.clock.now();
  const listed = await kisi.listRoleAssignments({ userId, groupId }, attempt.call);
  const marks = await marksOf(deps, desire, place);
  const known = new Set([...deletedIds, ...listed.map(({ id }) => id)]);
  const missed = [...marks.storedRowIds].filter((id) => !known.has(id));
  const standing =
    missed.length > 0 ? await readMissed(deps, kisi, desire, place, attempt, missed) : [];
  const rows = [...listed.filter((row) => !deletedIds.has(row.id)), ...standing];
  const adopted = await adopt(deps, desire, rows, marks);
  const taken = await takeOver(deps, desire, rows, adopted);
  const ownership = { ...marks, storedRowIds: taken };
  const here = rows.filter((row) => row.userId === userId && row.groupId === groupId);
  const holder = { kisiUserId: userId, groupId };
  const unstored = here.filter((row) => isOurs(row, ownership) && !taken.has(row.id));
  await storeRowsOfGroup(deps, desire, holder, unstored);
  const foreign = here.filter((row) => !isOurs(row, ownership));
  await noteForeignRowsOf(deps, desire, { ...holder, listedAt }, foreign);
  return here.map((row) => toKnownRow(row, isOurs(row, ownership)));
}

/**
 * The stored rows that the list has missed and that stand all the same. One that is gone without our
 * doing is marked so, or a hold would wait for it. What has ended opens nothing, and may wait for the
 * reconciliation.
 */
async function readMissed(
  { store, clock }: AccessDeps,
  kisi: KisiClient,
  { key }: PassDesire,
  { groupId, link }: PassPlace,
  attempt: Attempt,
  missed: readonly number[],
): Promise<KisiRoleAssignment[]> {
  const standing: KisiRoleAssignment[] = [];
  for (const stored of await store.kisiRows.byPass(key)) {
    const isOfHere = stored.kisiUserId === link.kisiUserId && stored.groupId === groupId;
    const isOver = endOf(stored) <= clock.now();
    if (!isOfHere || isOver || !missed.includes(stored.roleAssignmentId)) continue;
    try {
      standing.push(await kisi.getRoleAssignment(stored.roleAssignmentId, attempt.call));
    } catch (error) {
      if (!isMissing(error)) throw error;
      await store.kisiRows.markGone(key, stored.roleAssignmentId);
    }
  }
  return standing;
}

export function toKnownRow(row: KisiRoleAssignment, ours: boolean): KnownRow {
  const { id, validFrom, validUntil } = row;
  const known = { id, userId: row.userId ?? 0, from: validFrom, until: validUntil, ours };
  return opensDoors(row) ? known : { ...known, opensNothing: true };
}

export async function marksOf(
  deps: AccessDeps,
  { key, integration }: PassDesire,
  group: PlaceGroup,
): Promise<OwnershipMarks> {
  const [stored, intents] = await Promise.all([
    deps.store.kisiRows.byPass(key),
    deps.store.intents.byPass(key),
  ]);
  return {
    groupIsOurs: group.groupIsOurs,
    storedRowIds: new Set(stored.map((row) => row.roleAssignmentId)),
    intents,
    keyOwnerIds: [integration.keyOwnerId, ...integration.formerKeyOwnerIds],
  };
}

/** The ids of all rows that are stored as this pass's, those included that it has just adopted. */
async function adopt(
  deps: AccessDeps,
  { pass, key }: PassDesire,
  rows: readonly KisiRoleAssignment[],
  marks: OwnershipMarks,
): Promise<ReadonlySet<number>> {
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
  return taken;
}

/** The same with those that it has just taken over. */
async function takeOver(
  deps: AccessDeps,
  { pass, key }: PassDesire,
  rows: readonly KisiRoleAssignment[],
  storedRowIds: ReadonlySet<number>,
): Promise<ReadonlySet<number>> {
  const unknown = rows.map(({ id }) => id).filter((id) => !storedRowIds.has(id));
  if (unknown.length === 0) return storedRowIds;
  const taken = await deps.store.kisiRows.takeOver(pass.organizationId, key, unknown);
  return new Set([...storedRowIds, ...taken]);
}

/** Whether this error says that something is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof KisiError && error.kind === 'missing';
}
