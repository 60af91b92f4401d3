import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { PassRef } from '../domain/door';
import type { PriorityKey } from './names';

/**
 * "Look again." It carries no data that decides anything, so that lost, doubled or late pokes do no
 * harm: the pass reads every wish anew. The priority only places the look in the queue.
 */
export interface Poke {
  priority?: PriorityKey;
  /** Somebody may have changed the rows behind our back: list them, trust no memory. */
  fresh?: boolean;
}

export const pokeSignal = defineSignal<[Poke?]>('poke');
export const passStateQuery = defineQuery<PassState>('state');

/** What the pass remembers between turns: plain JSON, carried over continue-as-new. */
export interface PassState {
  schemaVersion: 1;
  turn: number;
  /** The rows last known at Kisi; `null`: unknown, list them. */
  memory: PassMemory | null;
  /** Until then (ms UTC) a write whose outcome is unknown may still show; `null`: there is none. */
  listAgainAt?: number | null;
  waitsFor: string;
}

/** One role assignment as the pass sees it. Instants in ms since the epoch, UTC, whole seconds. */
export interface KnownRow {
  id: number;
  userId: number;
  from: number | null;
  until: number | null;
  /** Ours by the ownership rule; a foreign row is never changed. */
  ours: boolean;
  /** A foreign row with a role that lets nobody through a door. */
  opensNothing?: true;
}

export interface PassMemory {
  groupId: number;
  rows: KnownRow[];
  /** When the rows were last listed at Kisi (ms since the epoch, UTC). */
  listedAt: number;
}

export interface MemberPassInput {
  pass: PassRef;
  carried?: PassState;
}

/** Signals of `lockGroup`: a pass that waits for the group and is poked when it stands. */
export const lockGroupWantedSignal = defineSignal<[PassRef]>('wanted');

export interface LockGroupInput {
  organizationId: number;
  lockId: number;
  /** Carried over continue-as-new: the passes that wait. */
  waiting?: PassRef[];
}

/** Signal of `probeIntegration`: the key was replaced, try at once. */
export const probeNowSignal = defineSignal('probeNow');

export interface ProbeIntegrationInput {
  organizationId: number;
}
