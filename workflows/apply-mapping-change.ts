import { continueAsNew, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { MappingChangeInput } from '../src/contracts/mapping-change';
import type { SourceActivities } from '../src/contracts/source-activities';
import { recordsActivities } from './activity-options';

const sources = recordsActivities<SourceActivities>('2m');

/**
 * A mapping, a plan's door access or a place was changed, and stored: has every live source and grant
 * that it touches look again, page by page. It computes no grants itself.
 */
export async function applyMappingChange(input: MappingChangeInput): Promise<{ poked: number }> {
  const { change, jobId, carried } = input;
  let { after, poked } = carried ?? { after: null, poked: 0 };
  do {
    if (workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof applyMappingChange>({ ...input, carried: { after, poked } });
    }
    const page: { poked: number; after: string | null } =
      await sources.applyChangePage.executeWithOptions({ summary: `after ${String(poked)}` }, [
        { change, after, jobId, doneBefore: poked },
      ]);
    poked += page.poked;
    after = page.after;
    setCurrentDetails(`Told ${String(poked)} sources and grants to look again.`);
  } while (after !== null);
  await sources.endChangeJob({ jobId, poked });
  return { poked };
}
