import {
  CancellationScope,
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  removalAskedSignal,
  type IntegrationKisiActivities,
  type IntegrationRecordsActivities,
  type IntegrationWorkflowInput,
  type RemovalCursor,
  type RemovalLook,
  type SweepResult,
} from '../src/contracts/integration-activities';
import { kisiTaskQueue, PRIORITY } from '../src/contracts/names';
import { HEARTBEAT, recordsActivities } from './activity-options';

const records = recordsActivities<IntegrationRecordsActivities>('2m');

/** How often progress is looked at. */
const LOOK_EVERY_MS = 2_000;
/** When nothing has gone for so many looks, Kisi itself is asked what is in the way. */
const LOOKS_WITHOUT_PROGRESS = 15;

type Removing = Extract<RemovalLook, { state: 'removing' }>;

/**
 * Removes an integration: pokes every pass that may hold something, which then takes its rows away,
 * watches until none is left, asks Kisi itself whether that is so, and has the key dropped. An outage
 * makes it wait. Connecting the organization again ends it. Cancelling it is ignored: the integration
 * would stay half removed.
 */
export async function removeIntegration(input: IntegrationWorkflowInput): Promise<void> {
  let asked = 0;
  setHandler(removalAskedSignal, () => {
    asked += 1;
  });
  await CancellationScope.nonCancellable(async () => {
    let seen: number;
    do {
      seen = asked;
      const look = await records.lookAtRemoval(input);
      if (look.state === 'removing') await remove(input, look);
    } while (asked !== seen);
  });
}

/** Sees one removal through, unless it is the present one no longer. */
async function remove(input: IntegrationWorkflowInput, begun: Removing): Promise<void> {
  await pokeAll(begun.organizationId);
  let look = begun;
  for (let idle = 0; ; idle += 1) {
    if (look.left === 0 || idle >= LOOKS_WITHOUT_PROGRESS) {
      idle = 0;
      const swept = await sweep(begun.organizationId);
      if (swept.outcome === 'over') return;
      if (swept.outcome === 'clear') {
        await records.finishRemoval({ integrationId: input.integrationId, jobId: begun.jobId });
        return;
      }
      await waitAfter(swept);
    } else {
      setCurrentDetails(`**removing**: ${String(look.left)} role assignments left`);
      await pause(LOOK_EVERY_MS, 'until progress is looked at again');
    }
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof removeIntegration>(input);
    const next = await records.lookAtRemoval(input);
    if (next.state === 'none' || next.jobId !== begun.jobId) return;
    if (next.left < look.left) idle = -1;
    look = next;
  }
}

async function pokeAll(organizationId: number): Promise<void> {
  let after: RemovalCursor | null = null;
  do {
    const page: { after: RemovalCursor | null } = await records.pokePassesOfRemoval({
      organizationId,
      after,
    });
    after = page.after;
  } while (after !== null);
}

/** Long lists take their time under the limit of 5 requests a second. */
function sweep(organizationId: number): Promise<SweepResult> {
  const kisi = proxyActivities<IntegrationKisiActivities>({
    taskQueue: kisiTaskQueue(organizationId),
    startToCloseTimeout: '20m',
    heartbeatTimeout: HEARTBEAT,
    retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '1m' },
  });
  const priority = { priorityKey: PRIORITY.normal };
  return kisi.sweepRemoved.executeWithOptions({ summary: 'what of ours is left?', priority }, [
    { organizationId },
  ]);
}

async function waitAfter(
  swept: Exclude<SweepResult, { outcome: 'clear' | 'over' }>,
): Promise<void> {
  if (swept.outcome === 'left') {
    await pause(LOOK_EVERY_MS, 'until the passes have looked');
    return;
  }
  setCurrentDetails(`**waits**: ${swept.waitsFor}`);
  await pause(swept.afterMs, 'until Kisi is asked again');
}

async function pause(ms: number, summary: string): Promise<void> {
  await condition(() => false, Math.max(1, ms), { summary });
}
