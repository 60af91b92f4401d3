import type { Request } from 'express';
import { ApiProblem } from '../http/problems';

/** A header that only a page of ours can send: others would need leave by CORS, which is never given. */
export const CLIENT_HEADER = 'X-Latchkey-Client';

/**
 * Refuses a change that another site may have made a browser send. A browser adds the cookie to such
 * a request by itself, but no form can add our header; `Sec-Fetch-Site` is the browser's own word.
 */
export function requireOwnPage(req: Request): void {
  refuseOtherSites(req);
  if (req.method === 'GET' || req.method === 'HEAD') return;
  if (req.get(CLIENT_HEADER) === undefined) throw new ApiProblem('csrf_header_missing');
}

/** Reading too: an answer has no business in a page of another site. */
export function refuseOtherSites(req: Request): void {
  if (req.get('sec-fetch-site') === 'cross-site') throw new ApiProblem('cross_site_request');
}
