import type { PassRef, Wish, WishState } from '../domain/door';

/** A wish with the pass it is addressed to. */
export interface StoredWish extends Wish {
  pass: PassRef;
}

/** What a grant writes; what the pass has told is kept. Instants in ms, UTC. */
export type NewWish = Pick<Wish, 'grantId' | 'revision' | 'from' | 'until' | 'wanted'>;

/** What the pass has told the grant: about which revision, and what. */
export interface Told {
  revision: number;
  state: WishState;
  problemType: string | null;
}

export interface WishStore {
  /**
   * Writes the wish unless a newer revision is stored; an equal revision is written again.
   * False: a newer one is stored, nothing was written.
   */
  write(pass: PassRef, wish: NewWish): Promise<boolean>;
  /** All wishes of one pass, tombstones included, in order of grant id. */
  byPass(passKey: string): Promise<StoredWish[]>;
  /** False: the wish is gone or has another revision by now; nothing was written. */
  markTold(passKey: string, grantId: string, told: Told): Promise<boolean>;
  /**
   * Wishes that need a running pass: wanted and not over, or not yet told `removed`. In order of
   * pass key and grant id, beginning after `after` (`null`: at the first), `limit` at most.
   */
  allLive(
    now: number,
    after: { passKey: string; grantId: string } | null,
    limit: number,
  ): Promise<StoredWish[]>;
  /**
   * Removes wishes told `removed` whose window ended before `instant` (open-ended ones: last written
   * before it). Returns how many.
   */
  removeOlderThan(instant: number): Promise<number>;
}
