import type { RequestHandler } from 'express';
import type { Member } from '../../src/store';
import { contextOf } from '../http/context';
import { ApiProblem } from '../http/problems';
import { isRefused, type VerifiedToken } from '../portal-sessions/member-tokens';
import { bearerOf, type CredentialDeps } from './authenticate';

/** How long until the host's keys may be readable again. */
const RETRY_AFTER_S = 10;

/**
 * Learns which member came with the request, by a token of ours or of the host platform. A refused
 * one is counted by `limitRefusals` before it is answered.
 */
export function authenticateMember(
  deps: CredentialDeps,
  limitRefusals: RequestHandler,
): RequestHandler {
  return async (req, res, next) => {
    const found = await memberOf(deps, bearerOf(req));
    if (found instanceof ApiProblem) {
      // That the host's keys cannot be read is nobody's guess.
      if (found.code === 'portal_keys_unavailable') throw found;
      await limitRefusals(req, res, (error?: unknown) => {
        next(error ?? found);
      });
      return;
    }
    contextOf(res).caller = { keyId: `member:${found.id}`, scopes: [], member: found };
    next();
  };
}

async function memberOf(
  { store, memberTokens }: CredentialDeps,
  secret: string | undefined,
): Promise<Member | ApiProblem> {
  if (secret === undefined) {
    return refusal('The request carries no `Authorization: Bearer …` header.');
  }
  if (!memberTokens.looksLikeToken(secret)) {
    const key = await store.apiKeys.verify(secret);
    return key ? new ApiProblem('member_token_needed') : refusal('This is no token of a member.');
  }
  const verdict = await memberTokens.verify(secret);
  if (isRefused(verdict)) {
    const { refused, detail } = verdict;
    return refused === 'invalid'
      ? refusal(detail)
      : new ApiProblem('portal_keys_unavailable', { retryAfterSeconds: RETRY_AFTER_S });
  }
  const member = await store.members.get(verdict.memberId);
  return member && isTheirs(verdict, member)
    ? member
    : refusal('The member whom the token names is not known.');
}

/** A token from before the member was made is that of an erased member with the same id. */
function isTheirs({ issuedAt }: VerifiedToken, { createdAt }: Member): boolean {
  return issuedAt === null || issuedAt + 1_000 > createdAt;
}

function refusal(detail: string): ApiProblem {
  return new ApiProblem('member_unauthenticated', {
    detail,
    headers: { 'WWW-Authenticate': 'Bearer realm="latchkey my keys"' },
  });
}
