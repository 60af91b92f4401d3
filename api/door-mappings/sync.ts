import { setTimeout as sleep } from 'node:timers/promises';
import type { SyncDoorsInput } from '../../src/contracts/door-activities';
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
  const ownId = `job_${resourceId}`;
  const known = await jobs.get(ownId);
  if (known !== null) return known;
  const integration = await requireIntegration(deps.store, body.integrationId);
  const { id: integrationId, organizationId } = integration;
  const { includeDeleted } = body;
  const input = { jobId: ownId, integrationId, organizationId, by, includeDeleted };
  const isInTime = (): boolean => performance.now() < arrivedAt + WAIT_MS;

  let job = await begin(deps, input);
  // The workflow of a sync closes a moment after its job: what has ended is not what was asked for.
  while (job.id !== ownId && job.state !== 'running' && isInTime()) {
    await sleep(LOOK_EVERY_MS);
    job = await begin(deps, input);
  }
  while (job.state === 'running' && isInTime()) {
    await sleep(LOOK_EVERY_MS);
    job = (await jobs.get(job.id)) ?? job;
  }
  return job;
}

/** The job of the sync that runs now. Its workflow writes it down as well: whoever comes first. */
async function begin({ store, doorSync }: ApiDeps, input: SyncDoorsInput): Promise<Job> {
  const { jobId, by } = await reachTemporal(() => doorSync.start(input));
  return store.jobs.begin({ id: jobId, kind: 'sync', subjectId: input.integrationId, by });
}
