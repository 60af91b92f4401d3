import { z } from 'zod';
import { DELIVERY_STATUSES, MOST_EVENT_SUBSCRIPTIONS } from '../../src/store';
import { operation, SCOPES } from '../http/operation';
import { instantIn, ownId, page, pageQuery } from '../schemas/common';
import {
  anyEventType,
  deliveryOut,
  eventType,
  subscriptionOut,
  subscriptionWithSecretOut,
} from './shapes';

const TAG = 'Event subscriptions';
const PATH = '/v1/event-subscriptions';

const url = z
  .string()
  .trim()
  .max(2000, 'must be at most 2000 characters.')
  .meta({
    description: 'An https address on the public internet.',
    examples: ['https://booking.example.com/hooks/latchkey'],
  });

const types = z
  .array(eventType)
  .min(1, 'must name at least one type.')
  .transform((given) => [...new Set(given)]);

const description = z
  .string()
  .trim()
  .min(1, 'must not be empty; send null instead.')
  .max(200, 'must be at most 200 characters.')
  .nullable();

const params = z.strictObject({ id: ownId });
const deliveryParams = z.strictObject({ id: ownId, eventId: ownId });

export const createEventSubscription = operation({
  id: 'createEventSubscription',
  method: 'post',
  path: PATH,
  tag: TAG,
  summary: 'Subscribe to events',
  description: `Every event of these types from now on is posted to the url, signed as Standard Webhooks has it, until it is answered 2xx: tried again for a day with growing pauses. The same event may come more than once (tell it by \`webhook-id\`), and events may come out of order (\`data.revision\` tells the later). An answer of 410 disables the subscription. The secret is in this answer and cannot be read again. There are ${String(MOST_EVENT_SUBSCRIPTIONS)} subscriptions at most.`,
  scopes: SCOPES.admin,
  body: z.strictObject({
    url,
    types,
    enabled: z.boolean().default(true),
    description: description.default(null),
  }),
  bodyExample: {
    url: 'https://booking.example.com/hooks/latchkey',
    types: ['grant.in_place', 'grant.attention'],
    description: 'Booking system',
  },
  idempotent: true,
  answersSecret: true,
  answers: {
    201: { description: 'The subscription, with its secret.', schema: subscriptionWithSecretOut },
  },
  problems: ['event_subscriptions_full'],
});

export const listEventSubscriptions = operation({
  id: 'listEventSubscriptions',
  method: 'get',
  path: PATH,
  tag: TAG,
  summary: 'List event subscriptions',
  description: 'All subscriptions in order of their id, disabled ones included.',
  scopes: SCOPES.admin,
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of subscriptions.', schema: page(subscriptionOut) } },
  problems: [],
});

export const getEventSubscription = operation({
  id: 'getEventSubscription',
  method: 'get',
  path: `${PATH}/:id`,
  tag: TAG,
  summary: 'Read an event subscription',
  description: 'The subscription without its secret.',
  scopes: SCOPES.admin,
  params,
  answers: { 200: { description: 'The subscription.', schema: subscriptionOut } },
  problems: ['event_subscription_not_found'],
});

export const patchEventSubscription = operation({
  id: 'patchEventSubscription',
  method: 'patch',
  path: `${PATH}/:id`,
  tag: TAG,
  summary: 'Change an event subscription',
  description:
    'What is left out stays. Disabling it skips what is pending; enabling it sends what happens from then on, and a replay sends what was skipped.',
  scopes: SCOPES.admin,
  params,
  body: z
    .strictObject({
      url: url.optional(),
      types: types.optional(),
      enabled: z.boolean().optional(),
      description: description.optional(),
    })
    .refine((body) => Object.keys(body).length > 0, 'must hold at least one field.'),
  bodyExample: { enabled: false },
  answers: { 200: { description: 'The subscription as it is now.', schema: subscriptionOut } },
  problems: ['event_subscription_not_found'],
});

export const deleteEventSubscription = operation({
  id: 'deleteEventSubscription',
  method: 'delete',
  path: `${PATH}/:id`,
  tag: TAG,
  summary: 'Delete an event subscription',
  description: 'Nothing is sent any more, and its deliveries are forgotten.',
  scopes: SCOPES.admin,
  params,
  answers: { 204: { description: 'Deleted.' } },
  problems: ['event_subscription_not_found'],
});

