import { z } from 'zod';
import { operation, SCOPES } from '../http/operation';
import { jobOut } from '../jobs/schema';
import {
  actorOut,
  displayName,
  hostId,
  idsFilter,
  instantOut,
  page,
  pageQuery,
} from '../schemas/common';

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
    "An upsert by the host platform's own id. The e-mail address is what links the member to a user at Kisi, so each member needs one of their own (upper and lower case make no difference). When it changes, what the member holds moves to the user of the new address; until each door opens for that one, the former user opens it; it is refused to callers who are limited to locations, since it reaches access elsewhere. The id of an erased member makes a new member, who has nothing of the former one's.",
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
  problems: ['email_taken', 'member_being_erased'],
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
    ids: idsFilter,
    search: z.string().trim().min(1).max(100).optional().meta({
      description:
        'The beginning of an id, of an e-mail address, or of a word of the name, in any case.',
    }),
  }),
  answers: { 200: { description: 'A page of members.', schema: page(memberOut) } },
  problems: [],
});

export const deleteMember = operation({
  id: 'deleteMember',
  method: 'delete',
  path: '/v1/members/:id',
  tag: 'Members',
  summary: 'Erase a member',
  description:
    'Takes all access away, then removes the user at Kisi if we made it (one that somebody else made, or gave more, stays without anything of ours), and what is personal: name, e-mail address, and the free text in the access log and grants. The member is unknown at once, also to bookings and memberships that name them; the id alone stays, so that a late booking opens no door. `PUT` with the same id later, when the job is done, makes a new member. Asking again shows the same job until it is done. What Temporal keeps of past signals goes with its retention.',
  scopes: SCOPES.hosts,
  params: memberParams,
  answers: {
    202: {
      description:
        'The job, whose `result` has `grantsStopped`, `kisiUsersRemoved` and `kisiUsersKept`.',
      schema: jobOut,
    },
  },
  problems: ['member_not_found', 'temporal_unavailable'],
});

export const memberOperations = [putMember, getMember, listMembers, deleteMember] as const;
