import type { HoldGrantResult } from '../src/contracts/activities';
import type {
  ChangeWindowMessage,
  FollowSourceMessage,
  GrantAccessInput,
  GrantFault,
  GrantState,
  MessageMeta,
  PassReport,
} from '../src/contracts/grant-messages';
import type { AccessLogEntry, Actor, Grant, LogAction, LogStatus } from '../src/domain/grant';
import {
  askedAgain,
  followingSource,
  followsSource,
  isOver,
  isWanted,
  restored,
  sourceAction,
  stoppedBySource,
  windowFault,
  withStop,
  withWindow,
} from '../src/domain/grant-life';
import { parseInstant, showInstant } from '../src/domain/instant';
import { notYetAsked, provisioningOf } from '../src/domain/grant-provisioning';
import { askingOf, isAsked, isReleased, mustLetGo, takeAnswer, type Asking } from './grant-asking';
import { begin } from './grant-beginning';
import { crossOut, note } from './grant-journal';
import { takeReport } from './grant-reports';
import { isTroubled, wakeAt } from './grant-waiting';
import { actorOf, isPassReport, reasonOf, requestIdOf, sourceWordOf } from './sound-messages';

const CLOCK: Actor = { type: 'system', id: 'clock' };
const RESET: Actor = { type: 'system', id: 'reset' };
const REMEMBERED_REQUESTS = 50;
const NO_SOURCE_WORD =
  'followSource needs order, startsAt, endsAt and wanted, and an end after the start.';

/**
 * The state of one grant's workflow and the rules that change it, apart from the wiring. Everything
 * is synchronous; `version` rises with whatever the loop must look at.
 */
export class GrantDesk {
  /** Counts news in this run; never stored. */
  version = 0;
  #wasCancelled = false;
  readonly #state: GrantState;

  constructor(input: GrantAccessInput) {
    this.#state = input.carried ?? begin(input);
  }

  get grant(): Grant {
    return this.#state.grant;
  }

  state(): GrantState {
    return this.#state;
  }

  // ── Messages ────────────────────────────────────────────────────────────────────────────────

  /** Why these dates cannot be taken; `null` when they can. */
  faultOfChange(message: ChangeWindowMessage): GrantFault | null {
    const bound = followsSource(this.grant);
    if (bound !== null) return { type: 'follows_source', detail: bound };
    const { startsAt, endsAt } = this.#datesOf(message);
    const detail = windowFault(startsAt, endsAt);
    return detail === null ? null : { type: 'window_invalid', detail };
  }

  /** Why this grant cannot be restored; `null` when it can. */
  faultOfRestore(): GrantFault | null {
    const stopped = stoppedBySource(this.grant);
    if (stopped !== null) return { type: 'source_stopped', detail: stopped };
    if (!isOver(this.grant, Date.now())) return null;
    return {
      type: 'grant_over',
      detail: `The grant ended at ${showInstant(this.grant.endsAt)}. Change its dates (changeWindow) to give access again.`,
    };
  }

  changeWindow(message: ChangeWindowMessage): void {
    if (this.#isRepeated(message)) return;
    const fault = this.faultOfChange(message);
    if (fault !== null) {
      this.#note('change', 'refused', fault.detail, actorOf(message));
      return;
    }
    const dates = this.#datesOf(message);
    if (dates.startsAt === this.grant.startsAt && dates.endsAt === this.grant.endsAt) return;
    this.#state.expired = false;
    this.#accept(
      'change',
      withWindow(this.grant, dates, Date.now(), actorOf(message), reasonOf(message)),
    );
  }

  revoke(message: MessageMeta): void {
    if (this.#isRepeated(message)) return;
    this.#accept(
      'revoke',
      withStop(this.grant, 'admin', Date.now(), actorOf(message), reasonOf(message)),
    );
  }

