import { proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
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

/**
 * The hourly run: expires what is overdue, starts what is missing, then compares each organization's
 * rows at Kisi with the wishes. An organization that cannot be read is left to the next run.
 */
export async function reconcile(): Promise<void> {
  const reviewed = { expired: 0, started: 0 };
  let after: string | null = null;
  do {
    const page: ReviewGrantsResult = await records.reviewGrants({ after });
    reviewed.expired += page.expired;
    reviewed.started += page.started;
    after = page.after;
  } while (after !== null);
  await records.removeOldWishes();

  const { organizationIds } = await records.listOrganizations();
  const runId = workflowInfo().firstExecutionRunId;
  const results = await Promise.all(
    organizationIds.map(async (organizationId) => {
      const result = await kisiOf(organizationId).reconcileOrganization.executeWithOptions(
        { summary: 'compare rows', priority: { priorityKey: PRIORITY.reconcile } },
        [{ organizationId, runId, ...reviewed }],
      );
      return `- organization ${String(organizationId)}: ${JSON.stringify(result)}`;
    }),
  );
  setCurrentDetails(`Reviewed grants: ${JSON.stringify(reviewed)}\n\n${results.join('\n')}`);
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
