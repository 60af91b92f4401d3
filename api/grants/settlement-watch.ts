import type { Grant } from '../../src/domain/grant';
import type { Store } from '../../src/store';
import { SharedWatch } from '../http/shared-watch';

type WatchedGrants = Pick<Store['grants'], 'getMany'>;

/** Waits for grants to be settled on behalf of all requests of a process; see `SharedWatch`. */
export class SettlementWatch {
  readonly #watch: SharedWatch<Grant>;

  constructor(grants: WatchedGrants) {
    this.#watch = new SharedWatch((ids) => grants.getMany(ids));
  }

  /**
   * Resolves with the stored grant once it is settled, or with what the first look after the deadline
   * shows; `null` where nothing is stored. Looks at least once, also when the deadline has passed.
   *
   * @param deadline on the clock of `performance.now()`, ms
   * @throws whatever the store throws
   */
  untilSettled(grantId: string, deadline: number): Promise<Grant | null> {
    return this.until(grantId, ({ settled }) => settled, deadline);
  }

  /** The same for whoever knows better what the grant is to be. */
  until(
    grantId: string,
    isEnough: (grant: Grant) => boolean,
    deadline: number,
  ): Promise<Grant | null> {
    return this.#watch.until(grantId, isEnough, deadline);
  }
}

const watches = new WeakMap<WatchedGrants, SettlementWatch>();

/** The watch that all who wait for grants of this store share. */
export function settlementWatchOf(grants: WatchedGrants): SettlementWatch {
  const watch = watches.get(grants) ?? new SettlementWatch(grants);
  watches.set(grants, watch);
  return watch;
}
