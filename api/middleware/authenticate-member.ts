import type { RequestHandler } from 'express';
import type { Member } from '../../src/store';
import { contextOf } from '../http/context';
import type { Caller } from '../http/operation';
import { ApiProblem } from '../http/problems';
import { memberCookieOf } from '../my/session-cookie';
import { isRefused, type VerifiedToken } from '../portal-sessions/member-tokens';
import { bearerOf, type CredentialDeps } from './authenticate';
import { requireOwnPage } from './own-page';

/** How long until the host's keys may be readable again. */
const RETRY_AFTER_S = 10;

/**
 * Learns which member came with the request, by a token of ours or of the host platform: that of the
 * header, or else that which the page My Keys keeps in a cookie. A refused one is counted by
 * `limitRefusals` before it is answered. Who sends nothing guesses nothing: in a frame where a browser
 * keeps no cookie, the page learns that by asking without one.
 */
export function authenticateMember(
  deps: CredentialDeps,
  limitRefusals: RequestHandler,
): RequestHandler {
  return async (req, res, next) => {
    const isByCookie = req.headers.authorization === undefined;
    const token = isByCookie ? memberCookieOf(req) : bearerOf(req);
    if (token === undefined) {
      throw refusal('The request carries no `Authorization: Bearer …` header and no session.');
    }
    const found = await memberOfToken(deps, token);
    if (found instanceof ApiProblem) {
      await countRefusal(found, limitRefusals)(req, res, next);
      return;
    }
    contextOf(res).caller = callerOfMember(found.member);
    if (isByCookie) requireOwnPage(req);
    next();
  };
}

/** A member as a caller. */
export function callerOfMember(member: Member): Caller {
  return {
    keyId: `member:${member.id}`,
    name: member.name ?? member.id,
    scopes: [],
    locationIds: null,
    member,
  };
}

/** Passes a refusal on, counted; that the host's keys cannot be read is nobody's guess. */
export function countRefusal(problem: ApiProblem, limitRefusals: RequestHandler): RequestHandler {
  return async (req, res, next) => {
    if (problem.code === 'portal_keys_unavailable') throw problem;
    await limitRefusals(req, res, (error?: unknown) => {
      next(error ?? problem);
    });
  };
}

/** The member whom a token names, and when it ends, ms UTC; or why it is not taken. */
export async function memberOfToken(
  { store, memberTokens }: CredentialDeps,
  token: string,
): Promise<{ member: Member; expiresAt: number } | ApiProblem> {
  if (!memberTokens.looksLikeToken(token)) {
    const key = await store.apiKeys.verify(token);
    return key ? new ApiProblem('member_token_needed') : refusal('This is no token of a member.');
  }
  const verdict = await memberTokens.verify(token);
  if (isRefused(verdict)) {
    const { refused, detail } = verdict;
    return refused === 'invalid'
      ? refusal(detail)
      : new ApiProblem('portal_keys_unavailable', { retryAfterSeconds: RETRY_AFTER_S });
  }
  const member = await store.members.get(verdict.memberId);
  return member && isTheirs(verdict, member)
    ? { member, expiresAt: verdict.expiresAt }
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
