/** The sliding second of Kisi's limit. */
const windowMs = 1000;

/** Lets a number of calls per key through in any sliding second. Refused calls do not count. */
export class SlidingWindow {
  readonly #accepted = new Map<string, number[]>();

  /**
   * Takes a place for a call at `now` (ms).
   *
   * @returns 0 when it may pass, else the ms after which the next one may
   */
  take(key: string, limit: number, now: number): number {
    const recent = (this.#accepted.get(key) ?? []).filter((at) => now - at < windowMs);
    this.#accepted.set(key, recent);
    const oldest = recent.at(-limit);
    if (oldest !== undefined) return oldest + windowMs - now;
    recent.push(now);
    return 0;
  }

  clear(): void {
    this.#accepted.clear();
  }
}
