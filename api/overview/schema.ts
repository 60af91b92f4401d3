import { z } from 'zod';
import { foreignRowOut } from '../foreign-rows/schema';
import { grantExample, grantOut, grantProblemOut } from '../grants/schema';
import { operation, SCOPES } from '../http/operation';
import { instantOut } from '../schemas/common';

const namedGrantOut = z
  .strictObject({
    member: z.strictObject({ id: z.string(), name: z.string().nullable() }),
    door: z.strictObject({ doorMappingId: z.string(), name: z.string() }),
    location: z.strictObject({ id: z.string(), name: z.string(), timeZone: z.string() }).nullable(),
    grant: grantOut,
  })
  .meta({ id: 'NamedGrant', description: 'A grant with what people call its parts.' });

const integrationGlance = z
  .strictObject({
    id: z.string(),
    name: z.string().meta({ description: "The Kisi organization's." }),
    state: z.enum(['ok', 'fault', 'stopped', 'removed']).meta({
      description:
        '`ok`: no fault is known. `fault`: Kisi does not answer, or refuses the key. `stopped`: somebody pulled the emergency stop. `removed`: the connection was removed.',
    }),
    since: instantOut.nullable().meta({ description: 'Of the state; `null` where it is `ok`.' }),
    fault: grantProblemOut.nullable().meta({
      description: 'Also while it is stopped; GET /v1/integrations/:id/health says more.',
    }),
    foreignRows: z.int().meta({
      description: 'How many role assignments in its groups another tool, or a person, has made.',
    }),
  })
  .meta({ id: 'IntegrationGlance', description: 'How a connection to Kisi is doing, in brief.' });

const figures = {
  count: z.int().meta({ description: 'How many changes settled.' }),
  p50Ms: z.int().nullable().meta({
    description: 'Half of them took no longer, in ms. `null`: there was none.',
  }),
  p95Ms: z.int().nullable().meta({ description: '95 of 100 took no longer, in ms.' }),
};

const latencyOut = z
  .strictObject({
    ...figures,
    buckets: z
      .array(z.strictObject({ from: instantOut, ...figures }))
      .meta({ description: 'Per hour, oldest first, by when they settled; the last still runs.' }),
  })
  .meta({ id: 'Latency', description: 'How long changes took until Kisi showed them.' });

const foreignRowHere = foreignRowOut
  .extend({ integrationId: z.string() })
  .meta({ id: 'OverviewForeignRow', description: 'A foreign row, with its integration.' });

const attentionExample = {
  member: { id: 'mem_7f3a', name: 'Ada' },
  door: { doorMappingId: 'dm_5f0c', name: 'Meeting Room 1' },
  location: { id: 'loc_mitte', name: 'Mitte', timeZone: 'Europe/Berlin' },
  grant: {
    ...grantExample,
    provisioning: 'attention',
    settled: false,
    inPlaceAt: null,
    problem: {
      type: 'kisi_user_taken',
      detail: 'The Kisi user with this e-mail address belongs to another member.',
      remedy:
        'Give the member an e-mail address of their own, then have the grant tried again (POST /v1/grants/:id/retry).',
    },
  },
};

const quiet = { count: 0, p50Ms: null, p95Ms: null, buckets: [] };

export const overviewOut = z
  .strictObject({
    at: instantOut.meta({ description: 'Now.' }),
    attention: z
      .strictObject({ count: z.int(), grants: z.array(namedGrantOut) })
      .meta({ description: 'Grants that need a person: how many, and the newest 20.' }),
    integrations: z.array(integrationGlance).meta({ description: 'All, removed ones included.' }),
    startsNotInPlace: z.array(namedGrantOut).meta({
      description:
        'Grants that begin within the next hour, or have begun, and are not in place; in order of start, the first 100. Left out is what somebody meant so (a hold, a removed connection), and what only waits for its turn at Kisi.',
    }),
    foreignRows: z.strictObject({ count: z.int(), rows: z.array(foreignRowHere) }).meta({
      description:
        'Role assignments that another tool, or a person, has made, over all connections: how many, and 20 of them.',
    }),
    latency: z
      .strictObject({
        windowHours: z.int(),
        from: instantOut.meta({
          description:
            'The figures count what settled since then: `windowHours` back, or later where far more settled than is read.',
        }),
        grant: latencyOut.meta({
          description:
            'Access that is owed at once: from the acceptance of a change, or the start of its window where that came later, until it is in place.',
        }),
        ahead: latencyOut.meta({
          description: 'Access that was in place before its start: from the acceptance until then.',
        }),
        revoke: latencyOut.meta({
          description: 'An early end: from its acceptance until Kisi shows it.',
        }),
        end: latencyOut.meta({
          description:
            'The end of a window: by how much the access at Kisi outlived it. It is written to Kisi ahead and ends there by itself, so that 0 is usual.',
        }),
      })
      .meta({ description: 'What has settled, and how long that took. Survives restarts.' }),
  })
  .meta({
    id: 'Overview',
    description: 'What needs a person, and whether doors follow in time.',
    examples: [
      {
        at: '2026-11-24T10:05:00.000Z',
        attention: { count: 1, grants: [attentionExample] },
        integrations: [
          {
            id: 'int_5f0c',
            name: 'Demo Coworking',
            state: 'ok',
            since: null,
            fault: null,
            foreignRows: 0,
          },
        ],
        startsNotInPlace: [attentionExample],
        foreignRows: { count: 0, rows: [] },
        latency: {
          windowHours: 24,
          from: '2026-11-23T11:00:00.000Z',
          grant: {
            count: 2,
            p50Ms: 412,
            p95Ms: 890,
            buckets: [{ from: '2026-11-24T10:00:00.000Z', count: 2, p50Ms: 412, p95Ms: 890 }],
          },
          ahead: quiet,
          revoke: quiet,
          end: quiet,
        },
      },
    ],
  });

export const getOverview = operation({
  id: 'getOverview',
  method: 'get',
  path: '/v1/overview',
  tag: 'Overview',
  summary: 'Read the overview',
  description:
    'What an admin looks at first: grants that need a person, connections, starts that are near and not in place, access that others made at Kisi, and how long changes took to reach Kisi in the last 24 hours. It reads what is stored and asks nothing of Kisi, so that a page may ask for it every few seconds.',
  scopes: SCOPES.operators,
  query: z.strictObject({}),
  answers: { 200: { description: 'The overview.', schema: overviewOut } },
  problems: [],
});

export const overviewOperations = [getOverview] as const;
