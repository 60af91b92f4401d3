import { z } from 'zod';
import { NEEDED_RIGHTS } from '../../src/access/key-rights';
import { PROBLEM_TYPES } from '../../src/domain/grant';
import { KISI_DELETION_MEANINGS } from '../../src/domain/kisi-drift';
import { OBSTACLE_CODES } from '../../src/domain/unlock-obstacles';
import { MEMBER_MODES, REMOVAL_MODES } from '../../src/store';
import { actorOut, instantOut, kisiId } from '../schemas/common';

const organization = z.strictObject({ id: kisiId, name: z.string() });

export const memberMode = z.enum(MEMBER_MODES).meta({
  description:
    "How members come to exist at Kisi. `managed`: Kisi mails nobody, and members open doors with My Keys only. `invited`: Kisi mails each new member, who may then use Kisi's own app, with NFC and Bluetooth, as well. A member who has a Kisi user already is used as is.",
});

export const deletionInKisi = z.enum(KISI_DELETION_MEANINGS).meta({
  description:
    "What it means when a person deletes, in Kisi's dashboard, the access of a live grant. `repair`: it is given again. `revoke`: the grants that led to it are revoked, but for those made or changed after the deletion, and can be restored. Kisi's events tell of it (POST …/kisi-webhook); without them it is always repaired.",
});

const removal = z
  .strictObject({
    mode: z.enum(REMOVAL_MODES),
    jobId: z.string().meta({ description: 'GET /v1/jobs/:id shows how far it has come.' }),
    by: actorOut,
    at: instantOut,
  })
  .nullable()
  .meta({ description: '`null`: it was not removed.' });

const emergencyStop = z
  .strictObject({
    reason: z.string(),
    includeRemovals: z.boolean(),
    by: actorOut,
    since: instantOut,
  })
  .nullable()
  .meta({ description: 'What is written at Kisi is stopped; `null`: it is not.' });

const integrationExample = {
  id: 'int_5f0c',
  provider: 'kisi',
  organization: { id: 4711, name: 'Co-Desk' },
  apiKeyHint: '9f3c',
  locationIds: ['loc_mitte'],
  memberMode: 'managed',
  deletionInKisi: 'repair',
  active: true,
  removal: null,
  emergencyStop: null,
  createdAt: '2026-11-24T09:00:00.000Z',
  createdBy: { type: 'api_key', id: 'key_1' },
  updatedAt: '2026-11-24T09:00:00.000Z',
} as const;

export const integrationOut = z
  .strictObject({
    id: z.string(),
    provider: z.literal('kisi'),
    organization,
    apiKeyHint: z.string().nullable().meta({
      description:
        'The last four characters of the Kisi key; `null` when it cannot be read or was dropped.',
    }),
    locationIds: z.array(z.string()),
    memberMode,
    deletionInKisi,
    active: z.boolean().meta({
      description: 'False from its removal on, until its organization is connected again.',
    }),
    removal,
    emergencyStop,
    createdAt: instantOut,
    createdBy: actorOut,
    updatedAt: instantOut,
  })
  .meta({
    id: 'Integration',
    description: 'A connection to one Kisi organization.',
    examples: [integrationExample],
  });

export const integrationChangedOut = integrationOut
  .extend({
    madeOtherwise: z
      .strictObject({
        count: z.int(),
        memberIds: z.array(z.string()).meta({ description: 'The first 100 of them.' }),
      })
      .nullable()
      .meta({
        description:
          'Members whose Kisi user was made the other way and stays as it is; `null` where `memberMode` was not part of the change.',
      }),
  })
  .meta({
    id: 'IntegrationChanged',
    description: 'An integration after a change, and whom the change does not touch.',
    examples: [{ ...integrationExample, madeOtherwise: { count: 1, memberIds: ['mem_7f3a'] } }],
  });

