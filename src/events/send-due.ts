import type { Clock } from '../clock';
import { nextTryAt } from '../domain/delivery-retry';
import type { Logger } from '../logging';
import type { EventDelivery, EventSubscription, Store, TriedDelivery } from '../store';
import { signedHeaders } from './secret';
import type { EventSender, SendOutcome } from './sender';

export interface SendDeps {
  store: Store;
  sender: EventSender;
  clock: Clock;
  log: Logger;
}

/** Requests at once to one receiver. */
const CONCURRENCY = 5;
/** Deliveries of one turn: with 10 s for each request it lasts 20 s at most, and ends before its worker does. */
const TURN = 10;

/**
 * One turn of a subscription: sends what is due and writes down what came of it.
 *
 * A worker that dies after a request and before the note of it sends it once more, which receivers
 * tell by the event's id.
 *
 * @returns when there is something to send next, ms UTC, which may be now; `null`: nothing is pending
 * @throws UnknownEncryptionKey, SealBroken where its secret cannot be opened
 */
export async function sendDueEvents(
  deps: SendDeps,
  { subscriptionId }: { subscriptionId: string },
): Promise<{ nextTryAt: number | null }> {
  const { eventSubscriptions, eventDeliveries } = deps.store;
  let due = await eventDeliveries.due(subscriptionId, deps.clock.now(), TURN);
  while (due.length > 0) {
    // Read for each group: it may have been disabled, changed or deleted since the last one.
    const subscription = await eventSubscriptions.get(subscriptionId);
    if (!subscription?.enabled) break;
    const secrets = await eventSubscriptions.signingSecrets(subscriptionId);
    const group = due.slice(0, CONCURRENCY);
    await Promise.all(group.map((delivery) => deliver(deps, subscription, secrets, delivery)));
    due = due.slice(CONCURRENCY);
  }
  const subscription = await eventSubscriptions.get(subscriptionId);
  // Events may have been written while it was being deleted or disabled.
  if (!subscription) await eventDeliveries.forgetSubscription(subscriptionId);
  else if (!subscription.enabled) await eventDeliveries.skipPending(subscriptionId);
  return { nextTryAt: await eventDeliveries.nextTryAt(subscriptionId) };
}

async function deliver(
  { store, sender, clock, log }: SendDeps,
  { id, url }: EventSubscription,
  secrets: readonly string[],
  delivery: EventDelivery,
): Promise<void> {
  const { eventId, payload } = delivery;
  const at = clock.now();
  const outcome = await sender.send(url, signedHeaders(eventId, at, payload, secrets), payload);
  const tried = judge(delivery, outcome, { at, now: clock.now() });
  await store.eventDeliveries.tried(delivery, tried);
  if (isGone(outcome)) await store.eventSubscriptions.disableGone(id);
  const { status, attempt } = tried;
  const fields = { subscriptionId: id, eventId, status, attempt };
  if (status === 'delivered') log.info(fields, 'Delivered an event');
  else log.warn(fields, 'An event was not taken');
}

/** 2xx: it has arrived. 410: it never will. Anything else is tried again for a day. */
function judge(
  { attempts, askedAt }: EventDelivery,
  outcome: SendOutcome,
  { at, now }: { at: number; now: number },
): TriedDelivery {
  const attempt = {
    at,
    durationMs: now - at,
    status: outcome.is === 'answer' ? outcome.status : null,
    error: outcome.is === 'none' ? outcome.error : null,
  };
  if (outcome.is === 'answer' && outcome.status >= 200 && outcome.status < 300) {
    return { attempt, status: 'delivered', nextTryAt: null };
  }
  const next = isGone(outcome)
    ? null
    : nextTryAt({ attempts: attempts + 1, askedAt }, now, Math.random());
  return { attempt, status: next === null ? 'failed' : 'pending', nextTryAt: next };
}

function isGone(outcome: SendOutcome): boolean {
  return outcome.is === 'answer' && outcome.status === 410;
}
