import { proxyActivities, type ActivityInterfaceFor } from '@temporalio/workflow';
import type { KisiActivities, RecordsActivities } from '../src/contracts/activities';
import { kisiTaskQueue, TASK_QUEUES } from '../src/contracts/names';

/** A worker that shows no sign of life for so long is taken for dead (activities/beating.ts). */
export const HEARTBEAT = '10s';

/**
 * MongoDB and Temporal calls. They must finally happen, so they have neither a total bound nor an
 * attempt limit; an outage of MongoDB costs no history, only attempts.
 */
export function recordsActivities<Activities>(
  startToCloseTimeout: '30s' | '2m' | '5m',
): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({
    taskQueue: TASK_QUEUES.records,
    startToCloseTimeout,
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '15s' },
  });
}

export const records = recordsActivities<RecordsActivities>('30s');

/** The same of what is started every minute: it gives up, since the next one makes up for it. */
export function minutelyActivities<Activities>(): ActivityInterfaceFor<Activities> {
  return proxyActivities<Activities>({
    taskQueue: TASK_QUEUES.records,
    startToCloseTimeout: '30s',
    heartbeatTimeout: HEARTBEAT,
    scheduleToCloseTimeout: '5m',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '15s' },
  });
}

/**
 * Provider calls of one organization. An attempt sends nothing after its first 8 s and each send
 * lasts 8 s at most, so that an attempt that times out here (30 s) is no second writer. Retries are
 * for crashed workers only: what Kisi says comes back as a result.
 */
export function kisiActivities(
  organizationId: number,
): ReturnType<typeof proxyActivities<KisiActivities>> {
  return proxyActivities<KisiActivities>({
    taskQueue: kisiTaskQueue(organizationId),
    startToCloseTimeout: '30s',
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}
