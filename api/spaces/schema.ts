import { z } from 'zod';
import { operation, SCOPES } from '../http/operation';
import { EARLY, LATE, minutesIn } from '../places/margin';
import { displayName, hostId, instantOut, page, pageQuery } from '../schemas/common';

const AS_AT_LOCATION = '`null`: as at the location.';

export const spaceOut = z
  .strictObject({
    id: hostId,
    name: z.string(),
    locationId: hostId,
    earlyMinutes: z
      .int()
      .nullable()
      .meta({ description: `${EARLY} ${AS_AT_LOCATION}` }),
    lateMinutes: z
      .int()
      .nullable()
      .meta({ description: `${LATE} ${AS_AT_LOCATION}` }),
    createdAt: instantOut,
    updatedAt: instantOut,
  })
  .meta({
    id: 'Space',
    description: 'A bookable room in a location.',
    examples: [
      {
        id: 'spc_boardroom',
        name: 'Boardroom',
        locationId: 'loc_mitte',
        earlyMinutes: null,
        lateMinutes: null,
        createdAt: '2026-11-24T09:00:00.000Z',
        updatedAt: '2026-11-24T09:00:00.000Z',
      },
    ],
  });

const params = z.strictObject({ id: hostId });

export const putSpace = operation({
  id: 'putSpace',
  method: 'put',
  path: '/v1/spaces/:id',
  tag: 'Places',
  summary: 'Create or replace a space',
  description:
    "An upsert by the host platform's own id. The location must be known; a space that moves takes the lock mappings along, and its live bookings follow. Early and late minutes stay as they are when they are left out; `null` for both: as at the location.",
  scopes: SCOPES.hosts,
  params,
  body: z
    .strictObject({
      name: displayName,
      locationId: hostId,
      earlyMinutes: minutesIn
        .nullable()
        .optional()
        .meta({ description: `${EARLY} ${AS_AT_LOCATION}` }),
      lateMinutes: minutesIn
        .nullable()
        .optional()
        .meta({ description: `${LATE} ${AS_AT_LOCATION}` }),
    })
    .refine(
      ({ earlyMinutes, lateMinutes }) =>
        !(earlyMinutes === null && typeof lateMinutes === 'number') &&
        !(lateMinutes === null && typeof earlyMinutes === 'number'),
      { path: ['lateMinutes'], message: 'and earlyMinutes must both be null or both be minutes.' },
    ),
  bodyExample: { name: 'Boardroom', locationId: 'loc_mitte' },
  answers: { 200: { description: 'The space as it is stored.', schema: spaceOut } },
  problems: ['location_unknown', 'location_not_served', 'temporal_unavailable'],
});

export const getSpace = operation({
  id: 'getSpace',
  method: 'get',
  path: '/v1/spaces/:id',
  tag: 'Places',
  summary: 'Read a space',
  description: 'One space by its id.',
  scopes: SCOPES.everybody,
  params,
  answers: { 200: { description: 'The space.', schema: spaceOut } },
  problems: ['space_not_found'],
});

export const listSpaces = operation({
  id: 'listSpaces',
  method: 'get',
  path: '/v1/spaces',
  tag: 'Places',
  summary: 'List spaces',
  description: 'Spaces in order of their id, of one location or of all.',
  scopes: SCOPES.everybody,
  query: z.strictObject({ ...pageQuery, locationId: hostId.optional() }),
  answers: { 200: { description: 'A page of spaces.', schema: page(spaceOut) } },
  problems: [],
});

export const spaceOperations = [putSpace, getSpace, listSpaces] as const;
