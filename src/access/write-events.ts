import { createHash } from 'node:crypto';
import type { AccessLogEntry } from '../domain/grant';
import { eventTypeOf, payloadOf, type OutgoingEventType } from '../domain/outgoing-event';
import type { NewEventDelivery } from '../store';
import type { AccessDeps, AccessMessages } from './deps';

/** One row of the access log is one event, so that a row written again is no second event. */
export function eventIdOf(entryId: string): string {
  return `evt_${createHash('sha256').update(entryId).digest('hex').slice(0, 32)}`;
}

/**
 * Writes down what subscribers are told about these rows, before the rows themselves are written:
 * whoever dies in between leaves events of something that did happen, never a change that nobody
 * hears of. For a disabled subscription they are kept as skipped, to be replayed.
 *
 * @returns the subscriptions that have something to send now
 */
export async function writeEvents(
  { store }: Pick<AccessDeps, 'store'>,
  entries: readonly AccessLogEntry[],
): Promise<string[]> {
  const told = entries.flatMap((entry) => {
    const type = eventTypeOf(entry);
    return type ? [{ entry, type }] : [];
  });
  if (told.length === 0) return [];
  const takers = await store.eventSubscriptions.takers([...new Set(told.map(({ type }) => type))]);
  if (takers.length === 0) return [];
  const doorNames = await namesOfDoors(store, told);
  const deliveries = told.flatMap(({ entry, type }): NewEventDelivery[] => {
    const doorName = doorNames.get(entry.grant.doorMappingId) ?? null;
    const payload = JSON.stringify(payloadOf(type, entry, doorName));
    const event = { eventId: eventIdOf(entry.id), type, at: entry.at, payload };
    return takers
      .filter(({ types }) => types.includes(type))
      .map(({ id, enabled }) => ({
        ...event,
        subscriptionId: id,
        status: enabled ? 'pending' : 'skipped',
      }));
  });
  await store.eventDeliveries.record(deliveries);
  const pending = deliveries.filter(({ status }) => status === 'pending');
  return [...new Set(pending.map(({ subscriptionId }) => subscriptionId))];
}

async function namesOfDoors(
  store: AccessDeps['store'],
  told: readonly { entry: AccessLogEntry; type: OutgoingEventType }[],
): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(told.map(({ entry }) => entry.grant.doorMappingId))];
  const mappings = await store.doorMappings.getMany(ids);
  return new Map(mappings.map(({ id, name }) => [id, name]));
}

/**
 * Has these subscriptions send what is due. Where Temporal does not answer, the sweep of the next minute
 * does it: what they send is written down already, and nothing else must fail for it.
 */
export async function wakeDeliveries(
  { messages, log }: { messages: Pick<AccessMessages, 'deliverEvents'> } & Pick<AccessDeps, 'log'>,
  subscriptionIds: readonly string[],
): Promise<void> {
  const pokes = await Promise.allSettled(subscriptionIds.map((id) => messages.deliverEvents(id)));
  for (const poke of pokes) {
    if (poke.status === 'rejected') {
      log.warn({ err: poke.reason as unknown }, 'A delivery of events waits for the next sweep');
    }
  }
}

/** Wakes every subscription that has something to send: what a crash or an outage has left. */
export async function wakeDueDeliveries(
  deps: Pick<AccessDeps, 'store' | 'messages' | 'clock' | 'log'>,
): Promise<{ subscriptions: number }> {
  const due = await deps.store.eventDeliveries.subscriptionsDue(deps.clock.now());
  await wakeDeliveries(deps, due);
  return { subscriptions: due.length };
}
