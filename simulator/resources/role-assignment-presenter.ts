import { instant, instantOrNull } from '../http/call';
import type { AssigneeType, RoleAssignment } from '../state/records';
import type { View } from '../state/state';
import { assigneeRef, groupRef, organizationRef, placeRef, present, userRef } from './references';

/** A role assignment as Kisi answers it; which of the three shapes depends on what it applies to. */
export function presentRow(view: View, row: RoleAssignment): object {
  const assignee = assigneeRef(view, row.assigneeType, row.assigneeId);
  const isFor = (type: AssigneeType): number | null =>
    row.assigneeType === type ? row.assigneeId : null;
  const user = row.assigneeType === 'User' ? view.users.get(row.assigneeId) : undefined;
  return {
    id: row.id,
    resource_type: 'RoleAssignment',
    created_at: instant(row.createdAt),
    updated_at: instant(row.updatedAt),
    role_id: row.roleId,
    notify: row.notify,
    applies_to_type: row.appliesToType,
    applies_to_id: row.appliesToId,
    assignee_type: row.assigneeType,
    assignee_id: row.assigneeId,
    assignee,
    created_by_type: row.createdById === null ? null : 'User',
    created_by_id: row.createdById,
    issued_by_id: row.createdById,
    user_id: isFor('User'),
    ...(user === undefined ? {} : { user: userRef(user) }),
    assignee_team_id: isFor('Team'),
    ...(row.assigneeType === 'Team' ? { assignee_team: assignee } : {}),
    guest_id: isFor('Guest'),
    ...(row.assigneeType === 'Guest' ? { guest: assignee } : {}),
    ...presentTarget(view, row),
  };
}

function presentTarget(view: View, row: RoleAssignment): object {
  switch (row.appliesToType) {
    case 'Group': {
      const group = groupRef(present(view.groups.get(row.appliesToId)));
      return {
        applies_to: group,
        type: 'group',
        scope: 'group',
        group_id: row.appliesToId,
        group,
        valid_from: instantOrNull(row.validFrom),
        valid_until: instantOrNull(row.validUntil),
      };
    }
    case 'Place': {
      const place = placeRef(present(view.places.get(row.appliesToId)));
      return { applies_to: place, type: 'place', scope: 'place', place_id: row.appliesToId, place };
    }
    case 'Organization': {
      const organization = organizationRef(present(view.organizations.get(row.appliesToId)));
      return {
        applies_to: organization,
        type: 'organization',
        scope: 'organization',
        organization_id: row.appliesToId,
        organization,
      };
    }
  }
}
