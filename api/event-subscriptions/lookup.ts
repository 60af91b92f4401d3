import type { EventDelivery, EventSubscription, Store } from '../../src/store';
import { found } from '../http/outcomes';
import { ApiProblem } from '../http/problems';

/** @throws ApiProblem `event_subscription_not_found` */
export async function subscriptionOf(store: Store, id: string): Promise<EventSubscription> {
  return found(await store.eventSubscriptions.get(id), 'event_subscription_not_found', id);
}

/**
 * One that events are sent to.
 * @throws ApiProblem `event_subscription_not_found`, `event_subscription_disabled`
 */
export async function enabledSubscriptionOf(store: Store, id: string): Promise<EventSubscription> {
  const subscription = await subscriptionOf(store, id);
  if (!subscription.enabled) throw new ApiProblem('event_subscription_disabled');
  return subscription;
}

/** @throws ApiProblem `event_delivery_not_found` */
export async function deliveryOf(
  store: Store,
  subscriptionId: string,
  eventId: string,
): Promise<EventDelivery> {
  const delivery = await store.eventDeliveries.get(subscriptionId, eventId);
  return found(delivery, 'event_delivery_not_found', eventId);
}
