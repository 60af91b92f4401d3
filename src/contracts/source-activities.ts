import type { SourceRef } from '../domain/source';
import type { AccessChange } from './mapping-change';

/** Activities of bookings, memberships and mapping changes; task queue `access-records`. */
export interface SourceActivities {
  /**
   * Reads each message and stores it if it is newer than what stands, in the order they came, and has
   * neighbouring bookings look again. A message that is malformed or old changes nothing and comes
   * back with the reason.
   */
  storeSnapshots(input: { source: SourceRef; messages: unknown[] }): Promise<StoreSnapshotsResult>;
  /** Works out which grants the stored source means, and tells them. */
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
  /** Writes the end of a change's job. */
  endChangeJob(input: { jobId: string; poked: number }): Promise<void>;
}

export interface StoreSnapshotsResult {
  stored: number;
  ignored: string[];
}

export interface ApplySourceInput {
  source: SourceRef;
  /** True: take away now what was waiting for its successor. */
  release: boolean;
}

export type ApplySourceResult =
  /** All grants have been told. */
  | { outcome: 'applied'; grants: number; told: number }
  /** Grants that open the same lock stay until these are in place, for a bounded time. */
  | { outcome: 'successors'; grantIds: string[] }
  /** Somebody began later, or the attempt grew old: look again. */
  | { outcome: 'again' };
