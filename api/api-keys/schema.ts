import { z } from 'zod';
import { API_KEY_SCOPES } from '../../src/store';
import { operation, SCOPES } from '../http/operation';
import {
  actorOut,
  displayName,
  hostId,
  instantOut,
  ownId,
  page,
  pageQuery,
} from '../schemas/common';

const scope = z.enum(API_KEY_SCOPES).meta({
  description:
    '`admin`: everything. `booking`: places, members and grants. `operator`: read everything; revoke, restore and retry grants.',
});

const scopes = z
  .array(scope)
  .min(1, 'must name at least one scope.')
  .transform((given) => [...new Set(given)]);

const locationIds = z
  .array(hostId)
  .min(1, 'must name at least one location, or be null.')
  .max(100, 'must name at most 100 locations.')
  .transform((given) => [...new Set(given)])
  .nullable()
  .meta({
    description:
      'All that the key may see and change. What belongs to the whole organization (integrations, event subscriptions, alert channels, API keys, imports, emergency stops, a member’s hold) is refused to it. `null`: every location.',
    examples: [['loc_mitte']],
  });

const example = {
  id: 'key_5f0c',
  name: 'Booking system',
  scopes: ['booking'],
  locationIds: null,
  createdAt: '2026-11-24T09:00:00.000Z',
  createdBy: { type: 'api_key', id: 'key_1' },
  lastUsedAt: null,
  revokedAt: null,
};

const apiKeyFields = {
  id: z.string(),
  name: z.string(),
  scopes: z.array(scope),
  locationIds: z.array(z.string()).nullable().meta({
    description: 'All that the key may see and change; `null`: every location.',
  }),
  createdAt: instantOut,
  createdBy: actorOut,
  lastUsedAt: instantOut.nullable().meta({ description: 'To the minute; `null`: never used.' }),
  revokedAt: instantOut.nullable().meta({ description: 'When it was deleted.' }),
};

export const apiKeyOut = z.strictObject(apiKeyFields).meta({
  id: 'ApiKey',
  description: 'An API key without its secret.',
  examples: [example],
});

export const newApiKeyOut = z
  .strictObject({
    ...apiKeyFields,
    secret: z.string().meta({ description: 'The key itself. It is shown this once.' }),
  })
  .meta({
    id: 'NewApiKey',
    description: 'A new API key with its secret.',
    examples: [{ ...example, secret: 'lk_…' }],
  });

const params = z.strictObject({ id: ownId });

export const createApiKey = operation({
  id: 'createApiKey',
  method: 'post',
  path: '/v1/api-keys',
  tag: 'API keys',
  summary: 'Create an API key',
  description:
    'The secret is in the answer and cannot be read again: only its hash is kept. To change the secret, create another key and delete this one.',
  scopes: SCOPES.admin,
  body: z.strictObject({ name: displayName, scopes, locationIds: locationIds.default(null) }),
  bodyExample: { name: 'Booking system', scopes: ['booking'], locationIds: null },
  idempotent: true,
  answersSecret: true,
  answers: { 201: { description: 'The key, with its secret.', schema: newApiKeyOut } },
  problems: ['location_unknown'],
});

export const getApiKey = operation({
  id: 'getApiKey',
  method: 'get',
  path: '/v1/api-keys/:id',
  tag: 'API keys',
  summary: 'Read an API key',
  description: 'What is known of a key, deleted ones included; never its secret.',
  scopes: SCOPES.operators,
  params,
  answers: { 200: { description: 'The key.', schema: apiKeyOut } },
  problems: ['api_key_not_found'],
});

export const listApiKeys = operation({
  id: 'listApiKeys',
  method: 'get',
  path: '/v1/api-keys',
  tag: 'API keys',
  summary: 'List API keys',
  description: 'All keys in order of their id, deleted ones included.',
  scopes: SCOPES.operators,
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of keys.', schema: page(apiKeyOut) } },
  problems: [],
});

export const patchApiKey = operation({
  id: 'patchApiKey',
  method: 'patch',
  path: '/v1/api-keys/:id',
  tag: 'API keys',
  summary: 'Rename an API key, or change its scopes or locations',
  description:
    'What is left out stays; `scopes` and `locationIds` replace them all. It holds from the next request on. The last admin key keeps the scope `admin` and every location; a deleted key cannot be changed.',
  scopes: SCOPES.admin,
  params,
  body: z
    .strictObject({
      name: displayName.optional(),
      scopes: scopes.optional(),
      locationIds: locationIds.optional(),
    })
    .refine(
      (body) => Object.keys(body).length > 0,
      'must hold name, scopes, locationIds or several of them.',
    ),
  bodyExample: { scopes: ['booking', 'operator'] },
  answers: { 200: { description: 'The key as it is now.', schema: apiKeyOut } },
  problems: ['api_key_not_found', 'api_key_deleted', 'last_admin_key', 'location_unknown'],
});

export const deleteApiKey = operation({
  id: 'deleteApiKey',
  method: 'delete',
  path: '/v1/api-keys/:id',
  tag: 'API keys',
  summary: 'Delete an API key',
  description:
    'From now on the key is refused. Its record stays, since grants and log rows name it. The last admin key cannot be deleted.',
  scopes: SCOPES.admin,
  params,
  answers: { 204: { description: 'Deleted, or deleted before.' } },
  problems: ['api_key_not_found', 'last_admin_key'],
});

export const apiKeyOperations = [
  createApiKey,
  getApiKey,
  listApiKeys,
  patchApiKey,
  deleteApiKey,
] as const;
