import { z } from 'zod';
import { operation, SCOPES } from '../http/operation';
import { displayName, hostId, instantOut, page, pageQuery } from '../schemas/common';

export const spaceOut = z
  .strictObject({
    id: hostId,
    name: z.string(),
    locationId: hostId,
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
  description: "An upsert by the host platform's own id. The location must be known.",
  scopes: SCOPES.hosts,
  params,
  body: z.strictObject({ name: displayName, locationId: hostId }),
  bodyExample: { name: 'Boardroom', locationId: 'loc_mitte' },
  answers: { 200: { description: 'The space as it is stored.', schema: spaceOut } },
  problems: ['location_unknown'],
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
