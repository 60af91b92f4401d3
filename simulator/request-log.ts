import { z } from 'zod';

/** One call that reached the simulated Kisi. */
export interface RequestEntry {
  /** Rises by one per call. */
  sequence: number;
  /** When it arrived, by the simulator's clock (ISO 8601, ms). */
  time: string;
  /** When it arrived, by the base clock, which no test moves (ms UTC): what the rate is judged by. */
  arrivedAt: number;
  /** When it was answered or dropped, by the base clock (ms UTC); null while it is open. */
  endedAt: number | null;
  method: string;
  path: string;
  /** Without the question mark. */
  query: string;
  /** User id of the owner of the login that was presented; null without a valid one. */
  keyOwnerId: number | null;
  organizationId: number | null;
  /** What the caller was told; null while the call is open and when it got no answer. */
  status: number | null;
  /** Whether the operation ran, whatever the caller was told, and the status it ended with. */
  doneStatus: number | null;
  outcome: 'open' | 'answered' | 'dropped';
  /** The scripted fault that hit it. */
  faultId: number | null;
  /** `X-Kisi-Integration-Identifier` and `-Contact`, which Kisi asks of partners. */
  integrationIdentifier: string | null;
  integrationContact: string | null;
}

/** An instant from which on to show calls: ms UTC or ISO 8601, by the simulator's clock. */
export const sinceInput = z.union([
  z.coerce.number().int().nonnegative(),
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
]);

/** Enough for an hour at the rate limit of several organizations. */
const entriesKept = 100_000;

/** Remembers each call, so that tests can count them and judge their rate. */
export class RequestLog {
  #entries: RequestEntry[] = [];
  #sequence = 0;

  begin(
    call: Pick<
      RequestEntry,
      | 'time'
      | 'arrivedAt'
      | 'method'
      | 'path'
      | 'query'
      | 'integrationIdentifier'
      | 'integrationContact'
    >,
  ): RequestEntry {
    this.#sequence += 1;
    const entry: RequestEntry = {
      ...call,
      sequence: this.#sequence,
      endedAt: null,
      keyOwnerId: null,
      organizationId: null,
      status: null,
      doneStatus: null,
      outcome: 'open',
      faultId: null,
    };
    this.#entries.push(entry);
    // Trimmed in blocks, so that not every call copies the list.
    if (this.#entries.length > entriesKept * 1.1) this.#entries = this.#entries.slice(-entriesKept);
    return entry;
  }

  /** Copies of the calls that arrived at `since` (ms UTC, simulator's clock) or later, oldest first. */
  since(since = -Infinity): RequestEntry[] {
    return this.#entries.filter((e) => Date.parse(e.time) >= since).map((e) => ({ ...e }));
  }

  clear(): void {
    this.#entries = [];
  }
}
