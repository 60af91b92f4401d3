import type { Request, RequestHandler } from 'express';
import type { Store } from '../../src/store';
import { contextOf } from '../http/context';
import { ApiProblem } from '../http/problems';

const BEARER = /^Bearer +([\x21-\x7e]{1,500})$/i;

/** The API key that came with the request, unchecked. */
export function bearerOf(req: Request): string | undefined {
  return BEARER.exec(req.headers.authorization ?? '')?.[1];
}

/**
 * Learns whose API key came with the request. A refused key is counted by `limitRefusals` before it
 * is answered; a valid key is never held up by the guesses of others at the same address.
 */
export function authenticate(
  apiKeys: Store['apiKeys'],
  limitRefusals: RequestHandler,
): RequestHandler {
  return async (req, res, next) => {
    const secret = bearerOf(req);
    const key = secret === undefined ? null : await apiKeys.verify(secret);
    if (key === null) {
      await limitRefusals(req, res, (error?: unknown) => {
        next(error ?? refusal(secret !== undefined));
      });
      return;
    }
    contextOf(res).caller = { keyId: key.id, scopes: key.scopes };
    next();
  };
}

function refusal(keyGiven: boolean): ApiProblem {
  return new ApiProblem('unauthenticated', {
    detail: keyGiven
      ? 'The API key is unknown or was deleted.'
      : 'The request carries no `Authorization: Bearer …` header.',
    headers: { 'WWW-Authenticate': 'Bearer realm="latchkey"' },
  });
}
