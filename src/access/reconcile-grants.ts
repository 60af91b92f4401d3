import type { ReviewGrantsResult, TerminatedGrants } from '../contracts/activities';
import type { Grant } from '../domain/grant';
import { isOver, isWanted, withStop } from '../domain/grant-life';
import { needsApproval } from '../domain/reconcile-plan';
import type { StoredWish } from '../store';
import type { AccessDeps } from './deps';
import { sourceOf } from './touched';

/** A grant that is over for longer than this and not yet removed is overdue. */
const OVERDUE_MS = 5 * 60_000;
/** A grant that was accepted this short while ago may still be writing itself and its wish down. */
const ASKING_MS = 60_000;
const PAGE = 200;
const RECONCILIATION = { type: 'system', id: 'reconcile' } as const;

/**
 * Compares the grants that should be running with Temporal. One that Temporal does not know starts as
 * it is recorded; one that is overdue is asked to let go again, and one whose wish was lost to hold
 * again, for the rows are compared with the wishes next. A terminated one that gives access is only
 * counted here: to stop it closes a door, and many of them are rather a mistake than meant.
 */
export async function reviewGrants(
  deps: AccessDeps,
  input: { after: string | null },
): Promise<ReviewGrantsResult> {
  const now = deps.clock.now();
  const page = await readPage(deps, now, input.after);
  const wishes = await deps.store.wishes.ofGrants([...page.running]);
  const result = { expired: 0, started: 0, asked: 0 };
  const terminated = new Map<number, TerminatedGrants>();
  const tallyOf = (organizationId: number): TerminatedGrants => {
    const tally = terminated.get(organizationId);
    if (tally) return tally;
    const empty = { organizationId, waiting: 0, closing: 0, open: 0 };
    terminated.set(organizationId, empty);
    return empty;
  };
  for (const grant of page.grants) {
    const organizationId = page.organizationOf.get(grant.doorMappingId);
    if (organizationId !== undefined && isOpen(grant, now)) tallyOf(organizationId).open += 1;
    if (page.running.has(grant.id)) {
      // One that waits for its integration to be connected again has no wish, and needs none.
      const mayAsk = !page.waiting.has(grant.doorMappingId);
      const asked = await askWhereNeeded(deps, grant, mayAsk ? wishes : null, now);
      if (asked !== null) result[asked] += 1;
      continue;
    }
    const end = await missingEnd(deps, grant, now);
    if (end === null) continue;
    if (end === 'terminated' && organizationId !== undefined && isWanted(grant, now)) {
      const tally = tallyOf(organizationId);
      tally.waiting += 1;
      if (isOpen(grant, now)) tally.closing += 1;
      continue;
    }
    await startMissing(deps, grant, end, now);
    result.started += 1;
    if (isOver(grant, now)) result.expired += 1;
  }
  return { ...result, terminated: [...terminated.values()], after: page.after };
}

/** Which organizations' terminated grants would close too many open doors and wait for a person's word. */
export async function judgeTerminated(
  deps: AccessDeps,
  input: { runId: string; terminated: readonly TerminatedGrants[] },
): Promise<{ heldBack: number[] }> {
  const heldBack: number[] = [];
  for (const { organizationId, closing, open } of input.terminated) {
    if (!needsApproval(closing, open)) continue;
    const { integrations } = deps.store;
    if (await integrations.takeRemovalApproval(organizationId, input.runId)) continue;
    deps.log.error(
      { organizationId, terminated: closing, open },
      'Many grants were terminated; their doors stay open until a person allows to close them',
    );
    heldBack.push(organizationId);
  }
  return { heldBack };
}

/**
 * Starts terminated grants again with the stop `terminated`, so that their access goes and a person
 * can restore it.
 */
export async function stopTerminated(
  deps: AccessDeps,
  input: { after: string | null; heldBack: readonly number[] },
): Promise<{ started: number; after: string | null }> {
  const now = deps.clock.now();
  const page = await readPage(deps, now, input.after);
  let started = 0;
  for (const grant of page.grants) {
    const organizationId = page.organizationOf.get(grant.doorMappingId);
    const waits = organizationId !== undefined && input.heldBack.includes(organizationId);
    if (waits || page.running.has(grant.id) || !isWanted(grant, now)) continue;
    if ((await missingEnd(deps, grant, now)) !== 'terminated') continue;
    await startMissing(deps, grant, 'terminated', now);
    started += 1;
  }
  return { started, after: page.after };
}

/**
 * Asks running grants again that MongoDB does not know, as after a restored database: each records
 * itself and its wish anew. One that has only just started is about to be recorded.
 */
