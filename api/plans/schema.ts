import { z } from 'zod';
import { operation, SCOPES } from '../http/operation';
import { jobOut } from '../jobs/schema';
import { displayName, hostId, instantOut, ownId, page, pageQuery } from '../schemas/common';
import { accessEffectOut, dryRunQuery } from '../sources/effect';

export const planOut = z
  .strictObject({
    id: hostId,
    name: z.string(),
    doorMappingIds: z.array(z.string()).meta({
      description: 'Its door access, in the order it was added; see GET /v1/plans/:id/door-access.',
    }),
    createdAt: instantOut,
    updatedAt: instantOut,
  })
  .meta({
    id: 'Plan',
    description: 'What members subscribe to: it lists the doors that they get.',
    examples: [
      {
        id: 'pln_resident',
        name: 'Resident',
        doorMappingIds: ['dm_5f0c'],
        createdAt: '2026-11-24T09:00:00.000Z',
        updatedAt: '2026-11-24T09:00:00.000Z',
      },
    ],
  });

const doorAccessOut = z
  .strictObject({
    doorMappingId: z.string(),
    name: z.string(),
    resourceType: z.enum(['lock', 'group']),
    locationId: z.string().nullable(),
    active: z.boolean(),
  })
  .meta({
    id: 'DoorAccess',
    description: 'A door that the subscribers of a plan get.',
    examples: [
      {
        doorMappingId: 'dm_5f0c',
        name: 'Boardroom door',
        resourceType: 'lock',
        locationId: 'loc_mitte',
        active: true,
      },
    ],
  });

const params = z.strictObject({ id: hostId });
const doorParams = z.strictObject({ id: hostId, doorMappingId: ownId });

export const putPlan = operation({
  id: 'putPlan',
  method: 'put',
  path: '/v1/plans/:id',
  tag: 'Plans',
  summary: 'Create or rename a plan',
  description:
    "An upsert by the host platform's own id. Its door access stays as it is; a new plan has none.",
  scopes: SCOPES.hosts,
  params,
  body: z.strictObject({ name: displayName }),
  bodyExample: { name: 'Resident' },
  answers: { 200: { description: 'The plan as it is stored.', schema: planOut } },
  problems: [],
});

export const getPlan = operation({
  id: 'getPlan',
  method: 'get',
  path: '/v1/plans/:id',
  tag: 'Plans',
  summary: 'Read a plan',
  description: 'One plan by its id.',
  scopes: SCOPES.everybody,
  params,
  answers: { 200: { description: 'The plan.', schema: planOut } },
  problems: ['plan_not_found'],
});

export const listPlans = operation({
  id: 'listPlans',
  method: 'get',
  path: '/v1/plans',
  tag: 'Plans',
  summary: 'List plans',
  description: 'In order of id; with `doorMappingId` only those that list this door.',
  scopes: SCOPES.everybody,
  query: z.strictObject({ ...pageQuery, doorMappingId: ownId.optional() }),
  answers: { 200: { description: 'A page of plans.', schema: page(planOut) } },
  problems: [],
});

export const listDoorAccess = operation({
  id: 'listDoorAccess',
  method: 'get',
  path: '/v1/plans/:id/door-access',
  tag: 'Plans',
  summary: 'List the doors of a plan',
  description:
    'All of them, in the order they were added. Beside these a membership opens the Group mappings of its location.',
  scopes: SCOPES.everybody,
  params,
  answers: { 200: { description: 'The doors.', schema: page(doorAccessOut) } },
  problems: ['plan_not_found'],
});

const changeAnswers = {
  200: { description: 'With `dryRun`: what it would do.', schema: accessEffectOut },
  202: {
    description: 'It is stored, and every live membership of the plan follows: read the job.',
    schema: jobOut,
  },
} as const;

export const addDoorAccess = operation({
  id: 'addDoorAccess',
  method: 'post',
  path: '/v1/plans/:id/door-access',
  tag: 'Plans',
  summary: 'Add a door to a plan',
  description:
    'Every live membership of the plan gets the door. Adding it again makes sure that all of them have it. With `dryRun=true` nothing changes.',
  scopes: SCOPES.admin,
  params,
  query: dryRunQuery,
  body: z.strictObject({ doorMappingId: ownId }),
  bodyExample: { doorMappingId: 'dm_5f0c' },
  idempotent: true,
  answers: changeAnswers,
  problems: [
    'plan_not_found',
    'door_mapping_unknown',
    'door_mapping_unassigned',
    'temporal_unavailable',
  ],
});

export const removeDoorAccess = operation({
  id: 'removeDoorAccess',
  method: 'delete',
  path: '/v1/plans/:id/door-access/:doorMappingId',
  tag: 'Plans',
  summary: 'Take a door from a plan',
  description:
    'Every live membership of the plan loses the door, unless something else gives it. Taking away what the plan does not list makes sure that nobody has it through this plan. With `dryRun=true` nothing changes.',
  scopes: SCOPES.admin,
  params: doorParams,
  query: dryRunQuery,
  answers: changeAnswers,
  problems: ['plan_not_found', 'temporal_unavailable'],
});

export const planOperations = [
  putPlan,
  getPlan,
  listPlans,
  listDoorAccess,
  addDoorAccess,
  removeDoorAccess,
] as const;
