import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Express } from 'express';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import request from 'supertest';
import { createApp } from '../../api/app';
import type { ApiDeps } from '../../api/deps';

const PAGE = '<meta property="csp-nonce" nonce="__CSP_NONCE__"><script nonce="__CSP_NONCE__">';

/** Of a size that is worth it. */
const LARGE = 'document;'.repeat(1_000);

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'latchkey-pages-'));
  mkdirSync(path.join(dir, 'assets'));
  writeFileSync(path.join(dir, 'index.html'), `console ${PAGE}`);
  const home = '<meta name="portal-home" content="__PORTAL_HOME_URL__">';
  writeFileSync(path.join(dir, 'my-keys.html'), `my keys ${home} ${PAGE}`);
  writeFileSync(path.join(dir, 'my-keys-sw.js'), 'self.skipWaiting();');
  writeFileSync(path.join(dir, 'my-keys.webmanifest'), '{"start_url":"/my-keys"}');
  writeFileSync(path.join(dir, 'assets', 'my-keys-1a2b.js'), 'document;');
  writeFileSync(path.join(dir, 'assets', 'console-3c4d.js'), LARGE);
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

/** Pages need nothing of what stands behind the API. */
function appWith(
  frameAncestors?: readonly string[],
  more: Partial<ApiDeps['pages']> = {},
): Express {
  const deps: Partial<ApiDeps> = {
    clock: { now: () => 0 },
    logger: pino({ level: 'silent' }),
    registry: new Registry(),
    pages: { dir, ...(frameAncestors && { frameAncestors }), ...more },
  };
  return createApp({ ...deps, store: {} } as ApiDeps);
}

const visit = (app: Express, address: string): request.Test =>
  request(app).get(address).set('Accept', 'text/html');

/** The policy of an answer by its directives. */
function policyOf({ headers }: request.Response): Record<string, string> {
  const policy = headers['content-security-policy'] ?? '';
  return Object.fromEntries(
    policy.split(';').map((directive) => {
      const [name = '', ...sources] = directive.trim().split(' ');
      return [name, sources.join(' ')];
    }),
  );
}

describe('the pages', () => {
  it('come with a nonce of each answer’s own, under a policy that allows that one alone', async () => {
    const nonces = new Set<string>();
    for (const address of ['/my-keys', '/my-keys/', '/', '/members/mem_1']) {
      const answer = await visit(appWith(), address);
      expect(answer.status).toBe(200);
      expect(answer.text).toContain(address.startsWith('/my-keys') ? 'my keys' : 'console');
      const [, nonce = ''] = /csp-nonce" nonce="([^"]+)"/.exec(answer.text) ?? [];
      nonces.add(nonce);
      const policy = policyOf(answer);
      expect(policy['script-src']).toBe(`'self' 'nonce-${nonce}'`);
      expect(policy['default-src']).toBe("'none'");
      expect(answer.headers['referrer-policy']).toBe('no-referrer');
      expect(answer.headers['cache-control']).toBe('no-cache');
    }
    expect(nonces.size).toBe(4);
  });

  it('send their files compressed, as the build weighs them', async () => {
    const answer = await request(appWith())
      .get('/assets/console-3c4d.js')
      .set('Accept-Encoding', 'gzip');
    expect(answer.headers['content-encoding']).toBe('gzip');
    expect(answer.headers['vary']).toContain('Accept-Encoding');
    expect(answer.headers['cache-control']).toContain('immutable');
    expect(answer.text).toBe(LARGE);
  });

  it('cannot be framed', async () => {
    for (const address of ['/my-keys', '/']) {
      const answer = await visit(appWith(), address);
      expect(policyOf(answer)['frame-ancestors']).toBe("'none'");
      expect(answer.headers['x-frame-options']).toBe('DENY');
    }
  });

  it('let the origins that are set up frame My Keys, and nothing else', async () => {
    const origins = ['https://portal.example.com', 'http://localhost:8080'];
    const app = appWith(origins);
    const myKeys = await visit(app, '/my-keys');
    expect(policyOf(myKeys)['frame-ancestors']).toBe(origins.join(' '));
    // It knows no list of origins, and some browsers would go by it.
    expect(myKeys.headers['x-frame-options']).toBeUndefined();
    const consolePage = await visit(app, '/');
    expect(policyOf(consolePage)['frame-ancestors']).toBe("'none'");
    expect(consolePage.headers['x-frame-options']).toBe('DENY');
  });

  it('bring what a phone needs to install My Keys', async () => {
    const app = appWith();
    const manifest = await request(app).get('/my-keys.webmanifest');
    expect(manifest.headers['content-type']).toContain('application/manifest+json');
    const worker = await request(app).get('/my-keys-sw.js');
    expect(worker.headers['content-type']).toContain('javascript');
    const asset = await request(app).get('/assets/my-keys-1a2b.js');
    expect(asset.headers['cache-control']).toContain('immutable');
  });

  it('lead to the portal that is set up, and to nothing else', async () => {
    const portalHomeUrl = 'https://portal.example.com/#/keys?from="home"&x=<y>&$&=$$';
    const { text } = await visit(appWith(undefined, { portalHomeUrl }), '/my-keys');
    expect(text).toContain(
      'content="https://portal.example.com/#/keys?from=&quot;home&quot;&amp;x=&lt;y&gt;&amp;$&amp;=$$"',
    );
    expect((await visit(appWith(), '/my-keys')).text).toContain('content=""');
  });

  it('are not to be had without their policy, however the address is written', async () => {
    for (const address of ['/my-keys.html', '/my-keys.htm%6c', '/my-keys.HTML', '/%E0%A4%A']) {
      const answer = await request(appWith()).get(address).set('Accept', 'application/json');
      expect(answer.status).not.toBe(200);
      expect(answer.text).not.toContain('__CSP_NONCE__');
    }
  });
});
