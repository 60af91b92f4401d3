/**
 * What a failed call says about Kisi:
 *  - `configuration`: 401/403, the key is bad, expired or has lost its rights; not this call's fault.
 *  - `refused`: 400, 422 and other 4xx; repeating the same request cannot help.
 *  - `missing`: 404. `duplicate`: 409, the record exists already.
 *  - `throttled`: 429, nothing was done; `retryAfterMs` is the wait that Kisi asks for, if any.
 *  - `unavailable`: nothing was done, or only read; safe to repeat.
 *  - `lost_reply`: a write whose outcome is unknown; resolve it by reading.
 *  - `too_late`: the deadline passed before the send; nothing was sent.
 *  - `stopped`: a person has stopped such calls (emergency stop); nothing was sent.
 *  - `unexpected_answer`: an answer outside the contract.
 */
export type KisiErrorKind =
  | 'configuration'
  | 'refused'
  | 'missing'
  | 'duplicate'
  | 'throttled'
  | 'unavailable'
  | 'lost_reply'
  | 'too_late'
  | 'stopped'
  | 'unexpected_answer';

interface KisiErrorDetails {
  /** HTTP status, null where there was no answer. */
  status?: number;
  /** Kisi's own code (`000409`, or a domain code such as `f35ade`). */
  code?: string;
  /** Field name to messages, from a 422. */
  fields?: Readonly<Record<string, readonly string[]>>;
  /** The text of the answer, bounded and without e-mail addresses. */
  body?: string;
  cause?: unknown;
}

/** The base of all errors of the client. Messages hold route templates and codes, never ids, keys or e-mails. */
export class KisiError extends Error {
  readonly kind: KisiErrorKind;
  readonly status: number | null;
  readonly code: string | null;
  readonly fields: Readonly<Record<string, readonly string[]>>;
  readonly body: string | null;

  constructor(kind: KisiErrorKind, message: string, details: KisiErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'KisiError';
    this.kind = kind;
    this.status = details.status ?? null;
    this.code = details.code ?? null;
    this.fields = details.fields ?? {};
    this.body = details.body ?? null;
  }

  /** True where a write may have been done at Kisi although the call failed. */
  get outcomeUnknown(): boolean {
    return this.kind === 'lost_reply';
  }
}

/** 429. */
export class KisiThrottled extends KisiError {
  /** Milliseconds that Kisi asks to wait; null where it does not say. */
  readonly retryAfterMs: number | null;

  constructor(message: string, retryAfterMs: number | null, details: KisiErrorDetails) {
    super('throttled', message, details);
    this.name = 'KisiThrottled';
    this.retryAfterMs = retryAfterMs;
  }
}

/** The deadline passed before the send. */
export class KisiTooLate extends KisiError {
  constructor(message: string) {
    super('too_late', message);
    this.name = 'KisiTooLate';
  }
}

/** An emergency stop holds such calls back; nothing was sent. */
export class KisiStopped extends KisiError {
  constructor(message: string) {
    super('stopped', message);
    this.name = 'KisiStopped';
  }
}

/** An answer outside the contract; after a write this leaves open what Kisi did. */
export class KisiUnexpectedAnswer extends KisiError {
  readonly #afterWrite: boolean;

  constructor(message: string, afterWrite: boolean, details: KisiErrorDetails = {}) {
    super('unexpected_answer', message, details);
    this.name = 'KisiUnexpectedAnswer';
    this.#afterWrite = afterWrite;
  }

  override get outcomeUnknown(): boolean {
    return this.#afterWrite;
  }
}
