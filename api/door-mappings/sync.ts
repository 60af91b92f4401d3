import { setTimeout as sleep } from 'node:timers/promises';
import type { Job } from '../../src/store';
import type { Call } from '../http/operation';
import type { ApiDeps } from '../deps';
import { reachTemporal } from '../http/reach-temporal';
import { requireIntegration } from './place';
import type { syncDoorMappings } from './schema';

/** How long a request waits for the end of a short sync, from its arrival, and how often it looks. */
const WAIT_MS = 2000;
const LOOK_EVERY_MS = 100;

/**
 * Starts a sync, or finds the one that is running, and waits a moment for its end. Repeating it with
 * the same id shows the job of the first attempt.
 *
 * @throws ApiProblem when the integration is unknown or not active, or Temporal is away.
 */
export async function syncDoors(
  deps: ApiDeps,
  { body, by, resourceId, arrivedAt }: Call<typeof syncDoorMappings>,
): Promise<Job> {
  const { jobs } = deps.store;
  const known = await jobs.get(`job_${resourceId}`);
  if (known !== null) return known;
  const integration = await requireIntegration(deps.store, body.integrationId);
  const running = await reachTemporal(() =>
    deps.doorSync.start({
      jobId: `job_${resourceId}`,
      integrationId: integration.id,
      organizationId: integration.organizationId,
      by,
      includeDeleted: body.includeDeleted,
    }),
  );
  // Its workflow writes the job down as well, with the same id: whoever comes first.
  let job = await jobs.begin({
    id: running.jobId,
    kind: 'sync',
    subjectId: integration.id,
    by: running.by,
  });
  while (job.state === 'running' && performance.now() < arrivedAt + WAIT_MS) {
    await sleep(LOOK_EVERY_MS);
    job = (await jobs.get(job.id)) ?? job;
  }
  return job;
}
