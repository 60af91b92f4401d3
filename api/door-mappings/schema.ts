import { z } from 'zod';
import { GRANT_SOURCES, LOG_ACTIONS } from '../../src/domain/grant';
import { MAPPING_ORIGINS } from '../../src/store';
import { operation, SCOPES } from '../http/operation';
import { jobOut } from '../jobs/schema';
import {
  displayName,
  hostId,
  idsFilter,
  instantIn,
  kisiId,
  ownId,
  page,
  pageQuery,
} from '../schemas/common';
import { accessEffectOut, dryRunQuery } from '../sources/effect';
import {
  accessLogOut,
  CSV_EXAMPLE,
  doorMappingOut,
  doorTestOut,
  LOG_STATUSES,
  mappingChangeOut,
  resourceType,
} from './shapes';

const params = z.strictObject({ id: ownId });

const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .optional();

const common = {
  integrationId: ownId,
  resourceId: kisiId,
  name: displayName.optional().meta({ description: 'Left out: the name that Kisi has for it.' }),
};

/** The place of a lock: a space, whose location goes with it, or a location alone. */
const lockPlace = {
  spaceId: hostId.nullish().meta({
    description:
      'The space that the lock protects. Without one no booking opens it; manual grants and plans may name it.',
  }),
  locationId: hostId.nullish().meta({
    description: 'Needed where there is no space; else it is that of the space.',
  }),
};

