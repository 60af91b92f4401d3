import { Router } from 'express';
import { wakeDeliveries } from '../../src/access/write-events';
import { testPayload } from '../../src/domain/outgoing-event';
import { urlFault } from '../../src/events/address';
import { newWebhookSecret } from '../../src/events/secret';
import { MOST_EVENT_SUBSCRIPTIONS, type Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { accepted, created, found, given, listed, NO_CONTENT, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { deliveriesRouter, deliveryAddress } from './deliveries-router';
import { deliveryOf, enabledSubscriptionOf, subscriptionOf } from './lookup';
import { presentDelivery, presentSubscription } from './present';
import {
  createEventSubscription,
  deleteEventSubscription,
  getEventSubscription,
  listEventSubscriptions,
  patchEventSubscription,
  rotateEventSecret,
  testEventSubscription,
} from './schema';

/** Subscriptions themselves; their deliveries have a router of their own. */
export function eventSubscriptionsRouter(deps: ApiDeps): Router {
  const { store, clock } = deps;
  const router = Router();
  const { eventSubscriptions, eventDeliveries } = store;

  const requireUrl = (url: string): void => {
    const fault = urlFault(url, deps.allowPrivateEventHosts ?? false);
    if (fault === null) return;
    throw new ApiProblem('request_invalid', {
      errors: [{ path: 'body.url', message: fault, code: 'invalid_url' }],
    });
  };

  router.post(
    createEventSubscription.path,
    requireScopes(createEventSubscription),
    validate(createEventSubscription),
    idempotent(createEventSubscription, store.idempotency),
    answer(createEventSubscription, async ({ body, by, resourceId }) => {
      requireUrl(body.url);
      const id = `esub_${resourceId}`;
      await requireRoom(store, id);
      const { subscription, secret } = await eventSubscriptions.insert({
        ...body,
        id,
        secret: newWebhookSecret(),
        createdBy: by,
      });
      const address = `${createEventSubscription.path}/${id}`;
      return created({ ...presentSubscription(subscription), secret }, address);
    }),
  );

  router.get(
    listEventSubscriptions.path,
    requireScopes(listEventSubscriptions),
    validate(listEventSubscriptions),
    answer(listEventSubscriptions, ({ query }) =>
      listed((page) => eventSubscriptions.list(page), query, presentSubscription),
    ),
  );

  router.get(
    getEventSubscription.path,
    requireScopes(getEventSubscription),
    validate(getEventSubscription),
    answer(getEventSubscription, async ({ params: { id } }) =>
      ok(presentSubscription(await subscriptionOf(store, id))),
    ),
  );

  router.patch(
    patchEventSubscription.path,
    requireScopes(patchEventSubscription),
    validate(patchEventSubscription),
    answer(patchEventSubscription, async ({ params: { id }, body }) => {
      if (body.url !== undefined) requireUrl(body.url);
      const changed = found(
        await eventSubscriptions.update(id, given(body)),
        'event_subscription_not_found',
        id,
      );
      if (!changed.enabled) await eventDeliveries.skipPending(id);
      return ok(presentSubscription(changed));
    }),
  );

  router.delete(
    deleteEventSubscription.path,
    requireScopes(deleteEventSubscription),
    validate(deleteEventSubscription),
    answer(deleteEventSubscription, async ({ params: { id } }) => {
      await subscriptionOf(store, id);
      await eventSubscriptions.delete(id);
      await eventDeliveries.forgetSubscription(id);
      return NO_CONTENT;
    }),
  );

  router.post(
    rotateEventSecret.path,
    requireScopes(rotateEventSecret),
    validate(rotateEventSecret),
    idempotent(rotateEventSecret, store.idempotency),
    answer(rotateEventSecret, async ({ params: { id }, body: { overlapMinutes }, resourceId }) => {
      const formerUntil = clock.now() + overlapMinutes * 60_000;
      const rotation = { token: resourceId, secret: newWebhookSecret(), formerUntil };
      const { subscription, secret } = found(
        await eventSubscriptions.rotate(id, rotation),
        'event_subscription_not_found',
        id,
      );
      return ok({ ...presentSubscription(subscription), secret });
    }),
  );

  router.post(
    testEventSubscription.path,
    requireScopes(testEventSubscription),
    validate(testEventSubscription),
    idempotent(testEventSubscription, store.idempotency),
    answer(testEventSubscription, async ({ params: { id }, resourceId }) => {
      await enabledSubscriptionOf(store, id);
      const eventId = `evt_${resourceId}`;
      const at = clock.now();
      const payload = testPayload(id, at);
      await eventDeliveries.record([
        {
          subscriptionId: id,
          eventId,
          type: payload.type,
          at,
          payload: JSON.stringify(payload),
          status: 'pending',
        },
      ]);
      const delivery = await deliveryOf(store, id, eventId);
      await wakeDeliveries({ ...deps, log: deps.logger }, [id]);
      return accepted(presentDelivery(delivery), deliveryAddress(id, eventId));
    }),
  );

  router.use(deliveriesRouter(deps));
  return router;
}

/** Two requests at the same instant could pass the limit by one, which does no harm. */
async function requireRoom({ eventSubscriptions }: Store, id: string): Promise<void> {
  if ((await eventSubscriptions.count()) < MOST_EVENT_SUBSCRIPTIONS) return;
  if (await eventSubscriptions.get(id)) return;
  throw new ApiProblem('event_subscriptions_full');
}
