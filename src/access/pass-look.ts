import type { SyncPassInput, SyncPassResult } from '../contracts/activities';
import { PRIORITY } from '../contracts/names';
import type { KnownRow, PassMemory } from '../contracts/pass-messages';
import type { Problem } from '../domain/grant';
import { showInstant } from '../domain/instant';
import { windowsThatWait, type PassView } from '../domain/pass-plan';
import { contains, endOf, union } from '../domain/windows';
import { windowsLeft } from '../domain/windows-left';
import type { Attempt } from './attempt';
import type { EmergencyStop } from '../store';
import type { AccessDeps } from './deps';
import type { ListLag } from './list-lag';
import { problemOfStop } from './emergency-stop';
import { retryAfter } from './integration-fault';
import { isLeaving, REMOVED, type PassDesire } from './pass-desire';
import type { StepsMet } from './pass-steps';
import { tellGrants } from './pass-tell';

/** After an unknown outcome the rows are listed at once and again after this: Kisi may still act. */
export const LIST_AGAIN_MS = 60_000;
/** Where a person must act, the pass looks again this often by itself. */
const SLOW_RETRY_MS = 15 * 60_000;
/** Clocks differ, so that a row is believed to be over only so long after its end. */
const AFTER_THE_END_MS = 60_000;
/** What a lock's group is waited for before it is asked for again. */
const GROUP_RETRY_MS = 60_000;

/** One look's view of things; what it has found out so far decides what it tells in trouble. */
export interface Look extends ListLag {
  deps: AccessDeps;
  input: SyncPassInput;
  order: number;
  desire: PassDesire;
  attempt: Attempt;
  rows: KnownRow[] | null;
  memory: PassMemory | null;
  /** A write was sent whose outcome nobody knows. */
  outcomeUnknown: boolean;
  /** Until this (ms UTC) an unknown outcome, of this look or one before, may still show at Kisi. */
  listAgainAt: number | null;
  /** What the steps of this look have met, over all its tries. */
  met: StepsMet;
}

/** What the plan depends on, at this moment. */
export function viewOf(look: Look): PassView<KnownRow> {
  const { deps, desire, rows } = look;
  return {
    now: deps.clock.now(),
    wanted: desire.wanted,
    rows: rows ?? [],
    learned: desire.integration.learned,
  };
}

/** Of an integration that is being left: what stands and ends by itself is wanted, nothing else. */
export function wantWhatIsLeft(look: Look): void {
  const { deps, desire, rows } = look;
  if (isLeaving(desire)) desire.wanted = windowsLeft(desire.wishes, rows ?? [], deps.clock.now());
}

// ── How a look ends ─────────────────────────────────────────────────────────────────────────────

/** The rows are as wanted, or as near to it as Kisi allows. */
export async function atRest(
  look: Look,
  rest: { kind: 'rest'; wakeAt: number | null },
): Promise<SyncPassResult> {
  const { deps, desire } = look;
  const view = viewOf(look);
  const told = await tellGrants(look, { kind: 'rest', view });
  await deps.store.integrations.recordSuccess(desire.pass.organizationId);
  await savePass(look, null, told);
  // The fault had outlived its prober, or it was never started; it alone lets the blocked go on.
  if (desire.integration.fault) {
    await deps.messages.startProber(desire.pass.organizationId);
  }
  const listAgainAt = await whenToListAgain(look);
  const listAt = earliest(listAgainAt, look.behindUntil);
  const unsure = listAt !== null;
  const wakeAt = earliest(rest.wakeAt, listAt);
  // A window may have ended while this look was under way: nobody wakes a pass for it any more.
  const isWanted = desire.wanted.some((window) => endOf(window) > view.now);
  const empty = !unsure && !isWanted && !view.rows.some((row) => row.ours);
  const restPriority = look.behindUntil === null ? PRIORITY.cleanUp : PRIORITY.soon;
  const wakePriority = windowsThatWait(view).length > 0 ? PRIORITY.due : restPriority;
  const waitsFor = wakeAt === null ? 'a poke' : `${showInstant(wakeAt)}, or a poke`;
  return {
    outcome: 'synced',
    memory: unsure ? null : look.memory,
    listAgainAt,
    wakeAt,
    wakePriority,
    empty,
    waitsFor,
  };
}

