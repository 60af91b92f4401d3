import type { CallOptions, KisiClient, KisiRoleAssignment } from '../kisi';
import { DOOR_ACCESS_ROLE, KisiError } from '../kisi';
import { PRIORITY } from '../contracts/names';
import { passKey, type PassRef, type PassTarget } from '../domain/door';
import type { AccessLogEntry, Actor } from '../domain/grant';
import { acceptedGrant } from '../domain/grant-life';
import { isAsking } from '../domain/pass-report';
import { overlaps } from '../domain/windows';
import { DuplicateKey, type DoorMapping, type Integration, type SeenForeignRow } from '../store';
import type { AccessDeps } from './deps';
import { isOurs } from './ownership';

/** What the report of foreign rows needs of the rooms below. */
export type ForeignRowDeps = Pick<AccessDeps, 'store' | 'clock'> & {
  messages: Pick<AccessDeps['messages'], 'pokePass'>;
};

/** Why a row is left as it is. */
export const FOREIGN_ROW_REFUSALS = [
  /** It was never seen, or is known no more: list again. */
  'unknown',
  /** It is gone at Kisi. */
  'gone',
  /** At Kisi it is not as it was listed: list again. */
  'changed',
  /** It is ours by now. */
  'ours',
  /** No door access of one user: a manager's row, a team's, a guest's. */
  'not_door_access',
  /** Nobody is, or has the e-mail address of, its user; or the member is another Kisi user. */
  'member_unknown',
  /** No door mapping leads through its group. */
  'door_not_mapped',
  /** A grant counts on it: adopt it instead. */
  'wanted',
  /** Kisi did not let it happen in time: ask again. */
  'not_reached',
] as const;
export type ForeignRowRefusal = (typeof FOREIGN_ROW_REFUSALS)[number];

/** A foreign row with what it leads to, as it stands now. */
export interface ForeignRowView extends SeenForeignRow {
  target: PassTarget;
  doorMappingIds: string[];
  /** A live grant of the member asks for what the row gives: adopted it stays, in the grant's window. */
  wanted: boolean;
  /** Why it cannot be adopted; `null`: it can. */
  adoptionRefused: ForeignRowRefusal | null;
}

export type ForeignRowOutcome =
  | { roleAssignmentId: number; outcome: 'adopted' | 'cleared'; reason: null }
  | { roleAssignmentId: number; outcome: 'refused'; reason: ForeignRowRefusal };

/** What the row leads to, who would have it, and whether a grant wants it. */
export async function viewForeignRow(
  deps: ForeignRowDeps,
  row: SeenForeignRow,
): Promise<ForeignRowView> {
  const { organizationId } = row;
  const target = await targetOf(deps, row);
  const mappings = await deps.store.doorMappings.byResource(organizationId, target);
  const memberId = await memberOf(deps, row);
  const wanted =
    memberId !== null && (await isWanted(deps, { memberId, organizationId, target }, row));
  const adoptionRefused = !isDoorAccess(row)
    ? 'not_door_access'
    : memberId === null
      ? 'member_unknown'
      : mappings.length === 0
        ? 'door_not_mapped'
        : null;
  return {
    ...row,
    memberId,
    target,
    doorMappingIds: mappings.map(({ id }) => id),
    wanted,
    adoptionRefused,
  };
}

/** Rows of which nothing but a person's word is known may be handed to a pass, or removed. */
function isDoorAccess({ role, assigneeType, kisiUserId }: SeenForeignRow): boolean {
  return role === DOOR_ACCESS_ROLE && assigneeType === 'User' && kisiUserId !== null;
}

/** Whoever is linked to the user now, else who had its e-mail address when the row was seen. */
async function memberOf({ store }: ForeignRowDeps, row: SeenForeignRow): Promise<string | null> {
  if (row.kisiUserId === null) return null;
  const link = await store.memberLinks.byUser(row.organizationId, row.kisiUserId);
  return link?.kisiUserId === row.kisiUserId ? link.memberId : row.memberId;
}

async function targetOf({ store }: ForeignRowDeps, row: SeenForeignRow): Promise<PassTarget> {
  const own = await store.lockGroups.byGroup(row.organizationId, row.groupId);
  return own ? { kind: 'lock', id: own.lockId } : { kind: 'group', id: row.groupId };
}

async function isWanted(
  { store, clock }: ForeignRowDeps,
  pass: PassRef,
  row: Pick<SeenForeignRow, 'from' | 'until'>,
): Promise<boolean> {
  const member = await store.members.get(pass.memberId);
  if (!member || member.hold) return false;
  const wishes = await store.wishes.byPass(passKey(pass));
  return wishes.some((wish) => isAsking(wish, clock.now()) && overlaps(wish, row));
}

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
    await log(deps, view, 'adopt', by);
    await deps.messages.pokePass(pass, PRIORITY.due, true);
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
    await log(deps, view, 'clear', by);
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
  return error instanceof KisiError && error.kind !== 'configuration';
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

/** One line in the log of each door mapping that the row leads to. There is no grant behind it. */
async function log(
  { store, clock }: ForeignRowDeps,
  view: ForeignRowView,
  action: 'adopt' | 'clear',
  by: Actor,
): Promise<void> {
  const mappings = await store.doorMappings.getMany(view.doorMappingIds);
  await store.accessLog.append(
    mappings.map((mapping) => entryOf(view, mapping, action, by, clock.now())),
  );
}

function entryOf(
  view: ForeignRowView,
  mapping: DoorMapping,
  action: 'adopt' | 'clear',
  by: Actor,
  at: number,
): AccessLogEntry {
  const id = `row_${String(view.roleAssignmentId)}`;
  const accepted = {
    id,
    memberId: view.memberId ?? `kisi_user_${String(view.kisiUserId)}`,
    doorMappingId: mapping.id,
    source: 'manual' as const,
    sourceId: null,
    startsAt: view.from ?? view.madeAt,
    endsAt: view.until,
    reason: null,
  };
  return {
    id: `${id}:${mapping.id}:${action}`,
    action,
    status: action === 'adopt' ? 'accepted' : 'removed',
    reason: null,
    problem: null,
    by,
    at,
    // No grant stands behind the row, so that what is shown in its place gives no access.
    grant: {
      ...acceptedGrant(accepted, at, by),
      stops: ['admin'],
      provisioning: 'removed',
      settled: true,
      recordNumber: at,
    },
  };
}
