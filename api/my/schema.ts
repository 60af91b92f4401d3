import { z } from 'zod';
import { GRANT_SOURCES, UNLOCK_OUTCOMES } from '../../src/domain/grant';
import { KEY_STATES } from '../../src/domain/my-keys';
import { UNLOCK_REASONS } from '../../src/domain/unlock-reasons';
import { operation } from '../http/operation';
import { hostId, instantOut, kisiId } from '../schemas/common';

const locationOut = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    timeZone: z.string().meta({ description: 'IANA; show times in it.' }),
  })
  .nullable()
  .meta({ description: '`null`: the door is not assigned to a location yet.' });

const door = {
  lockId: kisiId,
  name: z.string().meta({ description: "The house's own name for the door, else Kisi's." }),
  location: locationOut,
};

const until = instantOut.nullable().meta({ description: '`null`: open-ended.' });

const reasonOut = z.strictObject({
  grantId: z.string(),
  source: z.enum(GRANT_SOURCES),
  sourceId: z.string().nullable().meta({
    description: 'The booking or membership; `null`: given by hand.',
  }),
  startsAt: instantOut,
  endsAt: until,
});

const words = {
  detail: z.string().meta({ description: 'What is the matter, for the member.' }),
  remedy: z.string().meta({ description: 'What the member can do now.' }),
};

const LOCATION = { id: 'loc_mitte', name: 'Mitte', timeZone: 'Europe/Berlin' };
const REASON = {
  grantId: 'grt_9b1d',
  source: 'booking' as const,
  sourceId: 'bkg_1',
  startsAt: '2026-11-24T10:00:00.000Z',
  endsAt: '2026-11-24T12:00:00.000Z',
};

const keyOut = z
  .strictObject({
    ...door,
    state: z.enum(KEY_STATES).meta({
      description:
        '`open`: tap to unlock. `being_set_up`: a moment longer. `attention`: see `attention`.',
    }),
    attention: z.strictObject(words).nullable(),
    until: until.meta({
      description: 'The end of the continuous access, over all reasons; `null`: open-ended.',
    }),
    reasons: z.array(reasonOut).meta({
      description: 'Every grant that this access consists of; those that cover now come first.',
    }),
  })
  .meta({ id: 'Key', description: 'A door that the member can open now.' });

const upcomingKeyOut = z
  .strictObject({ ...door, startsAt: instantOut, until, reasons: z.array(reasonOut) })
  .meta({ id: 'UpcomingKey', description: 'The next time that a door opens for the member.' });

export const myKeysOut = z
  .strictObject({
    member: z
      .strictObject({ id: z.string(), name: z.string().nullable() })
      .meta({ description: 'Whose keys these are.' }),
    hold: z
      .strictObject({ reason: z.string(), since: instantOut })
      .nullable()
      .meta({ description: 'While set, nothing opens and the lists are empty.' }),
    data: z.array(keyOut).meta({ description: 'By name.' }),
    upcoming: z.array(upcomingKeyOut).meta({ description: 'By start, each door once.' }),
    unreadGroups: z
      .array(z.strictObject({ name: z.string(), location: locationOut }))
      .meta({ description: 'Groups whose doors are not known here yet; a sync reads them.' }),
  })
  .meta({
    id: 'MyKeys',
    examples: [
      {
        member: { id: 'mem_7f3a', name: 'Ada Lovelace' },
        hold: null,
        data: [
          {
            lockId: 4711,
            name: 'Meeting Room 1',
            location: LOCATION,
            state: 'open',
            attention: null,
            until: '2026-11-24T12:00:00.000Z',
            reasons: [REASON],
          },
        ],
        upcoming: [
          {
            lockId: 4712,
            name: 'Main entrance',
            location: LOCATION,
            startsAt: '2026-11-25T08:00:00.000Z',
            until: null,
            reasons: [
              {
                grantId: 'grt_1c2d',
                source: 'plan',
                sourceId: 'mbs_1',
                startsAt: '2026-11-25T08:00:00.000Z',
                endsAt: null,
              },
            ],
          },
        ],
        unreadGroups: [],
      },
    ],
  });

export const listMyKeys = operation({
  id: 'listMyKeys',
  method: 'get',
  path: '/v1/my/keys',
  tag: 'My Keys',
  summary: 'List my keys',
  description:
    'Every door that the member can open now, once, whatever the source: groups are shown as their doors. What opens later stands apart, with its time. A new grant is here on the next read after its 2xx, as `being_set_up` until it is in place. Read from the database alone, also while Kisi is away.',
  scopes: 'member',
  answers: { 200: { description: 'The keys.', schema: myKeysOut } },
  problems: [],
});

const UNLOCK_EXAMPLE = {
  lockId: 4711,
  outcome: 'refused' as const,
  reason: {
    code: 'too_far' as const,
    detail: 'This door opens only for somebody who is near it.',
    remedy: 'Go to the door, allow this page to see your location, and tap again.',
  },
  at: '2026-11-24T10:05:00.000Z',
};

export const unlockMyKey = operation({
  id: 'unlockMyKey',
  method: 'post',
  path: '/v1/my/keys/:lockId/unlock',
  tag: 'My Keys',
  summary: 'Unlock a door',
  description:
    "Opens the door in the member's own name at Kisi, if the member may open it now. Answers within seconds. Send one `Idempotency-Key` for each tap: a tap that is repeated under its key never opens twice, and hears what the first one heard. With `location` also doors open that ask to be near; it is passed on to Kisi and not kept.",
  scopes: 'member',
  params: z.strictObject({
    lockId: z
      .string()
      .regex(/^[1-9]\d{0,14}$/, "must be Kisi's id of the lock, a whole number.")
      .transform(Number)
      .meta({ description: "Kisi's id of the lock.", examples: ['4711'] }),
  }),
  body: z.strictObject({
    location: z
      .strictObject({
        latitude: z.number().min(-90, 'must be -90 to 90.').max(90, 'must be -90 to 90.'),
        longitude: z.number().min(-180, 'must be -180 to 180.').max(180, 'must be -180 to 180.'),
      })
      .optional()
      .meta({ description: 'Where the member is (WGS 84).' }),
    memberId: hostId.optional().meta({
      description:
        'Whose keys are on the screen. In a browser that another member has come into since, nothing is opened in that one’s name.',
    }),
  }),
  bodyExample: { location: { latitude: 52.52, longitude: 13.405 } },
  idempotent: true,
  answers: {
    200: {
      description: 'What became of the tap.',
      schema: z
        .strictObject({
          lockId: kisiId,
          outcome: z.enum(UNLOCK_OUTCOMES).meta({
            description:
              '`opened`: Kisi has taken it. `refused`: the door stays shut; `reason` says why. `no_answer`: Kisi was not heard of in time.',
          }),
          reason: z
            .strictObject({ code: z.enum(UNLOCK_REASONS), ...words })
            .nullable()
            .meta({ description: '`null`: it opened.' }),
          at: instantOut,
        })
        .meta({ id: 'UnlockResult', examples: [UNLOCK_EXAMPLE] }),
    },
  },
  problems: ['another_member', 'key_not_held', 'access_on_hold', 'key_not_yet'],
});

export const myOperations = [listMyKeys, unlockMyKey] as const;
