import { z } from 'zod';
import { LOG_ACTIONS, PROBLEM_TYPES, PROVISIONINGS } from '../../src/domain/grant';
import { grantExample, grantOut } from '../grants/schema';
import { operation, SCOPES } from '../http/operation';
import { kisiResourceOut } from '../integrations/shapes';
import {
  actorOut,
  displayName,
  hostId,
  instantIn,
  instantOut,
  kisiId,
  ownId,
  page,
  pageQuery,
} from '../schemas/common';

const resourceType = z.enum(['lock', 'group']).meta({
  description: '`lock`: one door, for a space. `group`: a collection of doors, for a location.',
});

export const doorMappingOut = z
  .strictObject({
    id: z.string(),
    integrationId: z.string(),
    locationId: z.string().nullable(),
    spaceId: z.string().nullable(),
    resourceType,
    resourceId: kisiId,
    name: z.string(),
    active: z.boolean(),
    createdAt: instantOut,
    createdBy: actorOut,
    updatedAt: instantOut,
  })
  .meta({
    id: 'DoorMapping',
    description: 'Ties a lock at Kisi to a space, or a group at Kisi to a location.',
    examples: [
      {
        id: 'dm_5f0c',
        integrationId: 'int_5f0c',
        locationId: 'loc_mitte',
        spaceId: 'spc_boardroom',
        resourceType: 'lock',
        resourceId: 4712,
        name: 'Boardroom door',
        active: true,
        createdAt: '2026-11-24T09:00:00.000Z',
        createdBy: { type: 'api_key', id: 'key_1' },
        updatedAt: '2026-11-24T09:00:00.000Z',
      },
    ],
  });

const LOG_STATUSES = ['accepted', 'refused', ...PROVISIONINGS] as const;

export const accessLogOut = z
  .strictObject({
    id: z.string(),
    at: instantOut,
    action: z.enum(LOG_ACTIONS),
    status: z.enum(LOG_STATUSES),
    memberId: z.string(),
    grantId: z.string(),
    by: actorOut,
    reason: z.string().nullable(),
    problem: z.strictObject({ type: z.enum(PROBLEM_TYPES), detail: z.string() }).nullable(),
    grant: grantOut.meta({ description: 'The grant after this, as of `at`.' }),
  })
  .meta({
    id: 'AccessLogEntry',
    description: 'One row of the append-only access log.',
    examples: [
      {
        id: 'grt_9b1d:1795514400412',
        at: '2026-11-24T10:00:00.412Z',
        action: 'grant',
        status: 'in_place',
        memberId: 'mem_7f3a',
        grantId: 'grt_9b1d',
        by: { type: 'api_key', id: 'key_1' },
        reason: null,
        problem: null,
        grant: grantExample,
      },
    ],
  });

const params = z.strictObject({ id: ownId });

const common = {
  integrationId: ownId,
  resourceId: kisiId,
  name: displayName.optional().meta({ description: 'Left out: the name that Kisi has for it.' }),
};

export const createDoorMapping = operation({
  id: 'createDoorMapping',
  method: 'post',
  path: '/v1/door-mappings',
  tag: 'Door mappings',
  summary: 'Map a door',
  description:
    'Asks Kisi whether the door or group exists. A lock needs a Kisi group of its own, which is made when the first grant needs it; such a group cannot be mapped itself.',
  scopes: SCOPES.admin,
  body: z.discriminatedUnion(
    'resourceType',
    [
      z.strictObject({ ...common, resourceType: z.literal('lock'), spaceId: hostId }),
      z.strictObject({ ...common, resourceType: z.literal('group'), locationId: hostId }),
    ],
    { error: 'must be "lock" (with spaceId) or "group" (with locationId).' },
  ),
  bodyExample: {
    integrationId: 'int_5f0c',
    resourceType: 'lock',
    resourceId: 4712,
    spaceId: 'spc_boardroom',
    name: 'Boardroom door',
  },
  idempotent: true,
  answers: { 201: { description: 'Mapped.', schema: doorMappingOut } },
  problems: [
    'door_mapping_exists',
    'integration_unknown',
    'integration_inactive',
    'space_unknown',
    'location_unknown',
    'location_not_served',
    'kisi_resource_unknown',
    'kisi_group_reserved',
    'kisi_key_refused',
    'kisi_unexpected_answer',
    'kisi_unavailable',
  ],
});

export const getDoorMapping = operation({
  id: 'getDoorMapping',
  method: 'get',
  path: '/v1/door-mappings/:id',
  tag: 'Door mappings',
  summary: 'Read a door mapping',
  description: 'One door mapping by its id.',
  scopes: SCOPES.everybody,
  params,
  answers: { 200: { description: 'The door mapping.', schema: doorMappingOut } },
  problems: ['door_mapping_not_found'],
});

export const listDoorMappings = operation({
  id: 'listDoorMappings',
  method: 'get',
  path: '/v1/door-mappings',
  tag: 'Door mappings',
  summary: 'List door mappings',
  description: 'In order of their id. Filters add up.',
  scopes: SCOPES.everybody,
  query: z.strictObject({
    ...pageQuery,
    integrationId: ownId.optional(),
    locationId: hostId.optional(),
    spaceId: hostId.optional(),
    resourceType: resourceType.optional(),
    active: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional(),
    search: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'The beginning of the name or of one of its words, in any case.' }),
  }),
  answers: { 200: { description: 'A page of door mappings.', schema: page(doorMappingOut) } },
  problems: [],
});

export const testDoorMapping = operation({
  id: 'testDoorMapping',
  method: 'post',
  path: '/v1/door-mappings/:id/test',
  tag: 'Door mappings',
  summary: 'Test whether the door can be reached',
  description: 'Asks Kisi for the door or group as it is there now; opens nothing.',
  scopes: SCOPES.operators,
  params,
  idempotent: true,
  answers: { 200: { description: 'As it is at Kisi.', schema: kisiResourceOut } },
  problems: [
    'door_mapping_not_found',
    'kisi_resource_unknown',
    'kisi_key_refused',
    'kisi_unexpected_answer',
    'kisi_unavailable',
  ],
});

export const listAccessLogs = operation({
  id: 'listAccessLogs',
  method: 'get',
  path: '/v1/door-mappings/:id/access-logs',
  tag: 'Door mappings',
  summary: 'Read the access log of a door',
  description: 'Newest first: who was granted what, when, by whom, and what became of it.',
  scopes: SCOPES.everybody,
  params,
  query: z
    .strictObject({
      ...pageQuery,
      memberId: hostId.optional(),
      grantId: ownId.optional(),
      action: z.enum(LOG_ACTIONS).optional(),
      status: z.enum(LOG_STATUSES).optional(),
      from: instantIn.optional(),
      to: instantIn.optional(),
    })
    .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
      path: ['to'],
      message: 'must be later than from.',
    }),
  answers: { 200: { description: 'A page of rows.', schema: page(accessLogOut) } },
  problems: ['door_mapping_not_found'],
});

export const doorMappingOperations = [
  createDoorMapping,
  getDoorMapping,
  listDoorMappings,
  testDoorMapping,
  listAccessLogs,
] as const;
