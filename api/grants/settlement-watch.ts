import type { Grant } from '../../src/domain/grant';
import type { Store } from '../../src/store';

/** How often the read model is looked at while somebody waits: well under the idle p95 of 1 s. */
const LOOK_EVERY_MS = 50;

type WatchedGrants = Pick<Store['grants'], 'getMany'>;

/** A caller that is held until its grant is settled. */
interface Waiter {
  grantId: string;
  /** On the clock of `performance.now()`, ms. */
  deadline: number;
  answer: (latest: Grant | null) => void;
  fail: (error: unknown) => void;
}

/**
 * Waits for grants to be settled on behalf of all requests of a process: one query a look, however
 * many wait, so that a burst of requests does not slow down the very records that they wait for.
 * Nothing is read while nobody waits.
 */
export class SettlementWatch {
  readonly #grants: WatchedGrants;
  readonly #waiters = new Set<Waiter>();
  #isLooking = false;

  constructor(grants: WatchedGrants) {
    this.#grants = grants;
  }

  /**
   * Resolves with the stored grant once it is settled, or with what the first look after the deadline
   * shows; `null` where nothing is stored. Looks at least once, also when the deadline has passed.
   *
   * @param deadline on the clock of `performance.now()`, ms: it bounds how long a caller is held,
   *   whatever the injected clock says
   * @throws whatever the store throws
   */
  untilSettled(grantId: string, deadline: number): Promise<Grant | null> {
    return new Promise((answer, fail) => {
      this.#waiters.add({ grantId, deadline, answer, fail });
      if (!this.#isLooking) void this.#lookWhileAnyoneWaits();
    });
  }

  async #lookWhileAnyoneWaits(): Promise<void> {
    this.#isLooking = true;
    while (this.#waiters.size > 0) {
      await this.#look();
      if (this.#waiters.size > 0) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
      }
    }
    this.#isLooking = false;
  }

  /** Only those who waited when the look began are answered: of the others it has not asked. */
  async #look(): Promise<void> {
    const waiters = [...this.#waiters];
    try {
      const ids = new Set(waiters.map(({ grantId }) => grantId));
      const found = await this.#grants.getMany([...ids]);
      const latest = new Map(found.map((grant) => [grant.id, grant]));
      const now = performance.now();
      for (const waiter of waiters) {
        const grant = latest.get(waiter.grantId) ?? null;
        if (grant?.settled !== true && now < waiter.deadline) continue;
        this.#waiters.delete(waiter);
        waiter.answer(grant);
      }
    } catch (error) {
      for (const waiter of waiters) {
        this.#waiters.delete(waiter);
        waiter.fail(error);
      }
    }
  }
}

const watches = new WeakMap<WatchedGrants, SettlementWatch>();

/** The watch that all who wait for grants of this store share. */
export function settlementWatchOf(grants: WatchedGrants): SettlementWatch {
  const watch = watches.get(grants) ?? new SettlementWatch(grants);
  watches.set(grants, watch);
  return watch;
}