export const connectionTestOut = z
  .strictObject({
    ok: z.boolean().meta({ description: 'Whether the key may do all that is needed.' }),
    organization: z.strictObject({
      id: kisiId,
      name: z.string(),
      domain: z.string(),
      timeZone: z.string(),
    }),
    keyOwner: z
      .strictObject({ id: kisiId, name: z.string(), isOrganizationOwner: z.boolean() })
      .meta({ description: 'The Kisi user whose key it is.' }),
    rights: z
      .array(
        z.strictObject({
          right: z.enum(NEEDED_RIGHTS),
          ok: z.boolean(),
          how: z.enum(['probe', 'permissions', 'owner']).meta({
            description:
              "How it was found out: Kisi was asked for something that needs it, the roles of the key's owner were read, or the Organization Owner may do everything.",
          }),
          remedy: z.string().nullable().meta({ description: '`null`: nothing to do.' }),
        }),
      )
      .meta({ description: "All rights that are needed, by Kisi's names." }),
    integrationId: z.string().nullable().meta({
      description: 'The integration of this organization; `null`: not connected yet.',
    }),
  })
  .meta({
    id: 'ConnectionTest',
    description: 'Kisi takes the key; this is whose it is and what it may do.',
    examples: [
      {
        ok: true,
        organization: {
          id: 4711,
          name: 'Co-Desk',
          domain: 'co-desk',
          timeZone: 'Europe/Berlin',
        },
        keyOwner: { id: 17, name: 'Olivia Owner', isOrganizationOwner: true },
        rights: [{ right: 'locks_read', ok: true, how: 'probe', remedy: null }],
        integrationId: null,
      },
    ],
  });

export const kisiResourceOut = z
  .strictObject({
    id: kisiId,
    type: z.enum(['lock', 'group']),
    name: z.string(),
    description: z.string().nullable(),
    placeId: kisiId.nullable(),
    placeName: z.string().nullable(),
    online: z
      .boolean()
      .nullable()
      .meta({ description: 'Locks only; `null` where Kisi does not know.' }),
  })
  .meta({
    id: 'KisiResource',
    description: 'A door or a group of doors at Kisi, as it is there now.',
    examples: [
      {
        id: 4712,
        type: 'lock',
        name: 'Meeting Room 1',
        description: null,
        placeId: 5,
        placeName: 'Mitte',
        online: true,
      },
    ],
  });

export const approvalOut = z
  .strictObject({
    by: actorOut,
    at: instantOut,
    runId: z.string().nullable().meta({
      description: 'The run that used it; `null`: the next one that needs it will.',
    }),
  })
  .meta({
    id: 'RemovalApproval',
    description: 'A word for one reconciliation that would close many doors.',
    examples: [
      { by: { type: 'api_key', id: 'key_1' }, at: '2026-11-24T09:00:00.000Z', runId: null },
    ],
  });

export const foreignRowOut = z
  .strictObject({
    roleAssignmentId: kisiId,
    role: z.string().meta({ description: "Kisi's role, such as `group_basic`." }),
    groupId: kisiId.nullable(),
    kisiUserId: kisiId.nullable().meta({ description: '`null`: not one user but a team.' }),
    from: instantOut.nullable().meta({ description: '`null`: from ever.' }),
    until: instantOut.nullable().meta({ description: '`null`: without end.' }),
  })
  .meta({
    id: 'ForeignRowSample',
    description: 'A role assignment at Kisi that Latchkey did not make and leaves alone.',
    examples: [
      {
        roleAssignmentId: 90210,
        role: 'group_basic',
        groupId: 8831,
        kisiUserId: 17,
        from: null,
        until: '2026-12-01T00:00:00.000Z',
      },
    ],
  });

