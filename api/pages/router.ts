import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import compression from 'compression';
import escapeHtml from 'escape-html';
import express, { Router, type RequestHandler } from 'express';
import helmet from 'helmet';

/** What the build puts in the pages, to be replaced with each answer (web/vite.config.mts). */
const NONCE_PLACEHOLDER = /__CSP_NONCE__/g;
const PORTAL_HOME_PLACEHOLDER = '__PORTAL_HOME_URL__';
const NONCE_BYTES = 16;
const MY_KEYS = ['/my-keys', '/my-keys/{*rest}'];

/** What the pages need to know of the deployment. */
export interface PagesOptions {
  /** Where the build left the pages. */
  readonly dir: string;
  /** Origins whose pages may show My Keys in a frame, `https://portal.example.com`; default none. */
  readonly frameAncestors?: readonly string[];
  /** Where members open My Keys in their portal; default: the page has no button to it. */
  readonly portalHomeUrl?: string;
}

/**
 * My Keys, and every file that the pages load.
 * @throws Error when the pages were not built
 */
export function pagesRouter({ dir, frameAncestors, portalHomeUrl }: PagesOptions): Router {
  const router = Router();
  const myKeys = readPage(dir, 'my-keys.html').replace(
    PORTAL_HOME_PLACEHOLDER,
    // As a function: a `$` in the address is no pattern.
    () => escapeHtml(portalHomeUrl ?? ''),
  );
  // Their names hold a digest of what is in them. They are nearly all of what a first load weighs.
  const assets = express.static(join(dir, 'assets'), { immutable: true, maxAge: '1y' });
  router.use('/assets', compression(), assets);
  router.get(MY_KEYS, sendPage(myKeys, frameAncestors));
  const others = express.static(dir, { index: false, redirect: false, maxAge: '1h' });
  router.use((req, res, next) => {
    // A page as a plain file would come without its policy.
    if (/\.html$/i.test(decoded(req.path))) next();
    else others(req, res, next);
  });
  return router;
}

/** As the file's name is read from it; one that cannot be decoded names no file. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * The console, at every address that a browser goes to and nothing else answers: what lies behind an
 * address is the page's to find out. Programs get the API's own answer.
 * @throws Error when the pages were not built
 */
export function consolePage({ dir }: PagesOptions): RequestHandler {
  const send = sendPage(readPage(dir, 'index.html'));
  return (req, res, next) => {
    const isVisit = req.method === 'GET' && !req.path.startsWith('/v1/');
    if (isVisit && req.accepts(['json', 'html']) === 'html') send(req, res, next);
    else next();
  };
}

function readPage(dir: string, name: string): string {
  return readFileSync(join(dir, name), 'utf8');
}

function sendPage(page: string, frameAncestors: readonly string[] = []): RequestHandler {
  return (req, res, next) => {
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    policy(nonce, frameAncestors)(req, res, (error?: unknown) => {
      if (error !== undefined) {
        next(error);
        return;
      }
      // It knows no list of origins, and an answer of the API carries it.
      if (frameAncestors.length > 0) res.removeHeader('X-Frame-Options');
      // It names the files of this version, so it is asked for anew each time.
      res.set('Cache-Control', 'no-cache').type('html');
      res.send(page.replace(NONCE_PLACEHOLDER, nonce));
    });
  };
}

/** Only our own files, and inserted styles that carry this answer's nonce. */
function policy(nonce: string, frameAncestors: readonly string[]): RequestHandler {
  const own = ["'self'"];
  const ownOrNonce = [...own, `'nonce-${nonce}'`];
  const isFramed = frameAncestors.length > 0;
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ownOrNonce,
        styleSrc: ownOrNonce,
        imgSrc: own,
        fontSrc: own,
        connectSrc: own,
        manifestSrc: own,
        workerSrc: own,
        formAction: own,
        baseUri: ["'none'"],
        frameAncestors: isFramed ? [...frameAncestors] : ["'none'"],
      },
    },
    // Says the same as `frame-ancestors` to old browsers.
    xFrameOptions: isFramed ? false : { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
  });
}
