import { z } from 'zod';
import { PROBLEM_TYPES } from '../../src/domain/grant';
import { actorOut, instantOut, kisiId } from '../schemas/common';

const organization = z.strictObject({ id: kisiId, name: z.string() });

export const integrationOut = z
  .strictObject({
    id: z.string(),
    provider: z.literal('kisi'),
    organization,
    apiKeyHint: z.string().nullable().meta({
      description: 'The last four characters of the Kisi key; `null` when it cannot be read.',
    }),
    locationIds: z.array(z.string()),
    active: z.boolean(),
    createdAt: instantOut,
    createdBy: actorOut,
    updatedAt: instantOut,
  })
  .meta({
    id: 'Integration',
    description: 'A connection to one Kisi organization.',
    examples: [
      {
        id: 'int_5f0c',
        provider: 'kisi',
        organization: { id: 4711, name: 'Co-Desk' },
        apiKeyHint: '9f3c',
        locationIds: ['loc_mitte'],
        active: true,
        createdAt: '2026-11-24T09:00:00.000Z',
        createdBy: { type: 'api_key', id: 'key_1' },
        updatedAt: '2026-11-24T09:00:00.000Z',
      },
    ],
  });

export const connectionTestOut = z
  .strictObject({
    ok: z.literal(true),
    organization: z.strictObject({
      id: kisiId,
      name: z.string(),
      domain: z.string(),
      timeZone: z.string(),
    }),
    keyOwnerId: kisiId.meta({ description: "Kisi's id of the user whose key it is." }),
    integrationId: z.string().nullable().meta({
      description: 'The integration of this organization; `null`: not connected yet.',
    }),
  })
  .meta({
    id: 'ConnectionTest',
    description: 'Kisi takes the key, and this is whose it is.',
    examples: [
      {
        ok: true,
        organization: {
          id: 4711,
          name: 'Co-Desk',
          domain: 'co-desk',
          timeZone: 'Europe/Berlin',
        },
        keyOwnerId: 17,
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
    id: 'ForeignRow',
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
    lastSuccessAt: instantOut.nullable(),
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
        fault: null,
        lastSuccessAt: '2026-11-24T09:00:00.000Z',
        learned: { secondRows: 'accepted', patch: 'unknown' },
        lastReconciliation: null,
        removalApproval: null,
      },
    ],
  });
