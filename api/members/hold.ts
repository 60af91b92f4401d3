import type { z } from 'zod';
import { rowsUnderHold, wordsOfRowsUnderHold } from '../../src/access/foreign-rows-under-hold';
import { followHold } from '../../src/access/member-hold';
import type { Actor } from '../../src/domain/grant';
import type { Job, Member } from '../../src/store';
import { DEFAULT_LIMITS, type ApiDeps } from '../deps';
import { accepted, found, ok } from '../http/outcomes';
import { reachTemporal } from '../http/reach-temporal';
import { SharedWatch } from '../http/shared-watch';
import type { memberHoldOut } from './hold-schema';
import { presentMember } from './present';

interface HoldChange {
  memberId: string;
  jobId: string;
  by: Actor;
  /** On the clock of `performance.now()`, ms. */
  arrivedAt: number;
}

type HoldBody = z.input<typeof memberHoldOut>;
type HoldAnswer = ReturnType<typeof ok<HoldBody>> | ReturnType<typeof accepted<HoldBody>>;

/**
 * Stores a change of a hold, which shuts My Keys at once, has the passes follow, and waits a little for
 * them. A repetition follows the change that stands, so that one that died half-way is taken up.
 *
 * @param store answers the member as stored; `null`: there is none
 * @throws ApiProblem when there is no such member, or Temporal is away: ask again then
 */
export async function changeHold(
  deps: ApiDeps,
  { memberId, jobId, by, arrivedAt }: HoldChange,
  store: (jobId: string) => Promise<Member | null>,
): Promise<HoldAnswer> {
  const stored = found(await store(jobId), 'member_not_found', memberId);
  const present = stored.holdJobId;
  if (present !== null) {
    await reachTemporal(() => followHold(deps, { memberId, jobId: present }, by));
  }
  const { member, settled } = await afterWait(deps, stored, arrivedAt);
  // After the wait: the looks that followed the hold have written down what they saw.
  const body = await presentHold(deps, member, settled);
  return settled ? ok(body) : accepted(body, `/v1/jobs/${member.holdJobId ?? ''}`);
}

/** How far the latest change of a member's hold has come. @throws ApiProblem when there is no such member */
export async function readHold(deps: ApiDeps, memberId: string): Promise<HoldBody> {
  const member = found(await deps.store.members.get(memberId), 'member_not_found', memberId);
  const { holdJobId } = member;
  const settled = holdJobId === null || isFollowed(await deps.store.jobs.get(holdJobId));
  return presentHold(deps, member, settled);
}

async function presentHold(deps: ApiDeps, member: Member, settled: boolean): Promise<HoldBody> {
  const foreignRows = await rowsUnderHold(deps, member.id);
  const warning = wordsOfRowsUnderHold(foreignRows);
  return { ...presentMember(member), settled, foreignRows, warning, jobId: member.holdJobId };
}

/**
 * Waits until the change of the hold that stands has been followed. Where a later one took its place,
 * that one is waited for and answered: the doors are as it says, or are not yet.
 */
async function afterWait(
  { store, limits }: ApiDeps,
  stored: Member,
  arrivedAt: number,
): Promise<{ member: Member; settled: boolean }> {
  const deadline = arrivedAt + (limits?.settleWaitMs ?? DEFAULT_LIMITS.settleWaitMs);
  const watch = new SharedWatch<Job>(async (ids) => {
    const jobs = await Promise.all(ids.map((id) => store.jobs.get(id)));
    return jobs.filter((job) => job !== null);
  });
  let member = stored;
  while (member.holdJobId !== null) {
    const job = await watch.until(member.holdJobId, ({ state }) => state !== 'running', deadline);
    if (!isOvertaken(job)) return { member, settled: isFollowed(job) };
    member = found(await store.members.get(member.id), 'member_not_found', member.id);
  }
  return { member, settled: true };
}

function isFollowed(job: Job | null): boolean {
  return job?.state === 'done' && !isOvertaken(job);
}

/** Ended because a later change stands: whether any door has followed is the later one's to say. */
function isOvertaken(job: Job | null): boolean {
  return job?.result != null && 'overtaken' in job.result && job.result.overtaken === true;
}
