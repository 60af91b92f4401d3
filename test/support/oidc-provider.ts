import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnServer } from '../../scripts/servers/child';
import { freePort } from '../../scripts/servers/ports';
import { waitUntilReady } from '../../scripts/servers/wait-for';
import type { OidcConfig } from '../../src/config';

/** A real OpenID Connect provider, as a process of its own. */
export interface OidcProvider {
  /** What an installation is told. */
  readonly config: OidcConfig;
  /**
   * Does what a person's browser does at the provider, from the address that Latchkey sent it to.
   * Resolves with the address that the provider sends it back to.
   */
  visit(url: string, as: { account: string } | { refuse: true }): Promise<URL>;
  stop(): Promise<void>;
}

/** @param accounts claims by account, whose name is its `sub` */
export async function startOidcProvider(
  accounts: Readonly<Record<string, object>>,
  redirectUri: string,
  port?: number,
): Promise<OidcProvider> {
  port ??= await freePort();
  const issuer = `http://127.0.0.1:${String(port)}`;
  const logs = await mkdtemp(join(tmpdir(), 'latchkey-oidc-'));
  const child = await spawnServer(process.execPath, [join(__dirname, 'oidc-process.mjs')], {
    name: 'OIDC provider',
    logFile: join(logs, 'provider.log'),
    env: {
      ...process.env,
      PORT: String(port),
      REDIRECT_URI: redirectUri,
      ACCOUNTS: JSON.stringify(accounts),
    },
  });
  const discovery = `${issuer}/.well-known/openid-configuration`;
  await waitUntilReady('The OIDC provider', child, () => fetch(discovery));
  return {
    config: {
      issuer,
      clientId: 'latchkey',
      clientSecret: 'client-secret-of-tests',
      requestedScopes: 'openid profile',
      scopesClaim: 'latchkey_scopes',
    },
    visit: (url, as) => visit(issuer, redirectUri, url, as),
    async stop() {
      await child.stop();
      await rm(logs, { recursive: true });
    },
  };
}

const MOST_REDIRECTS = 10;

async function visit(
  issuer: string,
  redirectUri: string,
  start: string,
  as: { account: string } | { refuse: true },
): Promise<URL> {
  const cookies = new Map<string, string>();
  let url = new URL(start);
  for (let hops = 0; hops < MOST_REDIRECTS; hops += 1) {
    if (url.pathname.startsWith('/login/')) {
      const [[name, value] = ['', '']] = Object.entries(as);
      url.searchParams.set(name, String(value));
    }
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) {
      throw new Error(`${url.href} answers ${String(response.status)}: ${await response.text()}`);
    }
    url = new URL(location, issuer);
    if (url.href.startsWith(redirectUri)) return url;
  }
  throw new Error(`no way back from ${issuer} within ${String(MOST_REDIRECTS)} redirects`);
}
