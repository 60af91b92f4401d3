import { z } from 'zod';
import type { Answer } from '../http/answer';
import { conflict, noContent, notFound, ok, unprocessable } from '../http/answer';
import type { Call, Route } from '../http/call';
import { bodyOf, instantInput, ownRecord, requireRight } from '../http/call';
import type { AppliesToType, AssigneeType, RoleAssignment } from '../state/records';
import { listRows } from './role-assignment-list';
import { presentRow } from './role-assignment-presenter';
import { roles } from './roles';

/** Every field of a new row that does not follow from where it is. */
type NewRow = Pick<
  RoleAssignment,
  | 'appliesToType'
  | 'appliesToId'
  | 'assigneeType'
  | 'assigneeId'
  | 'roleId'
  | 'validFrom'
  | 'validUntil'
>;

const id = z.int();

const createBody = z.object({
  applies_to_type: z.enum(['Organization', 'Place', 'Group']).optional(),
  applies_to_id: id.optional(),
  assignee_type: z.enum(['User', 'Team', 'Guest']).optional(),
  assignee_id: id.optional(),
  // The deprecated form, still the one of every stored live client.
  user_id: id.nullish(),
  group_id: id.optional(),
  place_id: id.optional(),
  organization_id: id.optional(),
  role_id: z.string(),
  notify: z.boolean().default(false),
  valid_from: instantInput.nullish(),
  valid_until: instantInput.nullish(),
});

const updateBody = z.object({
  role_id: z.string().optional(),
  // The contract types it as a date-time, by a fault of Kisi's file; both are taken.
  notify: z.union([z.boolean(), z.string()]).nullish(),
  valid_from: instantInput.nullish(),
  valid_until: instantInput.nullish(),
});

export const roleAssignmentRoutes: Route[] = [
  { method: 'get', path: '/role_assignments', auth: 'login', run: listRows },
  { method: 'post', path: '/role_assignments', auth: 'login', run: createRow },
  { method: 'get', path: '/role_assignments/:id', auth: 'login', run: fetchRow },
  { method: 'patch', path: '/role_assignments/:id', auth: 'login', run: updateRow },
  { method: 'delete', path: '/role_assignments/:id', auth: 'login', run: deleteRow },
];

function createRow(call: Call): Answer {
  requireRight(call, 'role_assignments_write');
  const body = bodyOf(call, 'role_assignment', createBody);
  const target = targetOf(body);
  const assignee = assigneeOf(body);
  requireRole(body.role_id, target.appliesToType);
  requireTarget(call, target.appliesToType, target.appliesToId);
  requireAssignee(call, assignee.assigneeType, assignee.assigneeId);
  const hasWindow = target.appliesToType === 'Group';
  const row: NewRow = {
    ...target,
    ...assignee,
    roleId: body.role_id,
    validFrom: hasWindow ? (body.valid_from ?? null) : null,
    validUntil: hasWindow ? (body.valid_until ?? null) : null,
  };
  refuseReversedWindow(call, row);
  refuseDuplicate(call, row);
  const { state, caller, now } = call;
  const created = state.tables.roleAssignments.insert(
    {
      ...row,
      organizationId: caller.organization.id,
      notify: body.notify,
      createdById: caller.user.id,
    },
    now,
  );
  recordChange(call, created, 'create');
  if (body.notify) sendMail(call, created);
  return ok(presentRow(call.view, created));
}

function targetOf(
  body: z.output<typeof createBody>,
): Pick<RoleAssignment, 'appliesToType' | 'appliesToId'> {
  if (body.applies_to_type !== undefined && body.applies_to_id !== undefined) {
    return { appliesToType: body.applies_to_type, appliesToId: body.applies_to_id };
  }
  if (body.group_id !== undefined) return { appliesToType: 'Group', appliesToId: body.group_id };
  if (body.place_id !== undefined) return { appliesToType: 'Place', appliesToId: body.place_id };
  if (body.organization_id !== undefined) {
    return { appliesToType: 'Organization', appliesToId: body.organization_id };
  }
  throw unprocessable({ applies_to_id: ["can't be blank"] });
}

function assigneeOf(
  body: z.output<typeof createBody>,
): Pick<RoleAssignment, 'assigneeType' | 'assigneeId'> {
  if (body.assignee_type !== undefined && body.assignee_id !== undefined) {
    return { assigneeType: body.assignee_type, assigneeId: body.assignee_id };
  }
  if (typeof body.user_id === 'number') return { assigneeType: 'User', assigneeId: body.user_id };
  throw unprocessable({ assignee_id: ["can't be blank"] });
}

function requireRole(roleId: string, appliesTo: AppliesToType): void {
  if (!roles.some((role) => role.id === roleId && role.applies_to === appliesTo)) {
    throw unprocessable({ role_id: [`is not a role of ${appliesTo}`] });
  }
}

