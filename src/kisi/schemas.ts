import { z } from 'zod';
import type {
  KisiCurrentUser,
  KisiDeviceLogin,
  KisiGroup,
  KisiGroupLock,
  KisiLock,
  KisiLogin,
  KisiOrganization,
  KisiPlace,
  KisiRole,
  KisiRoleAssignment,
  KisiUser,
} from './types';

/*
 * What must be in Kisi's answers. Unknown fields are dropped without complaint, since Kisi adds
 * fields at will; a field that is needed and missing or wrong fails the whole answer, since half an
 * answer about who may enter is worse than none.
 */

const id = z.int().positive();

/** ISO 8601 with `Z` or an offset; Kisi's samples have whole seconds, so more is cut off. */
const instant = z.iso
  .datetime({ offset: true })
  .transform((text) => Math.floor(Date.parse(text) / 1_000) * 1_000);

const nullableFlag = z
  .boolean()
  .nullable()
  .transform((flag) => flag ?? false);

export const organizationSchema: z.ZodType<KisiOrganization> = z
  .object({
    id,
    name: z.string(),
    domain: z.string(),
    time_zone: z.string(),
    user_id: id.nullish(),
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    domain: raw.domain,
    timeZone: raw.time_zone,
    ownerId: raw.user_id ?? null,
  }));

export const currentUserSchema: z.ZodType<KisiCurrentUser> = z
  .object({
    id,
    name: z.string(),
    email: z.string(),
    organization: z.object({ id, name: z.string() }),
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    email: raw.email,
    organizationId: raw.organization.id,
    organizationName: raw.organization.name,
  }));

export const loginSchema: z.ZodType<KisiLogin> = z
  .object({
    id,
    type: z.string(),
    name: z.string().nullable(),
    expire: z.boolean(),
    user_id: id,
  })
  .transform((raw) => ({
    id: raw.id,
    type: raw.type,
    name: raw.name,
    expire: raw.expire,
    userId: raw.user_id,
  }));

export const deviceLoginSchema: z.ZodType<KisiDeviceLogin> = z
  .object({ id, secret: z.string().min(1), user_id: id })
  .transform((raw) => ({ id: raw.id, secret: raw.secret, userId: raw.user_id }));

export const placeSchema: z.ZodType<KisiPlace> = z
  .object({ id, name: z.string(), time_zone: z.string().nullable() })
  .transform((raw) => ({ id: raw.id, name: raw.name, timeZone: raw.time_zone }));

export const roleSchema: z.ZodType<KisiRole> = z
  .object({
    id: z.string(),
    name: z.string(),
    applies_to: z.string(),
    permissions: z.record(z.string(), z.unknown()),
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    appliesTo: raw.applies_to,
    permissions: Object.fromEntries(
      Object.entries(raw.permissions).map(([right, may]) => [right, may === true]),
    ),
  }));

/** What a probe of a list looks at. */
export const recordSchema: z.ZodType<{ id: number }> = z.object({ id });

export const lockSchema: z.ZodType<KisiLock> = z
  .object({
    id,
    name: z.string(),
    description: z.string().nullable(),
    place_id: id,
    place: z.object({ name: z.string() }),
    configured: z.boolean(),
    online: z.boolean().nullable(),
    locked_down: z.boolean(),
    geofence_restriction_enabled: nullableFlag,
    reader_restriction_enabled: nullableFlag,
    time_restriction_enabled: nullableFlag,
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    description: raw.description,
    placeId: raw.place_id,
    placeName: raw.place.name,
    configured: raw.configured,
    online: raw.online,
    lockedDown: raw.locked_down,
    geofenceRestrictionEnabled: raw.geofence_restriction_enabled,
    readerRestrictionEnabled: raw.reader_restriction_enabled,
    timeRestrictionEnabled: raw.time_restriction_enabled,
  }));

