import { z } from 'zod';
import { JOB_KINDS, JOB_STATES } from '../../src/store';
import { operation, SCOPES } from '../http/operation';
import { actorOut, hostId, instantOut, ownId, page, pageQuery } from '../schemas/common';

export const jobOut = z
  .strictObject({
    id: z.string(),
    kind: z.enum(JOB_KINDS),
    subjectId: z.string().meta({ description: 'What it works on, such as an integration.' }),
    state: z.enum(JOB_STATES),
    done: z.int().meta({ description: 'Pieces of work that are done, of `total`.' }),
    total: z.int().nullable().meta({ description: '`null`: not counted yet.' }),
    message: z.string().nullable().meta({
      description: 'What it waits for, or why it failed, in words; `null`: nothing to say.',
    }),
    result: z.record(z.string(), z.unknown()).nullable().meta({
      description: 'What came of it; its fields depend on `kind`. `null` while it runs.',
    }),
    startedAt: instantOut,
    endedAt: instantOut.nullable().meta({ description: '`null` while it runs.' }),
    by: actorOut,
  })
  .meta({
    id: 'Job',
    description:
      'Work that takes longer than a request may. It goes on by itself through crashes and outages; this shows how far it has come.',
    examples: [
      {
        id: 'job_5f0c',
        kind: 'removal',
        subjectId: 'int_5f0c',
        state: 'running',
        done: 12,
        total: 40,
        message: null,
        result: null,
        startedAt: '2026-11-24T09:00:00.000Z',
        endedAt: null,
        by: { type: 'api_key', id: 'key_1' },
      },
    ],
  });

export const getJob = operation({
  id: 'getJob',
  method: 'get',
  path: '/v1/jobs/:id',
  tag: 'Jobs',
  summary: 'Read a job',
  description: 'How far it has come. Ask again every second or so until `state` is not `running`.',
  scopes: SCOPES.everybody,
  params: z.strictObject({ id: ownId }),
  answers: { 200: { description: 'The job.', schema: jobOut } },
  problems: ['job_not_found'],
});

export const listJobs = operation({
  id: 'listJobs',
  method: 'get',
  path: '/v1/jobs',
  tag: 'Jobs',
  summary: 'List jobs',
  description: 'Newest first; jobs are kept for 90 days. Filters add up.',
  scopes: SCOPES.everybody,
  query: z.strictObject({
    ...pageQuery,
    kind: z.enum(JOB_KINDS).optional(),
    state: z.enum(JOB_STATES).optional(),
    subjectId: hostId.optional(),
  }),
  answers: { 200: { description: 'A page of jobs.', schema: page(jobOut) } },
  problems: [],
});

export const jobOperations = [getJob, listJobs] as const;
