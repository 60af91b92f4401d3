import type { EventActivities } from '../src/contracts/event-activities';
import { sendDueEvents, type SendDeps } from '../src/events/send-due';
import { beating } from './beating';

/** Activities on `access-events`: requests to receivers of events. */
export function createEventActivities(deps: SendDeps): EventActivities {
  return beating<EventActivities>({
    sendDueEvents: (input) => sendDueEvents(deps, input),
  });
}
