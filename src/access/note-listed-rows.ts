import type { KisiRoleAssignment } from '../kisi';
import type { ForeignRowSight, SeenForeignRow } from '../store';
import type { AccessDeps } from './deps';
import { sightsOf } from './foreign-row-view';
import type { PassDesire } from './pass-desire';

/** Whose rows a look has listed, where, and when (ms, UTC). */
interface Listing {
  kisiUserId: number;
  groupId: number;
  listedAt: number;
}

/**
 * Stores what a look has listed of others' rows: the pass may count on one, and Kisi's event of its end
 * carries nothing but its id; and whoever sets a hold is told of them, and may clear them without
 * waiting for the reconciliation. What is stored already is written anew only under a hold, which shows
 * when it was seen.
 */
export async function noteForeignRowsOf(
  { store }: Pick<AccessDeps, 'store'>,
  { pass, held }: PassDesire,
  { listedAt, ...place }: Listing,
  foreign: readonly KisiRoleAssignment[],
): Promise<void> {
  const { organizationId, memberId } = pass;
  const holder = { organizationId, ...place };
  const sights = foreign.flatMap((row) => sightsOf(row, memberId));
  const seen = await store.foreignRows.ofHolder(memberId, holder);
  const isNew = sights.length !== seen.length || !sights.every((row) => isAmong(row, seen));
  if (!isNew && held?.type !== 'member_on_hold') return;
  await store.foreignRows.replaceSeenOf(holder, sights, listedAt);
}

function isAmong(sight: ForeignRowSight, seen: readonly SeenForeignRow[]): boolean {
  return seen.some(
    (row) =>
      row.roleAssignmentId === sight.roleAssignmentId &&
      row.role === sight.role &&
      row.from === sight.from &&
      row.until === sight.until,
  );
}

/**
 * Stores rows that are the pass's by their group alone, because somebody else made them there and they
 * do as they are: Kisi's event of their end would tell nobody anything.
 */
export async function storeRowsOfGroup(
  { store }: Pick<AccessDeps, 'store'>,
  { pass, key }: PassDesire,
  { kisiUserId, groupId }: Omit<Listing, 'listedAt'>,
  rows: readonly KisiRoleAssignment[],
): Promise<void> {
  for (const row of rows) {
    await store.kisiRows.put({
      roleAssignmentId: row.id,
      organizationId: pass.organizationId,
      passKey: key,
      kisiUserId,
      groupId,
      from: row.validFrom,
      until: row.validUntil,
    });
  }
}
