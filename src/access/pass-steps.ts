import { randomUUID } from 'node:crypto';
import type { KnownRow } from '../contracts/pass-messages';
import type { LearnedBehaviour } from '../domain/door';
import type { Window } from '../domain/grant';
import type { PassStep } from '../domain/pass-plan';
import { endOf, overlaps, sameFromNowOn } from '../domain/windows';
import { KisiError, type KisiClient } from '../kisi';
import type { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import type { PassDesire } from './pass-desire';
import { isMissing, listRows, toKnownRow, type PassPlace } from './pass-place';
import { AccessProblem, refusal } from './problems';

/** Steps of one look, and what they change on the way. */
export interface StepContext {
  deps: AccessDeps;
  kisi: KisiClient;
  attempt: Attempt;
  desire: PassDesire;
  place: PassPlace;
  /** What this organization does; updated as answers show it. */
  learned: LearnedBehaviour;
  now: () => number;
}

type Rows = KnownRow[];
type WorkStep = Exclude<PassStep<KnownRow>, { kind: 'rest' }>;

const FOREIGN_ROW_BLOCKS =
  'Somebody gave this member another access to the same group in Kisi, and Kisi takes no second one. Remove it in the Kisi dashboard, or end this grant.';

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
      throw new AccessProblem('foreign_row_blocks', FOREIGN_ROW_BLOCKS);
  }
}

/** The intent is stored first: without it a row whose reply is lost could never be told from a foreign one. */
async function create(
  ctx: StepContext,
  kisi: KisiClient,
  window: Window,
  rows: Rows,
): Promise<Rows> {
  const { deps, desire, place, attempt } = ctx;
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
    if (rows.some((row) => row.ours && endOf(row) > now))
      await learn(ctx, { secondRows: 'accepted' });
    return [...rows, toKnownRow(made, true)];
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
  const now = ctx.now();
  const rows = await listRows(ctx.deps, ctx.kisi, ctx.desire, ctx.place, ctx.attempt);
  const ours = rows.filter((row) => row.ours);
  if (ours.some((row) => sameFromNowOn(row, window, now))) return rows;
  const alive = ours.filter((row) => endOf(row) > now);
  if (alive.length > 0) {
    await learn(ctx, { secondRows: 'refused' });
    return rows;
  }
  if (ours.length > 0) {
    // Only rows that have ended are in the way, which says nothing about second rows.
    for (const row of ours) await remove(ctx, ctx.kisi, row);
    return without(rows, ours);
  }
  if (rows.length > 0) {
    throw new AccessProblem('foreign_row_blocks', FOREIGN_ROW_BLOCKS);
  }
  throw new AccessProblem('kisi_refused', refusal(error));
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
    if (error instanceof KisiError && error.kind === 'refused') {
      await learn(ctx, { patch: 'refused' });
      return rows;
    }
    if (isMissing(error)) return forget(ctx, row, rows);
    throw error;
  }
  try {
    const after = toKnownRow(await kisi.getRoleAssignment(row.id, attempt.call), true);
    await learn(ctx, { patch: sameFromNowOn(after, window, now) ? 'honoured' : 'ignored' });
    return rows.map((other) => (other.id === row.id ? after : other));
  } catch (error) {
    if (isMissing(error)) return forget(ctx, row, rows);
    throw error;
  }
}

/**
 * Kisi takes neither a second row nor a new window: delete and create follow each other at once,
 * with the limiter's slots taken before, so that the gap is as short as two calls.
 */
async function replace(
  ctx: StepContext,
  step: Extract<WorkStep, { kind: 'replace' }>,
  rows: Rows,
): Promise<Rows> {
  const { deps, desire, attempt } = ctx;
  return ctx.kisi.withReservedSlots(2, attempt.call, async (kisi) => {
    const startedAt = ctx.now();
    await remove(ctx, kisi, step.row);
    const after = await create(ctx, kisi, step.window, without(rows, [step.row]));
    if (step.gap) {
      const gapMs = ctx.now() - startedAt;
      deps.metrics.replaceGapSeconds.observe(gapMs / 1_000);
      deps.log.warn({ passKey: desire.key, gapMs }, 'A change left a gap: Kisi takes no other way');
    }
    return after;
  });
}

async function remove(ctx: StepContext, kisi: KisiClient, row: KnownRow): Promise<void> {
  await kisi.deleteRoleAssignment(row.id, ctx.attempt.call);
  await ctx.deps.store.kisiRows.remove(ctx.desire.key, row.id);
  if (endOf(row) <= ctx.now()) measureLateness(ctx, row);
}

/** By how much a row that ended by itself outlived the last wish that it held. */
function measureLateness({ deps, desire }: StepContext, row: KnownRow): void {
  const ends = desire.wishes.filter((wish) => overlaps(wish, row)).map((wish) => endOf(wish));
  const late = Math.max(0, endOf(row) - Math.max(...ends));
  if (Number.isFinite(late)) {
    deps.metrics.grantEndLatenessSeconds.observe({ cause: 'expire' }, late / 1_000);
  }
}

async function forget(ctx: StepContext, row: KnownRow, rows: Rows): Promise<Rows> {
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
