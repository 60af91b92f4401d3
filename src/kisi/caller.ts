import { type z } from 'zod';
import type { Clock } from '../clock';
import { errorForAnswer, readAnswer, type CallName } from './answers';
import { KisiError, KisiTooLate } from './errors';
import type { Http, HttpOutcome, HttpRequest } from './http';
import type { KisiLimiter, Permit } from './limiter';
import type { CallOptions, KisiCall } from './types';
import { sharedLeave, writeKindOf, type WriteGate } from './write-gate';

export interface CallerOptions {
  http: Http;
  limiter: KisiLimiter;
  apiKey: string;
  owners: readonly string[];
  /** Required of Kisi's integration partners: who is calling, and whom to write to. */
  integrator: { name: string; contact: string };
  timeoutMs: number;
  clock: Clock;
  onCall: (call: KisiCall) => void;
  /** Without one every call may be sent. */
  writeGate?: WriteGate;
}

export interface CallRequest {
  method: HttpRequest['method'];
  /** Template without ids, for errors and metrics. */
  route: string;
  /** Values for the template's `:id`. */
  id?: number;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  /** A login other than the API key, with its own limiter bucket. */
  as?: { secret: string; owner: string };
}

export type Answer = Extract<HttpOutcome, { is: 'answer' }>;

/** Slots that were taken ahead for the next calls with the API key. */
export type ReservedPermits = Permit[];

/** A slot that went stale before the send (this process stood still) is replaced; not for ever. */
const MOST_STALE_SLOTS = 3;

/**
 * Sends single calls: slot, request, report, error mapping.
 */
export class Caller {
  readonly #options: CallerOptions;
  readonly #reserved: ReservedPermits;

  constructor(options: CallerOptions, reserved: ReservedPermits = []) {
    this.#options = options;
    this.#reserved = reserved;
  }

  /** A caller that uses these permits before it asks for new ones, for calls that belong together. */
  withReserved(reserved: ReservedPermits): Caller {
    const { writeGate } = this.#options;
    const shared = writeGate && { writeGate: sharedLeave(writeGate) };
    return new Caller({ ...this.#options, ...shared }, reserved);
  }

  acquire(count: number, call: CallOptions): Promise<Permit[]> {
    return this.#acquire(this.#options.owners, count, call);
  }

  /** @throws KisiError for every answer that is not 2xx, and where there is none. */
  async send(request: CallRequest, call: CallOptions): Promise<Answer> {
    const name: CallName = { method: request.method, route: request.route };
    const startedAt = performance.now();
    for (let attempt = 0; attempt < MOST_STALE_SLOTS; attempt += 1) {
      const permit = await this.#permitFor(request, call);
      const mayWrite = await this.#leaveFor(permit, request, call);
      const sentAt = performance.now();
      const outcome = await this.#sendWith(permit, request, call, mayWrite);
      if (outcome.is === 'not_sent' && outcome.because === 'stale') {
        this.#refuseLate(name, call);
        continue;
      }
      this.#report(name, call, outcome, sentAt - startedAt, performance.now() - sentAt);
      return this.#answerOf(name, outcome, call);
    }
    // This process stood still; that says nothing of Kisi.
    throw new KisiTooLate(`Nothing was sent: slots went stale: ${label(name)}`);
  }

  /** As `send`, and reads the body. */
  async read<T>(request: CallRequest, schema: z.ZodType<T>, call: CallOptions): Promise<T> {
    const answer = await this.send(request, call);
    return readAnswer(request, schema, answer.status, answer.text);
  }

  async #permitFor(request: CallRequest, call: CallOptions): Promise<Permit> {
    const reserved = request.as === undefined ? this.#reserved.shift() : undefined;
    if (reserved !== undefined) return reserved;
    const owners = request.as === undefined ? this.#options.owners : [request.as.owner];
    const [permit] = await this.#acquire(owners, 1, call);
    if (permit === undefined) throw new Error('the limiter gave no permit');
    return permit;
  }

  /** Asked last, with the slot in hand: whatever waited at the limiter must not slip through a stop. */
  async #leaveFor(permit: Permit, request: CallRequest, call: CallOptions): Promise<() => boolean> {
    const kind = writeKindOf(request, call);
    const { writeGate } = this.#options;
    if (kind === null || writeGate === undefined) return () => true;
    try {
      return await writeGate(kind);
    } catch (error) {
      await permit.release('unused').catch(() => {
        // The lease in the store frees the slot by itself.
      });
      throw error;
    }
  }

