import { answer, api, ApiProblem, type Of } from '../api/client';
import { serverNow, setByAnswer } from './server-clock';

export type MyKeys = Of<'MyKeys'>;
export type UnlockResult = Of<'UnlockResult'>;

/** One tap; sent again under the same key it never opens twice. */
export interface Tap {
  /** Whose keys were on the screen. */
  readonly memberId: string;
  readonly lockId: number;
  readonly key: string;
  readonly location: { latitude: number; longitude: number } | null;
  /** By this device's clock, ms UTC. */
  readonly begunAt: number;
}

/** What became of a tap. */
export interface Heard extends UnlockResult {
  /** How long ago it was, ms, the way to this device included. */
  readonly ageMs: number;
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
/** That a token is exchanged, if only in vain. */
let entered: Promise<unknown> = Promise.resolve();

/** Exchanges a token for the cookie. */
export async function enter(given: string): Promise<void> {
  const signal = AbortSignal.timeout(READ_MS);
  const asked = answer(api.POST('/v1/my/session', { body: { token: given }, signal }));
  entered = asked.catch(() => undefined);
  await asked;
  token = given;
  isCookieRefused = false;
}

/** Has the browser forget the cookie. It goes on when the page is closed meanwhile. */
export async function leave(): Promise<void> {
  // Else the cookie of a session that is being renewed might come after this.
  await entered;
  const signal = AbortSignal.timeout(READ_MS);
  await answer(api.DELETE('/v1/my/session', { signal, keepalive: true }));
}

/** Forgets the token here. */
export function forget(): void {
  token = null;
}

export function readMyKeys(): Promise<MyKeys> {
  return asMember(async (headers) => {
    const asked = api.GET('/v1/my/keys', { headers, signal: AbortSignal.timeout(READ_MS) });
    setByAnswer((await asked).response);
    return answer(asked);
  });
}

export function unlock({ memberId, lockId, key, location }: Tap): Promise<Heard> {
  return asMember(async (headers) => {
    const { data, response } = await api.POST('/v1/my/keys/{lockId}/unlock', {
      params: { path: { lockId: String(lockId) }, header: { 'Idempotency-Key': key } },
      body: { memberId, ...(location !== null && { location }) },
      headers,
      signal: AbortSignal.timeout(UNLOCK_MS),
    });
    const result = data as UnlockResult;
    // An answer from before is old by the API's own clock; a new one may have been long on its way.
    const openedAt = Date.parse(result.at);
    const answeredAt = Date.parse(response.headers.get('date') ?? '') || openedAt;
    return { ...result, ageMs: Math.max(answeredAt - openedAt, serverNow() - openedAt, 0) };
  });
}

/** Sends a request by the cookie and, where the browser did not keep it, by the token. */
async function asMember<T>(send: (headers: Record<string, string>) => Promise<T>): Promise<T> {
  if (token !== null && isCookieRefused) return send(bearer(token));
  const given = token;
  try {
    const answered = await send({});
    // One that was entered meanwhile has not been tried yet.
    if (token === given) token = null;
    return answered;
  } catch (error) {
    if (token === null || !isUnauthenticated(error)) throw error;
    isCookieRefused = token === given;
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
