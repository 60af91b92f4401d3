import { defineSignal } from '@temporalio/workflow';

/** Starts `deliverEvents`: everything of one subscription. */
export interface DeliverEventsInput {
  subscriptionId: string;
}

/** Signal of `deliverEvents`: there is something to send. It carries no data. */
export const deliverSignal = defineSignal('deliver');

/** Activities on `access-events`: requests to receivers of events. */
export interface EventActivities {
  /** Sends what is due; answers when there is more, ms UTC, `null`: nothing is pending. */
  sendDueEvents(input: DeliverEventsInput): Promise<{ nextTryAt: number | null }>;
}

/** Activities of events on `access-records`. */
export interface EventRecordsActivities {
  /** Wakes every subscription that has something to send, and has untold holds followed. */
  wakeDueDeliveries(): Promise<{ subscriptions: number }>;
}