/**
 * When the rows must be listed once more; `null` when nothing may show any longer. A look that came
 * to an end after that time has listed them, for until then no memory is kept.
 */
async function whenToListAgain(look: Look): Promise<number | null> {
  const now = look.deps.clock.now();
  const asked = look.listAgainAt !== null && look.listAgainAt > now ? look.listAgainAt : null;
  const isIntentOpen = await hasOpenIntents(look);
  return asked ?? (isIntentOpen ? now + LIST_AGAIN_MS : null);
}

/** Whether a row may yet show up. An intent whose row has not done so for this long never will. */
async function hasOpenIntents({ deps, desire }: Look): Promise<boolean> {
  const intents = await deps.store.intents.byPass(desire.key);
  const old = intents.filter(({ at }) => at + LIST_AGAIN_MS <= deps.clock.now());
  if (old.length > 0) {
    const ids = old.map(({ id }) => id);
    await deps.store.intents.remove(desire.key, ids);
  }
  return old.length < intents.length;
}

/** The group is asked for; its maker pokes the pass when it stands. */
export async function withoutGroup(look: Look): Promise<SyncPassResult> {
  const { deps, desire } = look;
  const { organizationId, target } = desire.pass;
  const problem: Problem = {
    type: 'group_missing',
    detail: 'The Kisi group of this lock is being made.',
  };
  look.rows = [];
  const told = await tellGrants(look, { kind: 'waits', problem });
  await savePass(look, null, told);
  await deps.messages.requestLockGroup(organizationId, target.id, desire.pass);
  return {
    outcome: 'synced',
    memory: null,
    listAgainAt: look.listAgainAt,
    wakeAt: deps.clock.now() + GROUP_RETRY_MS,
    wakePriority: PRIORITY.normal,
    empty: false,
    waitsFor: problem.detail,
  };
}

/**
 * The integration was removed and has no key: nothing can be asked of Kisi. What was left there is
 * known, and ends by itself; whoever waits is asked again when the organization is connected again.
 */
export async function withoutConnection(look: Look): Promise<SyncPassResult> {
  const { deps, desire } = look;
  const now = deps.clock.now();
  const stored = await deps.store.kisiRows.byPass(desire.key);
  const wasLeft = desire.integration.removal?.mode === 'leave';
  look.memory = null;
  // The removal was done when Kisi showed nothing else, whatever is stored.
  look.rows = stored
    .filter((row) => wasLeft && row.until !== null && endOf(row) > now)
    .map((row) => ({
      id: row.roleAssignmentId,
      userId: row.kisiUserId,
      from: row.from,
      until: row.until,
      ours: true,
    }));
  // A hold cannot be carried out either, so that what stands is told whatever the member is.
  desire.held = REMOVED;
  desire.wanted = windowsLeft(desire.wishes, look.rows, now);
  const told = await tellGrants(look, { kind: 'rest', view: viewOf(look) });
  await savePass(look, null, told);
  const ends = look.rows.map(endOf).filter((end) => Number.isFinite(end));
  const wakeAt = ends.length > 0 ? Math.min(...ends) + AFTER_THE_END_MS : null;
  return {
    outcome: 'synced',
    memory: null,
    listAgainAt: null,
    wakeAt,
    wakePriority: PRIORITY.cleanUp,
    empty: wakeAt === null,
    waitsFor: 'the Kisi organization to be connected again',
  };
}

