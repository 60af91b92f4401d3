import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import { callerOf, contextOf } from './context';
import type { Actor } from '../../src/domain/grant';
import type { Call, Caller, Handler, Input, OperationSpec } from './operation';
import { ApiProblem } from './problems';

/**
 * The end of every chain: gives the handler the checked input, keeps its answer for repetitions
 * under the same `Idempotency-Key`, and sends it.
 *
 * A refusal is an answer too and is kept; a failure on our side is not, so that a repetition
 * goes on where this attempt stopped.
 */
export function answer<Spec extends OperationSpec>(
  spec: Spec,
  handler: Handler<Spec>,
): RequestHandler {
  return async (req, res) => {
    const context = contextOf(res);
    context.route = spec.path;
    const caller = callerOf(res);
    if (spec.scopes !== null && caller.locationIds !== null && context.limitedFor !== spec.id) {
      throw new Error(`${spec.id} would be run without a look at the caller's locations`);
    }
    const call: Call<Spec> = {
      ...(context.input as Input<Spec>),
      caller,
      by: actorOf(caller),
      requestId: context.requestId,
      arrivedAt: context.arrivedAt,
      resourceId: context.attempt?.resourceId ?? newResourceId(),
      log: req.log,
    };
    try {
      const { status, body, headers } = await handler(call);
      await context.attempt?.complete(status, body ?? null);
      res.status(status).set(headers ?? {});
      if (body === undefined) res.end();
      else res.json(body);
    } catch (error) {
      if (error instanceof ApiProblem && error.status < 500) {
        await context.attempt?.complete(error.status, error.toBody(context.requestId));
      }
      throw error;
    }
  };
}

/** The caller as logs name it. */
export function actorOf({ keyId, member, session }: Caller): Actor {
  if (session?.signedIn.with === 'oidc') return { type: 'person', id: session.signedIn.person.id };
  return member ? { type: 'member', id: member.id } : { type: 'api_key', id: keyId };
}

/** An id without its prefix: 32 hexadecimal digits. Each resource puts its own prefix in front. */
export function newResourceId(): string {
  return randomUUID().replaceAll('-', '');
}
