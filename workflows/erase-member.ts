import {
  CancellationScope,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  EraseKisiUsersResult,
  EraseMemberInput,
  ErasureResult,
  MemberKisiActivities,
  MemberRecordsActivities,
} from '../src/contracts/member-activities';
import { kisiTaskQueue, PRIORITY, TASK_QUEUES } from '../src/contracts/names';

const records = proxyActivities<MemberRecordsActivities>({
  taskQueue: TASK_QUEUES.records,
  startToCloseTimeout: '2m',
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '15s' },
});

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 60_000;

/**
 * Erases a member: access away first, then the users at Kisi, then what is written about them. Every
 * step may be repeated, so that a run that was terminated is taken up by asking for it again. It
 * must finally happen, so that cancelling it changes nothing.
 */
export async function eraseMember(input: EraseMemberInput): Promise<ErasureResult> {
  return CancellationScope.nonCancellable(() => erase(input));
}

async function erase(input: EraseMemberInput): Promise<ErasureResult> {
  const { memberId, jobId } = input;
  await records.beginErasure(input);
  const grantsStopped = await stopGrants(memberId);
  await untilNothingIsLeft(input);
  const result: ErasureResult = { grantsStopped, kisiUsersRemoved: 0, kisiUsersKept: 0 };
  const { organizationIds } = await records.linkedOrganizations({ memberId });
  for (const organizationId of organizationIds) {
    const users = await eraseUsers(input, organizationId);
    result.kisiUsersRemoved += users.removed;
    result.kisiUsersKept += users.kept;
  }
  setCurrentDetails('Taking out what is written about the member.');
  await records.forgetMember({ memberId });
  await records.endErasure({ memberId, jobId, result });
  setCurrentDetails(JSON.stringify(result));
  return result;
}

async function stopGrants(memberId: string): Promise<number> {
  let stopped = 0;
  let after: string | null = null;
  do {
    const page: { stopped: number; after: string | null } = await records.stopMemberGrants({
      memberId,
      after,
    });
    stopped += page.stopped;
    after = page.after;
  } while (after !== null);
  await records.lookAgainAtMemberSources({ memberId });
  return stopped;
}

async function untilNothingIsLeft(input: EraseMemberInput): Promise<void> {
  const { memberId, jobId } = input;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const { left } = await records.accessLeft({ memberId, jobId });
    if (left === 0) return;
    await pause(input, waitMs, `${String(left)} accesses are still to go.`);
  }
}

async function eraseUsers(
  input: EraseMemberInput,
  organizationId: number,
): Promise<Extract<EraseKisiUsersResult, { outcome: 'gone' }>> {
  const { memberId, jobId } = input;
  for (;;) {
    const result = await kisiOf(organizationId).eraseKisiUsers.executeWithOptions(
      { summary: 'remove the member’s Kisi user', priority: { priorityKey: PRIORITY.normal } },
      [{ organizationId, memberId, jobId }],
    );
    if (result.outcome === 'gone') return result;
    await pause(input, result.afterMs, result.waitsFor);
  }
}

/** Begins anew with a fresh history after a long outage: what is done already is done quickly. */
async function pause(input: EraseMemberInput, ms: number, waitsFor: string): Promise<void> {
  setCurrentDetails(waitsFor);
  if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof eraseMember>(input);
  await sleep(ms, { summary: waitsFor });
}

function kisiOf(organizationId: number): ReturnType<typeof proxyActivities<MemberKisiActivities>> {
  return proxyActivities<MemberKisiActivities>({
    taskQueue: kisiTaskQueue(organizationId),
    startToCloseTimeout: '1m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}
