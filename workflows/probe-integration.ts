import {
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { PRIORITY } from '../src/contracts/names';
import { probeNowSignal, type ProbeIntegrationInput } from '../src/contracts/pass-messages';
import { kisiActivities, records } from './activity-options';

/** How many blocked passes are let loose at once after an outage, and how long they are given. */
const BATCH = 20;
const BETWEEN_BATCHES_MS = 2_000;

/**
 * The one prober of an integration that Kisi does not answer: tries until it is healed, then pokes
 * the passes that are held back, most urgent first. Ends when none is left.
 */
export async function probeIntegration(input: ProbeIntegrationInput): Promise<void> {
  let asked = 0;
  setHandler(probeNowSignal, () => {
    asked += 1;
  });
  await CancellationScope.nonCancellable(async () => {
    const kisi = kisiActivities(input.organizationId);
    const priority = { priorityKey: PRIORITY.due };
    for (;;) {
      // A new run probes at once, so a signal that came just before is answered by it.
      if (workflowInfo().continueAsNewSuggested) {
        await continueAsNew<typeof probeIntegration>(input);
      }
      const seen = asked;
      const result = await kisi.probeKisi.executeWithOptions(
        { summary: 'is Kisi back?', priority },
        [input],
      );
      if (result.outcome === 'faulty') {
        setCurrentDetails(`**faulty**: ${result.waitsFor}`);
        await condition(() => asked !== seen, Math.max(1, result.afterMs), {
          summary: 'until the next probe',
        });
        continue;
      }
      const { left } = await records.pokeBlockedPasses({
        organizationId: input.organizationId,
        limit: BATCH,
      });
      setCurrentDetails(`**healthy**: ${String(left)} passes still held back`);
      if (left === 0 && asked === seen) return;
      await condition(() => false, BETWEEN_BATCHES_MS, { summary: 'until the next passes' });
    }
  });
}
