import { answer, api, ApiProblem, type Of } from '../api/client';

export type MyKeys = Of<'MyKeys'>;
export type UnlockResult = Of<'UnlockResult'>;

/** One tap; sent again under the same key it never opens twice. */
export interface Tap {
  readonly lockId: number;
  readonly key: string;
  readonly location: { latitude: number; longitude: number } | null;
}

/** What became of a tap; `heardAt`: when the API said so, by its own clock, ms UTC. */
export interface Heard extends UnlockResult {
  readonly heardAt: number;
}

/** How long an answer is waited for, ms: the API waits 6 s for Kisi, the rest is for the network. */
const READ_MS = 15_000;
const UNLOCK_MS = 20_000;

/**
 * The token, in memory alone: until the cookie has shown that the browser keeps it, or, where the
 * browser keeps no cookies in frames of other sites, for as long as the page is open.
 */
let token: string | null = null;
let isCookieRefused = false;

/** Exchanges a token for the cookie. */
export async function enter(given: string): Promise<void> {
  await answer(
    api.POST('/v1/my/session', { body: { token: given }, signal: AbortSignal.timeout(READ_MS) }),
  );
  token = given;
  isCookieRefused = false;
}

/** Forgets the token here, and has the browser forget the cookie. */
export async function leave(): Promise<void> {
  token = null;
  await answer(api.DELETE('/v1/my/session', { signal: AbortSignal.timeout(READ_MS) }));
}

/** Forgets the token here. */
export function forget(): void {
  token = null;
}

export function readMyKeys(): Promise<MyKeys> {
  return asMember((headers) =>
    answer(api.GET('/v1/my/keys', { headers, signal: AbortSignal.timeout(READ_MS) })),
  );
}

export function unlock({ lockId, key, location }: Tap): Promise<Heard> {
  return asMember(async (headers) => {
    const { data, response } = await api.POST('/v1/my/keys/{lockId}/unlock', {
      params: { path: { lockId: String(lockId) }, header: { 'Idempotency-Key': key } },
      body: location === null ? {} : { location },
      headers,
      signal: AbortSignal.timeout(UNLOCK_MS),
    });
    const heardAt = Date.parse(response.headers.get('date') ?? '') || Date.now();
    return { ...(data as UnlockResult), heardAt };
  });
}

/** Sends a request by the cookie and, where the browser did not keep it, by the token. */
async function asMember<T>(send: (headers: Record<string, string>) => Promise<T>): Promise<T> {
  if (token !== null && isCookieRefused) return send(bearer(token));
  try {
    const answered = await send({});
    token = null;
    return answered;
  } catch (error) {
    if (token === null || !isUnauthenticated(error)) throw error;
    isCookieRefused = true;
    return send(bearer(token));
  }
}

/** Whether the API no longer knows, or never knew, who asks. */
export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ApiProblem && error.status === 401;
}

function bearer(text: string): Record<string, string> {
  return { Authorization: `Bearer ${text}` };
}
