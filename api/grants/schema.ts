import { z } from 'zod';
import {
  GRANT_SOURCES,
  GRANT_STATUSES,
  GRANT_STOPS,
  PROBLEM_TYPES,
  PROVISIONINGS,
} from '../../src/domain/grant';
import { operation, SCOPES } from '../http/operation';
import { memberParams } from '../members/schema';
import {
  actorOut,
  hostId,
  instantIn,
  instantOut,
  ownId,
  page,
  pageQuery,
  reasonText,
} from '../schemas/common';

/** A typed trouble, with what a person can do about it. */
export const grantProblemOut = z
  .strictObject({ type: z.enum(PROBLEM_TYPES), detail: z.string(), remedy: z.string() })
  .meta({
    id: 'GrantProblem',
    description: 'Why provisioning is not as it should be.',
    examples: [
      {
        type: 'kisi_unavailable',
        detail: 'Kisi does not answer.',
        remedy: 'Wait: it is tried again by itself as soon as Kisi answers.',
      },
    ],
  });

export const grantExample = {
  id: 'grt_9b1d',
  memberId: 'mem_7f3a',
  doorMappingId: 'dm_5f0c',
  source: 'manual',
  sourceId: null,
  startsAt: '2026-11-24T10:00:00.000Z',
  endsAt: '2026-11-24T12:00:00.000Z',
  status: 'active',
  stops: [],
  provisioning: 'in_place',
  problem: null,
  revision: 1795514400000,
  settled: true,
  createdAt: '2026-11-24T10:00:00.000Z',
  createdBy: { type: 'api_key', id: 'key_1' },
  changedAt: '2026-11-24T10:00:00.000Z',
  changedBy: { type: 'api_key', id: 'key_1' },
  reason: null,
  inPlaceAt: '2026-11-24T10:00:00.412Z',
  removedAt: null,
};

export const grantOut = z
  .strictObject({
    id: z.string(),
    memberId: z.string(),
    doorMappingId: z.string(),
    source: z.enum(GRANT_SOURCES).meta({ description: 'Why the grant exists.' }),
    sourceId: z.string().nullable().meta({
      description: 'The booking or membership; `null` for a manual grant.',
    }),
    startsAt: instantOut,
    endsAt: instantOut.nullable().meta({ description: '`null`: open-ended.' }),
    status: z.enum(GRANT_STATUSES).meta({
      description: 'Derived from stops, window and the time of the answer.',
    }),
    stops: z.array(z.enum(GRANT_STOPS)).meta({
      description: 'What keeps it from giving access; Restore lifts `admin` and `terminated`.',
    }),
    provisioning: z.enum(PROVISIONINGS).meta({ description: 'What of it has reached Kisi.' }),
    problem: grantProblemOut.nullable(),
    revision: z.int().meta({
      description: 'Rises with every accepted change; 0 until the workflow has recorded the first.',
    }),
    settled: z.boolean().meta({ description: 'Whether `provisioning` shows this `revision`.' }),
    createdAt: instantOut,
    createdBy: actorOut,
    changedAt: instantOut,
    changedBy: actorOut,
    reason: z.string().nullable(),
    inPlaceAt: instantOut.nullable().meta({
      description: 'When this revision was first seen in place at Kisi.',
    }),
    removedAt: instantOut.nullable().meta({
      description: 'When this revision was first seen removed at Kisi.',
    }),
  })
  .meta({
    id: 'Grant',
    description: 'One member, one door mapping, one window of time, one source.',
    examples: [grantExample],
  });

const params = z.strictObject({ id: ownId });

const SETTLED = 'Accepted, and Kisi shows it.';
const ACCEPTED =
  'Accepted for good, but not settled yet: Kisi is slow or away, or it is not its turn. Read the grant at `Location` until `settled` is true.';
const changeAnswers = {
  200: { description: SETTLED, schema: grantOut },
  202: { description: ACCEPTED, schema: grantOut },
} as const;

const stopBody = z
  .strictObject({ reason: reasonText.optional() })
  .meta({ description: 'May be left out.' });

export const createGrant = operation({
  id: 'createGrant',
  method: 'post',
  path: '/v1/members/:id/grants',
  tag: 'Grants',
  summary: 'Grant a member access to a door',
  description:
    'The grant exists once this is answered, whatever happens to Kisi: 201 when the access is in place, 202 when that takes longer than 2 s. Instants are taken down to the whole second. Without `startsAt` it begins now; without `endsAt`, or with `null`, it has no end.',
  scopes: SCOPES.hosts,
  params: memberParams,
  body: z.strictObject({
    doorMappingId: ownId,
    startsAt: instantIn.optional(),
    endsAt: instantIn.nullable().default(null),
    reason: reasonText.optional(),
  }),
  bodyExample: {
    doorMappingId: 'dm_5f0c',
    startsAt: '2026-11-24T10:00:00Z',
    endsAt: '2026-11-24T12:00:00Z',
    reason: 'Tour of the building',
  },
  idempotent: true,
  answers: {
    201: { description: SETTLED, schema: grantOut },
    202: { description: ACCEPTED, schema: grantOut },
  },
  problems: [
    'window_invalid',
    'window_past',
    'member_not_found',
    'door_mapping_unknown',
    'door_mapping_inactive',
    'integration_inactive',
    'temporal_unavailable',
  ],
});

