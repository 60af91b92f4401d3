import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncPassInput, SyncPassResult } from '../contracts/activities';
import type { KnownRow } from '../contracts/pass-messages';
import { nextStep, type PassStep } from '../domain/pass-plan';
import { stepWhileStopped } from '../domain/pass-plan-stopped';
import { KisiError, KisiThrottled, type KisiClient } from '../kisi';
import type { EmergencyStop } from '../store';
import { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import { knownFault, rememberFault } from './integration-fault';
import { leaveFormerUsers, letGoOfUser } from './former-users';
import { LAG_MS, lagOfListed, readListLag } from './list-lag';
import { formerUsers, isLinkedBy, mustBeEnabled, renewLink } from './member-user';
import { isLeaving, readDesire } from './pass-desire';
import {
  again,
  atRest,
  attention,
  blocked,
  heldBack,
  LIST_AGAIN_MS,
  viewOf,
  wantWhatIsLeft,
  withoutConnection,
  withoutGroup,
  type Look,
} from './pass-look';
import { findPlace, findStandingPlace, isMissing, listRows, type PassPlace } from './pass-place';
import { closeGap, perform, RowsInTheWay, type StepContext } from './pass-steps';
import { AccessProblem, integrationFault, LookAgain, ownProblem } from './problems';

/** The first of several tries inside one look; each further one waits twice as long. */
const FIRST_RETRY_MS = 250;
/** More steps than any plan needs; a Kisi that answers everything with lies must not hold a slot. */
const MOST_STEPS = 30;

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
  const [desire, lag] = await Promise.all([
    readDesire(deps, input.pass, deps.clock.now()),
    readListLag(deps, input.pass),
  ]);
  const look: Look = {
    deps,
    input,
    order: input.turn * 1_000 + Math.min(attemptNumber, 999),
    desire,
    attempt: new Attempt(),
    rows: null,
    // An attempt before this one may have died with a call under way: only a list shows what it did.
    memory: attemptNumber === 1 ? input.memory : null,
    outcomeUnknown: false,
    listAgainAt: input.listAgainAt ?? null,
    ...lag,
    met: { deletedIds: new Set(), refusals: 0, gapSince: null },
  };
  if (!desire.integration.connected) return withoutConnection(look);
  const fault = knownFault(desire.integration, deps.clock.now());
  if (fault) {
    // The attempt before this one may have died between writing the fault down and having it probed.
    if (attemptNumber > 1) await deps.messages.startProber(input.pass.organizationId);
    return blocked(look, fault);
  }
  try {
    return await tryToSettle(look);
  } finally {
    closeGap(deps, desire, look.met);
  }
}

async function tryToSettle(look: Look): Promise<SyncPassResult> {
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
  if (isLeaving(desire)) desire.wanted = [];
  const kisi = await deps.kisi.forOrganization(desire.pass.organizationId);
  const stop = desire.integration.emergencyStop;
  if (stop && desire.wanted.length > 0) {
    const place = await findStandingPlace(deps, desire);
    if (place) return workAt(look, kisi, place);
    look.rows = [];
    return heldBack(look, stop, null);
  }
  const found = await findPlace(deps, kisi, desire, attempt);
  if (found.kind === 'nothing') {
    look.rows = [];
    return atRest(look, { kind: 'rest', wakeAt: null });
  }
  if (found.kind === 'left_over') {
    await leaveFormerUsers({ deps, kisi, desire, group: found.group, attempt }, found.userIds);
    look.rows = [];
    return atRest(look, { kind: 'rest', wakeAt: null });
  }
  if (found.kind === 'no_group') {
    await mustExist(look, kisi);
    return withoutGroup(look);
  }
  return workAt(look, kisi, found.place);
}

/** Makes the rows there equal to what is wanted. */
async function workAt(look: Look, kisi: KisiClient, place: PassPlace): Promise<SyncPassResult> {
  const { deps, desire, attempt } = look;
  const stop = desire.integration.emergencyStop;
  const ctx: StepContext = {
    deps,
    kisi,
    attempt,
    desire,
    place,
    learned: { ...desire.integration.learned },
    met: look.met,
    now: () => deps.clock.now(),
  };
  try {
    const known = remembered(look, place);
    await remember(look, place, known, kisi);
    wantWhatIsLeft(look);
    const former = known ? [] : await formerUsers(deps, desire, place.link);
    // Without a memory whatever comes before the rest makes the next look leave them.
    if (former.length > 0) look.memory = null;
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      desire.integration.learned = ctx.learned;
      const step = stepOf(look);
      if (step.kind === 'held_back') return await heldBack(look, step.stop, step.wakeAt);
      if (step.kind === 'rest') {
        // The user of the present address would have to be made or given the rows first.
        if (stop && desire.wanted.length > 0 && !isLinkedBy(place.link, desire.member)) {
          return await heldBack(look, stop, step.wakeAt);
        }
        if (!known) await leaveUsers(look, ctx, former);
        if (desire.wanted.length > 0) await mustBeEnabled(deps, kisi, place.link, attempt);
        return await atRest(look, step);
      }
      await take(look, ctx, step);
    }
  } catch (error) {
    if (!isMissing(error)) throw error;
    look.memory = null;
    if (!(await renewPlace(look, ctx))) throw error;
    return again(look, 0, 'the user or the group was gone at Kisi and is looked up anew');
  }
  look.memory = null;
  return again(look, 1_000, 'Kisi did not come to rest');
}

