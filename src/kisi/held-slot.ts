import { randomUUID } from 'node:crypto';
import type { ServerClock } from './server-clock';
import type { SlotName, SlotStore } from './slots';

/** Kisi's limit is per second; a slot rests this long after its reply. */
const REST_MS = 1_000;
/** Room for clocks that are read in whole milliseconds, ours and Kisi's. */
const SAFETY_MS = 10;
/** A slot that was taken must be used within this time, connecting included in the timeout. */
const SEND_WITHIN_MS = 2_000;

/** How long a slot is needed: until its send, then the longest time to a reply or timeout. */
export interface SlotUse {
  sendWithinMs: number;
  timeoutMs: number;
}

export function slotUse(count: number, timeoutMs: number): SlotUse {
  // Of several slots the last is used after all others had their reply.
  return { sendWithinMs: SEND_WITHIN_MS + (count - 1) * timeoutMs, timeoutMs };
}

/**
 * One slot in our hands. It is a lease: when this process dies, the slot becomes free by time, one
 * second after the last moment at which a request of ours could still have been under way.
 */
export class HeldSlot {
  readonly #store: SlotStore;
  readonly #clock: ServerClock;
  readonly #owner: string;
  readonly #name: SlotName;
  readonly #token: string;
  #sendUntil: number;

  private constructor(
    store: SlotStore,
    clock: ServerClock,
    owner: string,
    name: SlotName,
    token: string,
    sendUntil: number,
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#owner = owner;
    this.#name = name;
    this.#token = token;
    this.#sendUntil = sendUntil;
  }

  /** Null: somebody else was faster. */
  static async take(
    store: SlotStore,
    clock: ServerClock,
    owner: string,
    name: SlotName,
    use: SlotUse,
  ): Promise<HeldSlot | null> {
    const token = randomUUID();
    const sendUntil = clock.latest() + use.sendWithinMs;
    const taken = await store.take(owner, name, {
      token,
      now: Math.floor(clock.earliest()),
      until: leaseEnd(sendUntil, use),
    });
    return taken ? new HeldSlot(store, clock, owner, name, token, sendUntil) : null;
  }

  /** False once the lease may be too short for a send that starts now. */
  maySend(): boolean {
    return this.#clock.latest() <= this.#sendUntil;
  }

  /** Starts the lease anew. False: it ran out and somebody else took the slot. */
  async renew(use: SlotUse): Promise<boolean> {
    const sendUntil = this.#clock.latest() + use.sendWithinMs;
    const renewed = await this.#store.setFreeAt(this.#owner, this.#name, {
      token: this.#token,
      freeAt: leaseEnd(sendUntil, use),
    });
    if (renewed) this.#sendUntil = sendUntil;
    return renewed;
  }

  /** If the lease ran out and the slot is somebody else's by now, nothing is changed. */
  async release(use: 'sent' | 'unused'): Promise<void> {
    const freeAt = use === 'unused' ? 0 : Math.ceil(this.#clock.latest()) + REST_MS + SAFETY_MS;
    await this.#store.setFreeAt(this.#owner, this.#name, { token: this.#token, freeAt });
  }
}

function leaseEnd(sendUntil: number, { timeoutMs }: SlotUse): number {
  return Math.ceil(sendUntil) + timeoutMs + REST_MS + SAFETY_MS;
}