export const groupSchema: z.ZodType<KisiGroup> = z
  .object({
    id,
    name: z.string(),
    description: z.string().nullable(),
    place_id: id.nullable(),
    login_enabled: z.boolean(),
    locks_count: z.int().nonnegative(),
    geofence_restriction_enabled: z.boolean(),
    primary_device_restriction_enabled: z.boolean(),
    managed_device_restriction_enabled: z.boolean(),
    reader_restriction_enabled: z.boolean(),
    time_restriction_enabled: z.boolean(),
    tap_to_access_restriction_enabled: z.boolean(),
  })
  .transform((raw) => ({
    id: raw.id,
    name: raw.name,
    description: raw.description,
    placeId: raw.place_id,
    loginEnabled: raw.login_enabled,
    locksCount: raw.locks_count,
    geofenceRestrictionEnabled: raw.geofence_restriction_enabled,
    primaryDeviceRestrictionEnabled: raw.primary_device_restriction_enabled,
    managedDeviceRestrictionEnabled: raw.managed_device_restriction_enabled,
    readerRestrictionEnabled: raw.reader_restriction_enabled,
    timeRestrictionEnabled: raw.time_restriction_enabled,
    tapToAccessRestrictionEnabled: raw.tap_to_access_restriction_enabled,
  }));

export const groupLockSchema: z.ZodType<KisiGroupLock> = z
  .object({ id, group_id: id, lock_id: id, lock: z.object({ name: z.string() }) })
  .transform((raw) => ({
    id: raw.id,
    groupId: raw.group_id,
    lockId: raw.lock_id,
    lockName: raw.lock.name,
  }));

export const userSchema: z.ZodType<KisiUser> = z
  .object({
    id,
    email: z.string(),
    name: z.string(),
    access_enabled: z.boolean(),
    // Deprecated by Kisi, so that it may go.
    confirmed: z.boolean().nullish(),
    metadata: z.record(z.string(), z.unknown()).nullish(),
    notes: z.string().nullable(),
  })
  .transform((raw) => ({
    id: raw.id,
    email: raw.email,
    name: raw.name,
    accessEnabled: raw.access_enabled,
    confirmed: raw.confirmed ?? null,
    metadata: raw.metadata ?? {},
    notes: raw.notes,
  }));

const assignmentCommon = {
  id,
  role_id: z.string(),
  assignee_type: z.string(),
  assignee_id: id,
  assignee: z.object({ email: z.string().nullish() }).nullish(),
  applies_to_id: id,
  created_by_type: z.string().nullable(),
  created_by_id: id.nullable(),
  created_at: instant,
};

/**
 * Only Group rows have a window, and there both bounds must be present: a bound that is left out
 * must not pass for an open end.
 */
export const roleAssignmentSchema: z.ZodType<KisiRoleAssignment> = z
  .discriminatedUnion('applies_to_type', [
    z.object({
      ...assignmentCommon,
      applies_to_type: z.literal('Group'),
      valid_from: instant.nullable(),
      valid_until: instant.nullable(),
    }),
    z.object({ ...assignmentCommon, applies_to_type: z.literal(['Organization', 'Place']) }),
  ])
  .transform((raw) => {
    const isGroup = raw.applies_to_type === 'Group';
    return {
      id: raw.id,
      roleId: raw.role_id,
      assigneeType: raw.assignee_type,
      assigneeId: raw.assignee_id,
      userId: raw.assignee_type === 'User' ? raw.assignee_id : null,
      userEmail: raw.assignee_type === 'User' ? (raw.assignee?.email ?? null) : null,
      appliesToType: raw.applies_to_type,
      appliesToId: raw.applies_to_id,
      groupId: isGroup ? raw.applies_to_id : null,
      validFrom: isGroup ? raw.valid_from : null,
      validUntil: isGroup ? raw.valid_until : null,
      createdByType: raw.created_by_type,
      createdById: raw.created_by_id,
      createdAt: raw.created_at,
    };
  });

export const unlockSchema = z.object({ message: z.string() });
