import {
  CancellationScope,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import {
  wakeAskedSignal,
  type IntegrationRecordsActivities,
  type IntegrationWorkflowInput,
} from '../src/contracts/integration-activities';
import { recordsActivities } from './activity-options';

const records = recordsActivities<IntegrationRecordsActivities>('2m');

/** How far it has come; carried over continue-as-new. */
interface Progress {
  asked: number;
  after: string | null;
}

/**
 * An organization was connected again: has every live grant of its mappings ask its pass, so that all
 * that should be is put in place. Cancelling it is ignored.
 */
export async function wakeIntegration(
  input: IntegrationWorkflowInput,
  progress: Progress = { asked: 0, after: null },
): Promise<void> {
  let signals = 0;
  setHandler(wakeAskedSignal, () => {
    signals += 1;
  });
  await CancellationScope.nonCancellable(async () => {
    let { asked, after } = progress;
    let seen: number;
    do {
      seen = signals;
      do {
        const page: { asked: number; after: string | null } = await records.wakeGrants({
          integrationId: input.integrationId,
          after,
        });
        asked += page.asked;
        after = page.after;
        setCurrentDetails(`**${String(asked)}** grants asked`);
        // A signal that comes meanwhile speaks of a connection that the pages to come see as well.
        if (after !== null && workflowInfo().continueAsNewSuggested) {
          await continueAsNew<typeof wakeIntegration>(input, { asked, after });
        }
      } while (after !== null);
    } while (signals !== seen);
  });
}
