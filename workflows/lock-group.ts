import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { PRIORITY } from '../src/contracts/names';
import { lockGroupWantedSignal, type LockGroupInput } from '../src/contracts/pass-messages';
import { passKey, type PassRef } from '../src/domain/door';
import { kisiActivities, records } from './activity-options';
import { isPassRef } from './sound-messages';

/** However many passes ask, Kisi is not tried more often than this. */
const AT_MOST_EVERY_MS = 10_000;

/**
 * The single writer of one lock's Kisi group: finds or makes it, then pokes the passes that wait
 * for it. Ends when nobody waits. While it cannot be made, a pass that asks again has it tried again.
 * Cancelling it is ignored: a door would stay without its group.
 */
export async function lockGroup(input: LockGroupInput): Promise<void> {
  const room = new WaitingRoom(input.waiting ?? []);
  setHandler(lockGroupWantedSignal, (pass) => {
    if (isPassRef(pass)) room.take(pass);
  });
  await CancellationScope.nonCancellable(async () => {
    do {
      await untilItStands(input, room);
      await pokeAll(room.empty());
      await condition(allHandlersFinished);
    } while (!room.isEmpty);
  });
}

/** The passes that wait, each once, and how often one has asked. */
class WaitingRoom {
  asked = 0;
  #passes: PassRef[];

  constructor(passes: PassRef[]) {
    this.#passes = passes;
  }

  take(pass: PassRef): void {
    this.asked += 1;
    if (this.#passes.some((other) => passKey(other) === passKey(pass))) return;
    this.#passes = [...this.#passes, pass];
  }

  get isEmpty(): boolean {
    return this.#passes.length === 0;
  }

  get passes(): PassRef[] {
    return [...this.#passes];
  }

  empty(): PassRef[] {
    const passes = this.#passes;
    this.#passes = [];
    return passes;
  }
}

async function untilItStands(input: LockGroupInput, room: WaitingRoom): Promise<void> {
  const { organizationId, lockId } = input;
  const kisi = kisiActivities(organizationId);
  const priority = { priorityKey: PRIORITY.due };
  const summary = `ensure the group of lock ${String(lockId)}`;
  let told: string | null = null;
  for (;;) {
    const { asked } = room;
    const result = await kisi.ensureLockGroup.executeWithOptions({ summary, priority }, [
      { organizationId, lockId },
    ]);
    if (result.outcome !== 'again') return;
    setCurrentDetails(result.waitsFor);
    // The passes look at what is wrong for themselves, so that their grants show it.
    if (told !== result.waitsFor) await pokeAll(room.passes);
    told = result.waitsFor;
    if (workflowInfo().continueAsNewSuggested) {
      const { passes: waiting } = room;
      await continueAsNew<typeof lockGroup>({ organizationId, lockId, waiting });
    }
    await pause(result.afterMs, () => room.asked !== asked);
  }
}

/** Waits that long, or shorter when somebody asks, but never so short that many who ask count. */
async function pause(afterMs: number, isAsked: () => boolean): Promise<void> {
  const least = Math.min(Math.max(1, afterMs), AT_MOST_EVERY_MS);
  await condition(() => false, least, { summary: 'until the group is tried again' });
  if (afterMs > least) {
    await condition(isAsked, afterMs - least, { summary: 'until the group is tried again' });
  }
}

async function pokeAll(passes: PassRef[]): Promise<void> {
  if (passes.length > 0) await records.pokePasses({ passes, priority: PRIORITY.due });
}
