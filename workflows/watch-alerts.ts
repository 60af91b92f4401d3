import { proxyActivities } from '@temporalio/workflow';
import type { AlertRecordsActivities, NoticeActivities } from '../src/contracts/alert-activities';
import { TASK_QUEUES } from '../src/contracts/names';
import { HEARTBEAT, minutelyActivities } from './activity-options';

/** The next minute comes anyway. */
const records = minutelyActivities<AlertRecordsActivities>();

/**
 * A turn begins its last notice within 5 s, which takes 20 s at most (src/notices/). Tries of a notice
 * are counted in MongoDB; the one retry here is for a worker that died.
 */
const notices = proxyActivities<NoticeActivities>({
  taskQueue: TASK_QUEUES.events,
  startToCloseTimeout: '50s',
  heartbeatTimeout: HEARTBEAT,
  scheduleToCloseTimeout: '2m',
  retry: { initialInterval: '1s', maximumAttempts: 2 },
});

/**
 * Every minute: opens and closes alerts, and sends what people are owed, each channel by itself. All of
 * it stands in MongoDB, so that a run that fails or is terminated is made up for by the next.
 */
export async function watchAlerts(): Promise<void> {
  const { channelIds } = await records.watchAlerts();
  await Promise.allSettled(
    channelIds.map((channelId) =>
      notices.sendDueNotices.executeWithOptions({ summary: `notices of ${channelId}` }, [
        { channelId },
      ]),
    ),
  );
}
