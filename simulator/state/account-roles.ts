import type { RoleAssignment, User } from './records';
import type { State, View } from './state';

/** The role of an administrator, who may do everything. Kisi's own id of it is not documented. */
export const ADMINISTRATOR_ROLE = 'organization_administrator';

/** The custom role that holds just the rights of one account. */
export function customRoleId(userId: number): string {
  return `custom_${String(userId)}`;
}

/** Far beyond the ids of rows that are kept. */
const FIRST_ACCOUNT_ROW_ID = 900_000_000;

/**
 * The organization roles that say what the keys of accounts may do, as Kisi lists them: none for
 * members, and none for the Organization Owner, whose rights come from owning. They follow from the
 * users' rights and are not kept as rows, since nobody changes them by a row.
 */
export function accountRows(view: View): RoleAssignment[] {
  return view.users.all().flatMap((user) => {
    const isOwner = view.organizations.get(user.organizationId)?.ownerId === user.id;
    const roleId = isOwner ? null : roleOf(user);
    if (roleId === null) return [];
    return {
      id: FIRST_ACCOUNT_ROW_ID + user.id,
      organizationId: user.organizationId,
      createdAt: user.createdAt,
      updatedAt: user.createdAt,
      roleId,
      notify: false,
      appliesToType: 'Organization',
      appliesToId: user.organizationId,
      assigneeType: 'User',
      assigneeId: user.id,
      createdById: null,
      validFrom: null,
      validUntil: null,
    };
  });
}

function roleOf({ id, rights }: User): string | null {
  if (rights === 'all') return ADMINISTRATOR_ROLE;
  return rights.length > 0 ? customRoleId(id) : null;
}

/**
 * Sets an account's rights. An owner who is left with fewer owns the organization no longer; who is
 * given all of one that has no owner owns it again.
 */
export function setRights(state: State, user: User, rights: User['rights'], now: number): void {
  const { organizations, users } = state.tables;
  users.update(user.id, { rights }, now);
  const ownerId = organizations.get(user.organizationId)?.ownerId ?? null;
  if (rights !== 'all' && ownerId === user.id) {
    organizations.update(user.organizationId, { ownerId: null }, now);
  }
  if (rights === 'all' && ownerId === null) {
    organizations.update(user.organizationId, { ownerId: user.id }, now);
  }
}
