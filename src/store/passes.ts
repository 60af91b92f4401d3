import type { PassRef } from '../domain/door';
import type { Problem } from '../domain/grant';

/** What a pass has last made known about itself. Instants in ms, UTC. */
export interface PassRecord {
  pass: PassRef;
  /** Rises over the runs of the pass; an older one never overwrites a newer. */
  turn: number;
  /** Why the pass waits for its integration; `null` when it does not. */
  blocked: Problem | null;
  /** Access that nobody is granted any more is still at Kisi. */
  removalDue: boolean;
  /** The earliest start that is not yet written to Kisi; `null`: none. */
  nextStartAt: number | null;
}

export interface StoredPass extends PassRecord {
  passKey: string;
  updatedAt: number;
  /** When the prober last poked it; `null`: never. */
  pokedAt: number | null;
}

export interface PassStore {
  /** False: a later turn is stored, nothing was written. */
  save(record: PassRecord): Promise<boolean>;
  get(passKey: string): Promise<StoredPass | null>;
  /**
   * Blocked passes of one organization in the order in which they are to be helped: removals, starts
   * that are due at `now`, starts within the hour, the rest. With `notPokedSince` those that
   * `markPoked` has marked at or after that instant are left out, so that a prober can go on.
   */
  blocked(
    organizationId: number,
    options: { now: number; limit: number; notPokedSince?: number },
  ): Promise<StoredPass[]>;
  markPoked(passKeys: readonly string[], at: number): Promise<void>;
  remove(passKey: string): Promise<void>;
}