  restore(message: MessageMeta): void {
    if (this.#isRepeated(message)) return;
    const fault = this.faultOfRestore();
    if (fault !== null) {
      this.#note('restore', 'refused', fault.detail, actorOf(message));
      return;
    }
    this.#state.closing = false;
    this.#accept('restore', restored(this.grant, Date.now(), actorOf(message), reasonOf(message)));
  }

  /** Its booking or membership says what this grant is to be now. */
  followSource(message: Partial<FollowSourceMessage>): void {
    const word = sourceWordOf(message);
    if (word === null) {
      this.#note('change', 'refused', NO_SOURCE_WORD, actorOf(message));
      return;
    }
    const before = this.grant;
    const { startsAt, endsAt } = before;
    const next = followingSource(before, word, Date.now(), actorOf(message), reasonOf(message));
    if (next.revision === before.revision) {
      this.#state.grant = next;
      return;
    }
    if (next.startsAt !== startsAt || next.endsAt !== endsAt) this.#state.expired = false;
    this.#accept(sourceAction(before, next), next);
  }

  /** Asks everything again: the mapping, the wish, the pass. */
  retry(message: MessageMeta): void {
    if (this.#isRepeated(message)) return;
    this.#accept('retry', askedAgain(this.grant, Date.now(), actorOf(message), reasonOf(message)));
  }

  /** The workflow was cancelled: revoke, and close once the access is gone. */
  cancel(): void {
    this.#wasCancelled = true;
    this.#state.closing = true;
    this.version += 1;
    this.#accept(
      'revoke',
      withStop(
        this.grant,
        'admin',
        Date.now(),
        { type: 'temporal', id: 'cancel' },
        'The workflow was cancelled.',
      ),
    );
  }

  /** A pass tells what became of the wish. */
  hear(report: PassReport): void {
    if (!isPassReport(report) || !takeReport(this.#state, report)) return;
    this.version += 1;
    this.#refresh();
  }

  // ── The clock ───────────────────────────────────────────────────────────────────────────────

  /**
   * Notices that the end has come, once per window. The passes are not asked: each knows the end from
   * the wish, cleans its row by itself and tells. `wakeAt` says when they are asked all the same.
   */
  noticeTheClock(): void {
    if (this.#state.expired || !isOver(this.grant, Date.now())) return;
    this.#state.expired = true;
    this.#state.lastAction = 'expire';
    const released = this.#isReleased();
    this.#show();
    this.#note('expire', released ? this.grant.provisioning : 'accepted', null, CLOCK);
  }

  /** When the loop must look again by itself; `null`: only on a message. */
  wakeAt(slowRetryMs: number): number | null {
    return wakeAt(this.#state, Date.now(), slowRetryMs);
  }

  /** A timer fired: where something is wrong, ask the passes once more at the same revision. */
  noticeWake(): void {
    if (this.#state.expired || isTroubled(this.#state)) this.#state.askedRevision = -1;
  }

  // ── Asking and recording ────────────────────────────────────────────────────────────────────

  mustAsk(): boolean {
    return !isAsked(this.#state) || mustLetGo(this.#state, Date.now());
  }

  ask(): Asking {
    return askingOf(this.#state, Date.now());
  }

  asked(asking: Asking, result: HoldGrantResult): void {
    this.recorded(asking.input.entries);
    takeAnswer(this.#state, asking, result, Date.now());
    if (asking.revision !== this.grant.revision) return;
    if (result.overtaken) {
      // Only a Reset of this workflow makes it older than what it wrote before.
      this.#accept('retry', askedAgain(this.grant, Date.now(), RESET, 'The workflow was reset.'));
      return;
    }
    this.#refresh();
  }

  unrecorded(): AccessLogEntry[] {
    return [...this.#state.entries];
  }

  recorded(entries: readonly AccessLogEntry[]): void {
    crossOut(this.#state, entries);
  }

  /** Whether the change is settled and a reader of the read model sees it. */
  isAnswered(revision: number): boolean {
    return this.#state.answeredRevision >= revision;
  }

  /**
   * Whether the workflow was cancelled and then restored. Temporal takes one cancellation for each
   * run, so the grant goes on in a new run, which can be cancelled again.
   */
  mustRenew(): boolean {
    return this.#wasCancelled && !this.#state.closing;
  }

  /** Whether nothing is left to do, for good. */
  isDone(): boolean {
    const over = isOver(this.grant, Date.now()) || this.#state.closing;
    return over && !this.mustAsk() && this.#state.entries.length === 0 && this.#isReleased();
  }

  // ── Inside ──────────────────────────────────────────────────────────────────────────────────

  #isReleased(): boolean {
    return !this.mustAsk() && isReleased(this.#state);
  }

  #accept(action: LogAction, next: Grant): void {
    if (next === this.grant) return;
    this.#state.grant = next;
    this.#state.lastAction = action;
    this.version += 1;
    this.#show();
    this.#note(action, 'accepted', next.reason, next.changedBy);
  }

  /** Works provisioning out anew, and notes it when it shows something new. */
  #refresh(): void {
    const before = this.grant;
    this.#show();
    const { provisioning, settled, problem } = this.grant;
    if (
      provisioning !== before.provisioning ||
      settled !== before.settled ||
      JSON.stringify(problem) !== JSON.stringify(before.problem)
    ) {
      this.#note(this.#state.lastAction, provisioning, this.grant.reason, this.grant.changedBy);
    }
  }

  #show(): void {
    const now = Date.now();
    const wanted = isWanted(this.grant, now);
    const shown = isAsked(this.#state)
      ? provisioningOf(this.grant, this.#state.passes, this.#state.doorProblem, wanted)
      : notYetAsked(wanted);
    this.#state.grant = {
      ...this.grant,
      ...shown,
      inPlaceAt:
        shown.provisioning === 'in_place' ? (this.grant.inPlaceAt ?? now) : this.grant.inPlaceAt,
      removedAt:
        shown.provisioning === 'removed' ? (this.grant.removedAt ?? now) : this.grant.removedAt,
    };
  }

  #note(action: LogAction, status: LogStatus, reason: string | null, by: Actor): void {
    note(this.#state, { action, status, reason, by });
    this.version += 1;
  }

  #isRepeated(message: MessageMeta): boolean {
    const requestId = requestIdOf(message);
    if (requestId === null) return false;
    if (this.#state.seen.includes(requestId)) return true;
    this.#state.seen = [...this.#state.seen.slice(1 - REMEMBERED_REQUESTS), requestId];
    return false;
  }

  #datesOf(message: ChangeWindowMessage): { startsAt: number; endsAt: number | null } {
    return {
      startsAt:
        message.startsAt === undefined ? this.grant.startsAt : parseInstant(message.startsAt),
      endsAt:
        message.endsAt === undefined
          ? this.grant.endsAt
          : message.endsAt === null
            ? null
            : parseInstant(message.endsAt),
    };
  }
}
