import { z } from 'zod';
import { MEMBERSHIP_STATUSES } from '../../src/domain/source';
import { operation, SCOPES } from '../http/operation';
import { hostId, instantIn, instantOut, page, pageQuery } from '../schemas/common';
import {
  doorExample,
  idSearch,
  memberIdsIn,
  SOURCE_ACCEPTED,
  sourceStateOut,
  versionIn,
  versionQuery,
} from '../sources/schema';

export const membershipOut = z
  .strictObject({
    id: hostId,
    memberIds: z.array(hostId),
    planId: hostId.nullable(),
    locationId: hostId.nullable(),
    startsAt: instantOut.nullable(),
    endsAt: instantOut.nullable().meta({ description: '`null`: until it is cancelled.' }),
    status: z.enum(MEMBERSHIP_STATUSES).nullable(),
    ...sourceStateOut,
  })
  .meta({
    id: 'Membership',
    description:
      'Members hold a plan at a location, until an end or open. The content of a deleted one is `null`.',
    examples: [
      {
        id: 'mbs_310',
        memberIds: ['mem_7f3a'],
        planId: 'pln_resident',
        locationId: 'loc_mitte',
        startsAt: '2026-11-01T00:00:00.000Z',
        endsAt: null,
        status: 'active',
        deleted: false,
        acceptedVersion: 1795514400000,
        appliedVersion: 1795514400000,
        settled: true,
        doors: [{ ...doorExample, name: 'Common Areas', resourceType: 'group', endsAt: null }],
        warnings: [],
      },
    ],
  });

/** The body of a PUT, which events and imports carry as well. */
export const membershipBody = z.strictObject({
  version: versionIn,
  memberIds: memberIdsIn,
  planId: hostId,
  locationId: hostId,
  startsAt: instantIn,
  endsAt: instantIn.nullable().meta({ description: '`null`: until it is cancelled.' }),
  status: z.enum(MEMBERSHIP_STATUSES).meta({
    description: '`active` gives access, `paused` and `cancelled` take it away.',
  }),
});

export const membershipBodyExample = {
  version: 1795514400000,
  memberIds: ['mem_7f3a'],
  planId: 'pln_resident',
  locationId: 'loc_mitte',
  startsAt: '2026-11-01T00:00:00Z',
  endsAt: null,
  status: 'active',
} as const;

const params = z.strictObject({ id: hostId });

const changeAnswers = {
  200: { description: 'Accepted, applied, and Kisi shows it.', schema: membershipOut },
  202: { description: SOURCE_ACCEPTED, schema: membershipOut },
} as const;

export const putMembership = operation({
  id: 'putMembership',
  method: 'put',
  path: '/v1/memberships/:id',
  tag: 'Memberships',
  summary: 'Send a membership as it is now',
  description:
    'The whole membership, never a difference, by the platform’s own id. Active, it opens the door access of its plan and the Group mappings of its location for each member; every later version is followed: other dates, plan, location, members or status. Versions as for bookings. Who and what a `paused` or `cancelled` membership names need not be known.',
  scopes: SCOPES.hosts,
  params,
  body: membershipBody,
  bodyExample: membershipBodyExample,
  answers: changeAnswers,
  problems: [
    'window_invalid',
    'version_older',
    'version_reused',
    'member_unknown',
    'plan_unknown',
    'location_unknown',
    'temporal_unavailable',
  ],
});

export const getMembership = operation({
  id: 'getMembership',
  method: 'get',
  path: '/v1/memberships/:id',
  tag: 'Memberships',
  summary: 'Read a membership',
  description:
    'The newest accepted version, which doors it opens for whom, and how far that has come. A deleted one is shown with `deleted: true`, so that one can see its access go.',
  scopes: SCOPES.everybody,
  params,
  answers: { 200: { description: 'The membership.', schema: membershipOut } },
  problems: ['membership_not_found'],
});

export const deleteMembership = operation({
  id: 'deleteMembership',
  method: 'delete',
  path: '/v1/memberships/:id',
  tag: 'Memberships',
  summary: 'Delete a membership',
  description:
    'Takes its access away. The deletion is a version like any other: what is older and arrives later changes nothing, only a higher version brings the membership back. An unknown id is accepted too, since deliveries come in any order.',
  scopes: SCOPES.hosts,
  params,
  query: versionQuery,
  answers: changeAnswers,
  problems: ['version_older', 'version_reused', 'temporal_unavailable'],
});

export const listMemberships = operation({
  id: 'listMemberships',
  method: 'get',
  path: '/v1/memberships',
  tag: 'Memberships',
  summary: 'List memberships',
  description: 'In order of id, without the deleted ones. Filters add up.',
  scopes: SCOPES.everybody,
  query: z.strictObject({
    ...pageQuery,
    search: idSearch,
    memberId: hostId.optional(),
    planId: hostId.optional(),
    locationId: hostId.optional(),
    status: z.enum(MEMBERSHIP_STATUSES).optional(),
  }),
  answers: { 200: { description: 'A page of memberships.', schema: page(membershipOut) } },
  problems: [],
});

export const membershipOperations = [
  putMembership,
  getMembership,
  deleteMembership,
  listMemberships,
] as const;
