import { parseCookie } from 'cookie';
import type { Express, Request } from 'express';

/** Browsers take a cookie of this name from this very host alone, by https, for all of its paths (RFC 6265bis). */
const PREFIX = '__Host-';
const SETTING = 'host cookies';

/** Says once how the pages are reached, for the cookies that requests bring. */
export function announceHostCookies(app: Express, isHttps: boolean): void {
  app.set(SETTING, isHttps);
}

/**
 * The name of a cookie that no other host of the same domain can put in the place of ours. Without
 * https there is no such name.
 */
export function hostCookieName(name: string, isHttps: boolean): string {
  return isHttps ? `${PREFIX}${name}` : name;
}

/** The value of a cookie as the request brought it, unchecked. */
export function hostCookieOf(req: Request, name: string): string | undefined {
  const isHttps = req.app.get(SETTING) === true;
  return parseCookie(req.headers.cookie ?? '')[hostCookieName(name, isHttps)];
}
