import { z } from 'zod';
import { REMOVAL_MODES } from '../../src/store';
import { operation, SCOPES } from '../http/operation';
import { jobOut } from '../jobs/schema';
import { hostId, ownId, page, pageQuery } from '../schemas/common';
import {
  approvalOut,
  connectionTestOut,
  deletionInKisi,
  healthOut,
  integrationChangedOut,
  integrationOut,
  kisiResourceOut,
  memberMode,
} from './shapes';

const params = z.strictObject({ id: ownId });

const kisiKey = z
  .string()
  .regex(/^[\x21-\x7e]{8,500}$/, 'must be 8 to 500 printable ASCII characters without spaces.')
  .meta({ description: 'A Kisi API key, made by the organization owner. Never shown again.' });

const locationIds = z
  .array(hostId)
  .max(200, 'must name at most 200 locations.')
  .transform((ids) => [...new Set(ids)]);

export const createIntegration = operation({
  id: 'createIntegration',
  method: 'post',
  path: '/v1/integrations',
  tag: 'Integrations',
  summary: 'Connect a Kisi organization',
  description:
    'Asks Kisi whose key it is and stores it encrypted. One Kisi organization can be connected once, and one location is served by one integration. An organization whose integration was removed goes on under the same id: its door mappings are active again, and all access that should be is put in place.',
  scopes: SCOPES.admin,
  body: z.strictObject({
    provider: z.literal('kisi'),
    apiKey: kisiKey,
    locationIds,
    memberMode: memberMode.optional(),
  }),
  bodyExample: { provider: 'kisi', apiKey: 'kisi-api-key', locationIds: ['loc_mitte'] },
  idempotent: true,
  answers: {
    201: { description: 'Connected.', schema: integrationOut },
    200: { description: 'Connected again, under the id it had.', schema: integrationOut },
  },
  problems: [
    'temporal_unavailable',
    'organization_connected',
    'location_served',
    'location_unknown',
    'kisi_key_refused',
    'kisi_unexpected_answer',
    'kisi_unavailable',
  ],
});

export const testApiKey = operation({
  id: 'testKisiKey',
  method: 'post',
  path: '/v1/integrations/test',
  tag: 'Integrations',
  summary: 'Test a Kisi key before it is stored',
  description:
    'Asks Kisi whose key it is and what it may do, without changing anything there; stores nothing.',
  scopes: SCOPES.admin,
  body: z.strictObject({ apiKey: kisiKey }),
  bodyExample: { apiKey: 'kisi-api-key' },
  idempotent: true,
  answers: {
    200: {
      description: 'Kisi takes the key; `ok` says whether it may do enough.',
      schema: connectionTestOut,
    },
  },
  problems: ['kisi_key_refused', 'kisi_unexpected_answer', 'kisi_unavailable'],
});

export const listIntegrations = operation({
  id: 'listIntegrations',
  method: 'get',
  path: '/v1/integrations',
  tag: 'Integrations',
  summary: 'List integrations',
  description: 'All integrations in order of their id.',
  scopes: SCOPES.operators,
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of integrations.', schema: page(integrationOut) } },
  problems: [],
});

export const getIntegration = operation({
  id: 'getIntegration',
  method: 'get',
  path: '/v1/integrations/:id',
  tag: 'Integrations',
  summary: 'Read an integration',
  description: 'One integration; of its key only the last four characters.',
  scopes: SCOPES.operators,
  params,
  answers: { 200: { description: 'The integration.', schema: integrationOut } },
  problems: ['integration_not_found'],
});

export const patchIntegration = operation({
  id: 'patchIntegration',
  method: 'patch',
  path: '/v1/integrations/:id',
  tag: 'Integrations',
  summary:
    'Replace the key or the locations, change how members are made or what a deletion at Kisi means',
  description:
    'A new key must belong to the same Kisi organization. Grants that wait for a working key are tried at once. The door mappings of a location that is left out stay. A new `memberMode` holds for members who are yet to be made at Kisi; `madeOtherwise` names those who stay as they are.',
  scopes: SCOPES.admin,
  params,
  body: z
    .strictObject({
      apiKey: kisiKey.optional(),
      locationIds: locationIds.optional(),
      memberMode: memberMode.optional(),
      deletionInKisi: deletionInKisi.optional(),
    })
    .refine(
      (body) => Object.values(body).some((value) => value !== undefined),
      'must hold at least one of apiKey, locationIds, memberMode and deletionInKisi.',
    ),
  bodyExample: { apiKey: 'new-kisi-api-key' },
  answers: {
    200: { description: 'The integration as it is now.', schema: integrationChangedOut },
  },
  problems: [
    'temporal_unavailable',
    'integration_not_found',
    'other_organization',
    'integration_inactive',
    'location_served',
    'location_unknown',
    'kisi_key_refused',
    'kisi_unexpected_answer',
    'kisi_unavailable',
  ],
});