export const healthOut = z
  .strictObject({
    state: z.enum(['ok', 'fault', 'unknown', 'inactive']).meta({
      description: '`unknown`: Kisi has not been asked yet.',
    }),
    emergencyStop,
    fault: z
      .strictObject({
        type: z.enum(PROBLEM_TYPES),
        detail: z.string(),
        remedy: z.string(),
        since: instantOut,
        probedAt: instantOut,
        nextProbeAt: instantOut,
      })
      .nullable(),
    lastFault: z
      .strictObject({
        type: z.enum(PROBLEM_TYPES),
        detail: z.string(),
        since: instantOut,
        healedAt: instantOut,
      })
      .nullable()
      .meta({ description: 'The last trouble that is over.' }),
    lastSuccessAt: instantOut.nullable(),
    rights: z
      .strictObject({
        checkedAt: instantOut,
        missing: z.array(z.strictObject({ right: z.string(), remedy: z.string() })),
      })
      .nullable()
      .meta({ description: 'What the key may not do; looked at daily. `null`: not yet.' }),
    requests: z
      .strictObject({
        lastMinute: z.int(),
        lastHour: z.int(),
        lastDay: z.int(),
        limitPerSecond: z.int().meta({ description: "Kisi's limit for the key's owner." }),
      })
      .meta({
        description:
          'Requests to Kisi, a few seconds behind. `lastMinute` is the last whole minute.',
      }),
    waitingGrants: z
      .strictObject({ pending: z.int(), queued: z.int(), removing: z.int(), attention: z.int() })
      .meta({
        description: 'Grants of this integration that are not as they should be, by provisioning.',
      }),
    openGrants: z.int().meta({
      description:
        'Grants of this integration that let somebody in now: active, and in place at Kisi. A removal that takes access away ends as many.',
    }),
    doorsThatWillNotUnlock: z
      .strictObject({
        count: z.int(),
        sample: z.array(
          z.strictObject({
            type: z.enum(['lock', 'group']),
            resourceId: kisiId,
            name: z.string(),
            doorMappingIds: z.array(z.string()),
            obstacles: z.array(
              z.strictObject({
                code: z.enum(OBSTACLE_CODES),
                detail: z.string(),
                remedy: z.string(),
              }),
            ),
            seenAt: instantOut,
          }),
        ),
      })
      .meta({
        description:
          'Mapped doors and groups whose settings at Kisi make an unlock from My Keys fail, as last seen by a sync or a test; the first 100 of them.',
      }),
    drift: z
      .strictObject({
        lastDay: z.int(),
        latest: z
          .strictObject({
            at: instantOut,
            change: z.enum(['deleted', 'changed']),
            answer: deletionInKisi,
            by: actorOut,
            memberId: z.string(),
            grantIds: z.array(z.string()),
            roleAssignmentId: kisiId,
          })
          .nullable()
          .meta({ description: '`null`: none in the last 30 days.' }),
      })
      .meta({
        description:
          "Access under live grants that somebody changed or deleted at Kisi, as Kisi's events tell. The access log has a row of each with the action `drift`, or `revoke`.",
      }),
    learned: z
      .strictObject({
        secondRows: z.enum(['unknown', 'accepted', 'refused']),
        patch: z.enum(['unknown', 'honoured', 'ignored', 'refused']),
      })
      .meta({ description: 'What this organization does where Kisi leaves it open.' }),
    lastReconciliation: z
      .strictObject({
        id: z.string(),
        startedAt: instantOut,
        finishedAt: instantOut.nullable(),
        expired: z.int(),
        started: z.int(),
        repaired: z.int(),
        removed: z.int(),
        foreignRows: z.int().meta({
          description: 'Rows in groups of ours and in mapped ones that somebody else made.',
        }),
        foreignRowSample: z.array(foreignRowOut).meta({
          description: 'The first 100 of them. They are never changed.',
        }),
        plannedRemovals: z.int(),
        openDoors: z.int(),
        refused: z.boolean().meta({
          description:
            'It would have closed too many open doors and waits for POST …/reconcile-approval.',
        }),
        disabledUserIds: z.array(z.int()).meta({
          description:
            'Kisi users of members with grants whose access is switched off at Kisi, so that no door opens for them. Switch it on again in Kisi.',
        }),
        skipped: z.string().nullable().meta({
          description:
            'Why nothing was compared, so that the numbers say nothing; null when it was.',
        }),
      })
      .nullable(),
    removalApproval: approvalOut.nullable(),
  })
  .meta({
    id: 'IntegrationHealth',
    description: 'How the connection to Kisi is doing.',
    examples: [
      {
        state: 'ok',
        emergencyStop: null,
        fault: null,
        lastFault: {
          type: 'kisi_unavailable',
          detail: 'Kisi does not answer (No answer, timeout: GET /user).',
          since: '2026-11-23T02:00:00.000Z',
          healedAt: '2026-11-23T02:07:10.000Z',
        },
        lastSuccessAt: '2026-11-24T09:00:00.000Z',
        rights: { checkedAt: '2026-11-24T03:12:00.000Z', missing: [] },
        requests: { lastMinute: 12, lastHour: 340, lastDay: 5120, limitPerSecond: 5 },
        waitingGrants: { pending: 1, queued: 0, removing: 0, attention: 0 },
        openGrants: 41,
        doorsThatWillNotUnlock: {
          count: 1,
          sample: [
            {
              type: 'group',
              resourceId: 8831,
              name: 'Common Areas',
              doorMappingIds: ['dm_5f0c'],
              obstacles: [
                {
                  code: 'no_app_access',
                  detail: 'The group does not include app access.',
                  remedy: "Switch on app access in the group's settings in the Kisi dashboard.",
                },
              ],
              seenAt: '2026-11-24T08:00:00.000Z',
            },
          ],
        },
        drift: {
          lastDay: 1,
          latest: {
            at: '2026-11-24T08:30:00.000Z',
            change: 'deleted',
            answer: 'repair',
            by: { type: 'kisi', id: 'User:1002' },
            memberId: 'mem_1',
            grantIds: ['grt_5f0c'],
            roleAssignmentId: 70001,
          },
        },
        learned: { secondRows: 'accepted', patch: 'unknown' },
        lastReconciliation: null,
        removalApproval: null,
      },
    ],
  });
