import type { Store } from '../store';

/** How often what was counted is written: one write for many requests. */
const WRITE_EVERY_MS = 2_000;

/**
 * Counts the requests to each Kisi organization. What a process that is killed has not written yet is
 * lost, which a count for people can bear; and a database that is away keeps no request from going.
 */
export class RequestCounter {
  readonly #requests: Store['kisiRequests'];
  #counts = new Map<string, { organizationId: number; at: number; count: number }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(requests: Store['kisiRequests']) {
    this.#requests = requests;
  }

  /** @param at ms since the epoch, UTC */
  count(organizationId: number, at: number): void {
    const key = `${String(organizationId)}:${String(Math.floor(at / 60_000))}`;
    const known = this.#counts.get(key) ?? { organizationId, at, count: 0 };
    known.count += 1;
    this.#counts.set(key, known);
    this.#timer ??= setTimeout(() => void this.write(), WRITE_EVERY_MS).unref();
  }

  /** Writes at once what was counted. */
  async write(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counts = this.#counts;
    this.#counts = new Map();
    await Promise.allSettled(
      [...counts.values()].map(({ organizationId, at, count }) =>
        this.#requests.add(organizationId, at, count),
      ),
    );
  }
}
