import { z } from 'zod';
import { operation, SCOPES } from '../http/operation';
import { EARLY, LATE, minutesIn } from '../places/margin';
import { displayName, hostId, instantOut, page, pageQuery, timeZone } from '../schemas/common';

export const locationOut = z
  .strictObject({
    id: hostId,
    name: z.string(),
    timeZone,
    earlyMinutes: z.int().meta({ description: EARLY }),
    lateMinutes: z.int().meta({ description: LATE }),
    createdAt: instantOut,
    updatedAt: instantOut,
  })
  .meta({
    id: 'Location',
    description: 'A building with its time zone.',
    examples: [
      {
        id: 'loc_mitte',
        name: 'Mitte',
        timeZone: 'Europe/Berlin',
        earlyMinutes: 10,
        lateMinutes: 0,
        createdAt: '2026-11-24T09:00:00.000Z',
        updatedAt: '2026-11-24T09:00:00.000Z',
      },
    ],
  });

const params = z.strictObject({ id: hostId });

export const putLocation = operation({
  id: 'putLocation',
  method: 'put',
  path: '/v1/locations/:id',
  tag: 'Places',
  summary: 'Create or replace a location',
  description:
    "An upsert by the host platform's own id. Sending the same again changes nothing. Early and late minutes stay as they are when they are left out, and are 0 at first; when they change, every live booking here follows.",
  scopes: SCOPES.hosts,
  params,
  body: z.strictObject({
    name: displayName,
    timeZone,
    earlyMinutes: minutesIn.optional().meta({ description: EARLY }),
    lateMinutes: minutesIn.optional().meta({ description: LATE }),
  }),
  bodyExample: { name: 'Mitte', timeZone: 'Europe/Berlin', earlyMinutes: 10 },
  answers: { 200: { description: 'The location as it is stored.', schema: locationOut } },
  problems: ['temporal_unavailable'],
});

export const getLocation = operation({
  id: 'getLocation',
  method: 'get',
  path: '/v1/locations/:id',
  tag: 'Places',
  summary: 'Read a location',
  description: 'One location by its id.',
  scopes: SCOPES.everybody,
  params,
  answers: { 200: { description: 'The location.', schema: locationOut } },
  problems: ['location_not_found'],
});

export const listLocations = operation({
  id: 'listLocations',
  method: 'get',
  path: '/v1/locations',
  tag: 'Places',
  summary: 'List locations',
  description: 'All locations in order of their id.',
  scopes: SCOPES.everybody,
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'A page of locations.', schema: page(locationOut) } },
  problems: [],
});

export const locationOperations = [putLocation, getLocation, listLocations] as const;
