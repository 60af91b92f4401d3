import { stringifySetCookie } from 'cookie';
import type { Request } from 'express';
import { hostCookieName, hostCookieOf } from '../http/host-cookie';
import type { OidcFlow } from './oidc';

/** Holds the token of a session; no script of a page can read it. By https `__Host-` stands before it. */
export const SESSION_COOKIE = 'latchkey_session';

const FLOW_COOKIE = 'latchkey_oidc';
const FLOW_LASTS_S = 600;
const FLOW = /^([\w-]{20,100})\.([\w-]{20,100})\.([\w-]{43,128})$/;

/** A token of ours is 32 bytes as base64url; anything else need not be looked up. */
const TOKEN = /^[\w-]{43}$/;

/** The token that came in the cookie, unchecked. */
export function sessionTokenOf(req: Request): string | undefined {
  const token = hostCookieOf(req, SESSION_COOKIE);
  return token !== undefined && TOKEN.test(token) ? token : undefined;
}

/**
 * `Set-Cookie` that signs a browser in until the given instant, ms UTC.
 * @param isHttps the pages are reached by https: the cookie is sent by nothing else
 */
export function signInCookie(token: string, until: number, isHttps: boolean): string {
  return setCookie(token, new Date(until), isHttps);
}

/** `Set-Cookie` that has a browser forget its session. */
export function signOutCookie(isHttps: boolean): string {
  return setCookie('', new Date(0), isHttps);
}

/** What the identity provider sends back is held to this. */
export function flowOf(req: Request): OidcFlow | undefined {
  const value = hostCookieOf(req, FLOW_COOKIE) ?? '';
  const [, state, nonce, verifier] = FLOW.exec(value) ?? [];
  return state !== undefined && nonce !== undefined && verifier !== undefined
    ? { state, nonce, verifier }
    : undefined;
}

/**
 * `Set-Cookie` that keeps a sign-in by the identity provider until the browser is back. It is the
 * browser's own secret: nobody else could finish what it began.
 */
export function flowCookie({ state, nonce, verifier }: OidcFlow, isHttps: boolean): string {
  return oidcCookie([state, nonce, verifier].join('.'), FLOW_LASTS_S, isHttps);
}

/** `Set-Cookie` that ends it. */
export function clearedFlowCookie(isHttps: boolean): string {
  return oidcCookie('', 0, isHttps);
}

function oidcCookie(value: string, maxAge: number, secure: boolean): string {
  return stringifySetCookie({
    name: hostCookieName(FLOW_COOKIE, secure),
    value,
    maxAge,
    path: secure ? '/' : '/v1/session/oidc',
    httpOnly: true,
    // `strict` would not be sent when the provider sends the browser back.
    sameSite: 'lax',
    secure,
  });
}

function setCookie(value: string, expires: Date, secure: boolean): string {
  return stringifySetCookie({
    name: hostCookieName(SESSION_COOKIE, secure),
    value,
    expires,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure,
  });
}
