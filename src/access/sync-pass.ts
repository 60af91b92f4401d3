import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncPassInput, SyncPassResult } from '../contracts/activities';
import { PRIORITY } from '../contracts/names';
import type { KnownRow, PassMemory } from '../contracts/pass-messages';
import type { Problem } from '../domain/grant';
import { nextStep, windowsThatWait, type PassView } from '../domain/pass-plan';
import { showInstant } from '../domain/instant';
import { contains, endOf } from '../domain/windows';
import { KisiError, KisiThrottled, KisiTooLate, type KisiClient } from '../kisi';
import { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { knownFault, rememberFault, retryAfter } from './integration-fault';
import { renewLink } from './member-user';
import { readDesire, type PassDesire } from './pass-desire';
import { findPlace, isMissing, listRows, type PassPlace } from './pass-place';
import { perform, type StepContext } from './pass-steps';
import { tellGrants } from './pass-tell';
import { AccessProblem, integrationFault } from './problems';

/** The first of several tries inside one look; each further one waits twice as long. */
const FIRST_RETRY_MS = 250;
/** After an unknown outcome the rows are listed at once and again after this: Kisi may still act. */
const LIST_AGAIN_MS = 60_000;
/** Where a person must act, the pass looks again this often by itself. */
const SLOW_RETRY_MS = 15 * 60_000;
/** What a lock's group is waited for before it is asked for again. */
const GROUP_RETRY_MS = 60_000;
/** More steps than any plan needs; a Kisi that answers everything with lies must not hold a slot. */
const MOST_STEPS = 30;

/** One look's view of things; what it has found out so far decides what it tells in trouble. */
interface Look {
  deps: AccessDeps;
  input: SyncPassInput;
  order: number;
  desire: PassDesire;
  attempt: Attempt;
  rows: KnownRow[] | null;
  memory: PassMemory | null;
  /** A write was sent whose outcome nobody knows. */
  outcomeUnknown: boolean;
}

/**
 * One look of a pass: reads every wish, makes Kisi's rows equal their union from now on, and tells
 * each grant what became of its wish. Whatever Kisi says comes back as a result; only MongoDB and
 * Temporal errors are thrown, for Temporal to retry.
 *
 * @param attemptNumber Temporal's count of attempts at this look, from 1
 */
export async function syncPass(
  deps: AccessDeps,
  input: SyncPassInput,
  attemptNumber: number,
): Promise<SyncPassResult> {
  const desire = await readDesire(deps, input.pass, deps.clock.now());
  const look: Look = {
    deps,
    input,
    order: input.turn * 1_000 + Math.min(attemptNumber, 999),
    desire,
    attempt: new Attempt(),
    rows: null,
    memory: input.memory,
    outcomeUnknown: false,
  };
  const fault = knownFault(desire.integration, deps.clock.now());
  if (fault) return blocked(look, fault);

  for (let retryMs = FIRST_RETRY_MS; ; retryMs *= 2) {
    try {
      return await settle(look);
    } catch (error) {
      const result = await understand(look, error, retryMs);
      if (result) return result;
      await sleep(retryMs);
    }
  }
}

/** The look when all goes well. */
async function settle(look: Look): Promise<SyncPassResult> {
  const { deps, desire, attempt } = look;
  const kisi = await deps.kisi.forOrganization(desire.pass.organizationId);
  const found = await findPlace(deps, kisi, desire, attempt);
  if (found.kind === 'nothing') {
    look.rows = [];
    return atRest(look, { kind: 'rest', wakeAt: null });
  }
  if (found.kind === 'no_group') return withoutGroup(look, kisi);
  const { place } = found;
  const ctx: StepContext = {
    deps,
    kisi,
    attempt,
    desire,
    place,
    learned: { ...desire.integration.learned },
    now: () => deps.clock.now(),
  };
  try {
    await remember(
      look,
      place,
      look.memory?.groupId === place.groupId ? look.memory.rows : null,
      kisi,
    );
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      desire.integration.learned = ctx.learned;
      const step = nextStep(viewOf(look));
      if (step.kind === 'rest') return await atRest(look, step);
      await take(look, ctx, step);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
    await renewPlace(ctx);
    look.memory = null;
    return again(look, 0, 'the user or the group was gone at Kisi and is looked up anew');
  }
  look.memory = null;
  return again(look, 1_000, 'Kisi did not come to rest');
}

/** Takes the rows that the pass remembers, or lists them. */
async function remember(
  look: Look,
  place: PassPlace,
  known: KnownRow[] | null,
  kisi: KisiClient,
): Promise<void> {
  const { deps, desire, attempt } = look;
  const listedAt = known ? (look.memory?.listedAt ?? 0) : deps.clock.now();
  look.rows = known ?? (await listRows(deps, kisi, desire, place, attempt));
  look.memory = { groupId: place.groupId, rows: look.rows, listedAt };
}

/**
 * One step. When it fails half done, what the rows are now is unknown; only a single request that
 * was never sent leaves them as they were.
 */
async function take(
  look: Look,
  ctx: StepContext,
  step: Parameters<typeof perform>[1],
): Promise<void> {
  const { rows, memory } = look;
  look.rows = null;
  look.memory = null;
  try {
    look.rows = await perform(ctx, step, rows ?? []);
    look.memory = memory && { ...memory, rows: look.rows };
  } catch (error) {
    const single = step.kind === 'create' || step.kind === 'delete';
    if (single && error instanceof KisiTooLate) Object.assign(look, { rows, memory });
    throw error;
  }
}

/** 404 for a new row: the user or the group is gone (kisi/facts.md §2.6). */
async function renewPlace(ctx: StepContext): Promise<void> {
  const { deps, kisi, attempt, desire, place } = ctx;
  const { organizationId, target } = desire.pass;
  if (await isGone(() => kisi.getGroup(place.groupId, attempt.call))) {
    if (target.kind === 'group') {
      throw new AccessProblem(
        'kisi_group_missing',
        'The group of this door mapping no longer exists in Kisi. Map the door to another group.',
      );
    }
    await deps.store.lockGroups.remove(organizationId, target.id);
  }
  if (await isGone(() => kisi.getUser(place.link.kisiUserId, attempt.call))) {
    await renewLink(deps, kisi, desire.pass, attempt);
  }
}

async function isGone(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read();
    return false;
  } catch (error) {
    if (isMissing(error)) return true;
    throw error;
  }
}

