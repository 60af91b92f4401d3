import type { WorkflowHandle } from '@temporalio/client';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type Event = NonNullable<History['events']>[number];

/**
 * The Actions that Temporal Cloud bills for one history: starts (a signal-with-start that starts counts
 * as a start and a signal), activities with each of their attempts, timers, signals and updates received,
 * and upserts of search attributes. Source: https://docs.temporal.io/evaluate/cloud/actions
 */
export function billableActions(events: readonly Event[]): number {
  return events.reduce((sum, event) => sum + actionsOf(event), 0);
}

function actionsOf(event: Event): number {
  if (event.activityTaskStartedEventAttributes) {
    return event.activityTaskStartedEventAttributes.attempt ?? 1;
  }
  const counts =
    event.workflowExecutionStartedEventAttributes ??
    event.timerStartedEventAttributes ??
    event.workflowExecutionSignaledEventAttributes ??
    event.workflowExecutionUpdateAcceptedEventAttributes ??
    event.upsertWorkflowSearchAttributesEventAttributes;
  return counts ? 1 : 0;
}
