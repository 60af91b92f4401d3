import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import { RECONCILE_SCHEDULE_ID, TASK_QUEUES, WORKFLOW_TYPES } from '../contracts/names';

/** Makes the hourly reconciliation exist. Safe to call from every process at every start. */
export async function ensureReconcileSchedule(client: Client): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId: RECONCILE_SCHEDULE_ID,
      spec: { intervals: [{ every: '1h' }], jitter: '5m' },
      policies: {
        // A run that takes longer than an hour is not doubled, and one that was missed is caught up.
        overlap: ScheduleOverlapPolicy.SKIP,
        catchupWindow: '1h',
        pauseOnFailure: false,
      },
      action: {
        type: 'startWorkflow',
        workflowType: WORKFLOW_TYPES.reconcile,
        taskQueue: TASK_QUEUES.workflows,
        args: [],
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
