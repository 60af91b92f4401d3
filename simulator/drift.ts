import { z } from 'zod';
import { rights } from './state/records';
import type { RoleAssignment, User } from './state/records';
import { setRights } from './state/account-roles';
import { addApiKey, addUser } from './state/seed';
import type { State } from './state/state';

const id = z.int();
/** User id of whoever does it in the dashboard; null: Kisi itself; left out: an administrator. */
const byId = id.nullable().optional();
/** ms UTC or ISO 8601; kept in whole seconds, as every window. */
const windowBound = z
  .union([z.int(), z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))])
  .transform((at) => Math.floor(at / 1000) * 1000)
  .nullable();

/** What people do in Kisi's dashboard behind our back. Each is one action, done at once. */
export const driftInput = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('deleteRow'), id, byId }),
  z.strictObject({
    kind: z.literal('editRow'),
    id,
    byId,
    validFrom: windowBound.optional(),
    validUntil: windowBound.optional(),
    roleId: z.enum(['group_basic', 'group_manager']).optional(),
  }),
  z.strictObject({ kind: z.literal('duplicateRow'), id, byId }),
  z.strictObject({
    kind: z.literal('addRow'),
    assigneeType: z.enum(['User', 'Team', 'Guest']).default('User'),
    assigneeId: id,
    groupId: id,
    roleId: z.enum(['group_basic', 'group_manager']).default('group_basic'),
    validFrom: windowBound.default(null),
    validUntil: windowBound.default(null),
    /** User id of the account that makes it; null: Kisi itself. */
    createdById: id.nullable().default(null),
    byId,
  }),
  z.strictObject({
    kind: z.literal('addUser'),
    organizationId: id,
    email: z.email(),
    name: z.string().optional(),
  }),
  z.strictObject({
    kind: z.literal('editUser'),
    id,
    email: z.email().optional(),
    name: z.string().optional(),
    accessEnabled: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('deleteUser'), id }),
  /** `all`, or the rights that are left: an empty list is an owner who was demoted (403). */
  z.strictObject({
    kind: z.literal('setRights'),
    userId: id,
    rights: z.union([z.literal('all'), z.array(z.enum(rights))]),
  }),
  z.strictObject({
    kind: z.literal('editGroup'),
    id,
    name: z.string().optional(),
    description: z.string().nullable().optional(),
    loginEnabled: z.boolean().optional(),
    readerRestrictionEnabled: z.boolean().optional(),
    geofenceRestrictionEnabled: z.boolean().optional(),
    primaryDeviceRestrictionEnabled: z.boolean().optional(),
    tapToAccessRestrictionEnabled: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('deleteGroup'), id }),
  z.strictObject({ kind: z.literal('addGroupLock'), groupId: id, lockId: id }),
  z.strictObject({ kind: z.literal('removeGroupLock'), groupId: id, lockId: id }),
  z.strictObject({
    kind: z.literal('editLock'),
    id,
    name: z.string().optional(),
    online: z.boolean().optional(),
    lockedDown: z.boolean().optional(),
    geofenceRestrictionEnabled: z.boolean().optional(),
    readerRestrictionEnabled: z.boolean().optional(),
  }),
  z.strictObject({ kind: z.literal('deleteLock'), id }),
  /** The login with this secret stops working (401 on every call). */
  z.strictObject({ kind: z.literal('revokeKey'), secret: z.string() }),
  z.strictObject({ kind: z.literal('addKey'), userId: id, secret: z.string().min(1) }),
]);

/** A drift as a test writes it. */
export type DriftInput = z.input<typeof driftInput>;
type Drift = z.output<typeof driftInput>;

/**
 * Does it at `now` (ms UTC) and answers the id of the record that was made, changed or removed.
 * Throws a ZodError on a drift that makes no sense and a RangeError on one that names what is not there.
 */
export function applyDrift(state: State, input: DriftInput, now: number): number {
  const drift = driftInput.parse(input);
  switch (drift.kind) {
    case 'deleteRow':
    case 'editRow':
    case 'duplicateRow':
    case 'addRow':
      return driftOfRows(state, drift, now);
    case 'addUser':
    case 'editUser':
    case 'deleteUser':
    case 'setRights':
    case 'revokeKey':
    case 'addKey':
      return driftOfUsers(state, drift, now);
    case 'editGroup':
    case 'deleteGroup':
    case 'addGroupLock':
    case 'removeGroupLock':
    case 'editLock':
    case 'deleteLock':
      return driftOfDoors(state, drift, now);
  }
}

type Kind<K extends Drift['kind']> = Extract<Drift, { kind: K }>;

function driftOfRows(
  state: State,
  drift: Kind<'deleteRow' | 'editRow' | 'duplicateRow' | 'addRow'>,
  now: number,
): number {
  const { roleAssignments, groups, users, teams, guests } = state.tables;
  switch (drift.kind) {
    case 'deleteRow': {
      const row = there(roleAssignments.get(drift.id), drift.id);
      roleAssignments.remove(row.id, now);
      return recordDrift(state, 'destroy', row, drift.byId, now);
    }
    case 'editRow': {
      there(roleAssignments.get(drift.id), drift.id);
      const changes = given(without(drift, 'kind', 'id', 'byId'));
      const row = roleAssignments.update(drift.id, changes, now);
      return recordDrift(state, 'update', row, drift.byId, now);
    }
    case 'duplicateRow': {
      const row = there(roleAssignments.get(drift.id), drift.id);
      const copy = roleAssignments.insert(without(row, 'id', 'createdAt', 'updatedAt'), now);
      return recordDrift(state, 'create', copy, drift.byId, now);
    }
    case 'addRow': {
      const { organizationId } = there(groups.get(drift.groupId), drift.groupId);
      const table = { User: users, Team: teams, Guest: guests }[drift.assigneeType];
      there(table.get(drift.assigneeId), drift.assigneeId);
      const row = without(drift, 'kind', 'groupId', 'byId');
      const target = { appliesToType: 'Group' as const, appliesToId: drift.groupId };
      const fields = { ...row, ...target, organizationId, notify: false };
      const made = roleAssignments.insert(fields, now);
      return recordDrift(state, 'create', made, drift.byId, now);
    }
  }
}

