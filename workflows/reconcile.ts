import {
  ApplicationFailure,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  KisiActivities,
  RecordsActivities,
  ReviewGrantsResult,
} from '../src/contracts/activities';
import { kisiTaskQueue, PRIORITY, TASK_QUEUES } from '../src/contracts/names';

const records = proxyActivities<RecordsActivities>({
  taskQueue: TASK_QUEUES.records,
  startToCloseTimeout: '2m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** How far the review of grants has come; carried over continue-as-new. */
interface Review {
  expired: number;
  started: number;
  after: string | null;
}

/**
 * The hourly run: expires what is overdue, starts what is missing, then compares each organization's
 * rows at Kisi with the wishes. An organization that cannot be read is left to the next run and
 * keeps no other from being compared; the run then fails, so that operators see it.
 */
export async function reconcile(review?: Review): Promise<void> {
  const reviewed = await reviewAll(review ?? { expired: 0, started: 0, after: null });
  await records.removeOldWishes();

  const { organizationIds } = await records.listOrganizations();
  const runId = workflowInfo().firstExecutionRunId;
  const results = await Promise.allSettled(
    organizationIds.map((organizationId) =>
      kisiOf(organizationId).reconcileOrganization.executeWithOptions(
        { summary: 'compare rows', priority: { priorityKey: PRIORITY.reconcile } },
        [{ organizationId, runId, ...reviewed }],
      ),
    ),
  );
  const lines = results.map((result, index) => {
    const what = result.status === 'fulfilled' ? JSON.stringify(result.value) : 'failed';
    return `- organization ${String(organizationIds[index])}: ${what}`;
  });
  setCurrentDetails(`Reviewed grants: ${JSON.stringify(reviewed)}\n\n${lines.join('\n')}`);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw ApplicationFailure.nonRetryable(lines.join('\n'), 'reconcile_incomplete');
}

async function reviewAll(from: Review): Promise<{ expired: number; started: number }> {
  const { expired, started } = from;
  const reviewed = { expired, started };
  let { after } = from;
  do {
    const page: ReviewGrantsResult = await records.reviewGrants({ after });
    reviewed.expired += page.expired;
    reviewed.started += page.started;
    after = page.after;
    if (after !== null && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof reconcile>({ ...reviewed, after });
    }
  } while (after !== null);
  return reviewed;
}

/** Long lists take their time under the limit of 5 requests a second; the next run comes anyway. */
function kisiOf(organizationId: number): ReturnType<typeof proxyActivities<KisiActivities>> {
  return proxyActivities<KisiActivities>({
    taskQueue: kisiTaskQueue(organizationId),
    startToCloseTimeout: '20m',
    scheduleToStartTimeout: '50m',
    retry: { initialInterval: '5s', backoffCoefficient: 2, maximumAttempts: 5 },
  });
}
