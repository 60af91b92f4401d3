import type { Clock } from '../clock';

/** A new estimate is made when the last one is older than this. */
const FRESH_FOR_MS = 10_000;
/** Clocks are taken to run at most this much apart (0.1 %; NTP slews by at most 0.05 %). */
const LARGEST_DRIFT = 0.001;
/** More than this between the monotonic and the wall clock means a step or a suspended machine. */
const LARGEST_STEP_MS = 50;
const SAMPLES = 4;

interface Estimate {
  monotonic: number;
  wall: number;
  /** Server time at that moment was surely within these bounds. */
  low: number;
  high: number;
}

/**
 * The clock of the slot store as bounds: at any moment the store's time is surely between
 * `earliest()` and `latest()`. Whoever asks whether a slot is free takes the earliest, whoever says
 * when it becomes free takes the latest, so that neither a slow network nor clocks that differ
 * between machines can shorten a second. Both local clocks are used, because each stands still
 * where the other does not: the monotonic one while a machine is suspended, the wall clock when it
 * is set back.
 */
export class ServerClock {
  readonly #readServerTime: () => Promise<number>;
  readonly #wall: Clock;
  #estimate: Estimate | null = null;
  #syncing: Promise<void> | null = null;

  constructor(readServerTime: () => Promise<number>, wall: Clock) {
    this.#readServerTime = readServerTime;
    this.#wall = wall;
  }

  /** Makes an estimate if there is none that is fresh. `earliest` and `latest` need one. */
  async sync(): Promise<void> {
    if (this.#isFresh()) return;
    this.#syncing ??= this.#measure().finally(() => {
      this.#syncing = null;
    });
    await this.#syncing;
  }

  /** Server time in ms is at least this. */
  earliest(): number {
    const { low, shortest, drift } = this.#sinceEstimate();
    return low + shortest - drift;
  }

  /** Server time in ms is at most this. */
  latest(): number {
    const { high, longest, drift } = this.#sinceEstimate();
    return high + longest + drift;
  }

  #isFresh(): boolean {
    if (this.#estimate === null) return false;
    const { shortest, longest } = this.#sinceEstimate();
    return longest < FRESH_FOR_MS && longest - shortest < LARGEST_STEP_MS;
  }

  #sinceEstimate() {
    const estimate = this.#estimate;
    if (estimate === null) throw new Error('the server clock was read before its first sync');
    const monotonic = performance.now() - estimate.monotonic;
    // The wall clock has whole milliseconds, so that its differences are off by up to one.
    const wall = this.#wall.now() - estimate.wall;
    const longest = Math.max(monotonic, wall + 1);
    return {
      low: estimate.low,
      high: estimate.high,
      shortest: Math.min(monotonic, wall - 1),
      longest,
      drift: longest * LARGEST_DRIFT,
    };
  }

  /** Takes what all samples agree on; where they do not, the server's clock stepped: the last one. */
  async #measure(): Promise<void> {
    let best: Estimate | null = null;
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const before = performance.now();
      const serverTime = await this.#readServerTime();
      const monotonic = performance.now();
      const elapsed = monotonic - before;
      // The answer is cut to whole ms and was true at some moment between question and answer.
      const next = {
        monotonic,
        wall: this.#wall.now(),
        low: serverTime,
        high: serverTime + 1 + elapsed,
      };
      best = best === null ? next : intersect(best, next);
    }
    this.#estimate = best;
  }
}

function intersect(earlier: Estimate, later: Estimate): Estimate {
  const passed = later.monotonic - earlier.monotonic;
  const low = Math.max(earlier.low + passed, later.low);
  const high = Math.min(earlier.high + passed, later.high);
  return low <= high ? { ...later, low, high } : later;
}
