import type { SlotPriority } from './types';

export interface PermitRequest {
  /** The buckets to take one slot of each, normally one. */
  owners: readonly string[];
  /** How many permits to collect before any of them is given. Default 1. */
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
  /** Gives the slot back: one second after now if the request was `sent`, at once if not. */
  release(use: 'sent' | 'unused'): Promise<void>;
}

/** Spaces the requests of all processes so that no sliding second holds more than five per owner. */
export interface KisiLimiter {
  /**
   * Waits for `count` permits.
   * @throws KisiTooLate when the deadline passes first; the signal's reason when it aborts;
   *   KisiError `unavailable` when the slots cannot be read.
   */
  acquire(request: PermitRequest): Promise<Permit[]>;
}
