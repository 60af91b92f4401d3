import { ScheduleAlreadyRunning, ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import {
  ALERT_SCHEDULE_ID,
  DELIVERY_SCHEDULE_ID,
  PROBE_SCHEDULE_ID,
  RECONCILE_SCHEDULE_ID,
  TASK_QUEUES,
  WORKFLOW_TYPES,
} from '../contracts/names';

interface Schedule {
  scheduleId: string;
  workflowType: string;
  every: '1m' | '1h' | '1d';
  /** A start is put off by up to so much. */
  jitter?: '5m' | '1h';
}

/** The look at alerts. */
export const ALERT_WATCH: Schedule = {
  scheduleId: ALERT_SCHEDULE_ID,
  workflowType: WORKFLOW_TYPES.watchAlerts,
  every: '1m',
};

/** All that runs by the clock. */
export const SCHEDULES: readonly Schedule[] = [
  {
    scheduleId: RECONCILE_SCHEDULE_ID,
    workflowType: WORKFLOW_TYPES.reconcile,
    every: '1h',
    jitter: '5m',
  },
  {
    // The look at the rights of every key.
    scheduleId: PROBE_SCHEDULE_ID,
    workflowType: WORKFLOW_TYPES.probeDaily,
    every: '1d',
    jitter: '1h',
  },
  {
    scheduleId: DELIVERY_SCHEDULE_ID,
    workflowType: WORKFLOW_TYPES.sweepDeliveries,
    every: '1m',
  },
  ALERT_WATCH,
];

/** Makes a schedule exist. Safe to call from every process at every start. */
export async function ensureSchedule(
  client: Client,
  { scheduleId, workflowType, every, jitter }: Schedule,
): Promise<void> {
  try {
    await client.schedule.create({
      scheduleId,
      spec: { intervals: [{ every }], ...(jitter !== undefined && { jitter }) },
      policies: {
        // A run that takes longer is not doubled, and the latest that was missed is made up for.
        overlap: ScheduleOverlapPolicy.SKIP,
        catchupWindow: every,
        pauseOnFailure: false,
      },
      action: {
        type: 'startWorkflow',
        workflowType,
        taskQueue: TASK_QUEUES.workflows,
        args: [],
      },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}
