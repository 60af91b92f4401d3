import { z } from 'zod';
import { FOREIGN_ROW_REFUSALS } from '../../src/access/foreign-row-view';
import { operation, SCOPES } from '../http/operation';
import { hostId, instantOut, kisiId, ownId, page, pageQuery } from '../schemas/common';

/** One request reads and changes each row at Kisi, which takes five calls a second. */
const MOST_ROWS = 50;

const refusal = z.enum(FOREIGN_ROW_REFUSALS).meta({
  description:
    '`unknown`: never seen, or seen no more (list again); `gone`: no longer at Kisi; `changed`: not as listed (refresh and list again); `ours`: ours by now; `not_door_access`: a manager’s, team’s or guest’s row, never touched; `member_unknown`: no member is this Kisi user or has its e-mail address; `door_not_mapped`: no door mapping leads through its group; `wanted`: a live grant counts on it, so adopt it instead; `not_reached`: Kisi did not answer in time, ask again.',
});

export const foreignRowOut = z
  .strictObject({
    roleAssignmentId: kisiId,
    role: z.string().meta({ description: 'Kisi’s role, such as `group_basic` (door access).' }),
    assigneeType: z.string().meta({ description: '`User`, `Team` or `Guest`.' }),
    kisiUserId: kisiId.nullable(),
    memberId: z.string().nullable().meta({
      description: 'The member who is this Kisi user, or has its e-mail address; `null`: nobody.',
    }),
    groupId: kisiId,
    lockId: kisiId.nullable().meta({ description: 'When the group is ours and holds one lock.' }),
    doorMappingIds: z
      .array(z.string())
      .meta({ description: 'The door mappings it leads through.' }),
    from: instantOut.nullable().meta({ description: '`null`: from the beginning.' }),
    until: instantOut.nullable().meta({ description: '`null`: without an end.' }),
    madeAt: instantOut.meta({ description: 'When Kisi says that it was made.' }),
    firstSeenAt: instantOut,
    seenAt: instantOut.meta({ description: 'When it was last read at Kisi.' }),
    wanted: z.boolean().meta({
      description:
        'A live grant of the member asks for what it gives. Adopted, it stays and takes the window of the grant; one that is not wanted goes when it is adopted.',
    }),
    adoptionRefused: refusal
      .nullable()
      .meta({ description: 'Why it cannot be adopted; `null`: it can.' }),
  })
  .meta({
    id: 'ListedForeignRow',
    description: 'A role assignment at Kisi that another tool, or a person, has made.',
    examples: [
      {
        roleAssignmentId: 70_011,
        role: 'group_basic',
        assigneeType: 'User',
        kisiUserId: 1_020,
        memberId: 'mem_7f3a',
        groupId: 301,
        lockId: null,
        doorMappingIds: ['dm_5f0c'],
        from: null,
        until: '2026-12-01T00:00:00.000Z',
        madeAt: '2026-09-01T08:00:00.000Z',
        firstSeenAt: '2026-11-24T09:00:00.000Z',
        seenAt: '2026-11-24T10:00:00.000Z',
        wanted: true,
        adoptionRefused: null,
      },
    ],
  });

const outcomes = z
  .strictObject({
    rows: z.array(
      z.strictObject({
        roleAssignmentId: kisiId,
        outcome: z.enum(['adopted', 'cleared', 'refused']),
        reason: refusal.nullable().meta({ description: 'Why it was refused; else `null`.' }),
      }),
    ),
  })
  .meta({
    examples: [
      {
        rows: [
          { roleAssignmentId: 70_011, outcome: 'adopted', reason: null },
          { roleAssignmentId: 70_012, outcome: 'refused', reason: 'changed' },
        ],
      },
    ],
  });

const params = z.strictObject({ id: ownId });

const body = z.strictObject({
  roleAssignmentIds: z
    .array(kisiId)
    .min(1, 'must name at least one row.')
    .max(
      MOST_ROWS,
      `must name at most ${String(MOST_ROWS)} rows; send the rest in further requests.`,
    )
    .meta({ description: 'Ids from GET …/foreign-rows; what they say there is what is done.' }),
});

const bodyExample = { roleAssignmentIds: [70_011, 70_012] };

const kisiProblems = [
  'integration_not_found',
  'integration_inactive',
  'kisi_key_refused',
  'kisi_unavailable',
] as const;

export const listForeignRows = operation({
  id: 'listForeignRows',
  method: 'get',
  path: '/v1/integrations/:id/foreign-rows',
  tag: 'Foreign rows',
  summary: 'List the rows that another tool left at Kisi',
  description:
    'Role assignments that Latchkey did not make, in groups that lead to mapped doors, in order of their id: what the latest reconciliation read (hourly, or POST …/foreign-rows/refresh). They are never changed without a person’s word. Members, mappings and `wanted` are as of now.',
  scopes: SCOPES.operators,
  params,
  query: z.strictObject({
    ...pageQuery,
    memberId: hostId.optional(),
    groupId: z.coerce
      .number({ error: 'must be a group’s id at Kisi.' })
      .int('must be a group’s id at Kisi.')
      .positive('must be a group’s id at Kisi.')
      .optional(),
  }),
  answers: { 200: { description: 'A page of foreign rows.', schema: page(foreignRowOut) } },
  problems: ['integration_not_found'],
});

export const refreshForeignRows = operation({
  id: 'refreshForeignRows',
  method: 'post',
  path: '/v1/integrations/:id/foreign-rows/refresh',
  tag: 'Foreign rows',
  summary: 'Read the foreign rows at Kisi anew',
  description:
    'Starts a reconciliation, which reads all rows (after one that runs). `seenAt` of the listed rows, and `lastReconciliation` of the integration’s health, show when it is done.',
  scopes: SCOPES.operators,
  params,
  idempotent: true,
  answers: { 202: { description: 'It will be read.' } },
  problems: ['integration_not_found', 'integration_inactive', 'temporal_unavailable'],
});

export const adoptForeignRows = operation({
  id: 'adoptForeignRows',
  method: 'post',
  path: '/v1/integrations/:id/foreign-rows/adopt',
  tag: 'Foreign rows',
  summary: 'Take rows over that another tool left',
  description:
    'Each row is read again and must be as listed. It then belongs to the member’s access: with a live grant (`wanted: true`) it stays and takes the grant’s window, without one it is removed. One answer per row; nothing is done to a refused one.',
  scopes: SCOPES.admin,
  params,
  body,
  bodyExample,
  idempotent: true,
  answers: { 200: { description: 'What became of each row.', schema: outcomes } },
  problems: [...kisiProblems, 'temporal_unavailable'],
});

export const clearForeignRows = operation({
  id: 'clearForeignRows',
  method: 'post',
  path: '/v1/integrations/:id/foreign-rows/clear',
  tag: 'Foreign rows',
  summary: 'Remove rows that another tool left',
  description:
    'Each row is read again and must be as listed, and still nobody’s of ours. Only door access of single users is removed; one that a live grant counts on is refused, since the member would be without access for a moment: adopt it. One answer per row; nothing is done to a refused one.',
  scopes: SCOPES.admin,
  params,
  body,
  bodyExample,
  idempotent: true,
  answers: { 200: { description: 'What became of each row.', schema: outcomes } },
  problems: [...kisiProblems, 'emergency_stop', 'temporal_unavailable'],
});

export const foreignRowOperations = [
  listForeignRows,
  refreshForeignRows,
  adoptForeignRows,
  clearForeignRows,
] as const;
