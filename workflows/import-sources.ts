import {
  CancellationScope,
  continueAsNew,
  isCancellation,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  ImportActivities,
  ImportInput,
  ImportTotals,
} from '../src/contracts/import-activities';
import { recordsActivities } from './activity-options';

const records = recordsActivities<ImportActivities>('5m');

/** Invalid items that the result shows. */
const SHOWN = 100;

/**
 * Takes all that an import brought, chunk by chunk, each item as a PUT of it. The position is kept
 * here, so that a crash goes on where it was; a chunk that is taken twice comes to the same. Cancelling
 * it stops after the chunk at hand: what was taken stays.
 */
export async function importSources(input: ImportInput): Promise<ImportTotals> {
  const { jobId, by, total, chunks, carried } = input;
  let { next, done, totals } = carried ?? { next: 0, done: 0, totals: noTotals() };
  try {
    if (!carried) await records.beginImport({ jobId, by, total });
    while (next < chunks) {
      if (workflowInfo().continueAsNewSuggested) {
        await continueAsNew<typeof importSources>({ ...input, carried: { next, done, totals } });
      }
      const taken: { items: number; totals: ImportTotals } =
        await records.importChunk.executeWithOptions(
          { summary: `items ${String(done + 1)} and following of ${String(total)}` },
          [{ jobId, chunk: next, doneBefore: done }],
        );
      totals = sum(totals, taken.totals);
      done += taken.items;
      next += 1;
      setCurrentDetails(`${String(done)} of ${String(total)} items taken.`);
    }
    await records.endImport({ jobId, state: 'done', message: null, totals });
    return totals;
  } catch (error) {
    if (!isCancellation(error)) throw error;
    const message = `It was cancelled in Temporal after ${String(done)} of ${String(total)} items.`;
    await CancellationScope.nonCancellable(() =>
      records.endImport({ jobId, state: 'failed', message, totals }),
    );
    throw error;
  }
}

function noTotals(): ImportTotals {
  return { accepted: 0, older: 0, invalidCount: 0, invalid: [] };
}

function sum(one: ImportTotals, other: ImportTotals): ImportTotals {
  return {
    accepted: one.accepted + other.accepted,
    older: one.older + other.older,
    invalidCount: one.invalidCount + other.invalidCount,
    invalid: [...one.invalid, ...other.invalid].slice(0, SHOWN),
  };
}