export const removeIntegration = operation({
  id: 'removeIntegration',
  method: 'delete',
  path: '/v1/integrations/:id',
  tag: 'Integrations',
  summary: 'Remove a connection',
  description:
    'Nothing can be granted through it from now on. Its door mappings stay, inactive, and its live grants wait until the same Kisi organization is connected again. With `access=remove` all access that it gave is taken away at Kisi first; with `access=leave` only access without an end is, and the rest ends by itself at Kisi. Then the key is dropped. The job shows how far that has come; it waits through outages. Asked again it answers the same job, in the mode that was asked for first.',
  scopes: SCOPES.admin,
  params,
  query: z.strictObject({
    access: z
      .enum(REMOVAL_MODES)
      .default('remove')
      .meta({ description: 'What becomes of the access at Kisi.' }),
  }),
  answers: { 202: { description: 'The job that removes it.', schema: jobOut } },
  problems: ['temporal_unavailable', 'integration_not_found'],
});

export const testIntegration = operation({
  id: 'testIntegration',
  method: 'post',
  path: '/v1/integrations/:id/test',
  tag: 'Integrations',
  summary: 'Test a connection',
  description:
    'Asks Kisi whose the stored key is and what it may do, without changing anything there.',
  scopes: SCOPES.operators,
  params,
  idempotent: true,
  answers: {
    200: {
      description: 'Kisi takes the key; `ok` says whether it may do enough.',
      schema: connectionTestOut,
    },
  },
  problems: [
    'integration_not_found',
    'integration_inactive',
    'kisi_key_refused',
    'kisi_unexpected_answer',
    'kisi_unavailable',
  ],
});

export const listKisiResources = operation({
  id: 'listKisiResources',
  method: 'get',
  path: '/v1/integrations/:id/resources',
  tag: 'Integrations',
  summary: 'List doors or groups at Kisi',
  description:
    'Asked live from Kisi, all at once, for choosing what to map. The groups that Latchkey made for single locks are left out.',
  scopes: SCOPES.operators,
  params,
  query: z.strictObject({ type: z.enum(['lock', 'group']) }),
  answers: { 200: { description: 'All of them.', schema: page(kisiResourceOut) } },
  problems: [
    'integration_not_found',
    'integration_inactive',
    'kisi_key_refused',
    'kisi_unexpected_answer',
    'kisi_unavailable',
  ],
});

export const approveReconcile = operation({
  id: 'approveReconciliation',
  method: 'post',
  path: '/v1/integrations/:id/reconcile-approval',
  tag: 'Integrations',
  summary: 'Allow the next reconciliation to close many doors',
  description:
    'A reconciliation that would close more than a set share of the doors open now refuses to, until a person has looked at it and says so here. The word holds for one run; sent again under the same `Idempotency-Key` it is not given a second time.',
  scopes: SCOPES.admin,
  params,
  idempotent: true,
  answers: { 200: { description: 'The word as it is stored.', schema: approvalOut } },
  problems: ['temporal_unavailable', 'integration_not_found'],
});

export const getIntegrationHealth = operation({
  id: 'getIntegrationHealth',
  method: 'get',
  path: '/v1/integrations/:id/health',
  tag: 'Integrations',
  summary: 'How the connection is doing',
  description: 'From what is known; Kisi is not asked. Use POST …/test to ask.',
  scopes: SCOPES.operators,
  params,
  answers: { 200: { description: 'The health of the connection.', schema: healthOut } },
  problems: ['integration_not_found'],
});

export const integrationOperations = [
  createIntegration,
  testApiKey,
  listIntegrations,
  getIntegration,
  patchIntegration,
  removeIntegration,
  testIntegration,
  listKisiResources,
  approveReconcile,
  getIntegrationHealth,
] as const;
