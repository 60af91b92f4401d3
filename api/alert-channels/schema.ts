import { z } from 'zod';
import { WEBHOOK_FORMATS } from '../../src/domain/alert-channel';
import { MOST_ALERT_CHANNELS } from '../../src/store';
import { operation, SCOPES } from '../http/operation';
import { actorOut, displayName, instantOut, ownId, page, pageQuery } from '../schemas/common';

const TAG = 'Alerts';
const PATH = '/v1/alert-channels';

const name = displayName.meta({ description: 'For people.', examples: ['Front desk'] });

const format = z.enum(WEBHOOK_FORMATS).meta({
  description:
    "`slack`: Slack's incoming webhooks, and Mattermost's. `teams`: a workflow of Microsoft Teams that posts what it is sent.",
});

const common = { name, enabled: z.boolean().default(true) };

const channelIn = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('email'),
    to: z.email('must be an e-mail address.').max(254),
    ...common,
  }),
  z.strictObject({
    kind: z.literal('webhook'),
    url: z.string().trim().max(2000, 'must be at most 2000 characters.').meta({
      description: 'An https address on the public internet. It is a secret, and shown masked.',
    }),
    format: format.default('slack'),
    ...common,
  }),
]);

export const alertChannelOut = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    kind: z.enum(['email', 'webhook']),
    to: z.string().nullable().meta({ description: 'The address of an e-mail channel.' }),
    urlHint: z.string().nullable().meta({
      description: 'Host and last characters of a webhook; the whole cannot be read again.',
    }),
    format: format.nullable(),
    enabled: z.boolean(),
    createdAt: instantOut,
    createdBy: actorOut,
    updatedAt: instantOut,
  })
  .meta({
    id: 'AlertChannel',
    description: 'Where alerts are sent to.',
    examples: [
      {
        id: 'achn_5f0c',
        name: 'Front desk',
        kind: 'webhook',
        to: null,
        urlHint: 'hooks.slack.com/…Wq2x',
        format: 'slack',
        enabled: true,
        createdAt: '2026-11-24T09:00:00.000Z',
        createdBy: { type: 'api_key', id: 'key_1' },
        updatedAt: '2026-11-24T09:00:00.000Z',
      },
    ],
  });

const testOut = z
  .strictObject({
    outcome: z.enum(['sent', 'refused', 'unreached']).meta({
      description:
        '`sent`: the receiver took it. `refused`: it wants no such message. `unreached`: it could not be reached, or wants it later.',
    }),
    detail: z.string().nullable().meta({ description: 'Why it was not taken.' }),
  })
  .meta({
    id: 'AlertChannelTest',
    examples: [{ outcome: 'refused', detail: 'The webhook answered 404.' }],
  });

const params = z.strictObject({ id: ownId });

export const createAlertChannel = operation({
  id: 'createAlertChannel',
  method: 'post',
  path: PATH,
  tag: TAG,
  summary: 'Add a channel for alerts',
  description: `From now on every alert is sent there: once when it is opened and, of a bad key or an outage, once when it is over. What is open already is not sent; GET /v1/alerts lists it. There are ${String(MOST_ALERT_CHANNELS)} channels at most.`,
  scopes: SCOPES.admin,
  body: channelIn,
  bodyExample: {
    kind: 'webhook',
    name: 'Front desk',
    url: 'https://hooks.example.com/services/front-desk',
    format: 'slack',
  },
  idempotent: true,
  answers: { 201: { description: 'The channel.', schema: alertChannelOut } },
  problems: ['alert_channels_full', 'mail_not_set_up'],
});

export const listAlertChannels = operation({
  id: 'listAlertChannels',
  method: 'get',
  path: PATH,
  tag: TAG,
  summary: 'List channels for alerts',
  description: 'All channels in order of their id, disabled ones included.',
  scopes: SCOPES.admin,
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of channels.', schema: page(alertChannelOut) } },
  problems: [],
});

export const getAlertChannel = operation({
  id: 'getAlertChannel',
  method: 'get',
  path: `${PATH}/:id`,
  tag: TAG,
  summary: 'Read a channel for alerts',
  description: 'The channel, with the address of a webhook masked.',
  scopes: SCOPES.admin,
  params,
  answers: { 200: { description: 'The channel.', schema: alertChannelOut } },
  problems: ['alert_channel_not_found'],
});

export const patchAlertChannel = operation({
  id: 'patchAlertChannel',
  method: 'patch',
  path: `${PATH}/:id`,
  tag: TAG,
  summary: 'Rename, disable or enable a channel for alerts',
  description:
    'What is left out stays. Disabling it skips what it is still owed. To send elsewhere, add another channel and delete this one.',
  scopes: SCOPES.admin,
  params,
  body: z
    .strictObject({ name: name.optional(), enabled: z.boolean().optional() })
    .refine((change) => Object.keys(change).length > 0, 'must name what to change.'),
  bodyExample: { enabled: false },
  answers: { 200: { description: 'The channel as it is now.', schema: alertChannelOut } },
  problems: ['alert_channel_not_found'],
});

export const deleteAlertChannel = operation({
  id: 'deleteAlertChannel',
  method: 'delete',
  path: `${PATH}/:id`,
  tag: TAG,
  summary: 'Delete a channel for alerts',
  description: 'Nothing is sent there any more, and what was sent is forgotten.',
  scopes: SCOPES.admin,
  params,
  answers: { 204: { description: 'It is gone.' } },
  problems: ['alert_channel_not_found'],
});

export const testAlertChannel = operation({
  id: 'testAlertChannel',
  method: 'post',
  path: `${PATH}/:id/test`,
  tag: TAG,
  summary: 'Send a test notice',
  description:
    'Sends one notice at once, also to a disabled channel, and tells what became of it. It takes 20 s at most.',
  scopes: SCOPES.admin,
  params,
  idempotent: true,
  answers: { 200: { description: 'What became of it.', schema: testOut } },
  problems: ['alert_channel_not_found'],
});

export const alertChannelOperations = [
  createAlertChannel,
  listAlertChannels,
  getAlertChannel,
  patchAlertChannel,
  deleteAlertChannel,
  testAlertChannel,
] as const;
