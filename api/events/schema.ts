import { z } from 'zod';
import { bookingBody, bookingBodyExample } from '../bookings/schema';
import { operation } from '../http/operation';
import { putMember } from '../members/schema';
import { membershipBody } from '../memberships/schema';
import { hostId } from '../schemas/common';
import { versionIn } from '../sources/schema';

const IGNORED_BECAUSE = ['version_older', 'repetition', 'type_unknown'] as const;
export type IgnoredBecause = (typeof IGNORED_BECAUSE)[number];

const deletion = z.strictObject({ id: hostId, version: versionIn });

/** Standard Webhooks knows further fields beside `type` and `data`, such as `timestamp`. */
const eventBody = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('booking.changed'), data: bookingBody.extend({ id: hostId }) }),
  z.looseObject({ type: z.literal('booking.deleted'), data: deletion }),
  z.looseObject({
    type: z.literal('membership.changed'),
    data: membershipBody.extend({ id: hostId }),
  }),
  z.looseObject({ type: z.literal('membership.deleted'), data: deletion }),
  z.looseObject({ type: z.literal('member.changed'), data: putMember.body.extend({ id: hostId }) }),
]);
export type InboundEvent = z.output<typeof eventBody>;

/** The types that are followed; all others are answered and passed over. */
export const EVENT_TYPES: readonly string[] = [
  'booking.changed',
  'booking.deleted',
  'membership.changed',
  'membership.deleted',
  'member.changed',
] satisfies InboundEvent['type'][];

export const inboundEventOut = z
  .strictObject({
    accepted: z.boolean().meta({ description: 'Whether it will be followed.' }),
    ignored: z.enum(IGNORED_BECAUSE).nullable().meta({
      description: 'Why it changed nothing; `null`: it was accepted. There is nothing to repeat.',
    }),
  })
  .meta({ id: 'EventTaken', examples: [{ accepted: true, ignored: null }] });

export const receiveEvent = operation({
  id: 'receiveEvent',
  method: 'post',
  path: '/v1/events/inbound',
  tag: 'Events',
  summary: 'Take a signed event of the booking platform',
  description:
    'For platforms that push webhooks. Signed as Standard Webhooks has it (`webhook-id`, `webhook-timestamp` at most 5 minutes away, `webhook-signature` with `v1`) with one of the secrets in INBOUND_WEBHOOK_SECRETS. `data` is the body of the matching PUT with the `id`; it goes the same way and is followed as soon as it is answered. An older version, a repetition or an unknown type is answered 200 with `ignored`, since repeating it is of no use. An unknown member or place is 422: the platform’s own retry brings it again once that was sent. Members have no version: send their changes in order.',
  scopes: null,
  body: eventBody,
  bodyExample: {
    type: 'booking.changed',
    timestamp: '2026-11-24T09:00:00Z',
    data: { id: 'bkg_2041', ...bookingBodyExample },
  },
  answers: { 200: { description: 'Taken, or passed over.', schema: inboundEventOut } },
  problems: [
    'webhook_signature_invalid',
    'webhook_timestamp_stale',
    'rate_limited',
    'window_invalid',
    'version_reused',
    'email_taken',
    'member_being_erased',
    'idempotency_key_reused',
    'member_unknown',
    'space_unknown',
    'plan_unknown',
    'location_unknown',
    'temporal_unavailable',
    'database_unavailable',
    'webhook_not_set_up',
  ],
});

export const eventOperations = [receiveEvent] as const;