export const createDoorMapping = operation({
  id: 'createDoorMapping',
  method: 'post',
  path: '/v1/door-mappings',
  tag: 'Door mappings',
  summary: 'Map a door',
  description:
    'Asks Kisi whether the door or group exists. A lock needs a Kisi group of its own, which is made when the first grant needs it; such a group cannot be mapped itself. Live bookings and memberships that reach the place follow at once (GET /v1/jobs?subjectId= shows how far). Use `dryRun=true` first, to see who gains.',
  scopes: SCOPES.admin,
  query: dryRunQuery,
  body: z.discriminatedUnion(
    'resourceType',
    [
      z
        .strictObject({ ...common, resourceType: z.literal('lock'), ...lockPlace })
        .refine(({ spaceId, locationId }) => (spaceId ?? locationId ?? null) !== null, {
          path: ['locationId'],
          message: 'is missing; send the space that the lock protects, or a location.',
        }),
      z.strictObject({ ...common, resourceType: z.literal('group'), locationId: hostId }),
    ],
    { error: 'must be "lock" (with spaceId or locationId) or "group" (with locationId).' },
  ),
  bodyExample: {
    integrationId: 'int_5f0c',
    resourceType: 'lock',
    resourceId: 4712,
    spaceId: 'spc_boardroom',
    name: 'Boardroom door',
  },
  idempotent: true,
  answers: {
    201: { description: 'Mapped.', schema: doorMappingOut },
    200: {
      description: 'With `dryRun`: who would gain a door by it; nothing is stored.',
      schema: accessEffectOut,
    },
  },
  problems: [
    'door_mapping_exists',
    'integration_unknown',
    'integration_inactive',
    'space_unknown',
    'space_not_fitting',
    'location_unknown',
    'location_not_served',
    'kisi_resource_unknown',
    'kisi_group_reserved',
    'kisi_key_refused',
    'kisi_unexpected_answer',
    'kisi_unavailable',
    'temporal_unavailable',
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
    ids: idsFilter,
    integrationId: ownId.optional(),
    locationId: hostId.optional(),
    spaceId: hostId.optional(),
    resourceType: resourceType.optional(),
    origin: z.enum(MAPPING_ORIGINS).optional(),
    active: flag,
    missing: flag.meta({ description: 'Kisi does not know the door any more.' }),
    unassigned: flag.meta({ description: 'Nobody has given it a location yet.' }),
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

export const syncDoorMappings = operation({
  id: 'syncDoorMappings',
  method: 'post',
  path: '/v1/door-mappings/sync',
  tag: 'Door mappings',
  summary: 'Sync from Kisi',
  description:
    'Reads all locks and groups from Kisi and makes a mapping for each that has none. A new mapping has no location and no space: nothing opens by it until it is assigned. What an admin has set stays; what Kisi does not know any more is marked (`missingSince`). One sync at a time: while one runs, its job is answered. The `result` of the job says what was done: `created`, `renamed`, `vanished`, `returned`, `unchanged`, `left` (an admin deleted the mapping), `locks`, `groups`, `calls` and `missingRights`.',
  scopes: SCOPES.admin,
  body: z.strictObject({
    integrationId: ownId,
    includeDeleted: z.boolean().default(false).meta({
      description: 'Also make mappings for doors whose mapping an admin has deleted.',
    }),
  }),
  bodyExample: { integrationId: 'int_5f0c' },
  idempotent: true,
  answers: {
    200: { description: 'The job, which has ended.', schema: jobOut },
    202: { description: 'The job, which runs; read it again.', schema: jobOut },
  },
  problems: ['integration_unknown', 'integration_inactive', 'temporal_unavailable'],
});

const changeAnswers = {
  200: {
    description: 'With `dryRun`: what it would do. Else: stored, and nobody depends on it.',
    schema: mappingChangeOut,
  },
  202: {
    description: 'Stored, and all live access follows; read the job.',
    schema: mappingChangeOut,
  },
} as const;

export const patchDoorMapping = operation({
  id: 'patchDoorMapping',
  method: 'patch',
  path: '/v1/door-mappings/:id',
  tag: 'Door mappings',
  summary: 'Change a door mapping',
  description:
    'What is left out stays. Another place, lock or group has every live grant, booking and membership follow: the old access goes, the new one is put in place. A space that is named brings its location with it. Use `dryRun=true` first, to see who gains and who loses.',
  scopes: SCOPES.admin,
  params,
  query: dryRunQuery,
  body: z
    .strictObject({
      name: displayName.nullish().meta({ description: '`null`: follow the name at Kisi again.' }),
      locationId: hostId.nullish().meta({ description: '`null`: assigned to nothing.' }),
      spaceId: hostId.nullish().meta({ description: 'Locks only. `null`: no booking opens it.' }),
      integrationId: ownId.optional().meta({ description: 'Another one needs `resourceId`.' }),
      resourceType: resourceType.optional(),
      resourceId: kisiId.optional(),
    })
    .refine((body) => Object.keys(body).length > 0, { message: 'must name what is to change.' }),
  bodyExample: { spaceId: 'spc_studio' },
  answers: changeAnswers,
  problems: [
    'door_mapping_not_found',
    'door_mapping_exists',
    'integration_unknown',
    'integration_inactive',
    'integration_not_found',
    'space_unknown',
    'space_not_fitting',
    'location_unknown',
    'location_not_served',
    'kisi_resource_unknown',
    'kisi_group_reserved',
    'kisi_key_refused',
    'kisi_unexpected_answer',
    'kisi_unavailable',
    'temporal_unavailable',
  ],
});

export const deleteDoorMapping = operation({
  id: 'deleteDoorMapping',
  method: 'delete',
  path: '/v1/door-mappings/:id',
  tag: 'Door mappings',
  summary: 'Delete a door mapping',
  description:
    'Takes away whatever it opens: grants of bookings and memberships end, grants by hand are revoked. Its access log can still be read. A sync leaves the door alone unless asked with `includeDeleted`. Use `dryRun=true` first, to see who loses.',
  scopes: SCOPES.admin,
  params,
  query: dryRunQuery,
  answers: changeAnswers,
  problems: ['door_mapping_not_found', 'temporal_unavailable'],
});

export const testDoorMapping = operation({
  id: 'testDoorMapping',
  method: 'post',
  path: '/v1/door-mappings/:id/test',
  tag: 'Door mappings',
  summary: 'Test whether the door can be reached',
  description:
    'Asks Kisi for the door or group as it is there now, and says what there will make an unlock from My Keys fail. Opens nothing.',
  scopes: SCOPES.operators,
  params,
  idempotent: true,
  answers: { 200: { description: 'As it is at Kisi.', schema: doorTestOut } },
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
  description:
    'Newest first: who was granted what, when, by whom, and what became of it, failed attempts included (`problem`), and who opened which door (`lock`). The log of a Lock has its openings through a Group, or another mapping of the lock, too. Can still be read after the mapping was deleted. With `format=csv` or `Accept: text/csv` all rows that match come as CSV, after `cursor` where it is given, whatever `limit` says.',
  scopes: SCOPES.everybody,
  params,
  query: z
    .strictObject({
      ...pageQuery,
      memberId: hostId.optional(),
      grantId: ownId.optional(),
      source: z.enum(GRANT_SOURCES).optional(),
      action: z.enum(LOG_ACTIONS).optional(),
      status: z.enum(LOG_STATUSES).optional(),
      from: instantIn.optional(),
      to: instantIn.optional(),
      search: z.string().trim().min(1).max(100).optional().meta({
        description:
          "The beginning of a member's id or e-mail address, or of a word of the name; of who is no member, of a word of the name at Kisi.",
      }),
      format: z.enum(['json', 'csv']).optional().meta({
        description: 'Left out: as `Accept` says, else JSON.',
      }),
    })
    .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
      path: ['to'],
      message: 'must be later than from.',
    }),
  answers: {
    200: {
      description: 'A page of rows, or all of them as CSV.',
      schema: page(accessLogOut),
      otherForms: { 'text/csv': { schema: z.string(), example: CSV_EXAMPLE } },
    },
  },
  problems: ['door_mapping_not_found'],
});

export const doorMappingOperations = [
  createDoorMapping,
  syncDoorMappings,
  getDoorMapping,
  listDoorMappings,
  patchDoorMapping,
  deleteDoorMapping,
  testDoorMapping,
  listAccessLogs,
] as const;
