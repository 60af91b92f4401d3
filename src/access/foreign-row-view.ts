import { passKey, type PassRef, type PassTarget } from '../domain/door';
import { isAsking } from '../domain/pass-report';
import { overlaps } from '../domain/windows';
import { DOOR_ACCESS_ROLE, type KisiRoleAssignment } from '../kisi';
import type { ForeignRowSight, SeenForeignRow } from '../store';
import type { AccessDeps } from './deps';

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

/** The row as it is stored; none where it leads to no group. */
export function sightsOf(row: KisiRoleAssignment, memberId: string | null): ForeignRowSight[] {
  if (row.groupId === null) return [];
  return [
    {
      roleAssignmentId: row.id,
      role: row.roleId,
      assigneeType: row.assigneeType,
      kisiUserId: row.userId,
      memberId,
      groupId: row.groupId,
      from: row.validFrom,
      until: row.validUntil,
      madeAt: row.createdAt,
    },
  ];
}

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
export function isDoorAccess({ role, assigneeType, kisiUserId }: SeenForeignRow): boolean {
  return role === DOOR_ACCESS_ROLE && assigneeType === 'User' && kisiUserId !== null;
}

/** Whoever is linked to the user now, else who had its e-mail address when the row was seen. */
async function memberOf({ store }: ForeignRowDeps, row: SeenForeignRow): Promise<string | null> {
  if (row.kisiUserId === null) return null;
  const link = await store.memberLinks.byUser(row.organizationId, row.kisiUserId);
  return link?.kisiUserId === row.kisiUserId ? link.memberId : row.memberId;
}

/** What the passes of the row's group are for: the lock that we made the group for, or the group. */
export async function targetOf(
  { store }: Pick<ForeignRowDeps, 'store'>,
  row: Pick<SeenForeignRow, 'organizationId' | 'groupId'>,
): Promise<PassTarget> {
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
