import { PRIORITY } from '../contracts/names';
import { passKey, type PassRef, type PassTarget } from '../domain/door';
import type { Window } from '../domain/grant';
import type { PassRow } from '../domain/pass-plan';
import { isAsking } from '../domain/pass-report';
import { needsApproval, planReconciliation, type ReconciledPass } from '../domain/reconcile-plan';
import { contains } from '../domain/windows';
import type { KisiClient, KisiRoleAssignment } from '../kisi';
import type { ForeignRow, Integration, KisiRow, Store } from '../store';
import { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { isOurs } from './ownership';
import { toKnownRow } from './pass-place';
import { forgetVanished, noteForeignRows } from './reconcile-foreign';
import { listAllRows, readKnown, type Known } from './reconcile-reading';

const PAGE = 500;
const SAMPLE = 100;

/** What a run found and did at one integration. */
export interface RowsReport {
  repaired: number;
  removed: number;
  foreignRows: { count: number; sample: ForeignRow[] };
  plannedRemovals: number;
  openDoors: number;
  /** The removals wait for a person's word. */
  refused: boolean;
}

/**
 * Compares all rows of one Kisi organization with the wishes. It writes nothing that a pass owns: a
 * pass whose rows differ is told to look. Only rows of ours that belong to no pass, because nobody
 * is linked to their user, are removed here. A run that would close many open doors closes none
 * until a person allows it: that many differences at once are rather our mistake than Kisi's.
 *
 * @param runId the same for every attempt of one run, so that an approval is used up once
 * @throws KisiError, and whatever MongoDB or Temporal say; the workflow tries again later
 */
export async function reconcileRows(
  deps: AccessDeps,
  integration: Integration,
  runId: string,
): Promise<{ report: RowsReport; holders: Set<string> }> {
  const { organizationId } = integration;
  const kisi = await deps.kisi.forOrganization(organizationId);
  const listedAt = deps.clock.now();
  const { passes, orphans, foreign, leaving, vanished } = await readOwnRows(deps, integration);
  await readHolds(deps.store, passes);
  await noteForeignRows(deps, organizationId, foreign, listedAt);
  await forgetVanished(deps, kisi, vanished, listedAt);

  const plan = planReconciliation([...passes.values()]);
  const openOrphans = orphans.filter(({ row }) =>
    contains({ from: row.validFrom, until: row.validUntil }, deps.clock.now()),
  );
  const plannedRemovals = plan.closing.length + openOrphans.length;
  const openDoors = plan.openDoors + openOrphans.length;
  // Every run uses the word up, needed or not: it was given for the differences of now.
  const approval = await deps.store.integrations.takeRemovalApproval(organizationId, runId);
  const refused = approval === null && needsApproval(plannedRemovals, openDoors);

  const allowed = refused ? plan.look.filter((ref) => !plan.closing.includes(ref)) : plan.look;
  // A pass that somebody terminated may leave rows that are right for now, and then nobody would roll
  // to the next window or clean up.
  const holding = [...passes.values()].filter(({ wanted }) => wanted.length > 0);
  const missing = await deps.runs.missingPasses(holding.map(({ ref }) => ref));
  const wanting = refused ? missing.filter((ref) => !plan.closing.includes(ref)) : missing;
  const all = [...allowed, ...leaving, ...wanting];
  const look = [...new Map(all.map((ref) => [passKey(ref), ref])).values()];
  for (const ref of look) await deps.messages.pokePass(ref, PRIORITY.reconcile, true);
  let removed = 0;
  const isStopped = integration.emergencyStop?.includeRemovals === true;
  for (const orphan of refused || isStopped ? [] : orphans) {
    if (await removeOrphan(deps, kisi, orphan)) removed += 1;
  }
  if (refused) {
    deps.log.error(
      { organizationId, plannedRemovals, openDoors },
      'The reconciliation waits for a word',
    );
  }
  const report = {
    repaired: look.length,
    removed,
    foreignRows: { count: foreign.length, sample: foreign.slice(0, SAMPLE).map(toForeignRow) },
    plannedRemovals,
    openDoors,
    refused,
  };
  return { report, holders: new Set(holding.map(({ ref }) => ref.memberId)) };
}

/** All rows at Kisi, each with the pass that it belongs to, and the wishes of the passes. */
export async function readOwnRows(deps: AccessDeps, integration: Integration): Promise<SortedRows> {
  const { organizationId } = integration;
  const kisi = await deps.kisi.forOrganization(organizationId);
  // Kisi first: what is stored about a row is stored before the row exists, so reading in this order
  // never takes a new row for one that nobody knows.
  const rows = await listAllRows(deps, kisi, organizationId);
  const known = await readKnown(deps.store, organizationId, deps.clock.now());
  return sortRows(rows, known, integration, deps.clock.now());
}

/**
 * False: somebody is linked to its user by now, so that it belongs to a pass, which is told to look.
 * Removals may take minutes under Kisi's limit, and what was read before them grows old.
 */
export async function removeOrphan(
  deps: AccessDeps,
  kisi: KisiClient,
  orphan: Orphan,
): Promise<boolean> {
  const { organizationId, userId, target, row } = orphan;
  const link = await deps.store.memberLinks.byUser(organizationId, userId);
  if (link) {
    const ref = { memberId: link.memberId, organizationId, target };
    await deps.messages.pokePass(ref, PRIORITY.reconcile, true);
    return false;
  }
  await kisi.deleteRoleAssignment(row.id, new Attempt().call);
  return true;
}

type Passes = Map<string, ReconciledPass<PassRef> & { rows: PassRow[]; wanted: Window[] }>;

/** A row of ours on a user that nobody is or was linked to. */
interface Orphan {
  organizationId: number;
  userId: number;
  target: PassTarget;
  row: KisiRoleAssignment;
}

interface SortedRows {
  passes: Passes;
  orphans: Orphan[];
  foreign: KisiRoleAssignment[];
  /** Passes that must leave a former user of their member. */
  leaving: PassRef[];
  /** Stored rows that Kisi did not list. */
  vanished: KisiRow[];
}

/** Gives every wish and every row of ours to its pass; what is left is nobody's, or foreign. */
function sortRows(
  rows: readonly KisiRoleAssignment[],
  known: Known,
  integration: Integration,
  now: number,
): SortedRows {
  const passes: Passes = new Map();
  const passOf = (ref: PassRef): NonNullable<ReturnType<Passes['get']>> => {
    const key = passKey(ref);
    const pass = passes.get(key) ?? {
      ref,
      now,
      wanted: [],
      rows: [],
      learned: integration.learned,
    };
    passes.set(key, pass);
    return pass;
  };
  for (const wish of known.wishes) {
    const pass = passOf(wish.pass);
    if (integration.active && isAsking(wish, now)) {
      pass.wanted.push({ from: wish.from, until: wish.until });
    }
  }
  const listed = new Set(rows.map(({ id }) => id));
  const sorted: SortedRows = {
    passes,
    orphans: [],
    foreign: [],
    leaving: [],
    vanished: known.storedRows.filter((row) => !listed.has(row.roleAssignmentId)),
  };
  // A user may have been given up at once: what a pass made on it is that pass's to remove.
  const passOfRow = new Map(
    known.storedRows.flatMap(({ roleAssignmentId, passKey: key }) => {
      const maker = passes.get(key);
      return maker ? [[roleAssignmentId, maker.ref] as const] : [];
    }),
  );
  const groupsOfWishes = new Set(
    known.wishes.map(({ pass }) => (pass.target.kind === 'group' ? pass.target.id : 0)),
  );
  for (const row of rows) {
    if (row.groupId === null) continue;
    const lockId = known.lockOfGroup.get(row.groupId);
    const ours = isOurs(row, {
      groupIsOurs: lockId !== undefined,
      storedRowIds: known.storedRowIds,
      intents: known.intents,
      keyOwnerIds: [integration.keyOwnerId, ...integration.formerKeyOwnerIds],
    });
    const isInteresting =
      lockId !== undefined ||
      groupsOfWishes.has(row.groupId) ||
      known.mappedGroups.has(row.groupId);
    if (!ours && isInteresting) sorted.foreign.push(row);
    if (row.userId === null) continue;
    const { organizationId } = integration;
    const target: PassTarget =
      lockId === undefined ? { kind: 'group', id: row.groupId } : { kind: 'lock', id: lockId };
    const holder = known.memberOfUser.get(row.userId);
    const memberId = holder ?? known.memberOfFormerUser.get(row.userId);
    const maker = passOfRow.get(row.id);
    if (memberId === undefined && maker !== undefined) {
      sorted.leaving.push(maker);
      continue;
    }
    if (memberId === undefined) {
      if (ours) sorted.orphans.push({ organizationId, userId: row.userId, target, row });
      continue;
    }
    const ref = { memberId, organizationId, target };
    if (holder === undefined) {
      // It gives its member nothing, so that it is no part of what the pass holds.
      if (ours) sorted.leaving.push(ref);
    } else if (ours || passes.has(passKey(ref))) {
      passOf(ref).rows.push(toKnownRow(row, ours));
    }
  }
  return sorted;
}

/** A member on hold, or erased, wants nothing, whatever the wishes say. */
async function readHolds(store: Store, passes: Passes): Promise<void> {
  const memberIds = [...new Set([...passes.values()].map(({ ref }) => ref.memberId))];
  for (let start = 0; start < memberIds.length; start += PAGE) {
    const ids = memberIds.slice(start, start + PAGE);
    const members = await store.members.getMany(ids);
    const held = await store.members.erasedAmong(ids);
    for (const { id, hold } of members) if (hold !== null) held.add(id);
    for (const pass of passes.values()) {
      if (held.has(pass.ref.memberId)) pass.wanted.length = 0;
    }
  }
}

function toForeignRow(row: KisiRoleAssignment): ForeignRow {
  return {
    roleAssignmentId: row.id,
    role: row.roleId,
    groupId: row.groupId,
    kisiUserId: row.userId,
    from: row.validFrom,
    until: row.validUntil,
  };
}
