import { z } from 'zod';
import { EXPLAIN_BASES } from '../../src/domain/explain-facts';
import { EXPLAIN_CODES } from '../../src/domain/explain-words';
import { VERDICTS } from '../../src/domain/explain';
import {
  GRANT_SOURCES,
  GRANT_STATUSES,
  GRANT_STOPS,
  LOG_ACTIONS,
  PROVISIONINGS,
  UNLOCK_OUTCOMES,
} from '../../src/domain/grant';
import { BOOKING_STATUSES, MEMBERSHIP_STATUSES, SOURCE_KINDS } from '../../src/domain/source';
import { grantProblemOut } from '../grants/schema';
import { operation, SCOPES } from '../http/operation';
import { memberParams } from '../members/schema';
import { instantIn, instantOut, kisiId, ownId } from '../schemas/common';

const namedPlace = z.strictObject({ id: z.string(), name: z.string() });
const from = instantOut.nullable().meta({ description: '`null`: from ever.' });
const until = instantOut.nullable().meta({ description: '`null`: without end.' });

const nextStepOut = z
  .strictObject({
    text: z.string().meta({ description: 'What to do, in one sentence.' }),
    call: z
      .strictObject({ method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']), path: z.string() })
      .nullable()
      .meta({ description: 'The call of this API that does it; `null`: it is done elsewhere.' }),
    where: z.string().nullable().meta({
      description: 'Where to look in another system, such as the Kisi dashboard.',
    }),
  })
  .meta({ id: 'NextStep', description: 'The one thing to do next.' });

const reasonOut = z
  .strictObject({
    code: z.enum(EXPLAIN_CODES).meta({ description: 'Stable; more may be added.' }),
    ok: z.boolean().nullable().meta({
      description:
        'Whether it is as it must be for the door to open; `null`: nobody knows, it depends, or it is for information.',
    }),
    text: z.string().meta({ description: 'One sentence; times in the `timeZone` of the door.' }),
    nextStep: nextStepOut.nullable().meta({ description: 'Always there where `ok` is false.' }),
  })
  .meta({ id: 'ExplainReason', description: 'One thing that was looked at.' });

const verdict = z.enum(VERDICTS);

export const explainOut = z
  .strictObject({
    open: verdict.meta({
      description:
        'Whether the member can open the door. `unknown`: nobody can say, or it depends on how they try, such as at a door that opens only to somebody near it.',
    }),
    access: verdict.meta({
      description: 'Whether Kisi lets the member through, whatever the state of the door itself.',
    }),
    summary: z.string().meta({ description: 'The verdict and its first reason, for people.' }),
    at: instantOut,
    basis: z.enum(EXPLAIN_BASES).meta({
      description:
        '`live`: Kisi was asked just now. `stored`: Kisi could not be asked, and what was last known speaks. `recorded`: the instant is past, and the access log tells what was so then.',
    }),
    timeZone: z.string().meta({ description: "IANA; of the door's location, else UTC." }),
    member: z.strictObject({ id: z.string(), name: z.string().nullable() }),
    door: z.strictObject({
      doorMappingId: z.string(),
      name: z.string(),
      resourceType: z.enum(['lock', 'group']),
      resourceId: kisiId,
      location: namedPlace.nullable(),
      space: namedPlace.nullable(),
    }),
    reasons: z.array(reasonOut).meta({
      description:
        'First what is not as it must be, a cause before what follows from it; then what nobody knows; then what is as it must be.',
    }),
    grants: z
      .array(
        z.strictObject({
          grantId: z.string(),
          doorMappingId: z.string(),
          source: z.enum(GRANT_SOURCES),
          sourceId: z.string().nullable(),
          startsAt: instantOut,
          endsAt: until,
          status: z.enum(GRANT_STATUSES).meta({ description: 'At `at`.' }),
          stops: z.array(z.enum(GRANT_STOPS)),
          provisioning: z.enum(PROVISIONINGS),
          problem: grantProblemOut.nullable(),
        }),
      )
      .meta({ description: "The member's grants that lead to this door, also those of near by." }),
    sources: z
      .array(
        z.strictObject({
          kind: z.enum(SOURCE_KINDS),
          id: z.string(),
          status: z.enum([...BOOKING_STATUSES, ...MEMBERSHIP_STATUSES]),
          startsAt: instantOut,
          endsAt: until,
          placeId: z
            .string()
            .meta({ description: 'The space of a booking, the plan of a membership.' }),
          window: z.strictObject({ startsAt: instantOut, endsAt: until }).nullable().meta({
            description:
              'The access to this door that it means, or would mean if it were confirmed or active; `null`: it does not lead here.',
          }),
        }),
      )
      .meta({ description: "The member's bookings of about that time, and memberships." }),
    kisi: z
      .strictObject({
        silence: z.string().nullable().meta({
          description: 'Why Kisi was not heard; the rest is what was last known then.',
        }),
        user: z
          .strictObject({
            id: kisiId,
            accessEnabled: z.boolean(),
            confirmed: z.boolean().nullable().meta({
              description: 'Whether the invitation was accepted; `null`: Kisi does not say.',
            }),
            madeAs: z.enum(['managed', 'invited']).nullable().meta({
              description: '`managed`: cannot sign in to Kisi. `null`: Latchkey did not make it.',
            }),
          })
          .nullable()
          .meta({ description: '`null`: none is known.' }),
        roleAssignments: z.array(
          z.strictObject({
            id: kisiId,
            groupId: kisiId,
            groupName: z.string(),
            from,
            until,
            ours: z.boolean().meta({ description: 'Made by Latchkey.' }),
          }),
        ),
      })
      .meta({ description: 'What Kisi says of the member at this door.' }),
    attempts: z
      .array(
        z.strictObject({
          action: z.enum(LOG_ACTIONS),
          status: z.enum(['accepted', ...UNLOCK_OUTCOMES, ...PROVISIONINGS]),
          reason: z.string().nullable(),
          problem: grantProblemOut.nullable(),
          at: instantOut,
        }),
      )
      .meta({
        description:
          'Taps on Unlock, and failures to put access in place, up to `at`; newest first.',
      }),
  })
  .meta({
    id: 'Explanation',
    description: 'Whether a member can open a door at a time, and why.',
    examples: [
      {
        open: 'no',
        access: 'no',
        summary:
          'Ada cannot open Meeting Room 1 at 24 Nov 2026, 11:05 (Europe/Berlin). Booking bkg_1, which would give access from 24 Nov 2026, 11:00 until 24 Nov 2026, 13:00, is not confirmed yet.',
        at: '2026-11-24T10:05:00.000Z',
        basis: 'live',
        timeZone: 'Europe/Berlin',
        member: { id: 'mem_7f3a', name: 'Ada' },
        door: {
          doorMappingId: 'dm_5f0c',
          name: 'Meeting Room 1',
          resourceType: 'lock',
          resourceId: 4711,
          location: { id: 'loc_mitte', name: 'Mitte' },
          space: { id: 'spc_room_1', name: 'Room 1' },
        },
        reasons: [
          {
            code: 'booking_pending',
            ok: false,
            text: 'Booking bkg_1, which would give access from 24 Nov 2026, 11:00 until 24 Nov 2026, 13:00, is not confirmed yet.',
            nextStep: {
              text: 'Confirm it in the booking system.',
              call: { method: 'PUT', path: '/v1/bookings/bkg_1' },
              where: null,
            },
          },
          {
            code: 'kisi_credentials',
            ok: null,
            text: "The user is a managed one: the member opens doors from My Keys, and cannot sign in to Kisi's app.",
            nextStep: {
              text: 'Look there whether a phone or card of the member is set up.',
              call: null,
              where: 'Kisi dashboard > Users > Ada > Digital Credentials',
            },
          },
          {
            code: 'door_mapping',
            ok: true,
            text: 'The door mapping "Meeting Room 1" is active and assigned to Room 1, Mitte.',
            nextStep: null,
          },
        ],
        grants: [],
        sources: [
          {
            kind: 'booking',
            id: 'bkg_1',
            status: 'pending',
            startsAt: '2026-11-24T10:00:00.000Z',
            endsAt: '2026-11-24T12:00:00.000Z',
            placeId: 'spc_room_1',
            window: {
              startsAt: '2026-11-24T10:00:00.000Z',
              endsAt: '2026-11-24T12:00:00.000Z',
            },
          },
        ],
        kisi: {
          silence: null,
          user: { id: 17, accessEnabled: true, confirmed: true, madeAs: 'managed' },
          roleAssignments: [],
        },
        attempts: [],
      },
    ],
  });

export const explainAccess = operation({
  id: 'explainAccess',
  method: 'get',
  path: '/v1/members/:id/explain',
  tag: 'Members',
  summary: 'Explain why a door opens or not',
  description:
    '"Ada says that she cannot get in": one call looks at all that can be the matter. It checks every booking, membership and grant of the member and those that nearly lead here; holds; the door mapping and its connection; what of it has reached Kisi; at Kisi itself the user, their role assignments, and what the door and its group demand; and the last attempts in the access log. Each reason that is not as it must be comes with its one next step, the cause first.\n\nKisi is asked live for now and for later, for a few seconds at most; if it does not answer, the verdict is `unknown` and what was last known is shown. Each call costs a few requests to Kisi out of the key\'s five a second. An `at` that is past is answered from what was recorded. To a caller who is limited to locations, the grants, bookings, memberships and attempts of others are not shown; a grant there counts all the same, and is told without its particulars.',
  scopes: SCOPES.operators,
  params: memberParams,
  query: z.strictObject({
    doorMappingId: ownId.meta({
      description: 'The door. A deleted mapping is explained as well.',
      examples: ['dm_5f0c'],
    }),
    at: instantIn.optional().meta({
      description: 'When; left out: now. What lies within the last 10 s is taken for now.',
      examples: ['2026-11-24T10:05:00Z'],
    }),
  }),
  answers: { 200: { description: 'The verdict, with its reasons.', schema: explainOut } },
  problems: ['member_not_found', 'door_mapping_not_found'],
});

export const explainOperations = [explainAccess] as const;
