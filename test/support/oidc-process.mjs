// A real OpenID Connect provider with one client, started by a test as a process of its own: the
// package is an ES module, which Jest's CommonJS cannot load.
//
// Environment: ACCOUNTS, JSON of {account: claims}; REDIRECT_URI; PORT. Sign in by following its
// redirects and asking for /login/<uid>?account=<id>, or /login/<uid>?refuse=1; /login/<uid> is a page
// with a link for each.
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

const { ACCOUNTS = '{}', REDIRECT_URI = '', PORT = '0' } = process.env;
const accounts = new Map(Object.entries(JSON.parse(ACCOUNTS)));
const issuer = `http://127.0.0.1:${PORT}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'latchkey',
      client_secret: 'client-secret-of-tests',
      redirect_uris: [REDIRECT_URI],
    },
  ],
  pkce: { required: () => true },
  claims: {
    openid: ['sub'],
    profile: ['name', 'latchkey_scopes', 'latchkey_locations', 'resource_access'],
  },
  cookies: { keys: ['a key that only signs cookies of tests'] },
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_ctx, { uid }) => `/login/${uid}` },
  findAccount: (_ctx, id) =>
    accounts.has(id)
      ? { accountId: id, claims: () => ({ sub: id, ...accounts.get(id) }) }
      : undefined,
  // Nobody is asked whether this client may know them.
  async loadExistingGrant({ oidc }) {
    const grant = new provider.Grant({
      clientId: oidc.client.clientId,
      accountId: oidc.session.accountId,
    });
    grant.addOIDCScope('openid profile');
    await grant.save();
    return grant;
  },
});

const handle = provider.callback();
const server = createServer((req, res) => {
  const url = new URL(req.url, issuer);
  if (!url.pathname.startsWith('/login/')) {
    handle(req, res);
    return;
  }
  if (url.search === '') {
    const choices = [...accounts.keys()].map((id) => [`account=${id}`, `Go on as ${id}`]);
    const links = [...choices, ['refuse=1', 'Refuse']].map(
      ([query, words]) => `<a href="?${query}">${words}</a>`,
    );
    res.writeHead(200, { 'content-type': 'text/html' }).end(links.join('<br>'));
    return;
  }
  const result = url.searchParams.has('refuse')
    ? { error: 'access_denied' }
    : { login: { accountId: url.searchParams.get('account') } };
  provider.interactionFinished(req, res, result).catch((error) => {
    res.writeHead(400).end(String(error));
  });
});
server.listen(Number(PORT), '127.0.0.1', () => {
  process.stdout.write('listening\n');
});
