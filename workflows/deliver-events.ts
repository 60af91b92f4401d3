import {
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  deliverSignal,
  type DeliverEventsInput,
  type EventActivities,
} from '../src/contracts/event-activities';
import { TASK_QUEUES } from '../src/contracts/names';
import { HEARTBEAT } from './activity-options';

/** A turn lasts 20 s at most (src/events/send-due.ts). Retries are for crashed workers and MongoDB. */
const events = proxyActivities<EventActivities>({
  taskQueue: TASK_QUEUES.events,
  startToCloseTimeout: '60s',
  heartbeatTimeout: HEARTBEAT,
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m' },
});

/**
 * Sends the events of one subscription: what is due now, then sleeps until the next try of what failed,
 * and ends when nothing is pending. What is to be sent stands in MongoDB, so that a run that is
 * cancelled or terminated loses nothing: the next signal or sweep starts another.
 */
export async function deliverEvents(input: DeliverEventsInput): Promise<void> {
  let signals = 0;
  setHandler(deliverSignal, () => {
    signals += 1;
  });
  for (;;) {
    const seen = signals;
    const { nextTryAt } = await events.sendDueEvents(input);
    // The new run begins by looking, so that a signal of this one is not lost with it.
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof deliverEvents>(input);
    if (signals !== seen) continue;
    if (nextTryAt === null) return;
    const pause = nextTryAt - Date.now();
    if (pause <= 0) continue;
    const at = new Date(nextTryAt).toISOString();
    setCurrentDetails(`The next try is due at **${at}**.`);
    await condition(() => signals !== seen, pause, { summary: `next try ${at}` });
  }
}