/** What there is to do next, as far as no emergency stop holds it back. */
function stepOf(
  look: Look,
): PassStep<KnownRow> | { kind: 'held_back'; wakeAt: number | null; stop: EmergencyStop } {
  const { emergencyStop: stop } = look.desire.integration;
  if (!stop) return nextStep(viewOf(look));
  const step = stepWhileStopped(viewOf(look), stop.includeRemovals);
  return step.kind === 'held_back' ? { ...step, stop } : step;
}

/** The present user holds what it should: what is left on others goes, or the user itself. */
async function leaveUsers(look: Look, ctx: StepContext, former: readonly number[]): Promise<void> {
  const { deps, kisi, desire, place, attempt } = ctx;
  const leaving = { deps, kisi, desire, group: place, attempt };
  await leaveFormerUsers(leaving, former);
  const holdsSomething = former.length > 0 || (look.rows ?? []).some(({ ours }) => ours);
  await letGoOfUser(leaving, place.link, holdsSomething);
}

/** Rows of another place are no memory of this one, and a former user is left only by listing. */
function remembered({ memory }: Look, { groupId, link }: PassPlace): KnownRow[] | null {
  const isOfHere =
    memory?.groupId === groupId &&
    link.formerUserIds.length === 0 &&
    memory.rows.every(({ userId }) => userId === link.kisiUserId);
  return isOfHere ? memory.rows : null;
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
  look.rows = known ?? (await listRows(deps, kisi, desire, place, attempt, look.met.deletedIds));
  look.behindUntil = lagOfListed(look, look.rows, listedAt);
  look.memory = { groupId: place.groupId, rows: look.rows, listedAt };
}

/**
 * One step. When it fails half done, what the rows are now is unknown; only a single request that
 * was surely not carried out leaves them as they were, and a refusal has been understood by listing.
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
    const isSingle = step.kind === 'create' || step.kind === 'delete';
    if (isSingle && error instanceof KisiError && !error.outcomeUnknown) {
      Object.assign(look, { rows, memory });
    }
    if (error instanceof RowsInTheWay) look.rows = error.rows;
    throw error;
  }
}

/** 404 for a new row: the user or the group is gone (kisi/facts.md §2.6). False: neither is. */
async function renewPlace(look: Look, ctx: StepContext): Promise<boolean> {
  const { deps, kisi, attempt, desire, place } = ctx;
  const { target } = desire.pass;
  let isRenewed = false;
  if (await isGone(() => kisi.getGroup(place.groupId, attempt.call))) {
    look.rows = [];
    if (target.kind === 'group') {
      throw new AccessProblem(
        'kisi_group_missing',
        'The group of this door mapping no longer exists in Kisi. Map the door to another group.',
      );
    }
    await forgetGroup(ctx);
    isRenewed = true;
  }
  const { kisiUserId } = place.link;
  if (await isGone(() => kisi.getUser(kisiUserId, attempt.call))) {
    const link = await renewLink(deps, kisi, desire.pass, attempt);
    if (link.kisiUserId === kisiUserId)
      throw new LookAgain(LAG_MS, 'Kisi still lists a user that is gone');
    isRenewed = true;
  }
  return isRenewed;
}

/** The rows in a group go with it. Another pass may have recorded the group's successor already. */
async function forgetGroup({ deps, desire, place }: StepContext): Promise<void> {
  const { organizationId, target } = desire.pass;
  await deps.store.lockGroups.remove(organizationId, target.id, place.groupId);
  for (const row of await deps.store.kisiRows.byPass(desire.key)) {
    if (row.groupId !== place.groupId) continue;
    await deps.store.kisiRows.remove(desire.key, row.roleAssignmentId);
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
  if (error instanceof LookAgain) return again(look, error.afterMs, error.message);
  if (!(error instanceof KisiError)) throw error;
  if (error.outcomeUnknown) {
    const before = look.outcomeUnknown;
    look.outcomeUnknown = true;
    look.listAgainAt = look.deps.clock.now() + LIST_AGAIN_MS;
    look.rows = null;
    look.memory = null;
    // Once is a lost reply, and a list resolves it; twice in a row is a Kisi in trouble.
    if (!before && look.attempt.isYoung) return null;
  }
  if (error.kind === 'stopped') {
    const { emergencyStop } = look.desire.integration;
    return emergencyStop
      ? heldBack(look, emergencyStop, null)
      : again(look, 0, 'an emergency stop was set meanwhile');
  }
  if (error.kind === 'too_late') return again(look, 0, 'the attempt grew old waiting for its turn');
  if (error instanceof KisiThrottled) {
    return again(look, error.retryAfterMs ?? 1_000, 'Kisi asks to slow down');
  }
  if (error.kind === 'unavailable' && look.attempt.isYoung && retryMs <= 2_000) return null;
  const fault = integrationFault(error);
  if (!fault) return attention(look, ownProblem(error));
  await rememberFault(look.deps, look.desire.integration, fault);
  return blocked(look, fault);
}