function viewOf(look: Look): PassView<KnownRow> {
  const { deps, desire, rows } = look;
  return {
    now: deps.clock.now(),
    wanted: desire.wanted,
    rows: rows ?? [],
    learned: desire.integration.learned,
  };
}

// ── How a look ends ─────────────────────────────────────────────────────────────────────────────

async function atRest(
  look: Look,
  rest: { kind: 'rest'; wakeAt: number | null },
): Promise<SyncPassResult> {
  const { deps, desire } = look;
  const view = viewOf(look);
  await tellGrants(look, { kind: 'rest', view });
  await deps.store.integrations.recordSuccess(desire.pass.organizationId);
  await savePass(look, null);
  const intents = await deps.store.intents.byPass(desire.key);
  const unsure = look.outcomeUnknown || intents.length > 0;
  if (unsure) await clearOldIntents(look, intents);
  const listAgainAt = unsure ? deps.clock.now() + LIST_AGAIN_MS : null;
  const wakeAt = earliest(rest.wakeAt, listAgainAt);
  const empty = !unsure && desire.wanted.length === 0 && !view.rows.some((row) => row.ours);
  const wakePriority = windowsThatWait(view).length > 0 ? PRIORITY.due : PRIORITY.cleanUp;
  const waitsFor = wakeAt === null ? 'a poke' : `${showInstant(wakeAt)}, or a poke`;
  return {
    outcome: 'synced',
    memory: unsure ? null : look.memory,
    wakeAt,
    wakePriority,
    empty,
    waitsFor,
  };
}

/** An intent whose row has not shown up for this long never will. */
async function clearOldIntents(
  look: Look,
  intents: readonly { id: string; at: number }[],
): Promise<void> {
  const { deps, desire } = look;
  const old = intents.filter(({ at }) => at + LIST_AGAIN_MS <= deps.clock.now());
  if (old.length > 0)
    await deps.store.intents.remove(
      desire.key,
      old.map(({ id }) => id),
    );
}

