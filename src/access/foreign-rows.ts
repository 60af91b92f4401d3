import { PRIORITY } from '../contracts/names';
import { passKey, type PassRef } from '../domain/door';
import type { Actor } from '../domain/grant';
import { KisiError, type CallOptions, type KisiClient, type KisiRoleAssignment } from '../kisi';
import { DuplicateKey, type Integration, type SeenForeignRow } from '../store';
import { logForeignRow } from './foreign-row-log';
import {
  isDoorAccess,
  viewForeignRow,
  type ForeignRowDeps,
  type ForeignRowRefusal,
  type ForeignRowView,
} from './foreign-row-view';
import { lookAtChange } from './list-lag';
import { isOurs } from './ownership';

export type ForeignRowOutcome =
  | { roleAssignmentId: number; outcome: 'adopted' | 'cleared'; reason: null }
  | { roleAssignmentId: number; outcome: 'refused'; reason: ForeignRowRefusal };

/** What one request for several rows works with. */
export interface ForeignRowWork {
  deps: ForeignRowDeps;
  kisi: KisiClient;
  integration: Integration;
  /** Who says so. */
  by: Actor;
  /** For each call to Kisi; after its signal or deadline the remaining rows are not reached. */
  call: CallOptions;
}

/**
 * Makes rows that another tool left ours, after a person's word. Each belongs to the member's pass
 * from then on, which keeps it in the window that live grants ask for, and removes it when none does.
 */
export function adoptForeignRows(
  work: ForeignRowWork,
  roleAssignmentIds: readonly number[],
): Promise<ForeignRowOutcome[]> {
  return eachRow(roleAssignmentIds, async (id) => {
    const found = await readRow(work, id);
    if ('reason' in found) return refused(id, found.reason);
    const { deps, integration, by } = work;
    const { organizationId } = integration;
    const view = await viewForeignRow(deps, found.row);
    const { memberId, kisiUserId, target, groupId, from, until } = view;
    if (view.adoptionRefused !== null) return refused(id, view.adoptionRefused);
    if (memberId === null || kisiUserId === null) return refused(id, 'member_unknown');
    if (!(await linkMember(work, memberId, kisiUserId))) return refused(id, 'member_unknown');
    const pass: PassRef = { memberId, organizationId, target };
    await deps.store.kisiRows.put({
      roleAssignmentId: id,
      organizationId,
      passKey: passKey(pass),
      kisiUserId,
      groupId,
      from,
      until,
    });
    await deps.store.foreignRows.remove(organizationId, id);
    await logForeignRow(deps, view, 'adopt', by);
    await lookAtChange(deps, pass, PRIORITY.due);
    return { roleAssignmentId: id, outcome: 'adopted', reason: null };
  });
}

/**
 * Removes rows that another tool left, after a person's word. One that a live grant counts on stays:
 * the member would be without access until the grant's own row is there.
 */
export function clearForeignRows(
  work: ForeignRowWork,
  roleAssignmentIds: readonly number[],
): Promise<ForeignRowOutcome[]> {
  return eachRow(roleAssignmentIds, async (id) => {
    const found = await readRow(work, id);
    if ('reason' in found) return refused(id, found.reason);
    const { deps, kisi, integration, by, call } = work;
    const view = await viewForeignRow(deps, found.row);
    if (!isDoorAccess(view)) return refused(id, 'not_door_access');
    if (view.wanted) return refused(id, 'wanted');
    await kisi.deleteRoleAssignment(id, call);
    await deps.store.foreignRows.remove(integration.organizationId, id);
    await logForeignRow(deps, view, 'clear', by);
    await tellPass(deps, view);
    return { roleAssignmentId: id, outcome: 'cleared', reason: null };
  });
}

/** A grant may have been accepted since the row was looked at. */
async function tellPass(deps: ForeignRowDeps, view: ForeignRowView): Promise<void> {
  const { memberId, organizationId, target } = view;
  if (memberId === null) return;
  const pass: PassRef = { memberId, organizationId, target };
  if (await deps.store.passes.get(passKey(pass))) {
    await deps.messages.pokePass(pass, PRIORITY.due, true);
  }
}

