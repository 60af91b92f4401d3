import { z } from 'zod';
import { PROBLEM_TYPES } from '../../src/domain/grant';
import { MISSED } from '../../src/domain/outage';
import { grantExample, grantOut } from '../grants/schema';
import { operation, SCOPES } from '../http/operation';
import { instantOut, ownId, pageQuery } from '../schemas/common';

const OUTAGE = {
  type: 'kisi_unavailable' as const,
  detail: 'Kisi does not answer (No answer, timeout: GET /user).',
  from: '2026-11-24T09:58:10.000Z',
  until: null,
};

const affectedOut = z
  .strictObject({
    missed: z.enum(MISSED).meta({
      description:
        '`start`: the member was due to have access and had none. `end`: the access was due to go, was not written to Kisi ahead, and stayed.',
    }),
    dueAt: instantOut.meta({ description: 'When it was due.' }),
    isMended: z.boolean().meta({
      description:
        'Whether Kisi shows what should be by now, or the time is over. If not, help by hand.',
    }),
    member: z.strictObject({ id: z.string(), name: z.string().nullable() }),
    door: z.strictObject({ doorMappingId: z.string(), name: z.string() }),
    location: z.strictObject({ id: z.string(), name: z.string(), timeZone: z.string() }).nullable(),
    grant: grantOut.meta({ description: 'As it is now.' }),
  })
  .meta({
    id: 'AffectedGrant',
    description: 'A grant whose start or end fell into an outage.',
    examples: [
      {
        missed: 'start',
        dueAt: '2026-11-24T10:00:00.000Z',
        isMended: false,
        member: { id: 'mem_7f3a', name: 'Ada' },
        door: { doorMappingId: 'dm_5f0c', name: 'Meeting Room 1' },
        location: { id: 'loc_mitte', name: 'Mitte', timeZone: 'Europe/Berlin' },
        grant: {
          ...grantExample,
          provisioning: 'pending',
          settled: false,
          inPlaceAt: null,
          problem: {
            type: 'kisi_unavailable',
            detail: 'Kisi does not answer.',
            remedy: 'Wait: it is tried again by itself as soon as Kisi answers.',
          },
        },
      },
    ],
  });

export const outageReport = z
  .strictObject({
    outage: z
      .strictObject({
        type: z.enum(PROBLEM_TYPES),
        detail: z.string(),
        from: instantOut.meta({ description: 'When it was noticed.' }),
        until: instantOut.nullable().meta({ description: '`null`: it goes on.' }),
      })
      .nullable()
      .meta({
        description: 'The trouble that goes on, else the last one. `null`: there was none.',
      }),
    data: z.array(affectedOut).meta({
      description:
        'In order of start. A page may hold fewer than `limit`, even none, before the last.',
    }),
    nextCursor: z.string().nullable().meta({ description: '`null`: this was the last page.' }),
  })
  .meta({
    id: 'OutageReport',
    description: 'Whom an outage of the connection to Kisi touched.',
    examples: [{ outage: OUTAGE, data: affectedOut.meta()?.['examples'], nextCursor: null }],
  });

export const getOutage = operation({
  id: 'getOutage',
  method: 'get',
  path: '/v1/integrations/:id/outage',
  tag: 'Integrations',
  summary: 'List whom an outage touched',
  description:
    'While Kisi is away or refuses the key, bookings and grants are accepted as ever, and access that was written to Kisi ahead opens and closes on time. This lists the others: members whose access was due to begin in the outage and was not in place, so that somebody can let them in by hand; and access that was due to end and stayed. It is about the outage that goes on, else about the last one, and shows how each grant is now.',
  scopes: SCOPES.operators,
  params: z.strictObject({ id: ownId }),
  query: z.strictObject(pageQuery),
  answers: { 200: { description: 'The outage and whom it touched.', schema: outageReport } },
  problems: ['integration_not_found'],
});

export const outageOperations = [getOutage] as const;
