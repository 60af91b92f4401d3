import type {
  KisiGroupInput,
  KisiGroupRestrictions,
  KisiUserChange,
  NewUserInput,
  RoleAssignmentFilter,
  RoleAssignmentInput,
  RoleAssignmentWindow,
} from './types';

/* What goes to Kisi: bodies and filters in its own field names. */

/** The role that lets a user through the doors of a group (named in Kisi's documentation). */
export const DOOR_ACCESS_ROLE = 'group_basic';

/** The mark in the metadata of users that we made; `memberId` is kept beside it. */
export const OWNERSHIP_MARK = { managed_by: 'latchkey' } as const;

/** What a group of ours is unless said otherwise: app access on, no restriction. */
export const OPEN_GROUP: KisiGroupRestrictions & { loginEnabled: boolean } = {
  loginEnabled: true,
  geofenceRestrictionEnabled: false,
  primaryDeviceRestrictionEnabled: false,
  managedDeviceRestrictionEnabled: false,
  readerRestrictionEnabled: false,
  timeRestrictionEnabled: false,
  tapToAccessRestrictionEnabled: false,
};

/** Fields that are undefined do not reach the JSON. */
export function groupBody(input: Partial<KisiGroupInput>): Record<string, unknown> {
  return {
    name: input.name,
    description: input.description,
    login_enabled: input.loginEnabled,
    geofence_restriction_enabled: input.geofenceRestrictionEnabled,
    primary_device_restriction_enabled: input.primaryDeviceRestrictionEnabled,
    managed_device_restriction_enabled: input.managedDeviceRestrictionEnabled,
    reader_restriction_enabled: input.readerRestrictionEnabled,
    time_restriction_enabled: input.timeRestrictionEnabled,
    tap_to_access_restriction_enabled: input.tapToAccessRestrictionEnabled,
  };
}

/** The key in the metadata of a user of ours that says how it was made. */
export const MADE_AS = 'made_as';

/** A new user, marked as ours. */
export function newUserBody({
  email,
  name,
  memberId,
  invited,
}: NewUserInput): Record<string, unknown> {
  return {
    email,
    name,
    // No mail and confirmed at once is what Kisi calls a managed user, without a sign-in of its own. An
    // invited one confirms by the mail.
    send_emails: invited,
    confirm: !invited,
    metadata: {
      ...OWNERSHIP_MARK,
      member_id: memberId,
      [MADE_AS]: invited ? 'invited' : 'managed',
    },
  };
}

/** Only the fields that Kisi lets one change; the e-mail is not among them. */
export function userBody({ name, accessEnabled, metadata, notes }: KisiUserChange) {
  return { name, access_enabled: accessEnabled, metadata, notes };
}

/** In the current form of the filters; `user_id` and `group_id` are deprecated. */
export function roleAssignmentQuery({ userId, groupId }: RoleAssignmentFilter) {
  return {
    ...(userId !== undefined && { assignee_type: 'User', assignee_id: userId }),
    ...(groupId !== undefined && { applies_to_type: 'Group', applies_to_id: groupId }),
  };
}

/** In the current form; `user_id` and `group_id` are deprecated. */
export function roleAssignmentBody({ userId, groupId, ...window }: RoleAssignmentInput) {
  return {
    applies_to_type: 'Group',
    applies_to_id: groupId,
    assignee_type: 'User',
    assignee_id: userId,
    role_id: DOOR_ACCESS_ROLE,
    ...windowBody(window),
    // Its default is not documented, and it mails the member.
    notify: false,
  };
}

/** Null bounds are sent, so that they can clear what is there. */
export function windowBody({ validFrom, validUntil }: RoleAssignmentWindow) {
  return { valid_from: toIso(validFrom), valid_until: toIso(validUntil) };
}

/** Whole seconds, UTC, as in all of Kisi's samples. */
function toIso(instant: number | null): string | null {
  if (instant === null) return null;
  return new Date(Math.floor(instant / 1_000) * 1_000).toISOString().replace('.000Z', 'Z');
}
