import { Router } from 'express';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { found, given, listed, ok } from '../http/outcomes';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentJob } from './present';
import { getJob, listJobs } from './schema';

export function jobsRouter({ store }: ApiDeps): Router {
  const router = Router();

  router.get(
    getJob.path,
    requireScopes(getJob),
    validate(getJob),
    answer(getJob, async ({ params: { id } }) =>
      ok(presentJob(found(await store.jobs.get(id), 'job_not_found', id))),
    ),
  );

  router.get(
    listJobs.path,
    requireScopes(listJobs),
    validate(listJobs),
    answer(listJobs, ({ query: { limit, cursor, ...filter } }) =>
      listed((page) => store.jobs.list(given(filter), page), { limit, cursor }, presentJob),
    ),
  );

  return router;
}
