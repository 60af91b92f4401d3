import type { SourceRef } from '../domain/source';
import type { AccessChange } from './mapping-change';

/** Activities of bookings, memberships and mapping changes; task queue `access-records`. */
export interface SourceActivities {
  /**
   * Reads each message and stores it if it is newer than what stands, in the order they came. A
   * message that is malformed or old changes nothing and comes back with the reason.
   */
  storeSnapshots(input: { source: SourceRef; messages: unknown[] }): Promise<StoreSnapshotsResult>;
  /** Works out which grants the stored source means, and tells them and neighbouring bookings. */
  applySource(input: ApplySourceInput): Promise<ApplySourceResult>;
  /** Whether these grants stand as the source asked, or cannot for now. */
  areGrantsSettled(input: { source: SourceRef; grantIds: string[] }): Promise<{ settled: boolean }>;
  /** One page of what a change touches: pokes each source and grant. `after`: where to go on. */
  applyChangePage(input: {
    change: AccessChange;
    after: string | null;
    jobId: string;
    doneBefore: number;
  }): Promise<{ poked: number; after: string | null }>;
  /** Pokes every source whose grants were not all told of what stands: its run was terminated, say. */
  pokeUnappliedSources(): Promise<{ poked: number }>;
  /** Has changes of mappings, plans and places followed that nobody was told of. */
  tellUntoldChanges(): Promise<{ told: number }>;
  /** Writes the end of a change's job. */
  endChangeJob(input: { jobId: string; poked: number }): Promise<void>;
}

export interface StoreSnapshotsResult {
  stored: number;
  ignored: string[];
}

export interface ApplySourceInput {
  source: SourceRef;
  /** Grants that are taken away now although their successors may not be in place: they have waited. */
  release: string[];
}

export type ApplySourceResult =
  /** All grants have been told. */
  | { outcome: 'applied'; grants: number; told: number }
  /**
   * All but `held` have been told: those open a lock that `grantIds` are to open too, and stay until
   * these are in place, for a bounded time.
   */
  | { outcome: 'successors'; grantIds: string[]; held: string[] }
  /** Somebody began later, or the attempt grew old: look again. */
  | { outcome: 'again' };
