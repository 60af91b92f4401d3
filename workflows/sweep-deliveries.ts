import type { EventRecordsActivities } from '../src/contracts/event-activities';
import { minutelyActivities } from './activity-options';

/** The next minute comes anyway. */
const records = minutelyActivities<EventRecordsActivities>();

/**
 * Every minute, what a crash or an outage of Temporal has left: wakes subscriptions whose events nobody
 * sends, and has changes of a hold followed that nobody was told of.
 */
export async function sweepDeliveries(): Promise<void> {
  await records.wakeDueDeliveries();
}
