import type { Job } from '../../src/store';
import type { ApiDeps } from '../deps';
import type { Call } from '../http/operation';
import { found } from '../http/outcomes';
import { reachTemporal } from '../http/reach-temporal';
import type { deleteMember } from './schema';

/**
 * Leaves nothing of the member's record but the id, and has the rest done by its workflow. Repeating
 * it while that goes on starts the workflow if it does not run, and shows the same job.
 *
 * @throws ApiProblem when there is no such member, or Temporal is away: ask again then.
 */
export async function eraseMember(
  { store, erasures }: ApiDeps,
  { params: { id }, by, resourceId }: Call<typeof deleteMember>,
): Promise<Job> {
  const standing = await store.members.erase(id, `job_${resourceId}`);
  const { memberId, jobId } = found(
    standing?.doneAt === null ? standing : null,
    'member_not_found',
    id,
  );
  await reachTemporal(() => erasures.start({ memberId, jobId, by }));
  return store.jobs.begin({ id: jobId, kind: 'erasure', subjectId: memberId, by });
}