/** One after the other; what Kisi does not answer in time is not reached, and may be asked again. */
async function eachRow(
  ids: readonly number[],
  work: (id: number) => Promise<ForeignRowOutcome>,
): Promise<ForeignRowOutcome[]> {
  const outcomes: ForeignRowOutcome[] = [];
  let isTired = false;
  for (const id of new Set(ids)) {
    try {
      outcomes.push(isTired ? refused(id, 'not_reached') : await work(id));
    } catch (error) {
      if (!isTransient(error)) throw error;
      isTired = true;
      outcomes.push(refused(id, 'not_reached'));
    }
  }
  return outcomes;
}

function isTransient(error: unknown): boolean {
  if (error instanceof DOMException) return error.name === 'TimeoutError';
  return error instanceof KisiError && !['configuration', 'stopped'].includes(error.kind);
}

function refused(roleAssignmentId: number, reason: ForeignRowRefusal): ForeignRowOutcome {
  return { roleAssignmentId, outcome: 'refused', reason };
}

/** Reads the row at Kisi: it must be as it was listed, and nobody's pass may own it by now. */
async function readRow(
  { deps, kisi, integration, call }: ForeignRowWork,
  id: number,
): Promise<{ row: SeenForeignRow } | { reason: ForeignRowRefusal }> {
  const { store } = deps;
  const { organizationId } = integration;
  const row = await store.foreignRows.get(organizationId, id);
  if (!row) return { reason: 'unknown' };
  let present: KisiRoleAssignment;
  try {
    present = await kisi.getRoleAssignment(id, call);
  } catch (error) {
    if (!(error instanceof KisiError) || error.kind !== 'missing') throw error;
    await store.foreignRows.remove(organizationId, id);
    return { reason: 'gone' };
  }
  if (await isOursByNow(deps, integration, present)) return { reason: 'ours' };
  const isAsListed =
    present.roleId === row.role &&
    present.userId === row.kisiUserId &&
    present.groupId === row.groupId &&
    present.validFrom === row.from &&
    present.validUntil === row.until;
  return isAsListed ? { row } : { reason: 'changed' };
}

async function isOursByNow(
  { store }: ForeignRowDeps,
  { organizationId, keyOwnerId, formerKeyOwnerIds }: Integration,
  row: KisiRoleAssignment,
): Promise<boolean> {
  // A row's intent is removed after its id is stored: read the other way round, both could be missed.
  const intents = await store.intents.allOf(organizationId);
  const stored = await store.kisiRows.allOf(organizationId);
  const own =
    row.groupId === null ? null : await store.lockGroups.byGroup(organizationId, row.groupId);
  return isOurs(row, {
    groupIsOurs: own !== null,
    storedRowIds: new Set(stored.map((known) => known.roleAssignmentId)),
    intents,
    keyOwnerIds: [keyOwnerId, ...formerKeyOwnerIds],
  });
}

/**
 * Links the member to the row's user, if it has the member's e-mail address. False: it has another,
 * or one of the two is linked already.
 */
async function linkMember(
  { deps, kisi, integration, call }: ForeignRowWork,
  memberId: string,
  kisiUserId: number,
): Promise<boolean> {
  const { organizationId } = integration;
  const { members, memberLinks } = deps.store;
  const known = await memberLinks.get(organizationId, memberId);
  if (known) return known.kisiUserId === kisiUserId;
  const member = await members.get(memberId);
  const user = await kisi.getUser(kisiUserId, call);
  if (member?.email.toLowerCase() !== user.email.trim().toLowerCase()) return false;
  try {
    const link = await memberLinks.link(organizationId, memberId, kisiUserId, member.email);
    return link.kisiUserId === kisiUserId;
  } catch (error) {
    if (error instanceof DuplicateKey) return false;
    throw error;
  }
}
