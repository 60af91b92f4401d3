import {
  allHandlersFinished,
  CancellationScope,
  condition,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { SignalDefinition } from '@temporalio/common';
import type { SourceActivities } from '../src/contracts/source-activities';
import {
  lookAgainSignal,
  sourceStateQuery,
  type SourceInput,
  type SourceState,
} from '../src/contracts/source-messages';
import type { SourceKind, SourceRef } from '../src/domain/source';
import { recordsActivities } from './activity-options';

/** As for all records (activity-options.ts); an attempt tells nobody after its first 8 s. */
const sources = recordsActivities<SourceActivities>('30s');

/** Ignored messages that are kept to be shown. */
const SHOWN = 20;
/** A door that stays a member's is not shut before its successor opens it, for so long at most. */
const SUCCESSOR_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
/** Somebody else speaks for the source, or there is more to tell than one attempt may. */
const AGAIN_MS = 500;

/**
 * One run of a booking or membership: takes the snapshots that came, stores them, works out which
 * grants the latest means, tells them, and ends. Only such runs compute grants.
 *
 * What was stored counts, not what was sent: a late or repeated message finds a newer snapshot there
 * and changes nothing. What was ignored is shown in Temporal Web: in the details while it runs, in
 * its result afterwards.
 */
export class SourceRun {
  readonly #source: SourceRef;
  readonly #state: SourceState;
  #messages: unknown[];
  #look: boolean;

  constructor(
    kind: SourceKind,
    input: SourceInput | undefined,
    readonly again: (input: SourceInput) => Promise<never>,
  ) {
    this.#source = { kind, id: workflowInfo().workflowId.slice(kind.length + 1) };
    const carried = input?.carried;
    this.#messages = carried?.messages ?? [];
    this.#look = carried?.look ?? false;
    this.#state = carried?.state ?? { stored: 0, ignored: [], waitsFor: 'nothing yet' };
    if (input !== undefined && carried === undefined) {
      this.#state.ignored.push('the input of the start: send it as a signal');
    }
  }

  /** Registers every handler before the first await, so that no message can be missed. */
  listen<Message>(changed: SignalDefinition<[Message?]>): void {
    setHandler(changed, (message) => {
      this.#messages.push(message ?? null);
    });
    setHandler(lookAgainSignal, () => {
      this.#look = true;
    });
    setHandler(sourceStateQuery, () => this.#state);
    // Cancelling it means "look again": grants that were told must not be left half told.
    CancellationScope.current().cancelRequested.catch(() => {
      this.#look = true;
    });
  }

  async run(): Promise<SourceState> {
    return CancellationScope.nonCancellable(async () => {
      while (this.#messages.length > 0 || this.#look) {
        if (workflowInfo().continueAsNewSuggested) await this.#renew();
        if (this.#messages.length > 0) await this.#store();
        if (this.#look && this.#messages.length === 0) await this.#apply();
      }
      await condition(allHandlersFinished);
      this.#show('nothing: all grants have been told');
      return this.#state;
    });
  }

  async #store(): Promise<void> {
    const messages = this.#messages;
    this.#messages = [];
    this.#show('its snapshots to be stored');
    const result = await sources.storeSnapshots.executeWithOptions(
      { summary: `store ${String(messages.length)}` },
      [{ source: this.#source, messages }],
    );
    this.#state.stored += result.stored;
    this.#state.ignored = [...this.#state.ignored, ...result.ignored].slice(-SHOWN);
    // Even when nothing was stored: the one before may have died before it told its grants.
    this.#look = true;
  }

  /** Tells the grants. `release`: those that have waited for their successors. */
  async #apply(release: string[] = []): Promise<void> {
    this.#look = false;
    this.#show('its grants to be told');
    const result = await sources.applySource.executeWithOptions({ summary: 'tell its grants' }, [
      { source: this.#source, release },
    ]);
    if (result.outcome === 'again') {
      this.#look = true;
      await condition(() => this.#messages.length > 0, AGAIN_MS, { summary: 'tell the rest' });
    }
    if (result.outcome === 'successors') {
      if (await this.#haveWaited(result.grantIds)) await this.#apply(result.held);
      else this.#look = true;
    }
  }

  /** Waits for the grants that follow at the same doors. False: news came, and the old doors stay. */
  async #haveWaited(grantIds: string[]): Promise<boolean> {
    this.#show(`${String(grantIds.length)} grants to be in place before others are taken away`);
    const hasNews = (): boolean => this.#messages.length > 0;
    for (let waited = 0; waited < SUCCESSOR_WITHIN_MS; waited += LOOK_EVERY_MS) {
      const { settled } = await sources.areGrantsSettled({ source: this.#source, grantIds });
      if (settled) return true;
      if (await condition(hasNews, LOOK_EVERY_MS, { summary: 'wait for successors' })) return false;
    }
    return true;
  }

  async #renew(): Promise<never> {
    return this.again({
      carried: { messages: this.#messages, look: this.#look, state: this.#state },
    });
  }

  #show(waitsFor: string): void {
    this.#state.waitsFor = waitsFor;
    const { stored, ignored } = this.#state;
    const lines = ignored.map((why) => `- ${why}`);
    setCurrentDetails(
      [
        `Waits for ${waitsFor}.`,
        `Snapshots stored in this run: ${String(stored)}.`,
        ...(lines.length > 0 ? ['', 'Ignored:', ...lines] : []),
      ].join('\n'),
    );
  }
}
