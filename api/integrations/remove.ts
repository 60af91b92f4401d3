import type { Actor } from '../../src/domain/grant';
import type { Integration, Job, RemovalMode } from '../../src/store';
import type { ApiDeps } from '../deps';
import { newResourceId } from '../http/answer';
import { found } from '../http/outcomes';
import { reachTemporal } from '../http/reach-temporal';

/**
 * Removes an integration: stored at once, so that nothing can be granted through it any more; what
 * stands at Kisi is taken away by a job. Asked again it answers the job that there is.
 */
export async function remove(
  { store, integrationEvents }: ApiDeps,
  id: string,
  mode: RemovalMode,
  by: Actor,
): Promise<Job> {
  const asked = { mode, jobId: `job_${newResourceId()}`, by };
  const integration: Integration = found(
    await store.integrations.beginRemoval(id, asked),
    'integration_not_found',
    id,
  );
  const { removal } = integration;
  if (removal === null) throw new Error(`the inactive integration ${id} has no removal`);
  await store.doorMappings.setActive(id, false);
  const job = await store.jobs.begin({
    id: removal.jobId,
    kind: 'removal',
    subjectId: id,
    by: removal.by,
  });
  if (integration.connected) {
    await reachTemporal(() => integrationEvents.removalBegun(integration));
  }
  return job;
}
