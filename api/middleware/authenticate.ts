import type { Request, RequestHandler } from 'express';
import type { ApiDeps } from '../deps';
import { contextOf } from '../http/context';
import { ApiProblem } from '../http/problems';
import { isRefused } from '../portal-sessions/member-tokens';

/** Tokens of a host platform may hold many claims. */
const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** The API key or token that came with the request, unchecked. */
export function bearerOf(req: Request): string | undefined {
  return BEARER.exec(req.headers.authorization ?? '')?.[1];
}

/** What both kinds of credentials are checked with. */
export type CredentialDeps = Pick<ApiDeps, 'store' | 'memberTokens'>;

/**
 * Learns whose API key came with the request. A refused key is counted by `limitRefusals` before it
 * is answered; a valid key is never held up by the guesses of others at the same address.
 */
export function authenticate(deps: CredentialDeps, limitRefusals: RequestHandler): RequestHandler {
  return async (req, res, next) => {
    const secret = bearerOf(req);
    const key = secret === undefined ? null : await deps.store.apiKeys.verify(secret);
    if (key === null) {
      const problem = await refusal(deps, secret);
      await limitRefusals(req, res, (error?: unknown) => {
        next(error ?? problem);
      });
      return;
    }
    contextOf(res).caller = { keyId: key.id, scopes: key.scopes };
    next();
  };
}

async function refusal(deps: CredentialDeps, secret: string | undefined): Promise<ApiProblem> {
  if (secret !== undefined && (await isMemberToken(deps, secret))) {
    return new ApiProblem('api_key_needed');
  }
  return new ApiProblem('unauthenticated', {
    detail:
      secret !== undefined
        ? 'The API key is unknown or was deleted.'
        : 'The request carries no `Authorization: Bearer …` header.',
    headers: { 'WWW-Authenticate': 'Bearer realm="latchkey"' },
  });
}

async function isMemberToken({ memberTokens }: CredentialDeps, secret: string): Promise<boolean> {
  if (!memberTokens.looksLikeToken(secret)) return false;
  return !isRefused(await memberTokens.verify(secret));
}
