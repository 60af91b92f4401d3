import { ok } from '../http/answer';
import type { Route } from '../http/call';
import type { AppliesToType } from '../state/records';

function role(
  id: string,
  appliesTo: AppliesToType,
  name: string,
  permissions: Record<string, boolean>,
) {
  return {
    id,
    resource_type: 'Role' as const,
    applies_to: appliesTo,
    name,
    description: null,
    custom: false,
    permissions,
    custom_role_id: null,
  };
}

const manager = { locks_unlock: true, users_read: true, role_assignments_write: true };

/** The role catalogue. Only the two group roles are named in Kisi's docs; the ids of the others are ours. */
export const roles = [
  role('group_basic', 'Group', 'Basic', { locks_unlock: true }),
  role('group_manager', 'Group', 'Manager', manager),
  role('place_administrator', 'Place', 'Administrator', manager),
  role('organization_administrator', 'Organization', 'Administrator', manager),
];

export const roleRoutes: Route[] = [
  { method: 'get', path: '/roles', auth: 'login', run: () => ok(roles) },
];