  #acquire(owners: readonly string[], count: number, call: CallOptions): Promise<Permit[]> {
    return this.#options.limiter.acquire({
      owners,
      count,
      priority: call.priority ?? 'backlog',
      timeoutMs: this.#options.timeoutMs,
      ...(call.deadline !== undefined && { deadline: call.deadline }),
      ...(call.signal && { signal: call.signal }),
    });
  }

  async #sendWith(
    permit: Permit,
    request: CallRequest,
    call: CallOptions,
    mayWrite: () => boolean,
  ): Promise<HttpOutcome> {
    let released: Promise<void> | undefined;
    const release = (use: 'sent' | 'unused') => {
      released ??= permit.release(use).catch(() => {
        // The lease in the store frees the slot by itself; the answer of Kisi matters more.
      });
    };
    const outcome = await this.#options.http.send(this.#toHttp(request), {
      timeoutMs: this.#options.timeoutMs,
      maySend: () => permit.maySend() && mayWrite() && !this.#isLate(call),
      onReply: () => {
        release('sent');
      },
      ...(call.signal && { signal: call.signal }),
    });
    release(outcome.is === 'not_sent' ? 'unused' : 'sent');
    return outcome;
  }

  #toHttp(request: CallRequest): HttpRequest {
    const { apiKey, integrator } = this.#options;
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(request.query ?? {})) {
      if (value !== undefined) query.set(name, String(value));
    }
    const path = request.route.replace(':id', String(request.id));
    return {
      method: request.method,
      path: query.size > 0 ? `${path}?${query.toString()}` : path,
      headers: {
        authorization: `KISI-LOGIN ${request.as?.secret ?? apiKey}`,
        accept: 'application/json',
        'content-type': 'application/json',
        'x-kisi-integration-identifier': integrator.name,
        ...(integrator.contact && { 'x-kisi-integration-contact': integrator.contact }),
      },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    };
  }

  #answerOf(name: CallName, outcome: HttpOutcome, call: CallOptions): Answer {
    if (outcome.is === 'answer') {
      if (outcome.status >= 200 && outcome.status < 300) return outcome;
      throw errorForAnswer(
        name,
        outcome.status,
        outcome.text,
        outcome.header('retry-after'),
        this.#options.clock.now(),
      );
    }
    const details = { cause: outcome.cause };
    if (outcome.is === 'lost' && name.method !== 'GET') {
      const why = `${outcome.because}: ${label(name)}`;
      throw new KisiError('lost_reply', `Unknown outcome, ${why}`, details);
    }
    // Nothing was sent, or nothing but a read: cancellation may pass through as what it is.
    if (outcome.because === 'aborted') call.signal?.throwIfAborted();
    throw new KisiError('unavailable', `No answer, ${outcome.because}: ${label(name)}`, details);
  }

  #isLate(call: CallOptions): boolean {
    return call.deadline !== undefined && this.#options.clock.now() > call.deadline;
  }

  #refuseLate(name: CallName, call: CallOptions): void {
    if (this.#isLate(call)) {
      throw new KisiTooLate(`The deadline passed before the send: ${label(name)}`);
    }
  }

  #report(
    name: CallName,
    { onCall }: CallOptions,
    outcome: HttpOutcome,
    waitMs: number,
    durationMs: number,
  ): void {
    const announced = outcome.is === 'answer' ? outcome : undefined;
    const deprecation = announced?.header('deprecation');
    const sunset = announced?.header('sunset');
    const report: KisiCall = {
      ...name,
      status: statusOf(outcome),
      waitMs,
      durationMs,
      ...(deprecation !== undefined && { deprecation }),
      ...(sunset !== undefined && { sunset }),
    };
    this.#options.onCall(report);
    onCall?.(report);
  }
}

function statusOf(outcome: HttpOutcome): KisiCall['status'] {
  if (outcome.is === 'answer') return outcome.status;
  if (outcome.is === 'not_sent') return 'unreachable';
  return outcome.because === 'timeout' ? 'timeout' : 'lost';
}

function label({ method, route }: CallName): string {
  return `${method} ${route}`;
}
