import type { Clock } from '../clock';
import { KisiTooLate } from './errors';
import { HeldSlot, type SlotUse } from './held-slot';
import type { ServerClock } from './server-clock';
import { SLOTS_PER_OWNER, type OwnerSlots, type SlotName, type SlotStore } from './slots';
import type { SlotPriority } from './types';

/**
 * The longest sleep between two looks at the slots. A slot rests for a second after its reply, so
 * that a look every 0.9 s sees each release of another process before the slot becomes free: no
 * more polling is needed to use every slot in time.
 */
const LOOK_EVERY_MS = 900;
/** How much longer than our sleep other processes shall know that an interactive call waits. */
const MARK_BEYOND_MS = 200;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface SlotRequest {
  priority: SlotPriority;
  use: SlotUse;
  deadline?: number | undefined;
  signal?: AbortSignal | undefined;
}

interface Waiter extends SlotRequest {
  give(slot: HeldSlot): void;
  fail(error: unknown): void;
}

/**
 * The calls of this process that wait for a slot of one owner: interactive before backlog, first
 * come first served within each.
 */
export class OwnerQueue {
  readonly #store: SlotStore;
  readonly #serverClock: ServerClock;
  readonly #clock: Clock;
  readonly #owner: string;
  readonly #onIdle: () => void;
  #waiters: Waiter[] = [];
  #serving = false;
  /** Set while a look is under way, so that a wake-up between look and sleep is not lost. */
  #lookNow = false;
  #endSleep: () => void = () => undefined;

  constructor(
    store: SlotStore,
    serverClock: ServerClock,
    clock: Clock,
    owner: string,
    onIdle: () => void,
  ) {
    this.#store = store;
    this.#serverClock = serverClock;
    this.#clock = clock;
    this.#owner = owner;
    this.#onIdle = onIdle;
  }

  /** Waits for a slot. */
  take(request: SlotRequest): Promise<HeldSlot> {
    return new Promise<HeldSlot>((resolve, reject) => {
      const { deadline, signal } = request;
      const leave = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
      };
      const waiter: Waiter = {
        ...request,
        give: (slot) => {
          leave();
          resolve(slot);
        },
        fail: (error) => {
          leave();
          reject(error instanceof Error ? error : new Error('aborted', { cause: error }));
        },
      };
      const onAbort = () => {
        waiter.fail(signal?.reason);
      };
      const left = deadline === undefined ? LONGEST_TIMER_MS : deadline - this.#clock.now();
      const tooLate = () => {
        waiter.fail(new KisiTooLate('The deadline passed while the call waited for its turn'));
      };
      const timer =
        deadline === undefined
          ? undefined
          : setTimeout(tooLate, Math.min(Math.max(left, 0), LONGEST_TIMER_MS));
      if (signal?.aborted === true) {
        onAbort();
        return;
      }
      if (left < 0) {
        tooLate();
        return;
      }
      signal?.addEventListener('abort', onAbort);
      this.#waiters.push(waiter);
      if (request.priority === 'interactive') this.wake();
      if (!this.#serving) void this.#serve();
    });
  }

  /** Looks at the slots now instead of at the end of the sleep. */
  wake(): void {
    this.#lookNow = true;
    this.#endSleep();
  }

  async #serve(): Promise<void> {
    this.#serving = true;
    try {
      while (this.#waiters.length > 0) {
        this.#lookNow = false;
        await this.#serverClock.sync();
        const slots = await this.#store.read(this.#owner);
        const wait = await this.#hand(slots);
        if (this.#waiters.length > 0) await this.#sleep(wait);
      }
    } catch (error) {
      // A store that fails is no outage of Kisi: it is told as what it is.
      for (const waiter of this.#waiters) waiter.fail(error);
    } finally {
      this.#serving = false;
      this.#onIdle();
    }
  }

  /** Gives free slots to waiters. Returns the ms until the next slot that a waiter may use is free. */
  async #hand({ slots, interactiveUntil }: OwnerSlots): Promise<number> {
    const freeAt = new Map<SlotName, number>(slots.map((slot) => [slot.name, slot.freeAt]));
    const othersWait = interactiveUntil > this.#serverClock.earliest();
    let nextFreeAt: number;
    for (;;) {
      const waiter = this.#next();
      if (waiter === undefined) return 0;
      const usable = usableSlots(waiter.priority, othersWait);
      const now = this.#serverClock.earliest();
      const free = usable.find((name) => (freeAt.get(name) ?? 0) <= now);
      if (free === undefined) {
        nextFreeAt = Math.min(...usable.map((name) => freeAt.get(name) ?? 0));
        break;
      }
      const slot = await HeldSlot.take(
        this.#store,
        this.#serverClock,
        this.#owner,
        free,
        waiter.use,
      );
      freeAt.set(free, Infinity);
      if (slot !== null) await this.#give(slot, waiter);
    }
    const untilFree = nextFreeAt - this.#serverClock.earliest();
    const wait = Math.min(Math.max(Math.ceil(untilFree), 1), LOOK_EVERY_MS);
    if (this.#next()?.priority === 'interactive') {
      const until = this.#serverClock.latest() + wait + MARK_BEYOND_MS;
      await this.#store.markInteractive(this.#owner, Math.ceil(until));
    }
    return wait;
  }

  /** The waiter may have left while its slot was taken; the slot then goes to the next look. */
  async #give(slot: HeldSlot, waiter: Waiter): Promise<void> {
    if (this.#waiters.includes(waiter)) waiter.give(slot);
    else await slot.release('unused');
  }

  #next(): Waiter | undefined {
    return this.#waiters.find((waiter) => waiter.priority === 'interactive') ?? this.#waiters[0];
  }

  async #sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endSleep = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#lookNow) this.#endSleep();
    });
  }
}

/**
 * Interactive calls use any slot, from the last one down. While one waits anywhere, backlog leaves
 * the last slot alone, so that a person never stands behind the whole backlog of all processes.
 */
function usableSlots(priority: SlotPriority, interactiveWaits: boolean): number[] {
  const all = [...Array(SLOTS_PER_OWNER).keys()];
  if (priority === 'interactive') return all.reverse();
  return interactiveWaits ? all.slice(0, -1) : all;
}
