import type { MemberHoldActivities } from '../contracts/member-hold';
import { PRIORITY } from '../contracts/names';
import { passKey, type PassRef } from '../domain/door';
import type { Actor } from '../domain/grant';
import { isAsking } from '../domain/pass-report';
import { endOf } from '../domain/windows';
import type { Job, StoredPass, StoredWish } from '../store';
import type { AccessDeps } from './deps';
import { rowsUnderHold, wordsOfRowsUnderHold } from './foreign-rows-under-hold';

/** A look that was asked for lasts half a minute at most, even where its worker dies. */
const POKED_AGAIN_AFTER_MS = 60_000;

/**
 * Has a stored change of a hold followed: its workflow runs on whatever happens here. Safe to repeat.
 *
 * @throws ServiceError when Temporal is away; what is stored is told later then
 */
export async function followHold(
  {
    store,
    messages,
  }: Pick<AccessDeps, 'store'> & { messages: Pick<AccessDeps['messages'], 'changeHold'> },
  { memberId, jobId }: { memberId: string; jobId: string },
  by: Actor,
): Promise<Job> {
  const job = await store.jobs.begin({ id: jobId, kind: 'member_hold', subjectId: memberId, by });
  await messages.changeHold(memberId, jobId);
  await store.members.markHoldTold(memberId, jobId);
  return job;
}

/**
 * One log row for each live grant of the member, then every pass looks, the rows listed anew. Which
 * rows there are follows from the job and the grants, so that repeating it writes nothing twice.
 */
export async function tellHold(
  deps: AccessDeps,
  { memberId }: { memberId: string },
): Promise<void> {
  const { store, clock, messages } = deps;
  const member = await store.members.get(memberId);
  const job = member?.holdJobId == null ? null : await store.jobs.get(member.holdJobId);
  if (member && job) {
    const grants = await store.grants.wantedBy(memberId, clock.now());
    await store.accessLog.append(
      grants.map((grant) => ({
        id: `${job.id}:${grant.id}`,
        action: member.hold ? 'hold' : 'release',
        status: 'accepted',
        reason: member.hold?.reason ?? null,
        problem: null,
        by: job.by,
        at: job.startedAt,
        grant,
      })),
    );
  }
  const passes = await connectedPasses(deps, memberId);
  await Promise.all(passes.map((pass) => messages.pokePass(pass, PRIORITY.due, true)));
}

/** How far the present change has come, written into its job. Jobs that it has overtaken end. */
export async function holdLeft(
  deps: AccessDeps,
  { memberId, jobIds }: Parameters<MemberHoldActivities['holdLeft']>[0],
): Promise<{ left: number }> {
  const { jobs, members } = deps.store;
  const member = await members.get(memberId);
  const overtaken = jobIds.filter((id) => id !== member?.holdJobId);
  for (const id of overtaken) {
    await jobs.end(id, {
      state: 'done',
      message: 'A later change of the hold, or the erasure of the member, took its place.',
      result: { overtaken: true },
    });
  }
  const job = member?.holdJobId == null ? null : await jobs.get(member.holdJobId);
  if (!member || job?.state !== 'running') return { left: 0 };

  const left = member.hold
    ? await openYet(deps, memberId, job)
    : await shutYet(deps, memberId, job);
  const total = Math.max(job.total ?? 0, left);
  const message = left > 0 ? `Waits for Kisi: ${String(left)} accesses have not followed.` : null;
  await jobs.progress(job.id, { total, done: total - left, message });
  if (left === 0) {
    const foreignRows = await rowsUnderHold(deps, memberId);
    await jobs.end(job.id, {
      state: 'done',
      message: wordsOfRowsUnderHold(foreignRows),
      result: { overtaken: false, foreignRows },
    });
  }
  return { left };
}

/**
 * Passes that may still hold something open. One whose latest look had not read the hold may be about
 * to write what it read before.
 */
async function openYet(deps: AccessDeps, memberId: string, job: Job): Promise<number> {
  const { store, clock } = deps;
  let left = 0;
  for (const pass of await connectedPasses(deps, memberId)) {
    const key = passKey(pass);
    const [record, rows, intents] = await Promise.all([
      lookSince(deps, pass, job),
      store.kisiRows.byPass(key),
      store.intents.byPass(key),
    ]);
    const isOpen = rows.some((row) => endOf(row) > clock.now()) || intents.length > 0;
    if (isOpen || record === null) left += 1;
  }
  return left;
}

/** What a pass has told when it did what could be done. */
const FOLLOWED: readonly string[] = ['in_place', 'queued', 'attention'];

/**
 * Wishes that ask for access and whose pass has not put it back. What was told before the release is
 * no answer: a look that read the hold may have died, or turned back, before it took that word back.
 */
async function shutYet(deps: AccessDeps, memberId: string, job: Job): Promise<number> {
  const now = deps.clock.now();
  const wishes = (await wishesOf(deps, memberId)).filter((wish) => isAsking(wish, now));
  const active = await connectedAmong(
    deps,
    wishes.map(({ pass }) => pass),
  );
  const hasFollowed = ({ told, revision }: StoredWish): boolean =>
    told?.revision === revision &&
    told.problemType !== 'member_on_hold' &&
    FOLLOWED.includes(told.state);
  let left = 0;
  for (const wish of wishes.filter(({ pass }) => active.has(pass.organizationId))) {
    const record = await lookSince(deps, wish.pass, job);
    if (!hasFollowed(wish) || record?.told !== true) left += 1;
  }
  return left;
}

/**
 * What the pass has made known in its latest look, if that had read the change of the hold; `null`:
 * it had not. When a look ended says nothing: it may have begun long before.
 */
async function lookSince(
  { store, messages, clock }: AccessDeps,
  pass: PassRef,
  job: Job,
): Promise<StoredPass | null> {
  const record = await store.passes.get(passKey(pass));
  if (record?.holdJobId === job.id) return record;
  // It was terminated since it was poked, say: nobody else would have it look.
  if (clock.now() - job.startedAt > POKED_AGAIN_AFTER_MS) {
    await messages.pokePass(pass, PRIORITY.due, true);
  }
  return null;
}

async function wishesOf({ store, clock }: AccessDeps, memberId: string): Promise<StoredWish[]> {
  const grants = await store.grants.wantedBy(memberId, clock.now());
  return store.wishes.ofGrants(grants.map(({ id }) => id));
}

/** Every pass that ever looked, and those that are asked for the first time. */
async function connectedPasses(deps: AccessDeps, memberId: string): Promise<PassRef[]> {
  const known = await deps.store.passes.byMember(memberId);
  const asked = (await wishesOf(deps, memberId)).map(({ pass }) => pass);
  const passes = new Map([...known, ...asked].map((pass) => [passKey(pass), pass]));
  const connected = await connectedAmong(deps, [...passes.values()]);
  return [...passes.values()].filter(({ organizationId }) => connected.has(organizationId));
}

async function connectedAmong(
  { store }: AccessDeps,
  passes: readonly PassRef[],
): Promise<Set<number>> {
  const ids = [...new Set(passes.map(({ organizationId }) => organizationId))];
  const integrations = await Promise.all(ids.map((id) => store.integrations.byOrganization(id)));
  return new Set(
    integrations.flatMap((one) => (one?.connected === true ? [one.organizationId] : [])),
  );
}
