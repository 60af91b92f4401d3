import { z } from 'zod';
import { GRANT_SOURCES, GRANT_STATUSES, PROVISIONINGS } from '../../src/domain/grant';
import type { Span } from '../../src/domain/timeline';
import { wholeSecond } from '../../src/domain/windows';
import { operation, SCOPES } from '../http/operation';
import { memberParams } from '../members/schema';
import { instantIn, instantOut, kisiId, ownId } from '../schemas/common';

const DAY_MS = 86_400_000;
const DAYS_BACK = 1;
const DAYS_AHEAD = 7;
const MOST_DAYS = 62;

interface AskedSpan {
  from?: number | undefined;
  to?: number | undefined;
}

/** What is left out follows from what is given: yesterday until in a week, or so long from there. */
export function spanOf({ from, to }: AskedSpan, now: number): Span {
  const length = (DAYS_BACK + DAYS_AHEAD) * DAY_MS;
  if (from !== undefined) return { from, until: to ?? from + length };
  const until = to ?? wholeSecond(now) + DAYS_AHEAD * DAY_MS;
  return { from: until - length, until };
}

const query = z
  .strictObject({
    from: instantIn.optional().meta({ description: 'Left out: a day ago, or 8 days before `to`.' }),
    to: instantIn
      .optional()
      .meta({ description: 'Exclusive. Left out: 7 days ahead, or 8 days after `from`.' }),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
    path: ['to'],
    message: 'must be later than from.',
  })
  .refine(
    ({ from, to }) => from === undefined || to === undefined || to - from <= MOST_DAYS * DAY_MS,
    { path: ['to'], message: `must be at most ${String(MOST_DAYS)} days after from.` },
  );

const resource = {
  resourceType: z.enum(['lock', 'group']),
  resourceId: kisiId,
};

export const timelineOut = z
  .strictObject({
    at: instantOut.meta({ description: 'Now; decides the status.' }),
    from: instantOut,
    to: instantOut,
    timeZone: z.string().meta({
      description: 'IANA; of the doors where all their locations share one, else UTC.',
    }),
    members: z
      .array(z.strictObject({ id: z.string(), name: z.string().nullable() }))
      .meta({ description: 'Those of the grants; one who was erased is missing.' }),
    doors: z
      .array(
        z.strictObject({
          doorMappingId: z.string(),
          name: z.string(),
          ...resource,
          location: z
            .strictObject({ id: z.string(), name: z.string(), timeZone: z.string() })
            .nullable(),
        }),
      )
      .meta({ description: 'Those of the grants; one that was deleted is missing.' }),
    grants: z
      .array(
        z.strictObject({
          grantId: z.string(),
          source: z.enum(GRANT_SOURCES),
          sourceId: z.string().nullable(),
          memberId: z.string(),
          doorMappingId: z.string(),
          from: instantOut,
          until: instantOut.nullable().meta({ description: '`null`: open-ended.' }),
          status: z.enum(GRANT_STATUSES),
          provisioning: z.enum(PROVISIONINGS),
        }),
      )
      .meta({
        description:
          'Every grant whose window shares an instant with [from, to), with its whole window, in order of start; ended and revoked ones included.',
      }),
    passes: z
      .array(
        z.strictObject({
          memberId: z.string(),
          organizationId: kisiId,
          ...resource,
          doorMappingIds: z.array(z.string()).meta({
            description: 'The mappings of this lock or group that the grants go through.',
          }),
          windows: z.array(z.strictObject({ from: instantOut, until: instantOut })).meta({
            description: 'Merged where they overlap or touch, and cut to [from, to).',
          }),
        }),
      )
      .meta({
        description:
          'What each member holds at each lock or group: the union of the windows of their live grants. A revoked grant gives nothing, nor does any from when its member was put on hold, or its connection was removed.',
      }),
    isComplete: z.boolean().meta({
      description:
        '`false`: there are more than 2,000 grants, and those that start last are missing. Ask for a shorter span.',
    }),
  })
  .meta({
    id: 'Timeline',
    description: 'Who may open what and when, over a span of time.',
    examples: [
      {
        at: '2026-11-24T10:05:00.000Z',
        from: '2026-11-23T10:05:00.000Z',
        to: '2026-12-01T10:05:00.000Z',
        timeZone: 'Europe/Berlin',
        members: [{ id: 'mem_7f3a', name: 'Ada' }],
        doors: [
          {
            doorMappingId: 'dm_5f0c',
            name: 'Meeting Room 1',
            resourceType: 'lock',
            resourceId: 4712,
            location: { id: 'loc_mitte', name: 'Mitte', timeZone: 'Europe/Berlin' },
          },
        ],
        grants: [
          {
            grantId: 'grt_9b1d',
            source: 'booking',
            sourceId: 'bkg_1',
            memberId: 'mem_7f3a',
            doorMappingId: 'dm_5f0c',
            from: '2026-11-24T10:00:00.000Z',
            until: '2026-11-24T12:00:00.000Z',
            status: 'active',
            provisioning: 'in_place',
          },
          {
            grantId: 'grt_17aa',
            source: 'booking',
            sourceId: 'bkg_2',
            memberId: 'mem_7f3a',
            doorMappingId: 'dm_5f0c',
            from: '2026-11-24T12:00:00.000Z',
            until: '2026-11-24T13:00:00.000Z',
            status: 'scheduled',
            provisioning: 'in_place',
          },
        ],
        passes: [
          {
            memberId: 'mem_7f3a',
            organizationId: 4711,
            resourceType: 'lock',
            resourceId: 4712,
            doorMappingIds: ['dm_5f0c'],
            windows: [{ from: '2026-11-24T10:00:00.000Z', until: '2026-11-24T13:00:00.000Z' }],
          },
        ],
        isComplete: true,
      },
    ],
  });

const SPAN_SAID =
  'Without `from` and `to` it shows yesterday until in a week; at most 62 days. It is read from the database; whether Kisi shows it is in `provisioning`.';

export const getMemberTimeline = operation({
  id: 'getMemberTimeline',
  method: 'get',
  path: '/v1/members/:id/timeline',
  tag: 'Members',
  summary: "Read a member's timeline",
  description: `What the member was, is and will be granted, from every source, and what follows from it at each lock or group. ${SPAN_SAID}`,
  scopes: SCOPES.operators,
  params: memberParams,
  query,
  answers: { 200: { description: 'The timeline.', schema: timelineOut } },
  problems: ['member_not_found'],
});

export const getDoorTimeline = operation({
  id: 'getDoorTimeline',
  method: 'get',
  path: '/v1/door-mappings/:id/timeline',
  tag: 'Door mappings',
  summary: 'Read the timeline of a door',
  description: `Who was, is and will be granted access to the door, from every source. Grants through every mapping of the same lock or group are there, since they are one door. ${SPAN_SAID}`,
  scopes: SCOPES.operators,
  params: z.strictObject({ id: ownId }),
  query,
  answers: { 200: { description: 'The timeline.', schema: timelineOut } },
  problems: ['door_mapping_not_found'],
});

export const timelineOperations = [getMemberTimeline, getDoorTimeline] as const;
