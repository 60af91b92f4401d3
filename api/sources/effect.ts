import { z } from 'zod';
import type { AccessEffect, AccessShare } from '../../src/access/mapping-effect';
import { GRANT_SOURCES } from '../../src/domain/grant';
import { instantOut, toIso, toIsoOrNull } from '../schemas/common';

/** A query with which a change is only tried out. */
export const dryRunQuery = z.strictObject({
  dryRun: z
    .enum(['true', 'false'], { error: 'must be true or false.' })
    .default('false')
    .transform((text) => text === 'true')
    .meta({
      description: '`true`: changes nothing and answers who would gain and who would lose.',
    }),
});

const accessShareOut = z.strictObject({
  memberId: z.string(),
  doorMappingId: z.string(),
  doorName: z.string(),
  source: z.enum(GRANT_SOURCES),
  sourceId: z.string().nullable(),
  startsAt: instantOut,
  endsAt: instantOut.nullable(),
});

/** What a change would do. */
export const accessEffectOut = z
  .strictObject({
    gains: z.array(accessShareOut),
    loses: z.array(accessShareOut),
    isComplete: z.boolean().meta({
      description: '`false`: more bookings and memberships are touched than were worked out.',
    }),
  })
  .meta({
    id: 'AccessEffect',
    description:
      'Who would gain and who would lose a door, whom nothing else gives it. Nothing was changed.',
    examples: [
      {
        gains: [
          {
            memberId: 'mem_7f3a',
            doorMappingId: 'dm_5f0c',
            doorName: 'Boardroom door',
            source: 'plan',
            sourceId: 'mbs_310',
            startsAt: '2026-11-01T00:00:00.000Z',
            endsAt: null,
          },
        ],
        loses: [],
        isComplete: true,
      },
    ],
  });

export function presentEffect({
  gains,
  loses,
  isComplete,
}: AccessEffect): z.input<typeof accessEffectOut> {
  return { gains: gains.map(presentShare), loses: loses.map(presentShare), isComplete };
}

function presentShare({
  memberId,
  doorMappingId,
  doorName,
  source,
  sourceId,
  startsAt,
  endsAt,
}: AccessShare): z.input<typeof accessShareOut> {
  return {
    memberId,
    doorMappingId,
    doorName,
    source,
    sourceId,
    startsAt: toIso(startsAt),
    endsAt: toIsoOrNull(endsAt),
  };
}
