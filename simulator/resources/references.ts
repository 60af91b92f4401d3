import type { AssigneeType, Group, Organization, Place, User } from '../state/records';
import type { View } from '../state/state';

/** How records appear inside other records (the contract's `…Ref` schemas). */

export function organizationRef({ id, name, domain }: Organization): object {
  return { id, resource_type: 'Organization', name, domain };
}

export function placeRef({ id, name }: Place): object {
  return { id, resource_type: 'Place', name };
}

/** A place inside a lock: no resource_type, but coordinates. */
export function placeGeoRef({ id, name }: Place): object {
  return { id, name, latitude: null, longitude: null };
}

export function groupRef({ id, name }: Group): object {
  return { id, resource_type: 'Group', name };
}

export function userRef({ id, email, name }: User): object {
  return { id, resource_type: 'User', email, name };
}

/** Whom a role assignment is for. */
export function assigneeRef(view: View, type: AssigneeType, id: number): object {
  switch (type) {
    case 'User':
      return userRef(present(view.users.get(id)));
    case 'Team': {
      const { name } = present(view.teams.get(id));
      return { id, resource_type: 'Team', name };
    }
    case 'Guest': {
      const { name } = present(view.guests.get(id));
      return { id, resource_type: 'Guest', name, email: null, phone_number: null };
    }
  }
}

/** A record that must be there because something else points to it. */
export function present<T>(record: T | undefined): T {
  if (record === undefined) throw new Error('the simulator points to a record that is gone');
  return record;
}
