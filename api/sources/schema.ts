import { z } from 'zod';
import { GRANT_STATUSES, PROVISIONINGS } from '../../src/domain/grant';
import { memberSet } from '../../src/domain/source';
import { grantProblemOut } from '../grants/schema';
import { hostId, instantOut } from '../schemas/common';

/** A door that a booking or membership opens for one member. */
export const sourceDoorOut = z
  .strictObject({
    doorMappingId: z.string(),
    name: z.string().nullable().meta({
      description: 'The friendly name of the mapping; `null`: it has just been deleted.',
    }),
    resourceType: z.enum(['lock', 'group']).nullable(),
    memberId: z.string(),
    startsAt: instantOut.meta({ description: 'Early minutes included.' }),
    endsAt: instantOut
      .nullable()
      .meta({ description: 'Late minutes included; `null`: open-ended.' }),
    grantId: z.string().meta({ description: 'The grant that carries it; GET /v1/grants/:id.' }),
    status: z.enum(GRANT_STATUSES).nullable().meta({
      description: '`null`: the grant has not begun yet. `revoked`: an admin stopped it.',
    }),
    provisioning: z.enum(PROVISIONINGS).nullable(),
    problem: grantProblemOut.nullable(),
  })
  .meta({ id: 'SourceDoor', description: 'Which door will open, for whom, from when until when.' });

export const WARNING_CODES = [
  'no_door',
  'door_inactive',
  'member_erased',
  'member_on_hold',
  'window_past',
] as const;

/** Something that a person should know, though the request was accepted. */
export const warningOut = z
  .strictObject({
    code: z.enum(WARNING_CODES),
    message: z.string().meta({ description: 'What it is and what to do.' }),
    doorMappingId: z.string().nullable().meta({ description: 'Which door mapping it is about.' }),
    memberId: z.string().nullable().meta({ description: 'Which member it is about.' }),
  })
  .meta({ id: 'SourceWarning', description: 'Accepted, but somebody should look.' });

/** What bookings and memberships answer beside what was sent. */
export const sourceStateOut = {
  deleted: z.boolean().meta({
    description: 'Deleted at the platform: no content is left, only the version.',
  }),
  acceptedVersion: z.int().meta({
    description: 'The version of what is shown: the newest that was accepted.',
  }),
  appliedVersion: z.int().nullable().meta({
    description: 'The newest version whose grants were all told; `null`: none yet.',
  }),
  settled: z.boolean().meta({
    description:
      'Whether the accepted version is applied and every grant of it has reached Kisi, what goes included.',
  }),
  doors: z.array(sourceDoorOut),
  warnings: z.array(warningOut),
};

export const doorExample = {
  doorMappingId: 'dm_5f0c',
  name: 'Boardroom',
  resourceType: 'lock',
  memberId: 'mem_7f3a',
  startsAt: '2026-11-24T09:50:00.000Z',
  endsAt: '2026-11-24T12:00:00.000Z',
  grantId: 'grt_9b1d',
  status: 'active',
  provisioning: 'in_place',
  problem: null,
} as const;

/** The platform's own version of a record. */
export const versionIn = z
  .int('must be a whole number.')
  .min(0, 'must not be negative.')
  .meta({
    description:
      'Rises with every change of this record and never starts again; the update time in ms will do. An older one is refused.',
    examples: [1795514400000],
  });

export const versionQuery = z.strictObject({
  version: z.coerce
    .number({ error: 'must be a whole number: the version of the deletion.' })
    .pipe(versionIn),
});

/** A search of lists; ids are compared as they stand, so that the index of ids serves it. */
export const idSearch = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .optional()
  .meta({ description: 'The beginning of the id; upper and lower case differ.' });

const MEMBERS_AT_MOST = 100;

export const memberIdsIn = z
  .array(hostId)
  .min(1, 'must name at least one member.')
  .max(MEMBERS_AT_MOST, `must name at most ${String(MEMBERS_AT_MOST)} members.`)
  .transform(memberSet)
  .meta({
    description: 'Everybody who gets access: the booker and guests, or the team.',
    examples: [['mem_7f3a']],
  });

export const SOURCE_ACCEPTED =
  'Accepted for good, but not settled yet: read it at `Location` until `settled` is true.';
