import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { SyncPassResult } from '../src/contracts/activities';
import { PRIORITY, type PriorityKey } from '../src/contracts/names';
import {
  passStateQuery,
  pokeSignal,
  type MemberPassInput,
  type PassState,
} from '../src/contracts/pass-messages';
import { nextNumber } from '../src/domain/grant-life';
import { showInstant } from '../src/domain/instant';
import { kisiActivities } from './activity-options';
import { priorityOf } from './sound-messages';

/** Rows listed longer ago than this are listed anew when somebody pokes. */
const MEMORY_MS = 60_000;

/**
 * The single writer for one member at one Kisi lock or group. Each turn is one look: an activity
 * reads every wish, makes Kisi's rows equal their union and tells the grants. Between turns it
 * sleeps until a row must be cleaned or rolled, or somebody pokes.
 *
 * It returns only when no poke came since its last look and no row of ours is left. Cancelling it
 * means: look again.
 */
export async function memberPass(input: MemberPassInput): Promise<void> {
  const state: PassState = input.carried ?? {
    schemaVersion: 1,
    turn: 0,
    memory: null,
    listAgainAt: null,
    waitsFor: '',
  };
  const pokes = new Pokes();
  setHandler(pokeSignal, (poke) => {
    pokes.take(priorityOf(poke?.priority), poke?.fresh === true);
  });
  setHandler(passStateQuery, () => state);
  CancellationScope.current().cancelRequested.catch(() => {
    pokes.take(PRIORITY.due, true);
  });
  await CancellationScope.nonCancellable(() => hold(input, state, pokes));
}

/** Counts pokes, and remembers how urgent and how careful the next look must be. */
class Pokes {
  count = 0;
  #priority: PriorityKey | null = null;
  #fresh = false;

  take(priority: PriorityKey, fresh: boolean): void {
    this.count += 1;
    this.#priority = Math.min(priority, this.#priority ?? priority) as PriorityKey;
    this.#fresh ||= fresh;
  }

  /** What is asked of the next look; `null` when nobody poked since the last one. */
  drain(): { priority: PriorityKey; fresh: boolean } | null {
    if (this.#priority === null) return null;
    const asked = { priority: this.#priority, fresh: this.#fresh };
    this.#priority = null;
    this.#fresh = false;
    return asked;
  }
}

async function hold(input: MemberPassInput, state: PassState, pokes: Pokes): Promise<void> {
  const kisi = kisiActivities(input.pass.organizationId);
  let wakePriority: PriorityKey = PRIORITY.normal;
  for (;;) {
    const asked = pokes.drain();
    const seen = pokes.count;
    state.turn = nextNumber(state.turn, Date.now());
    const memory = trusted(state, asked);
    const priority = { priorityKey: asked?.priority ?? wakePriority };
    const summary = asked ? 'look: somebody poked' : 'look: a time has come';
    const result = await kisi.syncPass.executeWithOptions({ summary, priority }, [
      { pass: input.pass, turn: state.turn, memory, listAgainAt: state.listAgainAt ?? null },
    ]);
    state.memory = result.memory;
    state.listAgainAt = result.listAgainAt ?? null;
    wakePriority = result.outcome === 'synced' ? result.wakePriority : PRIORITY.normal;
    state.waitsFor = result.waitsFor;
    setCurrentDetails(details(result));

    const poked = (): boolean => pokes.count !== seen;
    if (workflowInfo().continueAsNewSuggested) await renew(input, state, poked);
    if (poked()) continue;
    if (result.outcome === 'synced' && result.empty) {
      await condition(allHandlersFinished);
      if (poked()) continue;
      return;
    }
    await sleep(result, poked);
  }
}

/**
 * Goes on in a new run. A poke that came meanwhile does not wait for a quiet moment, which a pass
 * that many poke may never have: the new run looks at once, and lists the rows.
 */
async function renew(
  input: MemberPassInput,
  state: PassState,
  poked: () => boolean,
): Promise<never> {
  await condition(allHandlersFinished);
  const memory = poked() ? null : state.memory;
  return continueAsNew<typeof memberPass>({ pass: input.pass, carried: { ...state, memory } });
}

/**
 * The rows to trust without listing them: after a timer of our own those of the last look, since a
 * pass is the only writer; after a poke only fresh ones.
 */
function trusted(state: PassState, asked: { fresh: boolean } | null): PassState['memory'] {
  if (asked === null) return state.memory;
  const listedAt = state.memory?.listedAt ?? Number.NEGATIVE_INFINITY;
  return !asked.fresh && Date.now() - listedAt < MEMORY_MS ? state.memory : null;
}

async function sleep(result: SyncPassResult, poked: () => boolean): Promise<void> {
  const wakeAt = result.outcome === 'again' ? Date.now() + result.afterMs : result.wakeAt;
  if (wakeAt === null) {
    await condition(poked);
    return;
  }
  const summary = `look again ${showInstant(wakeAt)}`;
  await condition(poked, Math.max(1, wakeAt - Date.now()), { summary });
}

function details(result: SyncPassResult): string {
  return `**${result.outcome}**: ${result.waitsFor}`;
}
