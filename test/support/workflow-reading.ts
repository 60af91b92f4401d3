import type { temporal } from '@temporalio/proto';
import { tsToMs } from '@temporalio/common/lib/time';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const LATEST = 8;

/** What a workflow's history says of where it stands. */
export interface WorkflowReading {
  workflowId: string;
  /** Count of events. */
  length: number;
  /** Tasks and activities that somebody must still work off; none: it waits for a timer or a message. */
  busyWith: string[];
  /** Types of the latest events, for who wonders why it is busy. */
  latest: string[];
  /** When its next timer fires (ms UTC); infinity: none runs. */
  nextTimer: number;
}

export function readWorkflow(workflowId: string, events: readonly HistoryEvent[]): WorkflowReading {
  const timers = new Map<string, number>();
  const activities = new Map<string, string>();
  let tasks = 0;
  for (const event of events) {
    if (event.workflowTaskScheduledEventAttributes) tasks += 1;
    if (
      event.workflowTaskCompletedEventAttributes ??
      event.workflowTaskFailedEventAttributes ??
      event.workflowTaskTimedOutEventAttributes
    ) {
      tasks -= 1;
    }
    followTimers(event, timers);
    followActivities(event, activities);
  }
  const busyWith = [...activities.values(), ...(tasks > 0 ? ['workflow task'] : [])];
  return {
    workflowId,
    length: events.length,
    busyWith,
    latest: events.slice(-LATEST).map(nameOf),
    nextTimer: Math.min(...timers.values()),
  };
}

/** The one attribute field that is set names the type. */
function nameOf(event: HistoryEvent): string {
  const [field = 'event'] = Object.entries(event).flatMap(([name, value]) =>
    name.endsWith('EventAttributes') && value !== null && value !== undefined ? [name] : [],
  );
  return `${String(event.eventId)} ${field.replace('EventAttributes', '')}`;
}

function followTimers(event: HistoryEvent, timers: Map<string, number>): void {
  const { timerStartedEventAttributes: started } = event;
  if (started) {
    const due = tsToMs(event.eventTime) + tsToMs(started.startToFireTimeout);
    timers.set(started.timerId ?? '', due);
  }
  const ended = event.timerFiredEventAttributes ?? event.timerCanceledEventAttributes;
  if (ended) timers.delete(ended.timerId ?? '');
}

function followActivities(event: HistoryEvent, activities: Map<string, string>): void {
  const { activityTaskScheduledEventAttributes: scheduled } = event;
  if (scheduled) activities.set(String(event.eventId), scheduled.activityType?.name ?? '');
  const ended =
    event.activityTaskCompletedEventAttributes ??
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes;
  if (ended) activities.delete(String(ended.scheduledEventId));
}
