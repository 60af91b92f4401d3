import { z } from 'zod';
import { operation } from '../http/operation';

export const healthz = operation({
  id: 'healthz',
  method: 'get',
  path: '/healthz',
  tag: 'Operation',
  summary: 'Is the process alive?',
  description: 'Asks nobody else. Use it to decide whether to restart the process.',
  scopes: null,
  answers: {
    200: {
      description: 'Alive.',
      schema: z.strictObject({ status: z.literal('ok') }),
      example: { status: 'ok' },
    },
  },
  problems: [],
});

export const readyz = operation({
  id: 'readyz',
  method: 'get',
  path: '/readyz',
  tag: 'Operation',
  summary: 'Can the process serve?',
  description:
    'Asks MongoDB and Temporal, 2 s at most. Kisi is not asked: without it grants are still accepted.',
  scopes: null,
  answers: {
    200: {
      description: 'Ready.',
      schema: z.strictObject({
        status: z.literal('ready'),
        checks: z.strictObject({ mongodb: z.literal('ok'), temporal: z.literal('ok') }),
      }),
      example: { status: 'ready', checks: { mongodb: 'ok', temporal: 'ok' } },
    },
  },
  problems: ['not_ready'],
});

export const metrics = operation({
  id: 'metrics',
  method: 'get',
  path: '/metrics',
  tag: 'Operation',
  summary: 'Metrics for Prometheus',
  description:
    'Grants per status and provisioning, durations of requests, and what this process measures of Kisi. Latencies and lateness of grants are measured by the worker and stand on its own port (`WORKER_PORT`), except where one process does both. Holds no ids.',
  scopes: null,
  answers: {
    200: {
      description: 'The Prometheus text format.',
      schema: z.string(),
      contentType: 'text/plain',
      example: 'latchkey_grants{status="active",provisioning="in_place"} 12\n',
    },
  },
  problems: [],
});

export const healthOperations = [healthz, readyz, metrics] as const;
