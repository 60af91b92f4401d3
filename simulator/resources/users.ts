import { z } from 'zod';
import type { Answer } from '../http/answer';
import { conflict, noContent, ok, unprocessable } from '../http/answer';
import type { Call, Route } from '../http/call';
import { bodyOf, instant, instantOrNull, ownRecord, ownRecords, requireRight } from '../http/call';
import { byFreeText, listAnswer, sorted, wholeNumber } from '../http/list';
import type { User } from '../state/records';
import type { View } from '../state/state';
import { organizationRef } from './references';

/** Limits of the prose: at most 50 keys of 50 characters, scalar values of at most 500. */
const metadata = z
  .record(z.string().max(50), z.union([z.string().max(500), z.number(), z.boolean(), z.null()]))
  .refine((entries) => Object.keys(entries).length <= 50, 'has more than 50 keys');

const fields = {
  name: z.string(),
  image: z.url().nullable(),
  access_enabled: z.boolean(),
  password_flow_enabled: z.boolean(),
  metadata,
  notes: z.string().nullable(),
};

const createBody = z
  .object({ ...fields, send_emails: z.boolean(), confirm: z.boolean() })
  .partial()
  .extend({ email: z.email() });

const updateBody = z.object(fields).partial();

export const userRoutes: Route[] = [
  { method: 'get', path: '/user', auth: 'login', run: fetchCurrentUser },
  { method: 'get', path: '/users', auth: 'login', run: listUsers },
  { method: 'post', path: '/users', auth: 'login', run: createUser },
  { method: 'get', path: '/users/:id', auth: 'login', run: fetchUser },
  { method: 'patch', path: '/users/:id', auth: 'login', run: updateUser },
  { method: 'delete', path: '/users/:id', auth: 'login', run: deleteUser },
];

function fetchCurrentUser({ caller, view }: Call): Answer {
  const { user, organization } = caller;
  const ownsPrimary = view.logins.all().some((l) => l.userId === user.id && l.primary);
  return ok({
    id: user.id,
    resource_type: 'User',
    name: user.name,
    email: user.email,
    image: user.image,
    locale: null,
    notifications_unread_count: 0,
    otp_required_for_login: false,
    otp_enabled_at: null,
    primary_login_exists: ownsPrimary,
    created_at: instant(user.createdAt),
    updated_at: instant(user.updatedAt),
    announcements_last_seen_at: null,
    last_read_at: null,
    notes: user.notes,
    organization_id: organization.id,
    organization: organizationRef(organization),
  });
}

function listUsers(call: Call): Answer {
  requireRight(call, 'users_read');
  const { listed, query } = call;
  let users = ownRecords(call, listed.users);
  users = byEmail(call, users);
  const userId = query['user_id'] === 'me' ? call.caller.user.id : wholeNumber(call, 'user_id');
  if (userId !== undefined) users = users.filter((user) => user.id === userId);
  const groupId = wholeNumber(call, 'group_id');
  if (groupId !== undefined) {
    users = users.filter((user) => groupsOf(listed, user).has(groupId));
  }
  const placeId = wholeNumber(call, 'place_id');
  if (placeId !== undefined) {
    users = users.filter((user) => placesOf(listed, user).has(placeId));
  }
  users = byFreeText(call, users, (user) => [user.email, user.name, user.notes]);
  users = sorted(call, users, {
    name: (user) => user.name,
    unlock: (user) => user.lastAccessedAt ?? 0,
    access_enabled: (user) => Number(user.accessEnabled),
  });
  return listAnswer(call, users, { default: 50, max: 100 }, (user) => presentUser(listed, user));
}

function byEmail(call: Call, users: User[]): User[] {
  const wanted = call.query['email']?.toLowerCase();
  if (wanted === undefined) return users;
  return call.switches.emailFilter === 'exact'
    ? users.filter((user) => user.email.toLowerCase() === wanted)
    : users.filter((user) => user.email.toLowerCase().includes(wanted));
}

