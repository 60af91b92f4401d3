import { SLOTS_PER_OWNER, type SlotName, type SlotStore } from '../../src/kisi/slots';

interface MemorySlot {
  token: string;
  freeAt: number;
}

/** The slots in memory: for one process only, with the same rules as in MongoDB. */
export class MemorySlots implements SlotStore {
  readonly #slots = new Map<string, MemorySlot>();
  readonly #marks = new Map<string, number>();
  readonly #skewMs: number;
  /** Counts per operation, to judge how much polling there is. */
  readonly counts = { read: 0, take: 0, setFreeAt: 0 };

  /** @param skewMs how far the store's clock is ahead of this machine's. */
  constructor({ skewMs = 0 }: { skewMs?: number } = {}) {
    this.#skewMs = skewMs;
  }

  serverTime() {
    return Promise.resolve(Math.floor(Date.now() + this.#skewMs));
  }

  read(owner: string) {
    this.counts.read += 1;
    const slots = [...Array(SLOTS_PER_OWNER).keys()].flatMap((name) => {
      const slot = this.#slots.get(`${owner}#${name}`);
      return slot === undefined ? [] : [{ name, freeAt: slot.freeAt }];
    });
    return Promise.resolve({ slots, interactiveUntil: this.#marks.get(owner) ?? 0 });
  }

  take(owner: string, slot: SlotName, lease: { token: string; now: number; until: number }) {
    this.counts.take += 1;
    const current = this.#slots.get(`${owner}#${slot}`);
    if (current !== undefined && current.freeAt > lease.now) return Promise.resolve(false);
    this.#slots.set(`${owner}#${slot}`, { token: lease.token, freeAt: lease.until });
    return Promise.resolve(true);
  }

  setFreeAt(owner: string, slot: SlotName, lease: { token: string; freeAt: number }) {
    this.counts.setFreeAt += 1;
    const current = this.#slots.get(`${owner}#${slot}`);
    if (current?.token !== lease.token) return Promise.resolve(false);
    current.freeAt = lease.freeAt;
    return Promise.resolve(true);
  }

  markInteractive(owner: string, until: number) {
    this.#marks.set(owner, Math.max(until, this.#marks.get(owner) ?? 0));
    return Promise.resolve();
  }
}
