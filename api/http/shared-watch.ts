/** How often is looked while somebody waits: well under the idle p95 of 1 s. */
const LOOK_EVERY_MS = 50;

/** A caller that is held until the record is as it waits for. */
interface Waiter<Item> {
  id: string;
  isEnough: (item: Item) => boolean;
  /** On the clock of `performance.now()`, ms. */
  deadline: number;
  answer: (latest: Item | null) => void;
  fail: (error: unknown) => void;
}

/**
 * Waits for records to change on behalf of all requests of a process: one query a look, however many
 * wait, so that a burst of requests does not slow down the very records that they wait for. Nothing
 * is read while nobody waits.
 */
export class SharedWatch<Item extends { id: string }> {
  readonly #read: (ids: string[]) => Promise<Item[]>;
  readonly #waiters = new Set<Waiter<Item>>();
  #isLooking = false;

  /** @param read answers those of these records that exist */
  constructor(read: (ids: string[]) => Promise<Item[]>) {
    this.#read = read;
  }

  /**
   * Resolves with the stored record once it is enough, or with what the first look after the deadline
   * shows; `null` where nothing is stored. Looks at least once, also when the deadline has passed.
   *
   * @param deadline on the clock of `performance.now()`, ms: it bounds how long a caller is held,
   *   whatever the injected clock says
   * @throws whatever reading throws
   */
  until(id: string, isEnough: (item: Item) => boolean, deadline: number): Promise<Item | null> {
    return new Promise((answer, fail) => {
      this.#waiters.add({ id, isEnough, deadline, answer, fail });
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
      const found = await this.#read([...new Set(waiters.map(({ id }) => id))]);
      const latest = new Map(found.map((item) => [item.id, item]));
      const now = performance.now();
      for (const waiter of waiters) {
        const item = latest.get(waiter.id) ?? null;
        const isEnough = item !== null && waiter.isEnough(item);
        if (!isEnough && now < waiter.deadline) continue;
        this.#waiters.delete(waiter);
        waiter.answer(item);
      }
    } catch (error) {
      for (const waiter of waiters) {
        this.#waiters.delete(waiter);
        waiter.fail(error);
      }
    }
  }
}