/** The whole integration is in trouble: the prober pokes when it is healed. */
export async function blocked(look: Look, fault: Problem): Promise<SyncPassResult> {
  const told = await tellGrants(look, { kind: 'waits', problem: fault });
  await savePass(look, fault, told);
  // A prober that healed the integration before this pass stood among the blocked has not poked it.
  const { organizationId } = look.desire.pass;
  const integration = await look.deps.store.integrations.byOrganization(organizationId);
  if (integration?.fault === null) return again(look, 0, 'the fault was healed meanwhile');
  return {
    outcome: 'blocked',
    memory: memoryOf(look),
    listAgainAt: look.listAgainAt,
    wakeAt: look.deps.clock.now() + Math.max(SLOW_RETRY_MS, retryAfter(fault.type)),
    waitsFor: fault.detail,
  };
}

/**
 * An emergency stop holds back what there is to do; its release pokes the pass.
 *
 * @param wakeAt when there may be something to remove all the same (ms UTC)
 */
export async function heldBack(
  look: Look,
  stop: EmergencyStop,
  wakeAt: number | null,
): Promise<SyncPassResult> {
  const { deps, desire } = look;
  const problem = problemOfStop(stop);
  const told = await tellGrants(look, { kind: 'waits', problem });
  await savePass(look, problem, told);
  // A release that came before this pass stood among those that are held back has not poked it.
  const { organizationId } = desire.pass;
  const present = await deps.store.integrations.emergencyStopOf(organizationId);
  if (present?.includeRemovals !== stop.includeRemovals) {
    return again(look, 0, 'the emergency stop was released or changed meanwhile');
  }
  const listAgainAt = await whenToListAgain(look);
  const listAt = earliest(listAgainAt, look.behindUntil);
  const fallback = deps.clock.now() + SLOW_RETRY_MS;
  return {
    outcome: 'blocked',
    memory: listAt === null ? look.memory : null,
    listAgainAt,
    wakeAt: Math.min(fallback, wakeAt ?? fallback, listAt ?? fallback),
    waitsFor: problem.detail,
  };
}

/** Only a person can help; what is in place all the same is told so. */
export async function attention(look: Look, problem: Problem): Promise<SyncPassResult> {
  const told = await tellGrants(look, { kind: 'attention', problem });
  await savePass(look, null, told);
  const listAgainAt = await whenToListAgain(look);
  const listAt = earliest(listAgainAt, look.behindUntil);
  const now = look.deps.clock.now();
  // A row that could not be made shorter must go when the last wish that it holds ends.
  const ends = union(look.desire.wanted)
    .map(endOf)
    .filter((end) => end > now);
  return {
    outcome: 'synced',
    memory: null,
    listAgainAt,
    wakeAt: Math.min(listAt ?? now + SLOW_RETRY_MS, ...ends),
    wakePriority: PRIORITY.normal,
    empty: false,
    waitsFor: `a person: ${problem.detail}`,
  };
}

/** Nothing is told: the next look follows soon. */
export async function again(
  look: Look,
  afterMs: number,
  waitsFor: string,
): Promise<SyncPassResult> {
  await savePass(look, null, false);
  return {
    outcome: 'again',
    memory: memoryOf(look),
    listAgainAt: look.listAgainAt,
    afterMs,
    waitsFor,
  };
}

/** What the prober, the reconciliation and a hold need to know of this pass. */
async function savePass(look: Look, fault: Problem | null, told: boolean): Promise<void> {
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
        ? desire.wishes.some(
            (wish) => (!wish.wanted || desire.held) && wish.told?.state !== 'removed',
          )
        : open.some((row) => row.ours && contains(row, now) && endOf(row) > now)),
    nextStartAt: isWantedNow ? now : starts.length > 0 ? Math.min(...starts) : null,
    holdJobId: desire.member?.holdJobId ?? null,
    told,
  });
}

/** What a list that may be behind has shown is not to be trusted by the next look. */
function memoryOf({ memory, behindUntil }: Look): PassMemory | null {
  return behindUntil === null ? memory : null;
}

function earliest(...times: (number | null)[]): number | null {
  const real = times.filter((time): time is number => time !== null);
  return real.length > 0 ? Math.min(...real) : null;
}
