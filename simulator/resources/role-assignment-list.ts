import type { Answer } from '../http/answer';
import { badRequest } from '../http/answer';
import type { Call } from '../http/call';
import { ownRecords, requireRight } from '../http/call';
import { byFreeText, byNumber, listAnswer, pages10, sorted, wholeNumber } from '../http/list';
import { accountRows } from '../state/account-roles';
import type { RoleAssignment } from '../state/records';
import { presentRow } from './role-assignment-presenter';

/** `GET /role_assignments` with the current and the deprecated filters; everybody may list their own rows. */
export function listRows(call: Call): Answer {
  const { listed, query } = call;
  const userId = userIdFilter(call);
  const own = call.caller.user.id;
  const isOwn = query['assignee_type'] === 'User' && query['assignee_id'] === String(own);
  if (userId !== own && !isOwn) requireRight(call, 'role_assignments_read');
  let rows = ownRecords(call, listed.roleAssignments);
  // Only to who asks for one person's: the lists of a whole organization stay what was planted in it.
  if (query['assignee_id'] !== undefined || userId !== undefined) {
    rows = [...rows, ...ownRecords(call, { all: () => accountRows(listed) })];
  }
  if (userId !== undefined) rows = rows.filter((row) => userIdOf(row) === userId);
  for (const [idName, typeName] of [
    ['assignee_id', 'assignee_type'],
    ['applies_to_id', 'applies_to_type'],
  ] as const) {
    if (query[idName] !== undefined && query[typeName] === undefined)
      throw badRequest(`${idName} needs ${typeName}`);
  }
  const equals = (name: string, value: (row: RoleAssignment) => string): void => {
    if (query[name] !== undefined) rows = rows.filter((row) => value(row) === query[name]);
  };
  equals('role_id', (row) => row.roleId);
  equals('assignee_type', (row) => row.assigneeType);
  equals('applies_to_type', (row) => row.appliesToType);
  equals('scope', (row) =>
    row.assigneeType === 'Team' ? 'team' : row.appliesToType.toLowerCase(),
  );
  rows = byNumber(call, 'assignee_id', rows, (row) => row.assigneeId);
  rows = byNumber(call, 'applies_to_id', rows, (row) => row.appliesToId);
  rows = byNumber(call, 'group_id', rows, (row) =>
    row.appliesToType === 'Group' ? row.appliesToId : null,
  );
  rows = byNumber(call, 'place_id', rows, (row) =>
    row.appliesToType === 'Place' ? row.appliesToId : null,
  );
  rows = byFreeText(call, rows, (row) => {
    const user = row.assigneeType === 'User' ? listed.users.get(row.assigneeId) : undefined;
    return [user?.email ?? null, user?.name ?? null];
  });
  rows = sorted(call, rows, {
    'user.name': (row) => listed.users.get(userIdOf(row) ?? 0)?.name ?? '',
  });
  return listAnswer(call, rows, pages10, (row) => presentRow(listed, row));
}

function userIdFilter(call: Call): number | undefined {
  return call.query['user_id'] === 'me' ? call.caller.user.id : wholeNumber(call, 'user_id');
}

function userIdOf(row: RoleAssignment): number | null {
  return row.assigneeType === 'User' ? row.assigneeId : null;
}
