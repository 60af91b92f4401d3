import type { Group, Lock, RoleAssignment, User } from './state/records';
import type { View } from './state/state';

/** Why a door is open or closed to a user at an instant. */
export type Verdict =
  | { open: true; reason: 'row_covers'; rows: { row: RoleAssignment; group: Group }[] }
  | { open: false; reason: 'access_disabled' | 'no_row' }
  | { open: false; reason: 'not_yet' | 'no_longer'; row: RoleAssignment; group: Group };

/** What `couldOpen` answers; `because` is a sentence for people. */
export interface AccessAnswer {
  open: boolean;
  because: string;
}

/** The roles that let a user through the doors of a group. */
const openingRoles = new Set(['group_basic', 'group_manager']);

/**
 * The rule: a user who exists and is not switched off opens a lock at `at` (ms UTC) when one of their own
 * rows leads to a group that holds the lock and valid_from <= at < valid_until. Any one row is enough
 * (Kisi's groups are a permissive union). Team, Place and Organization rows do not count here, nor does
 * whether the door is online: the question is about access, not about hardware.
 *
 * @param view the state that was the truth at `at`
 */
export function judgeAccess(view: View, user: User, lock: Lock, at: number): Verdict {
  if (!user.accessEnabled) return { open: false, reason: 'access_disabled' };
  const candidates = rowsThatLeadTo(view, user, lock);
  const covering = candidates.filter(({ row }) => covers(row, at));
  if (covering.length > 0) return { open: true, reason: 'row_covers', rows: covering };
  const upcoming = candidates.find(({ row }) => row.validFrom !== null && at < row.validFrom);
  if (upcoming !== undefined) return { open: false, reason: 'not_yet', ...upcoming };
  const past = candidates.at(-1);
  if (past !== undefined) return { open: false, reason: 'no_longer', ...past };
  return { open: false, reason: 'no_row' };
}

/** The user's rows of any window that lead to a group which holds the lock. */
export function rowsThatLeadTo(
  view: View,
  user: User,
  lock: Lock,
): { row: RoleAssignment; group: Group }[] {
  const groupIds = new Set(
    view.groupLocks.all().flatMap((held) => (held.lockId === lock.id ? held.groupId : [])),
  );
  return view.roleAssignments.all().flatMap((row) => {
    const isTheirs = row.assigneeType === 'User' && row.assigneeId === user.id;
    const leadsThere = row.appliesToType === 'Group' && groupIds.has(row.appliesToId);
    const group = view.groups.get(row.appliesToId);
    if (!isTheirs || !leadsThere || !openingRoles.has(row.roleId) || group === undefined) return [];
    return [{ row, group }];
  });
}

/** Whether a row's window [valid_from, valid_until) holds the instant (ms UTC). */
export function covers(
  window: Pick<RoleAssignment, 'validFrom' | 'validUntil'>,
  at: number,
): boolean {
  const begun = window.validFrom === null || window.validFrom <= at;
  const over = window.validUntil !== null && window.validUntil <= at;
  return begun && !over;
}

/**
 * Could this user open this lock at `at` (ms UTC)? The user is named by id, or by e-mail within the lock's
 * organization.
 */
export function answerCouldOpen(
  view: View,
  question: { email?: string; userId?: number; lockId: number; at: number },
): AccessAnswer {
  const { lockId, at } = question;
  const when = new Date(at).toISOString();
  const lock = view.locks.get(lockId);
  if (lock === undefined) return { open: false, because: `there is no lock ${lockId} at ${when}` };
  const user = findUser(view, lock, question);
  if (user === undefined) {
    const name = question.email ?? question.userId ?? '';
    return { open: false, because: `there is no user ${name} at ${when}` };
  }
  const verdict = judgeAccess(view, user, lock, at);
  return { open: verdict.open, because: explain(verdict, user, lock, when) };
}

function findUser(
  view: View,
  lock: Lock,
  { email, userId }: { email?: string; userId?: number },
): User | undefined {
  if (userId !== undefined) {
    const user = view.users.get(userId);
    return user?.organizationId === lock.organizationId ? user : undefined;
  }
  const wanted = email?.toLowerCase();
  return view.users
    .all()
    .find((u) => u.organizationId === lock.organizationId && u.email.toLowerCase() === wanted);
}

function explain(verdict: Verdict, user: User, lock: Lock, when: string): string {
  switch (verdict.reason) {
    case 'row_covers':
      return verdict.rows
        .map(({ row, group }) => `${nameRow(row, group)} covers ${when}`)
        .join(', and ');
    case 'access_disabled':
      return `access is switched off for user ${user.id} at ${when}`;
    case 'no_row':
      return `user ${user.id} has no role assignment to a group that holds lock ${lock.id} at ${when}`;
    case 'not_yet':
      return `${nameRow(verdict.row, verdict.group)} has not begun at ${when}`;
    case 'no_longer':
      return `${nameRow(verdict.row, verdict.group)} is over at ${when}`;
  }
}

function nameRow(row: RoleAssignment, group: Group): string {
  const bound = (at: number | null, open: string): string =>
    at === null ? open : new Date(at).toISOString();
  const window = `${bound(row.validFrom, 'always')} to ${bound(row.validUntil, 'open end')}`;
  return `role assignment ${row.id} to group ${group.id} "${group.name}" (${window})`;
}