export async function askUnknownGrants(deps: AccessDeps): Promise<{ asked: number }> {
  let asked = 0;
  const askUnknown = async (ids: readonly string[]): Promise<void> => {
    const known = new Set((await deps.store.grants.getMany(ids)).map(({ id }) => id));
    for (const id of ids.filter((one) => !known.has(one))) {
      await deps.messages.askGrantAgain(id);
      deps.log.warn({ grantId: id }, 'A running grant was not recorded; asked again');
      asked += 1;
    }
  };
  let batch: string[] = [];
  for await (const id of deps.runs.running(deps.clock.now() - ASKING_MS)) {
    batch.push(id);
    if (batch.length < PAGE) continue;
    await askUnknown(batch);
    batch = [];
  }
  await askUnknown(batch);
  return { asked };
}

export interface GrantPage {
  grants: Grant[];
  /** Ids of those whose workflow runs. */
  running: Set<string>;
  /** The Kisi organization of each door mapping that still exists. */
  organizationOf: Map<string, number>;
  /** Door mappings whose integration was removed. */
  waiting: Set<string>;
  /** Where to go on; `null` on the last page. */
  after: string | null;
}

export async function readPage(
  deps: AccessDeps,
  now: number,
  after: string | null,
): Promise<GrantPage> {
  const grants = await deps.store.grants.live(now, after, PAGE);
  const mappingIds = new Set(grants.map(({ doorMappingId }) => doorMappingId));
  const [running, mappings] = await Promise.all([
    deps.runs.runningAmong(grants.map(({ id }) => id)),
    deps.store.doorMappings.getMany([...mappingIds]),
  ]);
  const last = grants.at(-1);
  return {
    grants,
    running,
    organizationOf: new Map(mappings.map(({ id, organizationId }) => [id, organizationId])),
    waiting: new Set(mappings.filter(({ active }) => !active).map(({ id }) => id)),
    after: grants.length === PAGE && last ? last.id : null,
  };
}

/** Whether this grant opens its door now, as far as it is recorded. */
function isOpen(grant: Grant, now: number): boolean {
  return isWanted(grant, now) && grant.startsAt <= now && grant.provisioning === 'in_place';
}

/**
 * Asks a running grant again that is overdue or whose wish is gone; what it counts as.
 *
 * @param wishes `null`: it is not looked at whether its wish is there
 */
async function askWhereNeeded(
  deps: AccessDeps,
  grant: Grant,
  wishes: readonly StoredWish[] | null,
  now: number,
): Promise<'expired' | 'asked' | null> {
  const overdue = grant.endsAt !== null && grant.endsAt + OVERDUE_MS < now;
  const own = wishes?.filter(({ grantId }) => grantId === grant.id) ?? null;
  const isLost = own !== null && hasLostItsWish(grant, own, now);
  if (!overdue && !isLost) return null;
  await deps.messages.askGrantAgain(grant.id);
  return overdue ? 'expired' : 'asked';
}

function hasLostItsWish(grant: Grant, own: readonly StoredWish[], now: number): boolean {
  // One that is in trouble asks by itself, and one that has only just changed is about to write it.
  const asksItself = grant.provisioning === 'attention';
  const isAsking = !grant.settled && now < grant.changedAt + ASKING_MS;
  if (!isWanted(grant, now) || asksItself || isAsking) return false;
  const { revision } = grant;
  return !own.some(
    (wish) => wish.revision > revision || (wish.wanted && wish.revision === revision),
  );
}

/** How a grant that does not run ended; `null` when it runs after all, or is closed rightly. */
export async function missingEnd(
  deps: AccessDeps,
  grant: Grant,
  now: number,
): Promise<'terminated' | 'closed' | 'unknown' | null> {
  // A cancelled grant is closed rightly: its stop stands and nothing of it is left.
  if (!isWanted(grant, now) && grant.provisioning === 'removed' && grant.settled) return null;
  const end = await deps.runs.lastEnd(grant.id);
  return end === 'running' ? null : end;
}

export async function startMissing(
  deps: AccessDeps,
  grant: Grant,
  end: 'terminated' | 'closed' | 'unknown',
  now: number,
): Promise<void> {
  if (end === 'terminated') {
    const reason = 'Its workflow was terminated from outside. Restore it to give access again.';
    const stopped = withStop(grant, 'terminated', now, RECONCILIATION, reason);
    await deps.messages.startGrant(stopped, 'revoke');
  } else {
    await deps.messages.startGrant(grant, 'retry');
  }
  // What its source said last may not have been recorded before it was terminated.
  await Promise.all(sourceOf(grant).map((source) => deps.messages.lookAgainAtSource(source)));
  deps.log.warn({ grantId: grant.id, end }, 'A grant had no running workflow; started again');
}

/** Wishes are kept as tombstones for this long after their end, so that a late repeat finds them. */
const TOMBSTONES_MS = 30 * 86_400_000;

/** Housekeeping of the reconciliation. */
export async function removeOldWishes(deps: AccessDeps): Promise<void> {
  await deps.store.wishes.removeOlderThan(deps.clock.now() - TOMBSTONES_MS);
}
