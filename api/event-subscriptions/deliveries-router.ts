import { Router } from 'express';
import { wakeDeliveries } from '../../src/access/write-events';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { accepted, found, given, listed, ok } from '../http/outcomes';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { deliveryOf, enabledSubscriptionOf, subscriptionOf } from './lookup';
import { presentDelivery } from './present';
import {
  getEventDelivery,
  listEventDeliveries,
  listEventSubscriptions,
  replayEventDelivery,
  replayEvents,
} from './schema';

/** Where a delivery can be read. */
export function deliveryAddress(subscriptionId: string, eventId: string): string {
  return `${listEventSubscriptions.path}/${subscriptionId}/deliveries/${eventId}`;
}

/** What became of the events of a subscription, and sending them once more. */
export function deliveriesRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const { eventDeliveries } = store;
  const router = Router();
  const wake = (id: string): Promise<void> => wakeDeliveries({ ...deps, log: deps.logger }, [id]);

  router.get(
    listEventDeliveries.path,
    requireScopes(listEventDeliveries),
    validate(listEventDeliveries),
    answer(listEventDeliveries, async ({ params: { id }, query: { limit, cursor, ...filter } }) => {
      await subscriptionOf(store, id);
      return listed(
        (page) => eventDeliveries.list(id, given(filter), page),
        { limit, cursor },
        presentDelivery,
      );
    }),
  );

  router.get(
    getEventDelivery.path,
    requireScopes(getEventDelivery),
    validate(getEventDelivery),
    answer(getEventDelivery, async ({ params: { id, eventId } }) => {
      await subscriptionOf(store, id);
      return ok(presentDelivery(await deliveryOf(store, id, eventId)));
    }),
  );

  router.post(
    replayEventDelivery.path,
    requireScopes(replayEventDelivery),
    validate(replayEventDelivery),
    idempotent(replayEventDelivery, store.idempotency),
    answer(replayEventDelivery, async ({ params: { id, eventId } }) => {
      await enabledSubscriptionOf(store, id);
      const replayed = await eventDeliveries.replay(id, eventId);
      const delivery = found(replayed, 'event_delivery_not_found', eventId);
      await wake(id);
      return accepted(presentDelivery(delivery), deliveryAddress(id, eventId));
    }),
  );

  router.post(
    replayEvents.path,
    requireScopes(replayEvents),
    validate(replayEvents),
    idempotent(replayEvents, store.idempotency),
    answer(replayEvents, async ({ params: { id }, body: { since, statuses } }) => {
      await enabledSubscriptionOf(store, id);
      const replayed = await eventDeliveries.replaySince(id, since, statuses);
      await wake(id);
      return { status: 202 as const, body: { replayed } };
    }),
  );

  return router;
}
