import { z } from 'zod';
import { ALERT_KINDS } from '../../src/domain/alerts';
import { NOTICE_STATUSES } from '../../src/store';
import { operation, SCOPES } from '../http/operation';
import { instantOut, page, pageQuery } from '../schemas/common';

const kind = z.enum(ALERT_KINDS).meta({
  description:
    '`bad_key`: Kisi refuses the API key, or it may not manage access. `kisi_down`: Kisi does not answer. `start_at_risk`: a start is near, or past, and not in place. `removals_held`: the reconciliation waits for a person before it closes so many doors.',
});

const noticeOut = z.strictObject({
  channelId: z.string(),
  subject: z.string(),
  status: z.enum(NOTICE_STATUSES).meta({
    description:
      '`owed`: to be sent, or sent again at `nextTryAt`. `failed`: given up after a day. `skipped`: the channel was disabled.',
  }),
  attempts: z.int(),
  error: z.string().nullable().meta({ description: 'Why the last try failed.' }),
  nextTryAt: instantOut.nullable(),
  sentAt: instantOut.nullable(),
});

export const alertOut = z
  .strictObject({
    id: z.string(),
    kind,
    integrationId: z.string().nullable().meta({
      description: '`null`: of a grant whose door mapping is gone.',
    }),
    grantId: z.string().nullable().meta({ description: 'Only of `start_at_risk`.' }),
    since: instantOut.meta({
      description:
        'When the trouble began, as far as is known; of a start, when it was last changed.',
    }),
    openedAt: instantOut.meta({ description: 'When it was noticed.' }),
    clearSince: instantOut.nullable().meta({
      description:
        'The trouble is gone since then; the alert is closed when it stays away for 2 minutes (15 where it keeps coming back).',
    }),
    closedAt: instantOut.nullable().meta({ description: '`null`: it is open.' }),
    what: z.string().meta({
      description: "What is wrong, where and since when; times in the location's zone.",
    }),
    nextStep: z.string().meta({ description: 'What a person does about it.' }),
    notices: z.array(noticeOut).meta({
      description: 'What was sent of it, and where to. Several starts may share a notice.',
    }),
  })
  .meta({
    id: 'Alert',
    description: 'Something that needs a person, or a look.',
    examples: [
      {
        id: 'integration:int_5f0c:kisi_down#1',
        kind: 'kisi_down',
        integrationId: 'int_5f0c',
        grantId: null,
        since: '2026-11-24T09:00:00.000Z',
        openedAt: '2026-11-24T09:01:00.000Z',
        clearSince: null,
        closedAt: null,
        what: 'Kisi has not answered for Demo Coworking (Berlin Mitte) since 24 Nov 2026, 10:00 (Europe/Berlin). New access and changes wait; access that is in place opens and ends on time.',
        nextStep:
          'Wait. It is tried again every few seconds, and what waits follows by itself. GET /v1/integrations/int_5f0c/outage lists whom it touches, so that they can be let in by hand.',
        notices: [
          {
            channelId: 'achn_1',
            subject: 'Kisi does not answer: Demo Coworking (Berlin Mitte)',
            status: 'sent',
            attempts: 1,
            error: null,
            nextTryAt: null,
            sentAt: '2026-11-24T09:01:01.000Z',
          },
        ],
      },
    ],
  });

export const listAlerts = operation({
  id: 'listAlerts',
  method: 'get',
  path: '/v1/alerts',
  tag: 'Alerts',
  summary: 'List alerts',
  description:
    'What needs a person, latest first, with the next step for each. It is looked at every minute; alerts are kept for 90 days after they were closed.',
  scopes: SCOPES.operators,
  query: z.strictObject({
    open: z
      .enum(['true', 'false'])
      .transform((text) => text === 'true')
      .optional()
      .meta({ description: '`true`: only open ones; `false`: only closed ones.' }),
    kind: kind.optional(),
    integrationId: z.string().min(1).max(120).optional(),
    ...pageQuery,
  }),
  answers: { 200: { description: 'A page of alerts.', schema: page(alertOut) } },
  problems: [],
});

export const alertOperations = [listAlerts] as const;
