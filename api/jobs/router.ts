import { Router } from 'express';
import type { Actor } from '../../src/domain/grant';
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
    answer(getJob, async ({ params: { id }, caller, by }) => {
      const job = await store.jobs.get(id);
      const isSeen = caller.locationIds === null || (job && isSame(job.by, by));
      return ok(presentJob(found(isSeen ? job : null, 'job_not_found', id)));
    }),
  );

  router.get(
    listJobs.path,
    requireScopes(listJobs),
    validate(listJobs),
    // Work may reach beyond the locations of who is limited to some: they see what they asked for.
    answer(listJobs, ({ query: { limit, cursor, ...asked }, caller, by }) => {
      const filter = { ...given(asked), ...(caller.locationIds && { by }) };
      return listed((page) => store.jobs.list(filter, page), { limit, cursor }, presentJob);
    }),
  );

  return router;
}

function isSame(one: Actor, other: Actor): boolean {
  return one.type === other.type && one.id === other.id;
}
