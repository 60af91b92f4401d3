import { rateLimit, type RateLimitRequestHandler } from 'express-rate-limit';
import { callerOf } from '../http/context';
import { ApiProblem } from '../http/problems';

const MINUTE_MS = 60_000;

/**
 * So many requests a minute for each API key. Counted in this process: with several API processes
 * behind a balancer each allows as many, which is enough to keep one caller from starving the rest.
 */
export function limitEachKey(requestsPerMinute: number): RateLimitRequestHandler {
  return limiter('api-key', requestsPerMinute, (_req, res) => callerOf(res).keyId);
}

/** So many requests a minute for each member, counted in this process as well. */
export function limitEachMember(requestsPerMinute: number): RateLimitRequestHandler {
  return limiter('member', requestsPerMinute, (_req, res) => callerOf(res).keyId);
}

/** So many taps on Unlock a minute for each member. */
export function limitUnlocks(unlocksPerMinute: number): RateLimitRequestHandler {
  return limiter('unlock', unlocksPerMinute, (_req, res) => callerOf(res).keyId);
}

/** So many refused keys a minute for each address: guessing gets slow, a valid key still passes. */
export function limitRefusedKeys(refusalsPerMinute: number): RateLimitRequestHandler {
  return limiter('refused-keys', refusalsPerMinute);
}

/** So many attempts to sign in a minute for each address. */
export function limitSignIns(attemptsPerMinute: number): RateLimitRequestHandler {
  return limiter('sign-in', attemptsPerMinute);
}

function limiter(
  identifier: string,
  limit: number,
  keyGenerator?: Parameters<typeof rateLimit>[0] extends infer Options
    ? Options extends { keyGenerator?: infer Generator }
      ? Generator
      : never
    : never,
): RateLimitRequestHandler {
  return rateLimit({
    identifier,
    windowMs: MINUTE_MS,
    limit,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    ...(keyGenerator === undefined ? {} : { keyGenerator }),
    handler: () => {
      throw new ApiProblem('rate_limited', { retryAfterSeconds: MINUTE_MS / 1000 });
    },
  });
}
