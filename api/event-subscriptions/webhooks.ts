import { z } from 'zod';
import type { ZodOpenApiObject } from 'zod-openapi';
import { OUTGOING_EVENT_TYPES } from '../../src/domain/outgoing-event';
import { payloadExample, payloadOut, unlockPayloadExample } from './shapes';

const SUMMARIES = {
  'grant.in_place': 'Kisi has the access of a grant as it should be',
  'grant.removed': 'Kisi has nothing of a grant any more',
  'grant.attention': 'Something keeps a grant from being as it should be',
  'door.unlock': 'A member opened a door, or tried to',
} as const satisfies Record<(typeof OUTGOING_EVENT_TYPES)[number], string>;

const EXAMPLES = {
  'grant.in_place': payloadExample,
  'grant.removed': {
    ...payloadExample,
    type: 'grant.removed',
    data: { ...payloadExample.data, stops: ['admin'], action: 'revoke' },
  },
  'grant.attention': {
    ...payloadExample,
    type: 'grant.attention',
    data: {
      ...payloadExample.data,
      problem: { type: 'kisi_user_taken', detail: 'Another member uses this Kisi user.' },
    },
  },
  'door.unlock': unlockPayloadExample,
} as const satisfies Record<(typeof OUTGOING_EVENT_TYPES)[number], unknown>;

const headers = z.object({
  'webhook-id': z.string().meta({ description: 'The same for every try of this event.' }),
  'webhook-timestamp': z.string().meta({ description: 'Seconds since 1970 when this try began.' }),
  'webhook-signature': z.string().meta({
    description: '`v1,<base64>`, one for each secret that signs, separated by spaces.',
  }),
});

/** What subscriptions receive, for the `webhooks` of OpenAPI 3.1. */
export const WEBHOOKS: NonNullable<ZodOpenApiObject['webhooks']> = Object.fromEntries(
  OUTGOING_EVENT_TYPES.map((type) => [
    type,
    {
      post: {
        operationId: `on ${type}`.replace(/[ ._]+(\w)/g, (_, letter: string) =>
          letter.toUpperCase(),
        ),
        tags: ['Event subscriptions'],
        summary: SUMMARIES[type],
        description:
          'Posted to every enabled subscription that takes this type, until it is answered 2xx.',
        requestParams: { header: headers },
        requestBody: {
          required: true,
          content: { 'application/json': { schema: payloadOut, example: EXAMPLES[type] } },
        },
        responses: {
          '2XX': { description: 'It has arrived.' },
          '410': { description: 'Send nothing any more: the subscription is disabled.' },
        },
      },
    },
  ]),
);