/** A missing group or user is 404, also when it is another organization's (live use). */
function requireTarget(call: Call, type: AppliesToType, targetId: number): void {
  if (type === 'Group') ownRecord(call, call.view.groups, targetId);
  if (type === 'Place') ownRecord(call, call.view.places, targetId);
  if (type === 'Organization' && targetId !== call.caller.organization.id) throw notFound();
}

function requireAssignee({ view, ...call }: Call, type: AssigneeType, assigneeId: number): void {
  const table = { User: view.users, Team: view.teams, Guest: view.guests }[type];
  if (table.get(assigneeId)?.organizationId !== call.caller.organization.id) throw notFound();
}

function refuseReversedWindow(
  call: Call,
  { validFrom, validUntil }: Pick<NewRow, 'validFrom' | 'validUntil'>,
): void {
  if (call.switches.reversedWindow === 'accepted') return;
  if (validFrom !== null && validUntil !== null && validUntil <= validFrom) {
    throw unprocessable({ valid_until: ['must be after valid_from'] });
  }
}

/** A user cannot have more than one role in the same place or group (Kisi's docs), unless switched otherwise. */
function refuseDuplicate(call: Call, wanted: NewRow): void {
  const blocking = call.view.roleAssignments
    .all()
    .filter(
      (row) =>
        row.appliesToType === wanted.appliesToType &&
        row.appliesToId === wanted.appliesToId &&
        row.assigneeType === wanted.assigneeType &&
        row.assigneeId === wanted.assigneeId &&
        (call.switches.expiredRowBlocks || row.validUntil === null || call.now < row.validUntil),
    );
  if (blocking.length === 0) return;
  const sameWindow = blocking.some(
    (row) => row.validFrom === wanted.validFrom && row.validUntil === wanted.validUntil,
  );
  const mode = call.switches.duplicateGrant[sameWindow ? 'sameWindow' : 'otherWindow'];
  if (mode === 'conflict') throw conflict();
  if (mode === 'unprocessable') throw unprocessable({ assignee_id: ['has already been taken'] });
}

function fetchRow(call: Call): Answer {
  requireRight(call, 'role_assignments_read');
  return ok(presentRow(call.view, ownRecord(call, call.view.roleAssignments)));
}

function updateRow(call: Call): Answer {
  requireRight(call, 'role_assignments_write');
  const row = ownRecord(call, call.view.roleAssignments);
  const body = bodyOf(call, 'role_assignment', updateBody);
  if (body.role_id !== undefined) requireRole(body.role_id, row.appliesToType);
  const window = windowChange(call, row, body);
  const updated = call.state.tables.roleAssignments.update(
    row.id,
    {
      ...window,
      ...(body.role_id === undefined ? {} : { roleId: body.role_id }),
      ...(typeof body.notify === 'boolean' ? { notify: body.notify } : {}),
    },
    call.now,
  );
  recordChange(call, updated, 'update');
  if (updated.notify) sendMail(call, updated);
  return noContent;
}

/** What a PATCH does to the window: nothing is documented, so a switch decides. */
function windowChange(
  call: Call,
  row: RoleAssignment,
  body: z.output<typeof updateBody>,
): Partial<Pick<RoleAssignment, 'validFrom' | 'validUntil'>> {
  const given = (['valid_from', 'valid_until'] as const).filter((name) => body[name] !== undefined);
  if (given.length === 0 || row.appliesToType !== 'Group') return {};
  if (call.switches.patchWindow === 'ignored') return {};
  if (call.switches.patchWindow === 'refused') {
    throw unprocessable(Object.fromEntries(given.map((name) => [name, ['cannot be changed']])));
  }
  const window = {
    validFrom: body.valid_from === undefined ? row.validFrom : body.valid_from,
    validUntil: body.valid_until === undefined ? row.validUntil : body.valid_until,
  };
  refuseReversedWindow(call, window);
  return window;
}

function deleteRow(call: Call): Answer {
  requireRight(call, 'role_assignments_write');
  const row = ownRecord(call, call.view.roleAssignments);
  call.state.tables.roleAssignments.remove(row.id, call.now);
  recordChange(call, row, 'destroy');
  return noContent;
}

function recordChange(
  call: Call,
  row: RoleAssignment,
  change: 'create' | 'update' | 'destroy',
): void {
  call.state.recordEvent(
    {
      organizationId: row.organizationId,
      type: `role_assignment.${change}`,
      actorId: call.caller.user.id,
      objectType: 'RoleAssignment',
      objectId: row.id,
    },
    call.now,
  );
}

function sendMail(call: Call, row: RoleAssignment): void {
  const user = row.assigneeType === 'User' ? call.view.users.get(row.assigneeId) : undefined;
  if (user === undefined) return;
  call.state.tables.mails.insert(
    { organizationId: row.organizationId, kind: 'role_assignment', to: user.email },
    call.now,
  );
}