async function withoutGroup(look: Look, kisi: KisiClient): Promise<SyncPassResult> {
  const { deps, desire } = look;
  const { organizationId, target } = desire.pass;
  const problem: Problem = {
    type: 'group_missing',
    detail: 'The Kisi group of this lock is being made.',
  };
  await mustExist(look, kisi);
  look.rows = [];
  await tellGrants(look, { kind: 'waits', problem });
  await savePass(look, null);
  await deps.messages.requestLockGroup(organizationId, target.id, desire.pass);
  return {
    outcome: 'synced',
    memory: null,
    wakeAt: deps.clock.now() + GROUP_RETRY_MS,
    wakePriority: PRIORITY.normal,
    empty: false,
    waitsFor: problem.detail,
  };
}

/** No group can be made for a lock that is gone, and nobody but a person can mend that. */
async function mustExist({ desire, attempt }: Look, kisi: KisiClient): Promise<void> {
  if (!(await isGone(() => kisi.getLock(desire.pass.target.id, attempt.call)))) return;
  throw new AccessProblem(
    'kisi_lock_missing',
    'The lock of this door mapping no longer exists in Kisi. Map the door to another lock.',
  );
}

/** What an error means for this look; `null`: try again within it. */
async function understand(
  look: Look,
  error: unknown,
  retryMs: number,
): Promise<SyncPassResult | null> {
  if (error instanceof AccessProblem) return attention(look, error.problem);
  if (!(error instanceof KisiError)) throw error;
  if (error.outcomeUnknown) {
    const before = look.outcomeUnknown;
    look.outcomeUnknown = true;
    look.rows = null;
    look.memory = null;
    // Once is a lost reply, and a list resolves it; twice in a row is a Kisi in trouble.
    if (!before && look.attempt.isYoung) return null;
  }
  if (error.kind === 'too_late') return again(look, 0, 'the attempt grew old waiting for its turn');
  if (error instanceof KisiThrottled) {
    return again(look, error.retryAfterMs ?? 1_000, 'Kisi asks to slow down');
  }
  if (error.kind === 'unavailable' && look.attempt.isYoung && retryMs <= 2_000) return null;
  const fault = integrationFault(error);
  if (!fault) return attention(look, { type: 'kisi_refused', detail: error.message });
  await rememberFault(look.deps, look.desire.integration, fault);
  return blocked(look, fault);
}

async function blocked(look: Look, fault: Problem): Promise<SyncPassResult> {
  await tellGrants(look, { kind: 'waits', problem: fault });
  await savePass(look, fault);
  // A prober that healed the integration before this pass stood among the blocked has not poked it.
  const { organizationId } = look.desire.pass;
  const integration = await look.deps.store.integrations.byOrganization(organizationId);
  if (integration?.fault === null) return again(look, 0, 'the fault was healed meanwhile');
  return {
    outcome: 'blocked',
    memory: look.memory,
    wakeAt: look.deps.clock.now() + Math.max(SLOW_RETRY_MS, retryAfter(fault.type)),
    waitsFor: fault.detail,
  };
}

async function attention(look: Look, problem: Problem): Promise<SyncPassResult> {
  await tellGrants(look, { kind: 'attention', problem });
  await savePass(look, null);
  return {
    outcome: 'synced',
    memory: null,
    wakeAt: look.deps.clock.now() + SLOW_RETRY_MS,
    wakePriority: PRIORITY.normal,
    empty: false,
    waitsFor: `a person: ${problem.detail}`,
  };
}

async function again(look: Look, afterMs: number, waitsFor: string): Promise<SyncPassResult> {
  await savePass(look, null);
  return { outcome: 'again', memory: look.memory, afterMs, waitsFor };
}

/** What the prober and the reconciliation need to know of this pass. */
async function savePass(look: Look, fault: Problem | null): Promise<void> {
  const { deps, desire, rows } = look;
  const now = deps.clock.now();
  const open = rows ?? look.memory?.rows ?? [];
  const starts = desire.wanted.map((window) => window.from).filter((from) => from > now);
  const isWantedNow = desire.wanted.some((window) => contains(window, now));
  await deps.store.passes.save({
    pass: desire.pass,
    turn: look.input.turn,
    blocked: fault,
    removalDue:
      !isWantedNow &&
      (rows === null
        ? desire.wishes.some((wish) => !wish.wanted && wish.told?.state !== 'removed')
        : open.some((row) => row.ours && contains(row, now) && endOf(row) > now)),
    nextStartAt: isWantedNow ? now : starts.length > 0 ? Math.min(...starts) : null,
  });
}

function earliest(...times: (number | null)[]): number | null {
  const real = times.filter((time): time is number => time !== null);
  return real.length > 0 ? Math.min(...real) : null;
}
