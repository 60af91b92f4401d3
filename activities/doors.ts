import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';
import type { AccessDeps } from '../src/access/deps';
import { pullDoors } from '../src/access/pull-doors';
import { mapPulledDoors } from '../src/access/sync-doors';
import type {
  DoorKisiActivities,
  DoorRecordsActivities,
  PullProgress,
} from '../src/contracts/door-activities';

/** While a call waits for its turn: as the other activities do (beating.ts). */
const BEAT_MS = 2_000;

/** Activities of door mappings on `access-records`. */
export function createDoorRecordsActivities(deps: AccessDeps): DoorRecordsActivities {
  const { jobs } = deps.store;
  return {
    async beginDoorSync({ jobId, integrationId, by }) {
      const job = await jobs.begin({ id: jobId, kind: 'sync', subjectId: integrationId, by });
      await endDeadSyncs(deps, integrationId, jobId);
      return { startedAt: job.startedAt };
    },
    mapPulledDoors: (input) => mapPulledDoors(deps, input),
    endDoorSync: ({ jobId, state, message, result }) => jobs.end(jobId, { state, message, result }),
  };
}

/** Activities of door mappings on `access-kisi-<organizationId>`. */
export function createDoorKisiActivities(deps: AccessDeps): DoorKisiActivities {
  return {
    async pullDoors(input) {
      // What an earlier attempt of this same pull came to is further than what the workflow knows.
      const kept = activityInfo().heartbeatDetails as PullProgress | undefined;
      let latest = kept ?? input.progress;
      const beating = setInterval(() => {
        heartbeat(latest);
      }, BEAT_MS);
      try {
        return await pullDoors(
          deps,
          { ...input, progress: latest },
          {
            signal: cancellationSignal(),
            heartbeat(progress) {
              latest = { ...progress };
              heartbeat(latest);
            },
          },
        );
      } finally {
        clearInterval(beating);
      }
    },
  };
}

/** One runs at a time, so that another that seems to run was terminated: it could not end its job. */
async function endDeadSyncs(
  { store: { jobs } }: AccessDeps,
  subjectId: string,
  runningId: string,
): Promise<void> {
  const { data } = await jobs.list({ kind: 'sync', state: 'running', subjectId }, { limit: 50 });
  for (const { id } of data.filter((job) => job.id !== runningId)) {
    await jobs.end(id, { state: 'failed', message: 'It was terminated in Temporal.' });
  }
}
