import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KnownRow } from '../contracts/pass-messages';
import type { LearnedBehaviour, Wish } from '../domain/door';
import type { Window } from '../domain/grant';
import { ROLL_AFTER_MS, type PassStep } from '../domain/pass-plan';
import { endOf, overlaps, sameFromNowOn, SECOND } from '../domain/windows';
import { KisiError, type KisiClient } from '../kisi';
import type { Intent } from '../store';
import type { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { LAG_MS } from './list-lag';
import type { PassDesire } from './pass-desire';
import { isMissing, listRows, toKnownRow, type PassPlace } from './pass-place';
import { AccessProblem, LookAgain, refusal } from './problems';

/** Steps of one look, and what they change on the way. */
export interface StepContext {
  deps: AccessDeps;
  kisi: KisiClient;
  attempt: Attempt;
  desire: PassDesire;
  place: PassPlace;
  /** What this organization does; updated as answers show it. */
  learned: LearnedBehaviour;
  met: StepsMet;
  now: () => number;
}

/** What the steps of one look have met so far; later steps go by it. */
export interface StepsMet {
  /** Rows that we saw deleted: a list of Kisi's may be behind and still show them. */
  deletedIds: Set<number>;
  /** New rows that Kisi has refused. */
  refusals: number;
  /** Since when a replace leaves the member without access (ms UTC); `null` when none does. */
  gapSince: number | null;
}

/** Kisi takes no new row because of these, and none of them is ours to remove. */
export class RowsInTheWay extends AccessProblem {
  constructor(readonly rows: KnownRow[]) {
    super(
      'foreign_row_blocks',
      'Somebody gave this member another access to the same group in Kisi, and Kisi takes no second one. Remove it in the Kisi dashboard, or end this grant.',
    );
  }
}

type Rows = KnownRow[];
type WorkStep = Exclude<PassStep<KnownRow>, { kind: 'rest' }>;

/** Planning on would ask for the same again and again. */
const OTHER_WINDOW =
  'Kisi made an access with another time window than the one that was asked for. Look at it in the Kisi dashboard.';
/** Kisi's lists may be behind what it does: after a refusal that no list explains, these waits. */
const LIST_WAITS_MS = [0, 500, 1_000, 2_000];
/** So many refusals in one look mean that the lists are behind: planning on would only repeat them. */
const MOST_REFUSALS = 3;

/** Does one step at Kisi and returns the rows as they then are. @throws KisiError, AccessProblem */
export async function perform(ctx: StepContext, step: WorkStep, rows: Rows): Promise<Rows> {
  switch (step.kind) {
    case 'create':
      return create(ctx, ctx.kisi, step.window, rows);
    case 'patch':
      return patch(ctx, step.row, step.window, rows);
    case 'delete':
      await remove(ctx, ctx.kisi, step.row);
      return without(rows, [step.row]);
    case 'replace':
      return replace(ctx, step, rows);
    case 'obstructed':
      throw new RowsInTheWay(rows);
  }
}

async function create(
  ctx: StepContext,
  kisi: KisiClient,
  window: Window,
  rows: Rows,
): Promise<Rows> {
  return carryOut(ctx, kisi, await announce(ctx, window, rows), window, rows);
}

/** The intent is stored first: without it a row whose reply is lost could never be told from a foreign one. */
async function announce(ctx: StepContext, window: Window, rows: Rows): Promise<Intent> {
  const { deps, desire, place } = ctx;
  const now = ctx.now();
  const intent = {
    id: randomUUID(),
    passKey: desire.key,
    organizationId: desire.pass.organizationId,
    kisiUserId: place.link.kisiUserId,
    groupId: place.groupId,
    from: window.from <= now ? null : window.from,
    until: window.until,
    existingRowIds: rows.map((row) => row.id),
    at: now,
  };
  await deps.store.intents.put(intent);
  return intent;
}

/** Sends what was announced; nothing is read or stored before that. */
async function carryOut(
  ctx: StepContext,
  kisi: KisiClient,
  intent: Intent,
  window: Window,
  rows: Rows,
): Promise<Rows> {
  const { deps, desire, attempt } = ctx;
  const now = ctx.now();
  try {
    const made = await kisi.createRoleAssignment(
      {
        userId: intent.kisiUserId,
        groupId: intent.groupId,
        validFrom: intent.from,
        validUntil: intent.until,
      },
      attempt.call,
    );
    await deps.store.kisiRows.put({
      roleAssignmentId: made.id,
      organizationId: intent.organizationId,
      passKey: intent.passKey,
      kisiUserId: intent.kisiUserId,
      groupId: intent.groupId,
      from: made.validFrom,
      until: made.validUntil,
    });
    await deps.store.intents.remove(desire.key, [intent.id]);
    if (window.from <= now) closeGap(deps, desire, ctx.met);
    if (rows.some((row) => row.ours && endOf(row) > now))
      await learn(ctx, { secondRows: 'accepted' });
    const row = toKnownRow(made, true);
    if (!sameFromNowOn(row, window, now))
      throw new AccessProblem('kisi_unexpected_answer', OTHER_WINDOW);
    return [...rows, row];
  } catch (error) {
    if (!(error instanceof KisiError) || error.outcomeUnknown) throw error;
    await deps.store.intents.remove(desire.key, [intent.id]);
    if (error.kind === 'duplicate' || error.kind === 'refused') {
      return understandRefusal(ctx, window, error);
    }
    throw error;
  }
}

/**
 * Kisi refused a new row (409, or 422: both were seen live, kisi/facts.md §4). A list shows why: the
 * row stands already, another row of ours is in the way (which teaches that this organization takes
 * one row only), or a foreign one is.
 */
async function understandRefusal(
  ctx: StepContext,
  window: Window,
  error: KisiError,
): Promise<Rows> {
  ctx.met.refusals += 1;
  if (ctx.met.refusals > MOST_REFUSALS) {
    throw new LookAgain(LAG_MS, 'Kisi refuses what its lists do not explain');
  }
  const rows = await listUntilExplained(ctx, error);
  const now = ctx.now();
  const ours = rows.filter((row) => row.ours);
  if (ours.some((row) => sameFromNowOn(row, window, now))) return rows;
  const alive = ours.filter((row) => endOf(row) > now);
  if (alive.length > 0) {
    await learn(ctx, { secondRows: 'refused' });
    return rows;
  }
  if (ours.length > 0) return makeRoom(ctx, window, ours, rows);
  if (rows.length > 0) throw new RowsInTheWay(rows);
  throw new AccessProblem('kisi_refused', refusal(error));
}

/** Lists the rows; after a 409 again for a while, since something that stands must be the reason. */
async function listUntilExplained(ctx: StepContext, error: KisiError): Promise<Rows> {
  let rows: Rows = [];
  for (const waitMs of error.kind === 'duplicate' ? LIST_WAITS_MS : [0]) {
    if (waitMs > 0) await sleep(waitMs);
    rows = await listRows(
      ctx.deps,
      ctx.kisi,
      ctx.desire,
      ctx.place,
      ctx.attempt,
      ctx.met.deletedIds,
    );
    if (rows.length > 0) break;
  }
  return rows;
}

/**
 * Only rows that have ended are in the way, which says nothing about second rows. Each is given its
 * second before, because Kisi's clock may be behind ours, unless somebody waits at the door.
 */
async function makeRoom(ctx: StepContext, window: Window, ended: Rows, rows: Rows): Promise<Rows> {
  const settledAt = Math.max(...ended.map(endOf)) + ROLL_AFTER_MS;
  if (window.from > ctx.now() && settledAt > ctx.now()) await sleep(settledAt - ctx.now());
  for (const row of ended) await remove(ctx, ctx.kisi, row);
  return without(rows, ended);
}

/** The contract does not document this call, so only reading back shows what Kisi did (§2.6). */
async function patch(ctx: StepContext, row: KnownRow, window: Window, rows: Rows): Promise<Rows> {
  const { kisi, attempt } = ctx;
  const now = ctx.now();
  const begun = window.from <= now;
  const alreadyBegun = row.from === null || row.from <= now;
  try {
    await kisi.updateRoleAssignmentWindow(
      row.id,
      {
        // A row's past is never rewritten.
        validFrom: begun ? (alreadyBegun ? row.from : null) : window.from,
        validUntil: window.until,
      },
      attempt.call,
    );
  } catch (error) {
    if (isMissing(error)) return forget(ctx, row, rows);
    if (!(error instanceof KisiError) || !['refused', 'duplicate'].includes(error.kind))
      throw error;
    return readBack(ctx, row, window, rows, 'refused');
  }
  return readBack(ctx, row, window, rows, 'ignored');
}

/** What is stored of the row is all that is known of it once the integration has no key any more. */
async function keepWindow({ deps, desire, place }: StepContext, row: KnownRow): Promise<void> {
  await deps.store.kisiRows.put({
    roleAssignmentId: row.id,
    organizationId: desire.pass.organizationId,
    passKey: desire.key,
    kisiUserId: row.userId,
    groupId: place.groupId,
    from: row.from,
    until: row.until,
  });
}

/**
 * What a PATCH has made of the row. Only a row that is as it was shows that Kisi does not do this:
 * `unchanged` is learned then. One that is halfway there is planned for anew.
 */
async function readBack(
  ctx: StepContext,
  row: KnownRow,
  window: Window,
  rows: Rows,
  unchanged: 'refused' | 'ignored',
): Promise<Rows> {
  try {
    const after = toKnownRow(await ctx.kisi.getRoleAssignment(row.id, ctx.attempt.call), true);
    if (sameFromNowOn(after, window, ctx.now())) await learn(ctx, { patch: 'honoured' });
    else if (after.from === row.from && after.until === row.until) {
      await learn(ctx, { patch: unchanged });
    }
    await keepWindow(ctx, after);
    return rows.map((other) => (other.id === row.id ? after : other));
  } catch (error) {
    if (isMissing(error)) return forget(ctx, row, rows);
    throw error;
  }
}

/**
 * Kisi takes neither a second row nor a new window: delete and create follow each other at once,
 * with the limiter's slots taken and the intent stored before, so that the gap is as short as two
 * calls and no trouble of MongoDB can make it longer. It begins only while the attempt is young
 * enough to end it.
 */
async function replace(
  ctx: StepContext,
  step: Extract<WorkStep, { kind: 'replace' }>,
  rows: Rows,
): Promise<Rows> {
  const { deps, desire, attempt, met } = ctx;
  const { row, window } = step;
  return ctx.kisi.withReservedSlots(2, attempt.callEarly, async (kisi) => {
    const intent = await announce(ctx, window, rows);
    const startedAt = ctx.now();
    try {
      await kisi.deleteRoleAssignment(row.id, { ...attempt.callEarly, partOfChange: true });
    } catch (error) {
      await deps.store.intents.remove(desire.key, [intent.id]);
      throw error;
    }
    met.deletedIds.add(row.id);
    if (step.gap) met.gapSince ??= startedAt;
    try {
      return await carryOut(ctx, kisi, intent, window, without(rows, [row]));
    } finally {
      await forgetDeleted(ctx, row);
    }
  });
}

/** Counts the gap that a replace has left, if one did, whether it is over or only as long as it was seen. */
export function closeGap(deps: AccessDeps, { key }: PassDesire, met: StepsMet): void {
  if (met.gapSince === null) return;
  const gapMs = deps.clock.now() - met.gapSince;
  met.gapSince = null;
  deps.metrics.replaceGapSeconds.observe(gapMs / 1_000);
  deps.log.warn({ passKey: key, gapMs }, 'A change left a gap: Kisi takes no other way');
}

async function remove(ctx: StepContext, kisi: KisiClient, row: KnownRow): Promise<void> {
  await kisi.deleteRoleAssignment(row.id, ctx.attempt.call);
  ctx.met.deletedIds.add(row.id);
  await forgetDeleted(ctx, row);
}

async function forgetDeleted(ctx: StepContext, row: KnownRow): Promise<void> {
  await ctx.deps.store.kisiRows.remove(ctx.desire.key, row.id);
  if (endOf(row) <= ctx.now()) await measureLateness(ctx, row);
}

/** By how much a row that ended by itself outlived the last wish that it held. */
async function measureLateness({ deps, desire }: StepContext, row: KnownRow): Promise<void> {
  const held = desire.wishes.filter((wish) => overlaps(wish, row));
  const last = held.reduce<Wish | null>(
    (latest, wish) => (latest && endOf(latest) >= endOf(wish) ? latest : wish),
    null,
  );
  // A wish that goes on is held by another row: nothing has ended.
  if (!last || endOf(last) - endOf(row) >= SECOND) return;
  const ms = Math.max(0, endOf(row) - endOf(last));
  deps.metrics.grantEndLatenessSeconds.observe({ cause: 'expire' }, ms / 1_000);
  const doorMappingId = (await deps.store.grants.get(last.grantId))?.doorMappingId ?? null;
  const of = `${desire.key}:${String(row.id)}`;
  await deps.store.settlements.append([{ kind: 'end', of, doorMappingId, at: endOf(row), ms }]);
}

async function forget(ctx: StepContext, row: KnownRow, rows: Rows): Promise<Rows> {
  ctx.met.deletedIds.add(row.id);
  await ctx.deps.store.kisiRows.remove(ctx.desire.key, row.id);
  return without(rows, [row]);
}

function without(rows: Rows, gone: readonly KnownRow[]): Rows {
  return rows.filter((row) => !gone.some((other) => other.id === row.id));
}

async function learn(ctx: StepContext, lesson: Partial<LearnedBehaviour>): Promise<void> {
  const news = Object.entries(lesson).some(
    ([what, shown]) => ctx.learned[what as keyof LearnedBehaviour] !== shown,
  );
  if (!news) return;
  Object.assign(ctx.learned, lesson);
  await ctx.deps.store.integrations.learn(ctx.desire.pass.organizationId, lesson);
  ctx.deps.log.info({ organizationId: ctx.desire.pass.organizationId, lesson }, 'Learned of Kisi');
}
