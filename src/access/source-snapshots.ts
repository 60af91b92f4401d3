import { z } from 'zod';
import { parseInstant } from '../domain/instant';
import {
  BOOKING_STATUSES,
  MEMBERSHIP_STATUSES,
  memberSet,
  type Booking,
  type Membership,
  type Snapshot,
} from '../domain/source';

/** What a booking system sent, read; or all that is wrong with it, in words without its content. */
export type Reading<Content> =
  { snapshot: Snapshot<Content>; fault: null } | { snapshot: null; fault: string };

/** The host's own ids, as over HTTP. */
export const hostId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'is not an id');
const instant = z
  .string()
  .transform(parseInstant)
  .refine((ms) => Number.isFinite(ms), 'must be ISO 8601 with a zone, like 2026-11-24T10:00:00Z');
const version = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const memberIds = z.array(hostId).min(1).max(100).transform(memberSet);
const deleted = z.object({ version, deleted: z.literal(true) });

const booking = z
  .object({
    version,
    deleted: z.literal(false).optional(),
    memberIds,
    spaceId: hostId,
    startsAt: instant,
    endsAt: instant,
    status: z.enum(BOOKING_STATUSES),
  })
  .refine(({ startsAt, endsAt }) => !(endsAt <= startsAt), 'endsAt must be later than startsAt');

const membership = z
  .object({
    version,
    deleted: z.literal(false).optional(),
    memberIds,
    planId: hostId,
    locationId: hostId,
    startsAt: instant,
    endsAt: instant.nullable(),
    status: z.enum(MEMBERSHIP_STATUSES),
  })
  .refine(
    ({ startsAt, endsAt }) => endsAt === null || !(endsAt <= startsAt),
    'endsAt must be later than startsAt, or null',
  );

/** Reads a `bookingChanged` message (src/contracts/source-messages.ts). Unknown fields are passed over. */
export function readBooking(message: unknown): Reading<Booking> {
  return read(message, booking, ({ memberIds, spaceId, startsAt, endsAt, status }) => ({
    memberIds,
    spaceId,
    startsAt,
    endsAt,
    status,
  }));
}

/** Reads a `membershipChanged` message. */
export function readMembership(message: unknown): Reading<Membership> {
  return read(
    message,
    membership,
    ({ memberIds, planId, locationId, startsAt, endsAt, status }) => ({
      memberIds,
      planId,
      locationId,
      startsAt,
      endsAt,
      status,
    }),
  );
}

function read<Message extends { version: number }, Content>(
  message: unknown,
  schema: z.ZodType<Message>,
  toContent: (message: Message) => Content,
): Reading<Content> {
  const deletion = deleted.safeParse(message);
  if (deletion.success) {
    return { snapshot: { version: deletion.data.version, content: null }, fault: null };
  }
  const parsed = schema.safeParse(message);
  if (!parsed.success) return { snapshot: null, fault: faultOf(parsed.error) };
  const { version } = parsed.data;
  return { snapshot: { version, content: toContent(parsed.data) }, fault: null };
}

function faultOf({ issues }: z.ZodError): string {
  return issues
    .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
    .join('; ');
}
