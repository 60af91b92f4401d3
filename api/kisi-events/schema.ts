import { z } from 'zod';
import { EVENT_IGNORED_BECAUSE } from '../../src/access/kisi-event';
import { operation, SCOPES } from '../http/operation';
import { actorOut, instantOut, kisiId, ownId } from '../schemas/common';

/** Kisi may leave out, or add, what it likes: a field that is not as expected says nothing. */
const perhaps = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(null);

/** As Kisi's documentation shows it (kisi/facts.md §8). */
const kisiEventBody = z.looseObject({
  uuid: z.string().min(1).max(100),
  type: z.string().min(1).max(100),
  actor_type: perhaps(z.string().max(50)),
  actor_id: perhaps(z.int()),
  actor_name: perhaps(z.string().max(200)),
  object_type: perhaps(z.string().max(50)),
  object_id: perhaps(z.int()),
  organization_id: perhaps(z.int()),
  success: perhaps(z.boolean()),
  error_code: perhaps(z.string().max(50)),
  created_at: perhaps(z.iso.datetime({ offset: true })),
});
export type KisiEventBody = z.output<typeof kisiEventBody>;

const kisiEventTakenOut = z
  .strictObject({
    accepted: z.boolean().meta({ description: 'Whether it told of anything that was followed.' }),
    ignored: z
      .enum(EVENT_IGNORED_BECAUSE)
      .nullable()
      .meta({ description: 'Why it changed nothing; `null`: it was followed.' }),
  })
  .meta({ id: 'KisiEventTaken', examples: [{ accepted: true, ignored: null }] });

export const receiveKisiEvent = operation({
  id: 'receiveKisiEvent',
  method: 'post',
  path: '/v1/kisi-events/:integrationId',
  tag: 'Events',
  summary: 'Take a signed event of Kisi',
  description:
    'The address of the event webhook at Kisi. `X-Signature` is the HMAC-SHA256 of the body with the signature key of POST /v1/integrations/:id/kisi-webhook, in hex, with or without `sha256=` before it. An unlock goes to the access logs of the mappings that lead to the door. A changed or deleted role assignment is a hint only: access of live grants is looked at anew at Kisi and repaired, also where a role assignment of others gave it, or, after a deletion by a person, revoked where the integration says so. Repeated, late and reordered events do no harm.',
  scopes: null,
  params: z.strictObject({ integrationId: ownId }),
  body: kisiEventBody,
  bodyExample: {
    uuid: '5b0f2a52-3a07-4c5f-9d1c-0f5a3f1f0c11',
    type: 'lock.unlock',
    actor_type: 'User',
    actor_id: 1005,
    actor_name: 'Mona Member',
    object_type: 'Lock',
    object_id: 201,
    object_name: 'Front Door',
    organization_id: 4711,
    place_id: 101,
    success: true,
    created_at: '2026-11-24T09:00:00Z',
  },
  answers: { 200: { description: 'Taken, or passed over.', schema: kisiEventTakenOut } },
  problems: [
    'kisi_signature_invalid',
    'rate_limited',
    'temporal_unavailable',
    'database_unavailable',
  ],
});

const params = z.strictObject({ id: ownId });

const webhookFields = {
  path: z.string().meta({ description: 'Where Kisi must send its events, below our own address.' }),
  url: z
    .string()
    .nullable()
    .meta({ description: 'The same with PUBLIC_URL; `null`: it is not set.' }),
  kisiWebhookId: kisiId.nullable().meta({
    description:
      "Kisi's id of the webhook that was registered there; `null`: paste `url` and `signatureKey` in Kisi's dashboard.",
  }),
  events: z.array(z.string()).meta({ description: 'The types of events to enable.' }),
  createdAt: instantOut,
  createdBy: actorOut,
  lastEventAt: instantOut.nullable().meta({
    description: 'When a signed event came last; `null`: never since the key was made.',
  }),
};

const webhookExample = {
  path: '/v1/kisi-events/int_5f0c',
  url: 'https://latchkey.example.com/v1/kisi-events/int_5f0c',
  kisiWebhookId: 9001,
  events: ['lock.unlock', 'role_assignment.update', 'role_assignment.destroy'],
  createdAt: '2026-11-24T09:00:00.000Z',
  createdBy: { type: 'api_key', id: 'key_1' },
  lastEventAt: null,
} as const;

export const kisiWebhookOut = z
  .strictObject(webhookFields)
  .meta({ id: 'KisiWebhook', examples: [webhookExample] });

export const newKisiWebhookOut = z
  .strictObject({
    ...webhookFields,
    signatureKey: z.string().nullable().meta({
      description:
        'The key that Kisi must sign with. It is shown this once; `null`: Kisi was given it already.',
    }),
  })
  .meta({
    id: 'NewKisiWebhook',
    examples: [{ ...webhookExample, kisiWebhookId: null, signatureKey: 'b3c1…' }],
  });

export const createKisiWebhook = operation({
  id: 'createKisiWebhook',
  method: 'post',
  path: '/v1/integrations/:id/kisi-webhook',
  tag: 'Integrations',
  summary: "Listen to Kisi's events, or rotate the signature key",
  description:
    "Makes a signature key, which replaces the one before: events that are signed with that are refused from now on. With PUBLIC_URL set, the webhook is registered at Kisi with it (the Kisi key needs the right `integrations_write`); a webhook of an earlier key stays at Kisi until it is deleted in its dashboard. With `register: false`, or without PUBLIC_URL, the key is answered, once, to be pasted in Kisi's dashboard.",
  scopes: SCOPES.admin,
  params,
  body: z.strictObject({
    register: z.boolean().optional().meta({
      description: 'Whether to register it at Kisi. Left out: where PUBLIC_URL is set.',
    }),
  }),
  bodyExample: { register: false },
  idempotent: true,
  answersSecret: true,
  answers: { 201: { description: 'How Kisi reaches us.', schema: newKisiWebhookOut } },
  problems: [
    'integration_not_found',
    'integration_inactive',
    'public_url_missing',
    'emergency_stop',
    'kisi_key_refused',
    'kisi_resource_unknown',
    'kisi_unexpected_answer',
    'kisi_unavailable',
  ],
});

export const getKisiWebhook = operation({
  id: 'getKisiWebhook',
  method: 'get',
  path: '/v1/integrations/:id/kisi-webhook',
  tag: 'Integrations',
  summary: "Read how we listen to Kisi's events",
  description: 'Never the signature key.',
  scopes: SCOPES.operators,
  params,
  answers: { 200: { description: 'How Kisi reaches us.', schema: kisiWebhookOut } },
  problems: ['integration_not_found', 'kisi_webhook_not_found'],
});

export const deleteKisiWebhook = operation({
  id: 'deleteKisiWebhook',
  method: 'delete',
  path: '/v1/integrations/:id/kisi-webhook',
  tag: 'Integrations',
  summary: "Stop listening to Kisi's events",
  description:
    'Forgets the signature key: every event is refused from now on, and Kisi disables its webhook by itself. What others change at Kisi is then found by the hourly reconciliation.',
  scopes: SCOPES.admin,
  params,
  answers: { 204: { description: 'Forgotten, or there was none.' } },
  problems: ['integration_not_found'],
});

export const kisiEventOperations = [
  receiveKisiEvent,
  createKisiWebhook,
  getKisiWebhook,
  deleteKisiWebhook,
] as const;
