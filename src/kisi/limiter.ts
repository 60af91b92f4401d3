import { systemClock, type Clock } from '../clock';
import { KisiTooLate } from './errors';
import { HeldSlot, slotUse } from './held-slot';
import { OwnerQueue } from './owner-queue';
import { ServerClock } from './server-clock';
import { SLOTS_PER_OWNER, type SlotStore } from './slots';
import type { SlotPriority } from './types';

export interface PermitRequest {
  /** The buckets to take one slot of each, normally one. */
  owners: readonly string[];
  /** How many permits to collect before any of them is given. Default 1, at most 4. */
  count?: number;
  priority: SlotPriority;
  /** Milliseconds since the epoch after which waiting ends with `KisiTooLate`. */
  deadline?: number;
  signal?: AbortSignal;
  /** The longest time in ms from the send to the reply or its timeout. */
  timeoutMs: number;
}

/** The right to send one request to Kisi. */
export interface Permit {
  /**
   * True while the slot is still surely ours, also after a long stall of this process. Synchronous,
   * so that it can be asked right before the bytes go out.
   */
  maySend(): boolean;
  /** Gives the slot back: free one second after now if the request was `sent`, at once if not. */
  release(use: 'sent' | 'unused'): Promise<void>;
}

/** Spaces the requests of all processes so that no sliding second holds more than five per owner. */
export interface KisiLimiter {
  /**
   * Waits for `count` permits.
   * @throws KisiTooLate when the deadline passes first; the signal's reason when it aborts;
   *   what the store throws when the slots cannot be read, which says nothing of Kisi.
   */
  acquire(request: PermitRequest): Promise<Permit[]>;
}

/** How long one process may collect several slots before another may begin to. */
const TURN_MS = 30_000;
const TURN_LOOK_MS = 100;

/** A limiter that shares its slots with every process that uses the same store. */
export function createKisiLimiter(options: { store: SlotStore; clock?: Clock }): KisiLimiter {
  return new SlotLimiter(options.store, options.clock ?? systemClock);
}

class SlotLimiter implements KisiLimiter {
  readonly #store: SlotStore;
  readonly #clock: Clock;
  readonly #serverClock: ServerClock;
  readonly #queues = new Map<string, OwnerQueue>();

  constructor(store: SlotStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#serverClock = new ServerClock(() => store.serverTime(), clock);
  }

  async acquire(request: PermitRequest): Promise<Permit[]> {
    const count = request.count ?? 1;
    // The order is the same for everyone, so that two callers never wait for each other's slot.
    const owners = [...new Set(request.owners)].sort();
    if (owners.length === 0) throw new RangeError('a permit needs at least one owner');
    if (!Number.isInteger(count) || count < 1 || count >= SLOTS_PER_OWNER) {
      throw new RangeError(`count must be 1 to ${SLOTS_PER_OWNER - 1}`);
    }
    for (;;) {
      const held = await this.#collectAll(owners, count, request);
      if (held !== null) return held;
    }
  }

  /** Null: a slot that was taken early ran out while the others were waited for. */
  async #collectAll(
    owners: readonly string[],
    count: number,
    request: PermitRequest,
  ): Promise<Permit[] | null> {
    const held: { owner: string; slots: HeldSlot[] }[] = [];
    const releaseAll = () =>
      Promise.allSettled(
        held.flatMap(({ owner, slots }) =>
          slots.map((slot) => this.#release(owner, slot, 'unused')),
        ),
      );
    try {
      for (const owner of owners) {
        const slots: HeldSlot[] = [];
        held.push({ owner, slots });
        await this.#collect(owner, count, request, slots);
      }
      if (owners.length * count > 1) {
        const use = slotUse(count, request.timeoutMs);
        const renewals = held.flatMap(({ slots }) => slots.map((slot) => slot.renew(use)));
        if ((await Promise.all(renewals)).includes(false)) {
          await releaseAll();
          return null;
        }
      }
    } catch (error) {
      await releaseAll();
      throw error;
    }
    return [...Array(count).keys()].map((index) => this.#permit(held, index));
  }

  async #collect(
    owner: string,
    count: number,
    request: PermitRequest,
    into: HeldSlot[],
  ): Promise<void> {
    const { priority, deadline, signal } = request;
    const use = slotUse(count, request.timeoutMs);
    // Two callers who each hold a few slots and wait for more could wait for ever.
    const turn = count > 1 ? await this.#takeTurn(owner, request) : null;
    try {
      while (into.length < count) {
        into.push(await this.#queue(owner).take({ priority, use, deadline, signal }));
      }
    } finally {
      await turn?.release('unused');
    }
  }

  async #takeTurn(owner: string, { deadline, signal }: PermitRequest): Promise<HeldSlot> {
    for (;;) {
      signal?.throwIfAborted();
      if (deadline !== undefined && this.#clock.now() > deadline) {
        throw new KisiTooLate('The deadline passed while the call waited for its turn');
      }
      const turn = await this.#tryTurn(owner);
      if (turn !== null) return turn;
      await new Promise((resolve) => setTimeout(resolve, TURN_LOOK_MS));
    }
  }

  async #tryTurn(owner: string): Promise<HeldSlot | null> {
    await this.#serverClock.sync();
    const use = { sendWithinMs: TURN_MS, timeoutMs: 0 };
    return HeldSlot.take(this.#store, this.#serverClock, owner, 'turn', use);
  }

  #permit(held: readonly { owner: string; slots: readonly HeldSlot[] }[], index: number): Permit {
    const mine = held.flatMap(({ owner, slots }) => {
      const slot = slots[index];
      return slot === undefined ? [] : [{ owner, slot }];
    });
    return {
      maySend: () => mine.every(({ slot }) => slot.maySend()),
      release: async (use) => {
        await Promise.all(mine.map(({ owner, slot }) => this.#release(owner, slot, use)));
      },
    };
  }

  async #release(owner: string, slot: HeldSlot, use: 'sent' | 'unused'): Promise<void> {
    await slot.release(use);
    if (use === 'unused') this.#queues.get(owner)?.wake();
  }

  #queue(owner: string): OwnerQueue {
    const existing = this.#queues.get(owner);
    if (existing !== undefined) return existing;
    const queue = new OwnerQueue(this.#store, this.#serverClock, this.#clock, owner, () => {
      if (this.#queues.get(owner) === queue) this.#queues.delete(owner);
    });
    this.#queues.set(owner, queue);
    return queue;
  }
}