function groupsOf(view: View, user: User): Set<number> {
  return new Set(
    view.roleAssignments.all().flatMap((row) => {
      const isTheirs = row.assigneeType === 'User' && row.assigneeId === user.id;
      return isTheirs && row.appliesToType === 'Group' ? row.appliesToId : [];
    }),
  );
}

function placesOf(view: View, user: User): Set<number> {
  const groups = groupsOf(view, user);
  return new Set(
    view.groupLocks.all().flatMap(({ groupId, lockId }) => {
      return groups.has(groupId) ? (view.locks.get(lockId)?.placeId ?? []) : [];
    }),
  );
}

function createUser(call: Call): Answer {
  requireRight(call, 'users_write');
  const body = bodyOf(call, 'user', createBody);
  const { state, caller, now } = call;
  const taken = ownRecords(call, call.view.users).some(
    (user) => user.email.toLowerCase() === body.email.toLowerCase(),
  );
  if (taken && call.switches.existingUser === 'conflict') throw conflict();
  if (taken) throw unprocessable({ email: ['has already been taken'] });
  const user = state.tables.users.insert(
    {
      organizationId: caller.organization.id,
      email: body.email,
      name: body.name ?? body.email.split('@', 1).join(),
      image: body.image ?? null,
      notes: body.notes ?? null,
      metadata: body.metadata ?? {},
      accessEnabled: body.access_enabled ?? true,
      passwordFlowEnabled: body.password_flow_enabled ?? true,
      confirmed: body.confirm ?? false,
      lastAccessedAt: null,
      password: null,
      rights: [],
    },
    now,
  );
  recordChange(call, user, 'create');
  // Leaving send_emails out sends the invite (Kisi's docs, add and remove users).
  if (body.send_emails ?? true) {
    const mail = { organizationId: user.organizationId, kind: 'invite' as const, to: user.email };
    state.tables.mails.insert(mail, now);
  }
  return ok(presentUser(call.view, user));
}

function fetchUser(call: Call): Answer {
  requireRight(call, 'users_read');
  return ok(presentUser(call.view, ownRecord(call, call.view.users)));
}

function updateUser(call: Call): Answer {
  requireRight(call, 'users_write');
  const user = ownRecord(call, call.view.users);
  const body = bodyOf(call, 'user', updateBody);
  const updated = call.state.tables.users.update(
    user.id,
    {
      name: body.name ?? user.name,
      image: body.image === undefined ? user.image : body.image,
      accessEnabled: body.access_enabled ?? user.accessEnabled,
      passwordFlowEnabled: body.password_flow_enabled ?? user.passwordFlowEnabled,
      metadata: body.metadata ?? user.metadata,
      notes: body.notes === undefined ? user.notes : body.notes,
    },
    call.now,
  );
  recordChange(call, updated, 'update');
  return noContent;
}

function deleteUser(call: Call): Answer {
  requireRight(call, 'users_write');
  const user = ownRecord(call, call.view.users);
  if (user.id === call.caller.organization.ownerId) {
    throw unprocessable({ base: ['the owner of the organization cannot be deleted'] });
  }
  call.state.removeUser(user.id, call.now);
  recordChange(call, user, 'destroy');
  return noContent;
}

function recordChange(call: Call, user: User, change: 'create' | 'update' | 'destroy'): void {
  call.state.recordEvent(
    {
      organizationId: user.organizationId,
      type: `user.${change}`,
      actorId: call.caller.user.id,
      objectType: 'User',
      objectId: user.id,
    },
    call.now,
  );
}

function presentUser(view: View, user: User): object {
  return {
    id: user.id,
    resource_type: 'User',
    name: user.name,
    email: user.email,
    created_at: instant(user.createdAt),
    updated_at: instant(user.updatedAt),
    metadata: user.metadata,
    image: user.image,
    otp_required_for_login: false,
    password_flow_enabled: user.passwordFlowEnabled,
    access_enabled: user.accessEnabled,
    last_accessed_at: instantOrNull(user.lastAccessedAt),
    scim_access_enabled: true,
    notes: user.notes,
    organization_id: user.organizationId,
    confirmed: user.confirmed,
    groups_count: groupsOf(view, user).size,
  };
}
