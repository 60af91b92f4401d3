import { DOOR_ACCESS_ROLE, type KisiRoleAssignment } from '../kisi';
import type { Intent } from '../store';

/** How far Kisi's clock may be behind ours when an intent is compared with a row's creation. */
const CLOCKS_DIFFER_MS = 60_000;
const TOLERANCE_MS = 1_000;

/** What tells our rows of one group from foreign ones. */
export interface OwnershipMarks {
  /** We made the group, so every door access of a user in it is ours. */
  groupIsOurs: boolean;
  /** Ids of rows whose creation we saw confirmed. */
  storedRowIds: ReadonlySet<number>;
  /** Creations that were about to be sent; the answer may have been lost. */
  intents: readonly Intent[];
  /** Kisi users that own, or owned, this integration's key. */
  keyOwnerIds: readonly number[];
}

/** Whether a row is ours to change. Everything else is foreign: reported, never touched. */
export function isOurs(row: KisiRoleAssignment, marks: OwnershipMarks): boolean {
  if (row.roleId !== DOOR_ACCESS_ROLE || row.userId === null) return false;
  if (marks.groupIsOurs || marks.storedRowIds.has(row.id)) return true;
  return marks.intents.some((intent) => answersIntent(row, intent, marks.keyOwnerIds));
}

/** The roles of a group that let a user through its doors (kisi/facts.md §2.6, "Role ids"). */
const DOOR_ROLES: readonly string[] = [DOOR_ACCESS_ROLE, 'group_manager'];

/** Whether a row lets anybody through a door: a role that we do not know is no cover. */
export function opensDoors({ roleId }: Pick<KisiRoleAssignment, 'roleId'>): boolean {
  return DOOR_ROLES.includes(roleId);
}

/** Whether this row is what the intent's request made, although we never saw the answer. */
export function answersIntent(
  row: KisiRoleAssignment,
  intent: Intent,
  keyOwnerIds: readonly number[],
): boolean {
  return (
    row.userId === intent.kisiUserId &&
    row.groupId === intent.groupId &&
    row.createdByType === 'User' &&
    row.createdById !== null &&
    keyOwnerIds.includes(row.createdById) &&
    !intent.existingRowIds.includes(row.id) &&
    row.createdAt >= intent.at - CLOCKS_DIFFER_MS &&
    isNear(row.validFrom, intent.from) &&
    isNear(row.validUntil, intent.until)
  );
}

function isNear(a: number | null, b: number | null): boolean {
  return a === null || b === null ? a === b : Math.abs(a - b) <= TOLERANCE_MS;
}
