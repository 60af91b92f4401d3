import { z } from 'zod';
import {
  GRANT_SOURCES,
  LOG_ACTIONS,
  PROBLEM_TYPES,
  PROVISIONINGS,
  UNLOCK_OUTCOMES,
} from '../../src/domain/grant';
import { OBSTACLE_CODES } from '../../src/domain/unlock-obstacles';
import { MAPPING_ORIGINS } from '../../src/store';
import { grantExample, grantOut } from '../grants/schema';
import { kisiResourceOut } from '../integrations/shapes';
import { jobOut } from '../jobs/schema';
import { actorOut, instantOut, kisiId } from '../schemas/common';
import { accessEffectOut } from '../sources/effect';

export const resourceType = z.enum(['lock', 'group']).meta({
  description: '`lock`: one door, for a space. `group`: a collection of doors, for a location.',
});

const MAPPING_EXAMPLE = {
  id: 'dm_5f0c',
  integrationId: 'int_5f0c',
  locationId: 'loc_mitte',
  spaceId: 'spc_boardroom',
  resourceType: 'lock',
  resourceId: 4712,
  name: 'Boardroom door',
  hasOwnName: true,
  resourceName: 'Door 12',
  origin: 'manual',
  missingSince: null,
  active: true,
  createdAt: '2026-11-24T09:00:00.000Z',
  createdBy: { type: 'api_key', id: 'key_1' },
  updatedAt: '2026-11-24T09:00:00.000Z',
} as const;

export const doorMappingOut = z
  .strictObject({
    id: z.string(),
    integrationId: z.string(),
    locationId: z.string().nullable().meta({
      description: '`null`: not assigned yet, so that no booking and no membership opens it.',
    }),
    spaceId: z.string().nullable().meta({
      description: '`null`: a group, or a lock that no booking opens.',
    }),
    resourceType,
    resourceId: kisiId,
    name: z
      .string()
      .meta({ description: 'What people see: your own name for it, or else that of Kisi.' }),
    hasOwnName: z.boolean().meta({ description: '`false`: the name follows that of Kisi.' }),
    resourceName: z.string().meta({ description: "Kisi's name for it, as last seen." }),
    origin: z.enum(MAPPING_ORIGINS),
    missingSince: instantOut.nullable().meta({
      description:
        'Since when Kisi does not know it any more; `null`: it was there when last looked for.',
    }),
    active: z.boolean(),
    createdAt: instantOut,
    createdBy: actorOut,
    updatedAt: instantOut,
  })
  .meta({
    id: 'DoorMapping',
    description: 'Ties a lock at Kisi to a space, or a group at Kisi to a location.',
    examples: [MAPPING_EXAMPLE],
  });

export const LOG_STATUSES = ['accepted', ...UNLOCK_OUTCOMES, ...PROVISIONINGS] as const;

export const accessLogOut = z
  .strictObject({
    id: z.string(),
    at: instantOut,
    action: z.enum(LOG_ACTIONS),
    status: z.enum(LOG_STATUSES),
    memberId: z.string().nullable().meta({
      description: '`null`: somebody whom Kisi knows and who is no member.',
    }),
    memberName: z.string().nullable().meta({
      description: '`null`: the member has no name, or has been erased.',
    }),
    kisiName: z.string().nullable().meta({
      description:
        'Of an `unlock` by somebody who is no member: their name at Kisi, as Kisi told it.',
    }),
    lock: z.strictObject({ id: kisiId, name: z.string() }).nullable().meta({
      description:
        'Of an `unlock`: which door it was, under its name then. `null` else, and in rows from before it was kept.',
    }),
    doorMappingId: z.string().nullable().meta({
      description:
        'The mapping whose grant it was, or that leads to the door. In the log of a Lock it may be that of a Group, through which somebody opened it. `null`: one of a location that you may not see; nor is its grant shown.',
    }),
    doorMappingName: z.string().nullable(),
    grantId: z.string().nullable().meta({
      description: '`null`: no grant is behind an unlock, as of a card that Kisi gave out itself.',
    }),
    source: z.enum(GRANT_SOURCES).nullable().meta({ description: '`null`: no grant is shown.' }),
    sourceId: z.string().nullable().meta({
      description: 'The booking or membership; `null` for a manual grant.',
    }),
    by: actorOut,
    reason: z.string().nullable(),
    problem: z.strictObject({ type: z.enum(PROBLEM_TYPES), detail: z.string() }).nullable(),
    grant: grantOut
      .nullable()
      .meta({ description: 'The grant after this, as of `at`; `null` as `grantId`.' }),
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
        memberName: 'Ada Lovelace',
        kisiName: null,
        lock: null,
        doorMappingId: 'dm_5f0c',
        doorMappingName: 'Boardroom door',
        grantId: 'grt_9b1d',
        source: 'manual',
        sourceId: null,
        by: { type: 'api_key', id: 'key_1' },
        reason: null,
        problem: null,
        grant: grantExample,
      },
      {
        id: 'unlock:0b9f6e:dm_7c21',
        at: '2026-11-24T10:03:11.000Z',
        action: 'unlock',
        status: 'opened',
        memberId: 'mem_7f3a',
        memberName: 'Ada Lovelace',
        kisiName: null,
        lock: { id: 4712, name: 'Boardroom door' },
        doorMappingId: 'dm_7c21',
        doorMappingName: 'Common Areas',
        grantId: 'grt_2e80',
        source: 'plan',
        sourceId: 'mbs_301',
        by: { type: 'member', id: 'mem_7f3a' },
        reason: null,
        problem: null,
        grant: {
          ...grantExample,
          id: 'grt_2e80',
          doorMappingId: 'dm_7c21',
          source: 'plan',
          sourceId: 'mbs_301',
        },
      },
      {
        id: 'unlock:5d41aa:dm_5f0c',
        at: '2026-11-24T08:55:02.000Z',
        action: 'unlock',
        status: 'opened',
        memberId: null,
        memberName: null,
        kisiName: 'Grace Hopper',
        lock: { id: 4712, name: 'Boardroom door' },
        doorMappingId: 'dm_5f0c',
        doorMappingName: 'Boardroom door',
        grantId: null,
        source: null,
        sourceId: null,
        by: { type: 'kisi', id: 'User:1002' },
        reason: null,
        problem: null,
        grant: null,
      },
    ],
  });

