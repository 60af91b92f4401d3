import type { z } from 'zod';
import type { Job } from '../../src/store';
import { toIso, toIsoOrNull } from '../schemas/common';
import type { jobOut } from './schema';

export function presentJob(job: Job): z.input<typeof jobOut> {
  return {
    id: job.id,
    kind: job.kind,
    subjectId: job.subjectId,
    state: job.state,
    done: job.done,
    total: job.total,
    message: job.message,
    result: job.result && { ...job.result },
    startedAt: toIso(job.startedAt),
    endedAt: toIsoOrNull(job.endedAt),
    by: job.by,
  };
}
