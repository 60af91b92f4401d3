import {
  CancellationScope,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  sleep,
} from '@temporalio/workflow';
import type {
  DoorKisiActivities,
  DoorRecordsActivities,
  DoorSyncResult,
  PullDoorsResult,
  SyncDoorsInput,
} from '../src/contracts/door-activities';
import { kisiTaskQueue, PRIORITY } from '../src/contracts/names';
import { HEARTBEAT, recordsActivities } from './activity-options';

const records = recordsActivities<DoorRecordsActivities>('2m');

/** Somebody waits for a sync: when Kisi has been away for so long they had better start another. */
const PATIENCE_MS = 6 * 3_600_000;

/**
 * One sync of an integration's doors: reads what is at Kisi, through outages, then makes and updates
 * mappings, and ends its job. Running it again without a change at Kisi changes nothing.
 */
export async function syncDoors(input: SyncDoorsInput): Promise<DoorSyncResult | null> {
  const { jobId } = input;
  const end = (
    state: 'done' | 'failed',
    message: string | null,
    result: DoorSyncResult | null = null,
  ): Promise<void> => records.endDoorSync({ jobId, state, message, result });
  try {
    const { startedAt } = await records.beginDoorSync(input);
    const pulled = await pullAll(input, startedAt);
    if (pulled.outcome !== 'pulled') {
      await end('failed', pulled.message);
      return null;
    }
    const { lists, missingRights, message } = pulled;
    setCurrentDetails('Writing the mappings.');
    const counts = await records.mapPulledDoors({ ...input, seenAt: startedAt, lists });
    const result = { ...counts, calls: pulled.progress.calls, missingRights };
    await end('done', message, result);
    setCurrentDetails(JSON.stringify(result));
    return result;
  } catch (error) {
    await CancellationScope.nonCancellable(() =>
      end(
        'failed',
        isCancellation(error) ? 'It was cancelled in Temporal.' : 'It failed; see Temporal.',
      ),
    );
    throw error;
  }
}

type Ended = Exclude<PullDoorsResult, { outcome: 'again' }>;

async function pullAll(input: SyncDoorsInput, seenAt: number): Promise<Ended> {
  const { organizationId, jobId } = input;
  const kisi = kisiOf(organizationId);
  let progress = { calls: 0, locksRead: false };
  const lastTry = Date.now() + PATIENCE_MS;
  while (Date.now() < lastTry) {
    const result = await kisi.pullDoors.executeWithOptions(
      { summary: 'read all locks and groups', priority: { priorityKey: PRIORITY.reconcile } },
      [{ organizationId, jobId, seenAt, progress }],
    );
    if (result.outcome !== 'again') return result;
    ({ progress } = result);
    setCurrentDetails(result.waitsFor);
    await sleep(result.afterMs, { summary: 'until Kisi is asked again' });
  }
  return { outcome: 'failed', message: 'Kisi could not be reached for hours; sync again later.' };
}

/** Long lists take their time under the limit of 5 requests a second, so the attempt must heartbeat. */
function kisiOf(organizationId: number): ReturnType<typeof proxyActivities<DoorKisiActivities>> {
  return proxyActivities<DoorKisiActivities>({
    taskQueue: kisiTaskQueue(organizationId),
    startToCloseTimeout: '1h',
    heartbeatTimeout: HEARTBEAT,
    scheduleToStartTimeout: '1h',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' },
  });
}
