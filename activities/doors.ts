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
