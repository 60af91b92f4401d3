import {
  allHandlersFinished,
  CancellationScope,
  condition,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import { PRIORITY } from '../src/contracts/names';
import { lockGroupWantedSignal, type LockGroupInput } from '../src/contracts/pass-messages';
import { passKey, type PassRef } from '../src/domain/door';
import { kisiActivities, records } from './activity-options';

/**
 * The single writer of one lock's Kisi group: finds or makes it, then pokes the passes that wait
 * for it. Ends when nobody waits. Cancelling it is ignored: a door would stay without its group.
 */
export async function lockGroup(input: LockGroupInput): Promise<void> {
  let waiting: PassRef[] = [];
  setHandler(lockGroupWantedSignal, (pass) => {
    if (!waiting.some((other) => passKey(other) === passKey(pass))) waiting = [...waiting, pass];
  });
  await CancellationScope.nonCancellable(async () => {
    do {
      await untilItStands(input);
      const passes = waiting;
      waiting = [];
      if (passes.length > 0) await records.pokePasses({ passes, priority: PRIORITY.due });
      await condition(allHandlersFinished);
    } while (waiting.length > 0);
  });
}

async function untilItStands(input: LockGroupInput): Promise<void> {
  const kisi = kisiActivities(input.organizationId);
  const priority = { priorityKey: PRIORITY.due };
  for (;;) {
    const summary = `ensure the group of lock ${String(input.lockId)}`;
    const result = await kisi.ensureLockGroup.executeWithOptions({ summary, priority }, [input]);
    if (result.outcome === 'stands') return;
    setCurrentDetails(result.waitsFor);
    await condition(() => false, Math.max(1, result.afterMs), {
      summary: result.waitsFor.slice(0, 200),
    });
  }
}
