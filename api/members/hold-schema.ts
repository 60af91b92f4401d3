import { z } from 'zod';
import { operation, SCOPES } from '../http/operation';
import { instantOut, kisiId, reasonText } from '../schemas/common';
import { memberOut, memberParams } from './schema';

const example = {
  id: 'mem_7f3a',
  email: 'ada@example.com',
  name: 'Ada',
  hold: {
    reason: 'The invoice of November is due.',
    since: '2026-11-24T09:00:00.000Z',
    by: { type: 'api_key', id: 'key_1' },
  },
  createdAt: '2026-11-24T09:00:00.000Z',
  updatedAt: '2026-11-24T09:00:00.000Z',
  settled: true,
  foreignRows: [
    {
      integrationId: 'int_5f0c',
      roleAssignmentId: 70_011,
      role: 'group_basic',
      groupId: 301,
      from: null,
      until: '2026-12-01T00:00:00.000Z',
      seenAt: '2026-11-24T09:00:01.000Z',
    },
  ],
  warning:
    '1 row at Kisi that is not ours still lets this member in. Remove it with POST /v1/integrations/:id/foreign-rows/clear, or in the Kisi dashboard.',
  jobId: 'job_5f0c',
} as const;

const rowUnderHoldOut = z
  .strictObject({
    integrationId: z.string(),
    roleAssignmentId: kisiId,
    role: z.string().meta({ description: 'Kisi’s role, such as `group_basic` (door access).' }),
    groupId: kisiId,
    from: instantOut.nullable().meta({ description: '`null`: from the beginning.' }),
    until: instantOut.nullable().meta({ description: '`null`: without an end.' }),
    seenAt: instantOut.meta({ description: 'When it was last read at Kisi.' }),
  })
  .meta({
    id: 'RowUnderHold',
    description: 'A role assignment of others at Kisi that lets in a member who is on hold.',
    examples: [example.foreignRows[0]],
  });

export const memberHoldOut = memberOut
  .extend({
    settled: z.boolean().meta({
      description:
        'Whether all that is ours has followed: shut for a hold, back after its release. A hold takes away nothing else: see `foreignRows`.',
    }),
    foreignRows: z.array(rowUnderHoldOut).meta({
      description:
        'Rows at Kisi that are not ours and let the member in all the same, now or later, as last seen: by the look that followed the hold in the groups of the member’s grants, elsewhere by the hourly reconciliation (at once: POST …/foreign-rows/refresh). Empty without a hold. The job’s `result.foreignRows` keeps those of its end.',
    }),
    warning: z.string().nullable().meta({
      description: 'What `foreignRows` means and how to remove them; `null`: there are none.',
    }),
    jobId: z.string().nullable().meta({
      description:
        'GET /v1/jobs/:id shows how far it has come; `null`: the hold was never changed.',
    }),
  })
  .meta({
    id: 'MemberHold',
    description: 'A member, and how far the latest change of the hold has come.',
    examples: [example],
  });

const answers = {
  200: { description: 'All that is ours has followed.', schema: memberHoldOut },
  202: {
    description: 'Stored; the doors follow as soon as Kisi lets them. The job shows it.',
    schema: memberHoldOut,
  },
} as const;

export const getMemberHold = operation({
  id: 'getMemberHold',
  method: 'get',
  path: '/v1/members/:id/hold',
  tag: 'Members',
  summary: "Read a member's hold",
  description:
    'How far the latest change of the hold has come, and what at Kisi lets the member in all the same.',
  scopes: SCOPES.everybody,
  params: memberParams,
  answers: { 200: { description: 'The hold, or `hold: null`.', schema: memberHoldOut } },
  problems: ['member_not_found'],
});

export const putMemberHold = operation({
  id: 'putMemberHold',
  method: 'put',
  path: '/v1/members/:id/hold',
  tag: 'Members',
  summary: 'Put a member on hold',
  description:
    "Takes all of the member's access away, at Kisi and in My Keys, without ending a grant: bookings, memberships and grants go on, are accepted as ever, and stay shut until the release. Waits 2 s at most for the doors to be shut. What others gave the member at Kisi is left alone, and named by `foreignRows` with a `warning`: clear it with POST /v1/integrations/:id/foreign-rows/clear. Sent again it changes the reason, or nothing. Where another change comes while this one is waited for, that one is waited for and answered.",
  scopes: SCOPES.everybody,
  params: memberParams,
  body: z.strictObject({ reason: reasonText }),
  bodyExample: { reason: 'The invoice of November is due.' },
  answers,
  problems: ['member_not_found', 'temporal_unavailable'],
});

export const deleteMemberHold = operation({
  id: 'deleteMemberHold',
  method: 'delete',
  path: '/v1/members/:id/hold',
  tag: 'Members',
  summary: 'Release a member from a hold',
  description:
    'Puts back what is live now, and lets begin what begins later. Waits 2 s at most for it to be in place. Without a hold it changes nothing.',
  scopes: SCOPES.everybody,
  params: memberParams,
  answers,
  problems: ['member_not_found', 'temporal_unavailable'],
});

export const memberHoldOperations = [getMemberHold, putMemberHold, deleteMemberHold] as const;