/** Kisi tells of what is done in its dashboard as of any other change. Answers the row's id. */
function recordDrift(
  state: State,
  change: 'create' | 'update' | 'destroy',
  { id: objectId, organizationId }: RoleAssignment,
  doneBy: number | null | undefined,
  now: number,
): number {
  const actorId = doneBy === undefined ? administratorOf(state, organizationId) : doneBy;
  state.recordEvent(
    {
      organizationId,
      type: `role_assignment.${change}`,
      actorType: actorId === null ? 'System' : 'User',
      actorId,
      objectType: 'RoleAssignment',
      objectId,
    },
    now,
  );
  return objectId;
}

/** Somebody with all rights who is not the owner, whose key integrations use; else the owner. */
function administratorOf({ tables }: State, organizationId: number): number | null {
  const ownerId = tables.organizations.get(organizationId)?.ownerId ?? null;
  const other = tables.users
    .all()
    .find(
      (user) =>
        user.organizationId === organizationId && user.rights === 'all' && user.id !== ownerId,
    );
  return other?.id ?? ownerId;
}

function driftOfUsers(
  state: State,
  drift: Kind<'addUser' | 'editUser' | 'deleteUser' | 'setRights' | 'revokeKey' | 'addKey'>,
  now: number,
): number {
  const { users, logins, organizations } = state.tables;
  const user = (userId: number): User => there(users.get(userId), userId);
  switch (drift.kind) {
    case 'addUser':
      there(organizations.get(drift.organizationId), drift.organizationId);
      return addUser(state, drift.organizationId, { email: drift.email, name: drift.name }, now).id;
    case 'editUser':
      return users.update(user(drift.id).id, given(without(drift, 'kind', 'id')), now).id;
    case 'deleteUser':
      state.removeUser(user(drift.id).id, now);
      return drift.id;
    case 'setRights':
      setRights(state, user(drift.userId), drift.rights, now);
      return drift.userId;
    case 'revokeKey': {
      const login = logins.all().find(({ secret }) => secret === drift.secret);
      if (login === undefined) throw new RangeError('no login has this secret');
      logins.remove(login.id, now);
      return login.id;
    }
    case 'addKey':
      if (logins.all().some(({ secret }) => secret === drift.secret)) {
        throw new RangeError('a login with this secret exists');
      }
      return addApiKey(state, user(drift.userId), drift.secret, now);
  }
}

function driftOfDoors(
  state: State,
  drift: Kind<
    'editGroup' | 'deleteGroup' | 'addGroupLock' | 'removeGroupLock' | 'editLock' | 'deleteLock'
  >,
  now: number,
): number {
  const { groups, groupLocks, locks } = state.tables;
  switch (drift.kind) {
    case 'editGroup':
      there(groups.get(drift.id), drift.id);
      return groups.update(drift.id, given(without(drift, 'kind', 'id')), now).id;
    case 'deleteGroup':
      there(groups.get(drift.id), drift.id);
      state.removeGroup(drift.id, now);
      return drift.id;
    case 'addGroupLock': {
      const { groupId, lockId } = drift;
      const { organizationId } = there(groups.get(groupId), groupId);
      there(locks.get(lockId), lockId);
      return groupLocks.insert({ groupId, lockId, organizationId }, now).id;
    }
    case 'removeGroupLock': {
      const held = groupLocks
        .all()
        .find(({ groupId, lockId }) => groupId === drift.groupId && lockId === drift.lockId);
      if (held === undefined) throw new RangeError('the group does not hold this lock');
      groupLocks.remove(held.id, now);
      return held.id;
    }
    case 'editLock': {
      const { lockedDown } = drift;
      const since = there(locks.get(drift.id), drift.id).lockedDownSince ?? now;
      const lockdown =
        lockedDown === undefined ? {} : { lockedDownSince: lockedDown ? since : null };
      const changes = given(without(drift, 'kind', 'id', 'lockedDown'));
      return locks.update(drift.id, { ...changes, ...lockdown }, now).id;
    }
    case 'deleteLock':
      there(locks.get(drift.id), drift.id);
      state.removeLock(drift.id, now);
      return drift.id;
  }
}

function there<T>(record: T | undefined, recordId: number): T {
  if (record === undefined) throw new RangeError(`there is no record ${recordId}`);
  return record;
}

function without<T extends object, K extends keyof T>(record: T, ...names: K[]): Omit<T, K> {
  const dropped = new Set<PropertyKey>(names);
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => !dropped.has(name)),
  ) as unknown as Omit<T, K>;
}

/** Without the fields that were left out: an undefined one would overwrite what is there. */
function given<T extends object>(changes: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}
