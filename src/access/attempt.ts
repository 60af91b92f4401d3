import { systemClock } from '../clock';
import type { CallOptions } from '../kisi';

/** What must follow at once on another call needs this much time left when that one is sent. */
const FOLLOW_UP_MS = 3_000;

/** A send may begin this long after its attempt began, limiter wait included (design: ages). */
const YOUNG_MS = 8_000;

/**
 * The age of one activity attempt. An old attempt sends nothing more: Temporal may have given its
 * work to another worker by then, and two writers could undo each other. With the HTTP timeout of
 * 8 s an attempt is over well within its startToClose of 30 s. Measured on the machine's own clock.
 */
export class Attempt {
  readonly #deadline = systemClock.now() + YOUNG_MS;

  get isYoung(): boolean {
    return systemClock.now() < this.#deadline;
  }

  /** Options for every call of this attempt. */
  get call(): CallOptions {
    return { deadline: this.#deadline };
  }

  /** Options for a call that another must follow. */
  get callEarly(): CallOptions {
    return { deadline: this.#deadline - FOLLOW_UP_MS };
  }
}
