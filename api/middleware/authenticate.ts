import type { Request, RequestHandler } from 'express';
import type { ApiKey, Person } from '../../src/store';
import type { ApiDeps } from '../deps';
import { contextOf } from '../http/context';
import type { Caller } from '../http/operation';
import { ApiProblem } from '../http/problems';
import { isRefused } from '../portal-sessions/member-tokens';
import { sessionTokenOf } from '../session/cookie';
import { requireOwnPage } from './own-page';

/** Tokens of host platforms may hold many claims. */
const BEARER = /^Bearer +([\x21-\x7e]{1,4096})$/i;

/** The API key or token that came with the request, unchecked. */
export function bearerOf(req: Request): string | undefined {
  return BEARER.exec(req.headers.authorization ?? '')?.[1];
}

/**
 * The secret that stands for the caller. Who sends `Authorization` means that: a cookie beside it,
 * which a browser adds by itself, does not count.
 */
export function secretOf(req: Request): string | undefined {
  return req.headers.authorization === undefined ? sessionTokenOf(req) : bearerOf(req);
}

/** What both kinds of credentials are checked with. */
export type CredentialDeps = Pick<ApiDeps, 'store' | 'memberTokens'>;

/**
 * Learns whose API key or session came with the request. A refused one is counted by `limitRefusals`
 * before it is answered; a valid one is never held up by the guesses of others at the same address.
 * Who sends nothing guesses nothing: so the page for signing in may always ask who is signed in.
 */
export function authenticate(deps: CredentialDeps, limitRefusals: RequestHandler): RequestHandler {
  return async (req, res, next) => {
    const caller = await callerFrom(deps, req);
    if (caller === null) {
      const problem = await refusal(deps, req);
      if (sentNothing(req)) throw problem;
      await limitRefusals(req, res, (error?: unknown) => {
        next(error ?? problem);
      });
      return;
    }
    contextOf(res).caller = caller;
    if (caller.session) requireOwnPage(req);
    next();
  };
}

async function callerFrom({ store }: CredentialDeps, req: Request): Promise<Caller | null> {
  const secret = secretOf(req);
  if (secret === undefined) return null;
  if (req.headers.authorization === undefined) return callerOfSession(store, secret);
  const key = await store.apiKeys.verify(secret);
  return key && callerOfKey(key);
}

/** An API key as a caller. */
export function callerOfKey({ id, name, scopes, locationIds }: ApiKey): Caller {
  return { keyId: id, name, scopes, locationIds };
}

/** A person who signed in as a caller. */
export function callerOfPerson({ id, name, scopes, locationIds }: Person): Caller {
  return { keyId: `person:${id}`, name, scopes, locationIds };
}

/** `null`: there is no such session, or what it was made from is no longer valid. */
export async function callerOfSession(
  { sessions, apiKeys }: Pick<ApiDeps['store'], 'sessions' | 'apiKeys'>,
  token: string,
): Promise<Caller | null> {
  const session = await sessions.use(token);
  if (session === null) return null;
  const { signedIn } = session;
  if (signedIn.with === 'oidc') return { ...callerOfPerson(signedIn.person), session };
  const key = await apiKeys.use(signedIn.keyId);
  return key && { ...callerOfKey(key), session };
}

function sentNothing(req: Request): boolean {
  return req.headers.authorization === undefined && sessionTokenOf(req) === undefined;
}

async function refusal(deps: CredentialDeps, req: Request): Promise<ApiProblem> {
  const secret = bearerOf(req);
  if (secret !== undefined && (await isMemberToken(deps, secret))) {
    return new ApiProblem('api_key_needed');
  }
  return new ApiProblem('unauthenticated', {
    detail: detailOf(req),
    headers: { 'WWW-Authenticate': 'Bearer realm="latchkey"' },
  });
}

function detailOf(req: Request): string {
  if (bearerOf(req) !== undefined) return 'The API key is unknown or was deleted.';
  return secretOf(req) === undefined
    ? 'The request carries no `Authorization: Bearer …` header and no session.'
    : 'The session has ended: it expired, was signed out, or its API key was deleted.';
}

async function isMemberToken({ memberTokens }: CredentialDeps, secret: string): Promise<boolean> {
  if (!memberTokens.looksLikeToken(secret)) return false;
  return !isRefused(await memberTokens.verify(secret));
}
