import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { AccessLogEntry, Actor, Grant, LogAction, Problem } from '../domain/grant';
import type { PassRef, WishState } from '../domain/door';

/**
 * What every message to a grant may carry. All of it is optional, so that a person can send the
 * message from Temporal Web or the `temporal` CLI with an empty object or none at all.
 */
export interface MessageMeta {
  /** The same id twice changes nothing the second time. */
  requestId?: string;
  by?: Actor;
  /** Free text for the access log; at most 500 characters. */
  reason?: string;
}

/** New dates; what is left out stays. Instants are ISO 8601, UTC, e.g. `2026-11-24T10:00:00Z`. */
export interface ChangeWindowMessage extends MessageMeta {
  startsAt?: string;
  /** `null`: open-ended. */
  endsAt?: string | null;
}

/** Sent by its booking or membership: what this grant is to be now. Instants are ISO 8601, UTC. */
export interface FollowSourceMessage extends MessageMeta {
  /** Rises with every word of this source; an older one changes nothing. */
  order: number;
  startsAt: string;
  /** `null`: open-ended. */
  endsAt: string | null;
  wanted: boolean;
  /** The door leads elsewhere now: ask again although nothing else changed. */
  anew?: boolean;
}

/** Sent by a pass: what has become of this grant's wish. */
export interface PassReport {
  passKey: string;
  /** Rises with every look of the pass, and every attempt of it; an older report changes nothing. */
  order: number;
  /** The revision of the wish that the pass speaks of. */
  wishRevision: number;
  state: WishState;
  problem: Problem | null;
}

// The same four names are Signals (Temporal Web, CLI, any SDK) and Updates (the API, which wants
// the answer). Temporal keeps the two name spaces apart.
export const changeWindowSignal = defineSignal<[ChangeWindowMessage?]>('changeWindow');
export const revokeSignal = defineSignal<[MessageMeta?]>('revoke');
export const restoreSignal = defineSignal<[MessageMeta?]>('restore');
export const retryNowSignal = defineSignal<[MessageMeta?]>('retryNow');
export const changeWindowUpdate = defineUpdate<Grant, [ChangeWindowMessage?]>('changeWindow');
export const revokeUpdate = defineUpdate<Grant, [MessageMeta?]>('revoke');
export const restoreUpdate = defineUpdate<Grant, [MessageMeta?]>('restore');
export const retryNowUpdate = defineUpdate<Grant, [MessageMeta?]>('retryNow');
export const followSourceSignal = defineSignal<[FollowSourceMessage?]>('followSource');
export const passReportedSignal = defineSignal<[PassReport]>('passReported');
export const grantStateQuery = defineQuery<GrantState>('state');

/** Error types of refused Updates (`ApplicationFailure.type`). */
export const GRANT_REFUSALS = [
  'grant_over',
  'window_invalid',
  'message_invalid',
  'source_stopped',
  'follows_source',
] as const;
export type GrantRefusal = (typeof GRANT_REFUSALS)[number];

/** Why a message to a grant cannot be followed. */
export interface GrantFault {
  type: GrantRefusal;
  detail: string;
}

/**
 * What a grant asks of a pass: the one that its door leads to holds it (`wanted`), all others let go
 * (`releasing`). One that opens the same lock as the new one is `kept` until that is in place.
 */
export type AskedMode = 'wanted' | 'kept' | 'releasing';

/** A pass that this grant has asked at some time. */
export interface AskedPass {
  key: string;
  pass: PassRef;
  mode: AskedMode;
  /** The latest report about this pass; `null` before the first. */
  report: PassReport | null;
}

/** The whole state of a grant's workflow: plain JSON, carried over continue-as-new. */
export interface GrantState {
  schemaVersion: 1;
  grant: Grant;
  passes: AskedPass[];
  /** Reports of passes that are not among `passes` yet, oldest first, bounded. */
  early: PassReport[];
  /** Why no pass could be asked; `null` when one was. */
  doorProblem: Problem | null;
  /** The revision that the passes were last asked for; -1: ask again. */
  askedRevision: number;
  /** Passes that are kept are let go then at the latest (ms UTC); `null` or left out: none is kept. */
  keptUntil?: number | null;
  /** The newest revision that is settled and stands so in the read model. */
  answeredRevision: number;
  /** What the latest change was; names the log rows about its outcome. */
  lastAction: LogAction;
  /** Whether the end of the present window was noticed. */
  expired: boolean;
  /** The workflow was cancelled: close once the access is gone. */
  closing: boolean;
  /** Log rows not yet recorded. */
  entries: AccessLogEntry[];
  /** Request ids already handled, oldest first, bounded. */
  seen: string[];
}

/** Starts a grant: the document as accepted, or the carried state of the run before. */
export interface GrantAccessInput {
  grant: Grant;
  /** What this run begins with, for the access log; `grant` unless a closed grant goes on. */
  action?: LogAction;
  carried?: GrantState;
}
