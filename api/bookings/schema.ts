import { z } from 'zod';
import { BOOKING_STATUSES } from '../../src/domain/source';
import { operation, SCOPES } from '../http/operation';
import { hostId, instantIn, instantOut, page, pageQuery } from '../schemas/common';
import {
  doorExample,
  idSearch,
  memberIdsIn,
  SOURCE_ACCEPTED,
  sourceStateOut,
  versionIn,
  versionQuery,
} from '../sources/schema';

export const bookingOut = z
  .strictObject({
    id: hostId,
    memberIds: z.array(hostId),
    spaceId: hostId.nullable(),
    startsAt: instantOut.nullable(),
    endsAt: instantOut.nullable(),
    status: z.enum(BOOKING_STATUSES).nullable(),
    ...sourceStateOut,
  })
  .meta({
    id: 'Booking',
    description: 'Members have a space from–to. The content of a deleted one is `null`.',
    examples: [
      {
        id: 'bkg_2041',
        memberIds: ['mem_7f3a'],
        spaceId: 'spc_boardroom',
        startsAt: '2026-11-24T10:00:00.000Z',
        endsAt: '2026-11-24T12:00:00.000Z',
        status: 'confirmed',
        deleted: false,
        acceptedVersion: 1795514400000,
        appliedVersion: 1795514400000,
        settled: true,
        doors: [doorExample],
        warnings: [],
      },
    ],
  });

/** The body of a PUT, which events and imports carry as well. */
export const bookingBody = z.strictObject({
  version: versionIn,
  memberIds: memberIdsIn,
  spaceId: hostId,
  startsAt: instantIn,
  endsAt: instantIn,
  status: z.enum(BOOKING_STATUSES).meta({
    description:
      '`confirmed` opens doors, `pending` opens none, `cancelled` takes the access away.',
  }),
});

export const bookingBodyExample = {
  version: 1795514400000,
  memberIds: ['mem_7f3a'],
  spaceId: 'spc_boardroom',
  startsAt: '2026-11-24T10:00:00Z',
  endsAt: '2026-11-24T12:00:00Z',
  status: 'confirmed',
} as const;

const params = z.strictObject({ id: hostId });

const DONE = 'Accepted, applied, and Kisi shows it.';
const changeAnswers = {
  200: { description: DONE, schema: bookingOut },
  202: { description: SOURCE_ACCEPTED, schema: bookingOut },
} as const;

export const putBooking = operation({
  id: 'putBooking',
  method: 'put',
  path: '/v1/bookings/:id',
  tag: 'Bookings',
  summary: 'Send a booking as it is now',
  description:
    'The whole booking, never a difference, by the platform’s own id. Confirmed, it opens the Lock mappings of its space and the Group mappings of its location for each member, from its start to its end; every later version is followed: other dates, space, members or status. Versions may arrive in any order and any number of times: an older one is refused and changes nothing, the same one with the same content is accepted again. `warnings` says when nothing will open. Who and what a `cancelled` booking names need not be known.',
  scopes: SCOPES.hosts,
  params,
  body: bookingBody,
  bodyExample: bookingBodyExample,
  answers: changeAnswers,
  problems: [
    'window_invalid',
    'version_older',
    'version_reused',
    'member_unknown',
    'space_unknown',
    'temporal_unavailable',
  ],
});

export const getBooking = operation({
  id: 'getBooking',
  method: 'get',
  path: '/v1/bookings/:id',
  tag: 'Bookings',
  summary: 'Read a booking',
  description:
    'The newest accepted version, which doors it opens for whom, and how far that has come. A deleted one is shown with `deleted: true`, so that one can see its access go.',
  scopes: SCOPES.everybody,
  params,
  answers: { 200: { description: 'The booking.', schema: bookingOut } },
  problems: ['booking_not_found'],
});

export const deleteBooking = operation({
  id: 'deleteBooking',
  method: 'delete',
  path: '/v1/bookings/:id',
  tag: 'Bookings',
  summary: 'Delete a booking',
  description:
    'Takes its access away. The deletion is a version like any other: what is older and arrives later changes nothing, only a higher version brings the booking back. An unknown id is accepted too, since deliveries come in any order.',
  scopes: SCOPES.hosts,
  params,
  query: versionQuery,
  answers: changeAnswers,
  problems: ['version_older', 'version_reused', 'temporal_unavailable'],
});

export const listBookings = operation({
  id: 'listBookings',
  method: 'get',
  path: '/v1/bookings',
  tag: 'Bookings',
  summary: 'List bookings',
  description:
    'Latest start first, without the deleted ones. Filters add up. `from` and `to` keep bookings whose booked time shares an instant with [from, to).',
  scopes: SCOPES.everybody,
  query: z
    .strictObject({
      ...pageQuery,
      search: idSearch,
      memberId: hostId.optional(),
      locationId: hostId.optional().meta({
        description: 'Bookings of the spaces that are at this location now.',
      }),
      spaceId: hostId.optional(),
      status: z.enum(BOOKING_STATUSES).optional(),
      from: instantIn.optional(),
      to: instantIn.optional(),
    })
    .refine(({ from, to }) => from === undefined || to === undefined || from < to, {
      path: ['to'],
      message: 'must be later than from.',
    }),
  answers: { 200: { description: 'A page of bookings.', schema: page(bookingOut) } },
  problems: [],
});

export const bookingOperations = [putBooking, getBooking, deleteBooking, listBookings] as const;