export const mappingChangeOut = z
  .strictObject({
    doorMapping: doorMappingOut.meta({
      description: 'As it is stored now, or as it would be; of a deleted one, as it was.',
    }),
    effect: accessEffectOut.nullable().meta({
      description: 'With `dryRun`: who would gain and who would lose a door.',
    }),
    job: jobOut.nullable().meta({
      description:
        'The job that has every live grant, booking and membership follow; `null`: none depends on what was changed, or a dry run.',
    }),
  })
  .meta({
    id: 'DoorMappingChange',
    description: 'What came of a change of a door mapping, or would.',
    examples: [
      {
        doorMapping: MAPPING_EXAMPLE,
        effect: null,
        job: {
          id: 'job_5f0c',
          kind: 'mapping_change',
          subjectId: 'dm_5f0c',
          state: 'running',
          done: 0,
          total: null,
          message: null,
          result: null,
          startedAt: '2026-11-24T09:00:00.000Z',
          endedAt: null,
          by: { type: 'api_key', id: 'key_1' },
        },
      },
    ],
  });

const obstacleOut = z
  .strictObject({
    code: z.enum(OBSTACLE_CODES).meta({ description: 'Stable; branch on this.' }),
    detail: z.string(),
    remedy: z.string().meta({ description: 'What to do about it, and where.' }),
  })
  .meta({ id: 'UnlockObstacle', description: 'Why an unlock from My Keys will fail.' });

export const doorTestOut = z
  .strictObject({
    doorMappingId: z.string(),
    testedAt: instantOut,
    resource: kisiResourceOut,
    unlockable: z.boolean().meta({
      description:
        'Nothing at Kisi stands in the way of an unlock from My Keys: at a lock itself, or at every lock of a group.',
    }),
    obstacles: z.array(obstacleOut).meta({
      description: 'Of the lock, or of the group. Those of its single doors stand with the doors.',
    }),
    doors: z
      .array(
        z.strictObject({
          lockId: kisiId,
          name: z.string(),
          online: z.boolean().nullable().meta({ description: '`null`: Kisi does not know.' }),
          obstacles: z.array(obstacleOut),
        }),
      )
      .meta({ description: 'The doors that it opens: the lock itself, or those in the group.' }),
  })
  .meta({
    id: 'DoorTest',
    description: 'A mapped door or group as it is at Kisi now.',
    examples: [
      {
        doorMappingId: 'dm_5f0c',
        testedAt: '2026-11-24T09:00:00.000Z',
        resource: {
          id: 4712,
          type: 'lock',
          name: 'Meeting Room 1',
          description: null,
          placeId: 5,
          placeName: 'Mitte',
          online: false,
        },
        unlockable: false,
        obstacles: [
          {
            code: 'offline',
            detail: 'The door is offline.',
            remedy: "Check power and network of the door's controller.",
          },
        ],
        doors: [
          {
            lockId: 4712,
            name: 'Meeting Room 1',
            online: false,
            obstacles: [
              {
                code: 'offline',
                detail: 'The door is offline.',
                remedy: "Check power and network of the door's controller.",
              },
            ],
          },
        ],
      },
    ],
  });

/** The columns of an access log as CSV. New ones are added at the end. */
export const CSV_COLUMNS = [
  'at',
  'action',
  'status',
  'memberId',
  'memberName',
  'source',
  'sourceId',
  'grantId',
  'startsAt',
  'endsAt',
  'reason',
  'problem',
  'problemDetail',
  'byType',
  'byId',
  'lockId',
  'lockName',
  'doorMappingId',
  'doorMappingName',
  'kisiName',
] as const;

export const CSV_EXAMPLE = [
  CSV_COLUMNS.join(','),
  '2026-11-24T10:00:00.412Z,grant,in_place,mem_7f3a,Ada Lovelace,manual,,grt_9b1d,2026-11-24T10:00:00.000Z,,,,,api_key,key_1,,,dm_5f0c,Boardroom door,',
  '2026-11-24T09:12:40.000Z,unlock,opened,mem_7f3a,Ada Lovelace,plan,mbs_301,grt_2e80,2026-11-01T00:00:00.000Z,,,,,member,mem_7f3a,4712,Boardroom door,dm_7c21,Common Areas,',
  '',
].join('\r\n');
