import type { WorkflowHandle } from '@temporalio/client';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
type Event = NonNullable<History['events']>[number];

/** What Temporal Cloud bills. */
const KINDS = ['start', 'activity', 'timer', 'signal', 'update', 'upsert'] as const;
export type Actions = Record<(typeof KINDS)[number], number>;

/**
 * The Actions that Temporal Cloud bills for one history: starts (a signal-with-start that starts counts
 * as a start and a signal), activities with each of their attempts, timers, signals and updates received,
 * and upserts of search attributes. Source: https://docs.temporal.io/evaluate/cloud/actions
 */
export function billableActions(events: readonly Event[]): Actions {
  const count = (isOne: (event: Event) => unknown): number => events.filter(isOne).length;
  return {
    start: count((event) => event.workflowExecutionStartedEventAttributes),
    activity: events.reduce(
      (sum, event) => sum + (event.activityTaskStartedEventAttributes?.attempt ?? 0),
      0,
    ),
    timer: count((event) => event.timerStartedEventAttributes),
    signal: count((event) => event.workflowExecutionSignaledEventAttributes),
    update: count((event) => event.workflowExecutionUpdateAcceptedEventAttributes),
    upsert: count((event) => event.upsertWorkflowSearchAttributesEventAttributes),
  };
}

export function sumOf(actions: Actions): number {
  return KINDS.reduce((sum, kind) => sum + actions[kind], 0);
}

/** `1 start, 2 activity, …`, kinds that there are none of left out. */
export function showActions(actions: Actions): string {
  return KINDS.filter((kind) => actions[kind] > 0)
    .map((kind) => `${String(actions[kind])} ${kind}`)
    .join(', ');
}
