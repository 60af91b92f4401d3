import { z } from 'zod';
import {
  OUTGOING_EVENT_TYPES,
  TEST_EVENT_TYPE,
  type AnyEventType,
} from '../../src/domain/outgoing-event';
import { SEND_ERRORS } from '../../src/events/sender';
import { DELIVERY_STATUSES } from '../../src/store';
import { actorOut, instantOut } from '../schemas/common';

export const eventType = z.enum(OUTGOING_EVENT_TYPES).meta({
  description:
    '`grant.in_place`: Kisi has the access as it should be. `grant.removed`: Kisi has none of it any more. `grant.attention`: something keeps it from being so; `data.problem` says what. `door.unlock`: a member opened a door, or tried to; `data.outcome` says what came of it.',
});

const ANY_TYPE: readonly [AnyEventType, ...AnyEventType[]] = [
  ...OUTGOING_EVENT_TYPES,
  TEST_EVENT_TYPE,
];
export const anyEventType = z.enum(ANY_TYPE);

const subscriptionExample = {
  id: 'esub_5f0c',
  url: 'https://booking.example.com/hooks/latchkey',
  types: ['grant.in_place', 'grant.attention'],
  enabled: true,
  disabledBecause: null,
  description: 'Booking system',
  formerSecretsUntil: null,
  createdAt: '2026-11-24T09:00:00.000Z',
  createdBy: { type: 'api_key', id: 'key_1' },
  updatedAt: '2026-11-24T09:00:00.000Z',
};

const subscriptionFields = {
  id: z.string(),
  url: z.string(),
  types: z.array(eventType),
  enabled: z.boolean(),
  disabledBecause: z.enum(['gone']).nullable().meta({
    description: '`gone`: the receiver answered 410. `null`: enabled, or disabled by a person.',
  }),
  description: z.string().nullable(),
  formerSecretsUntil: instantOut.nullable().meta({
    description: 'Until when a secret from before a rotation signs as well.',
  }),
  createdAt: instantOut,
  createdBy: actorOut,
  updatedAt: instantOut,
};

export const subscriptionOut = z.strictObject(subscriptionFields).meta({
  id: 'EventSubscription',
  description: 'Where events are sent to, without its secret.',
  examples: [subscriptionExample],
});

export const subscriptionWithSecretOut = z
  .strictObject({
    ...subscriptionFields,
    secret: z.string().meta({
      description: 'Signs every delivery (Standard Webhooks). It is shown this once.',
    }),
  })
  .meta({
    id: 'EventSubscriptionWithSecret',
    examples: [{ ...subscriptionExample, secret: 'whsec_…' }],
  });

export const payloadExample = {
  type: 'grant.in_place',
  timestamp: '2026-11-24T09:00:00.612Z',
  data: {
    grantId: 'grt_81bf',
    memberId: 'mem_7f3a',
    doorMappingId: 'dm_1c2d',
    doorName: 'Meeting Room 1',
    source: 'booking',
    sourceId: 'bkg_2041',
    revision: 1795942800000,
    startsAt: '2026-11-24T10:00:00.000Z',
    endsAt: '2026-11-24T11:00:00.000Z',
    stops: [],
    action: 'grant',
    problem: null,
  },
};

export const unlockPayloadExample = {
  type: 'door.unlock',
  timestamp: '2026-11-24T10:03:11.020Z',
  data: {
    grantId: 'grt_81bf',
    memberId: 'mem_7f3a',
    doorMappingId: 'dm_1c2d',
    doorName: 'Meeting Room 1',
    source: 'booking',
    sourceId: 'bkg_2041',
    revision: 1795942800000,
    lockId: 4712,
    lockName: 'Meeting Room 1',
    outcome: 'opened',
    reason: null,
  },
};

export const payloadOut = z
  .strictObject({
    type: anyEventType,
    timestamp: instantOut,
    data: z.looseObject({}).meta({
      description:
        'Of a grant: its id, member, door mapping, source, window, stops, what was done (`action`), the `problem`, and the `revision`, which rises with every change: the higher one is the later. Of an unlock: the door (`lockId`, `lockName`), `outcome` (opened, refused, no_answer) and `reason`; `grantId`, `source`, `sourceId` and `revision` are `null` where no grant of the member leads there. Never a secret, an e-mail address or a member’s name.',
    }),
  })
  .meta({ id: 'EventPayload', examples: [payloadExample] });

const deliveryExample = {
  eventId: 'evt_0b9f6e',
  type: 'grant.in_place',
  occurredAt: '2026-11-24T09:00:00.612Z',
  status: 'pending',
  attempts: 1,
  nextTryAt: '2026-11-24T09:00:06.020Z',
  lastAttempt: { at: '2026-11-24T09:00:00.700Z', durationMs: 84, status: 500, error: null },
  deliveredAt: null,
  payload: payloadExample,
};

export const deliveryOut = z
  .strictObject({
    eventId: z.string().meta({ description: '`webhook-id` of every try.' }),
    type: anyEventType,
    occurredAt: instantOut,
    status: z.enum(DELIVERY_STATUSES).meta({
      description:
        '`pending`: to be tried, or tried again at `nextTryAt`. `failed`: given up after a day, or answered 410. `skipped`: the subscription was disabled.',
    }),
    attempts: z.int().meta({ description: 'Tries since it was last asked for.' }),
    nextTryAt: instantOut.nullable(),
    lastAttempt: z
      .strictObject({
        at: instantOut,
        durationMs: z.int(),
        status: z.int().nullable().meta({ description: 'HTTP status; `null`: no answer came.' }),
        error: z.enum(SEND_ERRORS).nullable().meta({
          description:
            '`timeout`: no answer within 10 s. `address_refused`: the host leads to an address that is not public. `unreachable`: no connection, or it broke.',
        }),
      })
      .nullable(),
    deliveredAt: instantOut.nullable(),
    payload: payloadOut,
  })
  .meta({ id: 'EventDelivery', examples: [deliveryExample] });
