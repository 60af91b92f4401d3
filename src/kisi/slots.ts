/**
 * The slots through which calls to Kisi pass. Kisi allows 5 requests a second per user (documented
 * by Kisi; the kind of window is not). A slot carries one request and is free again one second
 * after its reply, so of any six requests two used the same slot and lie more than a second apart.
 */

/** Kisi's limit: requests a second for each user. */
export const SLOTS_PER_OWNER = 5;

/** A slot `0`..`4`, or the turn that whoever collects several slots at once has to take first. */
export type SlotName = number | 'turn';

export interface SlotState {
  name: SlotName;
  /** Server time in ms from which the slot may be taken. */
  freeAt: number;
}

export interface OwnerSlots {
  /** Slots that were ever used; a slot that is not listed is free. */
  slots: readonly SlotState[];
  /** Server time in ms up to which some process has an interactive call waiting; 0 if none. */
  interactiveUntil: number;
}

/**
 * Shared memory of all processes that call Kisi. Each write is one atomic operation on one record.
 * All times are the store's own clock in ms, so that machines need not agree on theirs.
 */
export interface SlotStore {
  /** The store's clock, in whole ms (rounded down). */
  serverTime(): Promise<number>;
  read(owner: string): Promise<OwnerSlots>;
  /** Takes the slot until `until` if it is free at `now`. False: somebody else has it. */
  take(
    owner: string,
    slot: SlotName,
    lease: { token: string; now: number; until: number },
  ): Promise<boolean>;
  /** Moves the end of a lease, earlier or later, if this token still has it. False: it does not. */
  setFreeAt(
    owner: string,
    slot: SlotName,
    lease: { token: string; freeAt: number },
  ): Promise<boolean>;
  /** Says that an interactive call waits, up to `until`; never shortens what others said. */
  markInteractive(owner: string, until: number): Promise<void>;
}
