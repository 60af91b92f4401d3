import type { Answer } from '../http/answer';
import { ok } from '../http/answer';
import type { Call, Route } from '../http/call';
import { ownRecords } from '../http/call';
import { rights, type AppliesToType, type User } from '../state/records';
import { ADMINISTRATOR_ROLE, customRoleId } from '../state/account-roles';

function role(
  id: string,
  appliesTo: AppliesToType,
  name: string,
  permissions: Record<string, boolean>,
  customRoleId: number | null = null,
) {
  return {
    id,
    resource_type: 'Role' as const,
    applies_to: appliesTo,
    name,
    description: null,
    custom: customRoleId !== null,
    permissions,
    custom_role_id: customRoleId,
  };
}

const manager = { locks_unlock: true, users_read: true, role_assignments_write: true };

/** The role catalogue. Only the two group roles are named in Kisi's docs; the ids of the others are ours. */
export const roles = [
  role('group_basic', 'Group', 'Basic', { locks_unlock: true }),
  role('group_manager', 'Group', 'Manager', manager),
  role('place_administrator', 'Place', 'Administrator', manager),
  role(ADMINISTRATOR_ROLE, 'Organization', 'Administrator', permissionsOf('all')),
];

export const roleRoutes: Route[] = [
  { method: 'get', path: '/roles', auth: 'login', run: listRoles },
];

/** The catalogue and the organization's custom roles: one for each account with a list of rights. */
function listRoles(call: Call): Answer {
  const custom = ownRecords(call, call.listed.users)
    .filter((user) => user.rights !== 'all' && user.rights.length > 0)
    .map((user) =>
      role(
        customRoleId(user.id),
        'Organization',
        `Rights of ${user.name}`,
        permissionsOf(user.rights),
        user.id,
      ),
    );
  return ok([...roles, ...custom]);
}

/** Every right by name, so that what is lacking shows as well. */
function permissionsOf(held: User['rights']): Record<string, boolean> {
  return Object.fromEntries(rights.map((right) => [right, held === 'all' || held.includes(right)]));
}
