import {
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  holdChangedSignal,
  type MemberHoldActivities,
  type MemberHoldInput,
} from '../src/contracts/member-hold';
import { recordsActivities } from './activity-options';

const records = recordsActivities<MemberHoldActivities>('2m');

/** A caller waits for the doors to be shut; an outage may last for hours. */
const FIRST_WAIT_MS = 150;
const LONGEST_WAIT_MS = 30_000;

/**
 * A member was put on hold, or released, and that is stored: has every pass of the member look, and
 * watches until the doors have followed. A later change is told at once, and what it overtakes ends.
 * Cancelling it is ignored: a door would stay as it is.
 */
export async function memberHold(input: MemberHoldInput): Promise<void> {
  const jobIds = new Set(input.jobIds);
  let changes = 0;
  setHandler(holdChangedSignal, (jobId) => {
    if (typeof jobId === 'string') jobIds.add(jobId);
    changes += 1;
  });
  await CancellationScope.nonCancellable(async () => {
    const { memberId } = input;
    let told = -1;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      if (told !== changes) {
        told = changes;
        waitMs = FIRST_WAIT_MS;
        await records.tellHold({ memberId });
      }
      const { left } = await records.holdLeft({ memberId, jobIds: [...jobIds] });
      setCurrentDetails(`**${String(left)}** accesses have not followed yet`);
      if (told !== changes) continue;
      if (left === 0) return;
      if (workflowInfo().continueAsNewSuggested) {
        await continueAsNew<typeof memberHold>({ memberId, jobIds: [...jobIds] });
      }
      const summary = 'until the doors are looked at again';
      await condition(() => told !== changes, waitMs, { summary });
    }
  });
}