export const listMemberGrants = operation({
  id: 'listMemberGrants',
  method: 'get',
  path: '/v1/members/:id/grants',
  tag: 'Grants',
  summary: "List a member's grants",
  description: 'Newest first, ended ones included.',
  scopes: SCOPES.everybody,
  params: memberParams,
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of grants.', schema: page(grantOut) } },
  problems: ['member_not_found'],
});

export const listGrants = operation({
  id: 'listGrants',
  method: 'get',
  path: '/v1/grants',
  tag: 'Grants',
  summary: 'List grants',
  description:
    'Newest first. Filters add up. `from` and `to` keep grants whose window shares an instant with [from, to).',
  scopes: SCOPES.everybody,
  query: z
    .strictObject({
      ...pageQuery,
      status: z.enum(GRANT_STATUSES).optional(),
      provisioning: z.enum(PROVISIONINGS).optional(),
      source: z.enum(GRANT_SOURCES).optional(),
      sourceId: hostId.optional().meta({
        description:
          'The booking or membership; with `source`, since the two may share an id. What it once asked for is shown too.',
      }),
      memberId: hostId.optional(),
      doorMappingId: ownId.optional(),
      from: instantIn.optional(),
      to: instantIn.optional(),
    })
    .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
      path: ['to'],
      message: 'must be later than from.',
    }),
  answers: { 200: { description: 'A page of grants.', schema: page(grantOut) } },
  problems: [],
});

export const getGrant = operation({
  id: 'getGrant',
  method: 'get',
  path: '/v1/grants/:id',
  tag: 'Grants',
  summary: 'Read a grant',
  description: 'One grant. After an answered change this shows at least that change.',
  scopes: SCOPES.everybody,
  params,
  answers: { 200: { description: 'The grant.', schema: grantOut } },
  problems: ['grant_not_found'],
});

export const changeGrant = operation({
  id: 'changeGrant',
  method: 'patch',
  path: '/v1/grants/:id',
  tag: 'Grants',
  summary: 'Change the dates of a grant',
  description:
    "What is left out stays; `endsAt: null` makes it open-ended. A later end brings an expired grant back, under the same id. An end in the past ends the grant at once; on a grant that has ended and is closed it is refused with 409 `grant_over`. The dates of a booking's or membership's grant follow it: 409 `follows_source`.",
  scopes: SCOPES.hosts,
  params,
  body: z
    .strictObject({
      startsAt: instantIn.optional(),
      endsAt: instantIn.nullable().optional(),
      reason: reasonText.optional(),
    })
    .refine(
      (body) => body.startsAt !== undefined || body.endsAt !== undefined,
      'must hold startsAt, endsAt or both.',
    ),
  bodyExample: { endsAt: '2026-11-24T14:00:00Z', reason: 'Meeting runs longer' },
  answers: changeAnswers,
  problems: [
    'window_invalid',
    'message_invalid',
    'grant_not_found',
    'grant_over',
    'follows_source',
    'temporal_unavailable',
  ],
});

const changeProblems = [
  'message_invalid',
  'grant_not_found',
  'grant_over',
  'temporal_unavailable',
] as const;

export const revokeGrant = operation({
  id: 'revokeGrant',
  method: 'post',
  path: '/v1/grants/:id/revoke',
  tag: 'Grants',
  summary: 'Revoke a grant',
  description:
    'Takes the access away; Restore brings it back as long as the end has not come. Revoking twice changes nothing, and nor does revoking a grant that has ended and is closed: 200 with the grant unchanged.',
  scopes: SCOPES.everybody,
  params,
  body: stopBody,
  bodyExample: { reason: 'Lost badge' },
  idempotent: true,
  answers: changeAnswers,
  problems: changeProblems,
});

export const restoreGrant = operation({
  id: 'restoreGrant',
  method: 'post',
  path: '/v1/grants/:id/restore',
  tag: 'Grants',
  summary: 'Restore a revoked grant',
  description:
    'Lifts what an admin or a termination stopped, never what a booking or membership stopped (409 `source_stopped`). After the end it is refused: change the dates instead.',
  scopes: SCOPES.everybody,
  params,
  body: stopBody,
  bodyExample: { reason: 'Badge found' },
  idempotent: true,
  answers: changeAnswers,
  problems: [...changeProblems, 'source_stopped'],
});

export const retryGrant = operation({
  id: 'retryGrant',
  method: 'post',
  path: '/v1/grants/:id/retry',
  tag: 'Grants',
  summary: 'Try a grant again now',
  description:
    'For a grant in `attention` whose cause was removed. It is tried again by itself too, only more slowly.',
  scopes: SCOPES.everybody,
  params,
  body: stopBody,
  bodyExample: { reason: 'Group restored at Kisi' },
  idempotent: true,
  answers: changeAnswers,
  problems: changeProblems,
});

export const grantOperations = [
  createGrant,
  listMemberGrants,
  listGrants,
  getGrant,
  changeGrant,
  revokeGrant,
  restoreGrant,
  retryGrant,
] as const;
