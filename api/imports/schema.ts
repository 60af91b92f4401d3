import { z } from 'zod';
import { bookingBodyExample } from '../bookings/schema';
import { operation, SCOPES } from '../http/operation';
import { jobOut } from '../jobs/schema';
import { membershipBodyExample } from '../memberships/schema';

export const ITEMS_AT_MOST = 10_000;

const listOf = (what: string): z.ZodDefault<z.ZodArray<z.ZodUnknown>> =>
  z
    .array(z.unknown())
    .default([])
    .meta({ description: `Each the body of PUT /v1/${what}/:id, with its \`id\`.` });

export const createImport = operation({
  id: 'createImport',
  method: 'post',
  path: '/v1/imports',
  tag: 'Imports',
  summary: 'Import all current members, memberships and bookings',
  description: `For going live: up to ${ITEMS_AT_MOST.toLocaleString('en')} items or 10 MB in one request, in any order. Members are taken first, then memberships, then bookings, each as a PUT of it would be: importing the same again changes nothing. A member who was written or erased after the import was sent counts as \`older\` and is left alone. An item that is not valid never stops the others. The job goes on by itself through crashes and outages; its result is \`{accepted, older, invalidCount, invalid: [{kind, index, id, errors}]}\`, with the first 100 of the invalid ones. Locations, spaces and plans are sent before.`,
  scopes: SCOPES.hosts,
  body: z
    .strictObject({
      members: listOf('members'),
      memberships: listOf('memberships'),
      bookings: listOf('bookings'),
    })
    .refine(
      ({ members, memberships, bookings }) =>
        members.length + memberships.length + bookings.length > 0,
      'must hold at least one item.',
    )
    .refine(
      ({ members, memberships, bookings }) =>
        members.length + memberships.length + bookings.length <= ITEMS_AT_MOST,
      `must hold at most ${String(ITEMS_AT_MOST)} items; send the rest in another request.`,
    ),
  bodyExample: {
    members: [{ id: 'mem_7f3a', email: 'ada@example.com', name: 'Ada' }],
    memberships: [{ id: 'mbs_310', ...membershipBodyExample }],
    bookings: [{ id: 'bkg_2041', ...bookingBodyExample }],
  },
  idempotent: true,
  answers: {
    202: { description: 'Kept, and taken one by one: read the job at `Location`.', schema: jobOut },
  },
  problems: ['temporal_unavailable'],
});

export const importOperations = [createImport] as const;
