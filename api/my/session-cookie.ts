import { stringifySetCookie } from 'cookie';
import type { Request } from 'express';
import { hostCookieName, hostCookieOf } from '../http/host-cookie';

/** Holds a member's token; no script of a page can read it. By https `__Host-` stands before it. */
export const MEMBER_COOKIE = 'latchkey_member';

/** Only My Keys' own routes get it; by https a cookie of this host alone goes to all of them. */
const PATH = '/v1/my';

/** Browsers drop a cookie whose name and value are longer together, in bytes (RFC 6265bis). */
const LONGEST = 4_096;

/** Whether a browser will keep the token; one that is too long is sent as a header instead. */
export function fitsCookie(token: string): boolean {
  return hostCookieName(MEMBER_COOKIE, true).length + token.length <= LONGEST;
}

/** The token that came in the cookie, unchecked. */
export function memberCookieOf(req: Request): string | undefined {
  return hostCookieOf(req, MEMBER_COOKIE);
}

/**
 * `Set-Cookie` that keeps a member's token until it expires, ms UTC.
 * @param isHttps the page is reached by https: it may then be shown in a frame of the host's page,
 *   where browsers keep the cookie apart for each host (CHIPS)
 */
export function keepMemberCookie(token: string, until: number, isHttps: boolean): string {
  return setCookie(token, new Date(until), isHttps);
}

/** `Set-Cookie` that has a browser forget the token. */
export function forgetMemberCookie(isHttps: boolean): string {
  return setCookie('', new Date(0), isHttps);
}

function setCookie(value: string, expires: Date, isHttps: boolean): string {
  return stringifySetCookie({
    name: hostCookieName(MEMBER_COOKIE, isHttps),
    value,
    expires,
    path: isHttps ? '/' : PATH,
    httpOnly: true,
    sameSite: isHttps ? 'none' : 'lax',
    secure: isHttps,
    partitioned: isHttps,
  });
}
