import type { Response } from 'express';
import type { Caller, Input, OperationSpec } from './operation';

/** What an attempt under an `Idempotency-Key` has to tell once it knows its answer. */
export interface IdempotentAttempt {
  /** The id for what the request makes, the same for every repetition. */
  readonly resourceId: string;
  complete(status: number, body: unknown): Promise<void>;
}

/** What the middleware has learned about a request so far. */
export interface RequestContext {
  requestId: string;
  /** On the clock of `performance.now()`, ms. */
  readonly arrivedAt: number;
  /** The path as the route declares it; `unmatched` until a route was found. */
  route: string;
  caller?: Caller;
  /** The operation for which a caller who is limited to locations was let through. */
  limitedFor?: string;
  input?: { params: unknown; query: unknown; body: unknown };
  attempt?: IdempotentAttempt;
}

/** Who signs in or out may be nobody yet, or no longer. */
export const NOBODY: Caller = { keyId: 'nobody', name: 'nobody', scopes: [], locationIds: null };

const contexts = new WeakMap<Response, RequestContext>();

/** Begins the context of a request; the first middleware does. */
export function beginContext(res: Response, requestId: string): void {
  contexts.set(res, { requestId, arrivedAt: performance.now(), route: 'unmatched' });
}

/** The context of a request. Throws when a middleware runs before the context was begun. */
export function contextOf(res: Response): RequestContext {
  const context = contexts.get(res);
  if (context === undefined)
    throw new Error('the request has no context: the log middleware is first');
  return context;
}

/** The caller. Throws where a route forgot to authenticate, so that it can never be open by accident. */
export function callerOf(res: Response): Caller {
  const { caller } = contextOf(res);
  if (caller === undefined)
    throw new Error('the route asks for its caller but does not authenticate');
  return caller;
}

/** What the validator found in a request for this operation. */
export function inputOf<Spec extends OperationSpec>(res: Response): Input<Spec> {
  const { input } = contextOf(res);
  if (input === undefined) throw new Error('the route asks for its input but does not validate');
  return input as Input<Spec>;
}
