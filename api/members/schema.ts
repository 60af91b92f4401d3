import { z } from 'zod';
import { operation, SCOPES } from '../http/operation';
import { actorOut, displayName, hostId, instantOut, page, pageQuery } from '../schemas/common';

export const memberOut = z
  .strictObject({
    id: hostId,
    email: z.string(),
    name: z.string().nullable(),
    hold: z
      .strictObject({ reason: z.string(), since: instantOut, by: actorOut })
      .nullable()
      .meta({ description: 'While set, no door opens for this member.' }),
    createdAt: instantOut,
    updatedAt: instantOut,
  })
  .meta({
    id: 'Member',
    description: 'Somebody who may be granted access.',
    examples: [
      {
        id: 'mem_7f3a',
        email: 'ada@example.com',
        name: 'Ada',
        hold: null,
        createdAt: '2026-11-24T09:00:00.000Z',
        updatedAt: '2026-11-24T09:00:00.000Z',
      },
    ],
  });

export const memberParams = z.strictObject({ id: hostId });

export const putMember = operation({
  id: 'putMember',
  method: 'put',
  path: '/v1/members/:id',
  tag: 'Members',
  summary: 'Create or replace a member',
  description:
    "An upsert by the host platform's own id. The e-mail address is what links the member to a user at Kisi, so each member needs one of their own (upper and lower case make no difference). When it changes, what the member holds moves to the user of the new address.",
  scopes: SCOPES.hosts,
  params: memberParams,
  body: z.strictObject({
    email: z
      .string({ error: 'must be an e-mail address.' })
      .trim()
      .max(254, 'must be at most 254 characters.')
      .pipe(z.email('must be an e-mail address.')),
    name: displayName.nullable().default(null),
  }),
  bodyExample: { email: 'ada@example.com', name: 'Ada' },
  answers: { 200: { description: 'The member as stored.', schema: memberOut } },
  problems: ['email_taken'],
});

export const getMember = operation({
  id: 'getMember',
  method: 'get',
  path: '/v1/members/:id',
  tag: 'Members',
  summary: 'Read a member',
  description: 'One member by the id that the host platform gave.',
  scopes: SCOPES.everybody,
  params: memberParams,
  answers: { 200: { description: 'The member.', schema: memberOut } },
  problems: ['member_not_found'],
});

export const listMembers = operation({
  id: 'listMembers',
  method: 'get',
  path: '/v1/members',
  tag: 'Members',
  summary: 'List members',
  description: 'Members in order of their id.',
  scopes: SCOPES.everybody,
  query: z.strictObject({
    ...pageQuery,
    search: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .optional()
      .meta({ description: 'The beginning of an id or an e-mail address, in any case.' }),
  }),
  answers: { 200: { description: 'A page of members.', schema: page(memberOut) } },
  problems: [],
});

export const memberOperations = [putMember, getMember, listMembers] as const;