export const rotateEventSecret = operation({
  id: 'rotateEventSecret',
  method: 'post',
  path: `${PATH}/:id/rotate-secret`,
  tag: TAG,
  summary: "Replace a subscription's secret",
  description:
    'Answers a new secret, which cannot be read again. For the time of the overlap each delivery carries a signature by the former secret too, so that the receiver can take the new one over without losing an event. With `overlapMinutes` 0 the former secret signs nothing any more, for one that has leaked.',
  scopes: SCOPES.admin,
  params,
  body: z.strictObject({
    overlapMinutes: z
      .int('must be a whole number.')
      .min(0, 'must not be negative.')
      .max(10_080, 'must be at most 10080, a week.')
      .default(1440)
      .meta({ description: 'How long the former secret signs too; a day unless said otherwise.' }),
  }),
  bodyExample: { overlapMinutes: 1440 },
  idempotent: true,
  answersSecret: true,
  answers: {
    200: {
      description: 'The subscription, with its new secret.',
      schema: subscriptionWithSecretOut,
    },
  },
  problems: ['event_subscription_not_found'],
});

export const testEventSubscription = operation({
  id: 'testEventSubscription',
  method: 'post',
  path: `${PATH}/:id/test`,
  tag: TAG,
  summary: 'Send a test event',
  description:
    'Sends an event of the type `subscription.test`, the way of every other event. Read its delivery to see what the receiver answered.',
  scopes: SCOPES.admin,
  params,
  idempotent: true,
  answers: { 202: { description: 'The delivery, which is on its way.', schema: deliveryOut } },
  problems: ['event_subscription_not_found', 'event_subscription_disabled'],
});

export const listEventDeliveries = operation({
  id: 'listEventDeliveries',
  method: 'get',
  path: `${PATH}/:id/deliveries`,
  tag: TAG,
  summary: 'List the deliveries of a subscription',
  description:
    'What was sent, is to be sent or could not be, the latest event first. Kept for 30 days.',
  scopes: SCOPES.admin,
  params,
  query: z.strictObject({
    status: z.enum(DELIVERY_STATUSES).optional(),
    type: anyEventType.optional(),
    from: instantIn.optional().meta({ description: 'Events at or after this instant.' }),
    to: instantIn.optional().meta({ description: 'Events before this instant.' }),
    ...pageQuery,
  }),
  answers: { 200: { description: 'A page of deliveries.', schema: page(deliveryOut) } },
  problems: ['event_subscription_not_found'],
});

export const getEventDelivery = operation({
  id: 'getEventDelivery',
  method: 'get',
  path: `${PATH}/:id/deliveries/:eventId`,
  tag: TAG,
  summary: 'Read a delivery',
  description: 'How one event fares with this subscription, and what is sent.',
  scopes: SCOPES.admin,
  params: deliveryParams,
  answers: { 200: { description: 'The delivery.', schema: deliveryOut } },
  problems: ['event_subscription_not_found', 'event_delivery_not_found'],
});

export const replayEventDelivery = operation({
  id: 'replayEventDelivery',
  method: 'post',
  path: `${PATH}/:id/deliveries/:eventId/replay`,
  tag: TAG,
  summary: 'Send an event once more',
  description:
    'Sends the same event again under the same `webhook-id`, whatever became of it, and tries it for another day.',
  scopes: SCOPES.admin,
  params: deliveryParams,
  idempotent: true,
  answers: { 202: { description: 'The delivery, which is on its way.', schema: deliveryOut } },
  problems: [
    'event_subscription_not_found',
    'event_delivery_not_found',
    'event_subscription_disabled',
  ],
});

export const replayEvents = operation({
  id: 'replayEvents',
  method: 'post',
  path: `${PATH}/:id/replay`,
  tag: TAG,
  summary: 'Send all events since an instant once more',
  description:
    'For a receiver that has lost events, or was disabled for a while. Deliveries that are still pending are left to themselves. With `statuses` only those are sent again, such as the failed and the skipped ones.',
  scopes: SCOPES.admin,
  params,
  body: z.strictObject({
    since: instantIn,
    statuses: z
      .array(z.enum(['delivered', 'failed', 'skipped']))
      .min(1, 'must name at least one status.')
      .default(['delivered', 'failed', 'skipped']),
  }),
  bodyExample: { since: '2026-11-24T09:00:00Z', statuses: ['failed', 'skipped'] },
  idempotent: true,
  answers: {
    202: {
      description: 'How many are on their way.',
      schema: z
        .strictObject({ replayed: z.int() })
        .meta({ id: 'EventsReplayed', examples: [{ replayed: 12 }] }),
    },
  },
  problems: ['event_subscription_not_found', 'event_subscription_disabled'],
});

export const eventSubscriptionOperations = [
  createEventSubscription,
  listEventSubscriptions,
  getEventSubscription,
  patchEventSubscription,
  deleteEventSubscription,
  rotateEventSecret,
  testEventSubscription,
  listEventDeliveries,
  getEventDelivery,
  replayEventDelivery,
  replayEvents,
] as const;
