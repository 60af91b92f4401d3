import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, loadConfig } from '../src/config';
import { VARIABLES } from '../src/config-variables';

const KEY_1 = Buffer.alloc(32, 1).toString('base64');
const KEY_2 = Buffer.alloc(32, 2).toString('base64');

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;

/** The least that a deployment must set. `TEMPORAL_CONFIG_FILE` keeps the tester's own profile out. */
const minimal = {
  MONGODB_URI: 'mongodb://127.0.0.1:27017/latchkey',
  ENCRYPTION_KEYS: `k1:${KEY_1}`,
  TEMPORAL_CONFIG_FILE: '/nowhere/temporal.toml',
};

function configErrorOf(env: Record<string, string | undefined>): ConfigError {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('The configuration was accepted.');
}

/** Runs `body` with variables set in this process, and puts the environment back. */
function withProcessEnv(env: Record<string, string>, body: () => void): void {
  const before = { ...process.env };
  Object.assign(process.env, env);
  try {
    body();
  } finally {
    process.env = before;
  }
}

describe('loadConfig', () => {
  it('needs a database and a key, and has defaults for the rest', () => {
    const config = loadConfig(minimal);

    expect(config).toEqual({
      http: { host: '127.0.0.1', port: 3000, trustProxyHops: 0 },
      worker: { host: '127.0.0.1', port: 9464 },
      mongodbUri: 'mongodb://127.0.0.1:27017/latchkey',
      kisi: { baseUrl: 'https://api.kisi.io', integratorName: 'latchkey' },
      encryptionKeys: [{ id: 'k1', key: new Uint8Array(32).fill(1) }],
      temporal: { connectionOptions: { address: '127.0.0.1:7233' }, namespace: 'default' },
      logLevel: 'info',
      events: { allowPrivateHosts: false },
      alerts: { startLeadMinutes: 30 },
      portal: { sessionMinutes: 15 },
    });
  });

  it('takes every variable that is set', () => {
    const config = loadConfig({
      ...minimal,
      PORT: '8080',
      HOST: '0.0.0.0',
      WORKER_PORT: '9000',
      TRUST_PROXY_HOPS: '2',
      KISI_BASE_URL: 'http://127.0.0.1:3100/',
      KISI_INTEGRATOR_NAME: 'desk-co',
      KISI_INTEGRATOR_CONTACT: 'ops@example.com',
      WORKFLOW_BUNDLE_PATH: 'dist/workflow-bundle.js',
      ADMIN_API_KEY: 'a'.repeat(32),
      LOG_LEVEL: 'debug',
      TEMPORAL_ADDRESS: 'temporal:7233',
      TEMPORAL_NAMESPACE: 'doors',
      TEMPORAL_API_KEY: 'cloud-key',
      TEMPORAL_WEB_URL: 'https://temporal.example.com/',
    });

    expect(config.http).toEqual({ host: '0.0.0.0', port: 8080, trustProxyHops: 2 });
    expect(config.worker).toEqual({
      host: '0.0.0.0',
      port: 9000,
      workflowBundlePath: 'dist/workflow-bundle.js',
    });
    expect(config.kisi).toEqual({
      baseUrl: 'http://127.0.0.1:3100',
      integratorName: 'desk-co',
      integratorContact: 'ops@example.com',
    });
    expect(config.adminApiKey).toBe('a'.repeat(32));
    expect(config.logLevel).toBe('debug');
    expect(config.temporal).toMatchObject({
      connectionOptions: { address: 'temporal:7233', apiKey: 'cloud-key', tls: true },
      namespace: 'doors',
      webUrl: 'https://temporal.example.com/namespaces/doors',
    });
  });

  it('takes the environment of this process when none is given', () => {
    withProcessEnv({ PORT: 'of-the-process' }, () => {
      expect(() => loadConfig()).toThrow('PORT must be a whole number (it is "of-the-process")');
    });
  });

  it('takes several webhook secrets, so that one can replace another', () => {
    const other = `whsec_${Buffer.alloc(64, 2).toString('base64')}`;
    const { inboundWebhookSecrets } = loadConfig({
      ...minimal,
      INBOUND_WEBHOOK_SECRETS: `${WEBHOOK_SECRET}, ${other}`,
    });
    expect(inboundWebhookSecrets).toEqual([WEBHOOK_SECRET, other]);
  });

  it('takes the portal, and tokens of the host with all that they are checked by', () => {
    const tokens = {
      PORTAL_JWKS_URL: 'https://id.example.com/jwks.json',
      PORTAL_JWT_ISSUER: 'https://id.example.com/',
      PORTAL_JWT_AUDIENCE: 'latchkey',
    };
    const { portal } = loadConfig({
      ...minimal,
      ...tokens,
      PORTAL_URL: 'https://portal.example.com/my-keys/',
      PORTAL_SESSION_MINUTES: '60',
      PORTAL_JWT_MEMBER_CLAIM: 'member_id',
    });
    expect(portal).toEqual({
      url: 'https://portal.example.com/my-keys',
      sessionMinutes: 60,
      hostTokens: {
        jwksUrl: 'https://id.example.com/jwks.json',
        issuer: 'https://id.example.com/',
        audience: 'latchkey',
        memberClaim: 'member_id',
      },
    });
    for (const name of Object.keys(tokens)) {
      const { message } = configErrorOf({ ...minimal, ...tokens, [name]: '' });
      expect(message).toContain(`${name} is not set`);
    }
  });

  it('takes My Keys to be at our own address where no other is named', () => {
    const own = { ...minimal, PUBLIC_URL: 'https://latchkey.example.com/' };
    expect(loadConfig(own).portal).toEqual({
      url: 'https://latchkey.example.com/my-keys',
      sessionMinutes: 15,
    });
    const { portal } = loadConfig({
      ...own,
      PORTAL_URL: 'https://portal.example.com/keys',
      PORTAL_FRAME_ANCESTORS: 'https://portal.example.com, http://localhost:8080',
      PORTAL_HOME_URL: 'https://portal.example.com/?page=keys#top',
    });
    expect(portal).toEqual({
      homeUrl: 'https://portal.example.com/?page=keys#top',
      url: 'https://portal.example.com/keys',
      frameAncestors: ['https://portal.example.com', 'http://localhost:8080'],
      sessionMinutes: 15,
    });
  });

  it('takes a mail server with its sender, and neither without the other', () => {
    const mail = {
      SMTP_URL: 'smtp://me:hunter2@mail.test:25',
      MAIL_FROM: 'Doors <doors@mail.test>',
    };
    expect(loadConfig({ ...minimal, ...mail, ALERT_START_LEAD_MINUTES: '45' })).toMatchObject({
      mail: { smtpUrl: mail.SMTP_URL, from: mail.MAIL_FROM },
      alerts: { startLeadMinutes: 45 },
    });
    for (const name of Object.keys(mail)) {
      const { problems } = configErrorOf({ ...minimal, ...mail, [name]: '' });
      expect(problems).toEqual([expect.stringContaining(`${name} is not set`)]);
      expect(problems.join()).not.toContain('hunter2');
    }
  });

  it.each([
    ['SMTP_URL', 'http://mail.test'],
    ['MAIL_FROM', 'Doors <doors>'],
    ['ALERT_START_LEAD_MINUTES', '1441'],
    ['ALERT_START_LEAD_MINUTES', 'soon'],
  ])('refuses %s=%s and names the fault', (name, value) => {
    const { message } = configErrorOf({
      ...minimal,
      SMTP_URL: 'smtp://mail.test',
      MAIL_FROM: 'doors@mail.test',
      [name]: value,
    });
    expect(message).toContain(`${name} must`);
  });

  it.each([
    ['PORTAL_SESSION_MINUTES', '0'],
    ['PORTAL_SESSION_MINUTES', '61'],
    ['PUBLIC_URL', 'latchkey.example.com'],
    ['PORTAL_URL', 'https://portal.example.com/#keys'],
    ['PORTAL_URL', 'portal.example.com'],
    ['PORTAL_FRAME_ANCESTORS', 'https://portal.example.com/my'],
    ['PORTAL_FRAME_ANCESTORS', "https://portal.example.com;script-src '*'"],
    ['PORTAL_FRAME_ANCESTORS', '*'],
    ['PORTAL_FRAME_ANCESTORS', ' , '],
    ['PORTAL_JWKS_URL', 'id.example.com'],
  ])('refuses %s=%s', (name, value) => {
    expect(configErrorOf({ ...minimal, [name]: value }).message).toContain(`${name} must`);
  });

  it('takes an identity provider with all that belongs to it, or none', () => {
    const given = {
      OIDC_ISSUER: 'https://id.example.com/',
      OIDC_CLIENT_ID: 'latchkey',
      OIDC_CLIENT_SECRET: 'a-client-secret',
      PUBLIC_URL: 'https://latchkey.example.com',
    };
    const oidc = {
      issuer: 'https://id.example.com',
      clientId: 'latchkey',
      clientSecret: 'a-client-secret',
      requestedScopes: 'openid profile',
      scopesClaim: 'latchkey_scopes',
    };
    expect(loadConfig({ ...minimal, ...given }).oidc).toEqual(oidc);
    const more = {
      OIDC_REQUESTED_SCOPES: 'openid groups',
      OIDC_SCOPES_CLAIM: 'groups',
      OIDC_LOCATIONS_CLAIM: 'places',
    };
    expect(loadConfig({ ...minimal, ...given, ...more }).oidc).toEqual({
      ...oidc,
      requestedScopes: 'openid groups',
      scopesClaim: 'groups',
      locationsClaim: 'places',
    });
    for (const name of Object.keys(given)) {
      const { message } = configErrorOf({ ...minimal, ...given, [name]: '' });
      expect(message).toContain(`${name} is not set`);
      expect(message).not.toContain('a-client-secret');
    }
    const { message } = configErrorOf({ ...minimal, ...given, OIDC_REQUESTED_SCOPES: 'profile' });
    expect(message).toContain('OIDC_REQUESTED_SCOPES must hold openid');
  });

  it('is frozen through and through', () => {
    const config = loadConfig(minimal);

    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.http)).toBe(true);
    expect(Object.isFrozen(config.encryptionKeys[0])).toBe(true);
    expect(Object.isFrozen(config.temporal.connectionOptions)).toBe(true);
  });

  it('names what is missing and how to make it when nothing is set', () => {
    const error = configErrorOf({});

    expect(error.problems).toHaveLength(2);
    expect(error.message).toContain('MONGODB_URI is not set. Example: mongodb://');
    expect(error.message).toContain('ENCRYPTION_KEYS (or ENCRYPTION_KEY_FILE) is not set.');
    expect(error.message).toContain('randomBytes(32)');
    expect(error.message).toContain('.env.example');
  });

  it('takes an empty variable for one that is not set', () => {
    const config = loadConfig({ ...minimal, PORT: '', ADMIN_API_KEY: ' ', TEMPORAL_ADDRESS: '' });

    expect(config.http.port).toBe(3000);
    expect(config).not.toHaveProperty('adminApiKey');
    expect(config.temporal.connectionOptions.address).toBe('127.0.0.1:7233');
    expect(configErrorOf({ ...minimal, MONGODB_URI: '' }).message).toContain(
      'MONGODB_URI is not set',
    );
  });

  it('reports every fault at once', () => {
    const error = configErrorOf({
      PORT: 'eighty',
      WORKER_PORT: '70000',
      TRUST_PROXY_HOPS: 'yes',
      KISI_BASE_URL: 'api.kisi.io',
      LOG_LEVEL: 'loud',
      ENCRYPTION_KEYS: 'k1:short',
    });

    for (const name of [
      'PORT must be a whole number (it is "eighty")',
      'WORKER_PORT must be between 0 and 65535',
      'TRUST_PROXY_HOPS',
      'KISI_BASE_URL must be an http:// or https:// address',
      'LOG_LEVEL',
      'ENCRYPTION_KEYS, key 1',
      'MONGODB_URI is not set',
    ]) {
      expect(error.message).toContain(name);
    }
    expect(error.problems).toHaveLength(7);
  });

  it.each([
    ['PORT', '-1'],
    ['PORT', '80.5'],
    ['HOST', 'a b'],
    ['MONGODB_URI', 'postgres://host/db'],
    ['KISI_BASE_URL', 'ftp://api.kisi.io'],
    ['KISI_BASE_URL', 'https://api.kisi.io?x=1'],
    ['KISI_INTEGRATOR_NAME', 'line\nbreak'],
    ['KISI_INTEGRATOR_CONTACT', 'nobody'],
    ['ADMIN_API_KEY', 'short'],
    ['INBOUND_WEBHOOK_SECRETS', 'whsec_c2hvcnQ='],
    ['INBOUND_WEBHOOK_SECRETS', `${WEBHOOK_SECRET},${WEBHOOK_SECRET.slice(6)}`],
    ['LOG_LEVEL', 'INFO'],
  ] as const)('refuses %s=%j with its name and an example', (name, value) => {
    const { problems } = configErrorOf({ ...minimal, [name]: value });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(new RegExp(`^${name} .*Example: `, 's'));
    expect(problems[0]).toContain(VARIABLES[name].example);
  });

  it('takes an admin key of 8 characters, and says how long a shorter one must be', () => {
    expect(loadConfig({ ...minimal, ADMIN_API_KEY: 'eight-ch' }).adminApiKey).toBe('eight-ch');
    const { problems } = configErrorOf({ ...minimal, ADMIN_API_KEY: 'seven-c' });
    expect(problems[0]).toContain('must be 8 to 200 printable ASCII characters without spaces');
  });

  it('never shows a secret in a message', () => {
    const error = configErrorOf({
      MONGODB_URI: 'mysql://root:hunter2@db',
      ADMIN_API_KEY: 'tooshor',
      ENCRYPTION_KEYS: `k1:${Buffer.alloc(31, 9).toString('base64')}`,
    });

    expect(error.problems).toHaveLength(3);
    expect(error.message).not.toContain('hunter2');
    expect(error.message).not.toContain('tooshor');
    expect(error.message).not.toContain(Buffer.alloc(31, 9).toString('base64').slice(0, 8));
  });
});

describe('encryption keys', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'config-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('keeps their order, since the first encrypts', () => {
    const { encryptionKeys } = loadConfig({
      ...minimal,
      ENCRYPTION_KEYS: `2026-02:${KEY_2}, 2026-01:${KEY_1}`,
    });

    expect(encryptionKeys.map(({ id }) => id)).toEqual(['2026-02', '2026-01']);
    expect(encryptionKeys[0].key).toEqual(new Uint8Array(32).fill(2));
  });

  it('come from a file when told', () => {
    const file = path.join(folder, 'keys');
    writeFileSync(file, `k2:${KEY_2}\nk1:${KEY_1}\n`);

    const config = loadConfig({
      ...minimal,
      ENCRYPTION_KEYS: undefined,
      ENCRYPTION_KEY_FILE: file,
    });

    expect(config.encryptionKeys.map(({ id }) => id)).toEqual(['k2', 'k1']);
  });

  it.each([
    ['both ways at once', { ENCRYPTION_KEY_FILE: '/x' }, 'both set'],
    [
      'a file that is not there',
      { ENCRYPTION_KEYS: '', ENCRYPTION_KEY_FILE: '/no/such' },
      'ENOENT',
    ],
    ['a key without an id', { ENCRYPTION_KEYS: KEY_1 }, 'keyId:base64'],
    ['a key that is too short', { ENCRYPTION_KEYS: 'k1:AAAA' }, '3 bytes long, not 32'],
    ['an id that is used twice', { ENCRYPTION_KEYS: `k:${KEY_1},k:${KEY_2}` }, 'repeats the id k'],
    ['an empty list', { ENCRYPTION_KEYS: ',' }, 'holds no key'],
  ])('refuses %s', (_, env, expected) => {
    const { problems } = configErrorOf({ ...minimal, ...env });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(expected);
  });
});

describe("Temporal's own variables", () => {
  it('reports a profile that does not exist', () => {
    const { problems } = configErrorOf({ ...minimal, TEMPORAL_PROFILE: 'nope' });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain("Profile 'nope' not found");
  });

  it('reports a certificate that cannot be read', () => {
    const { problems } = configErrorOf({
      ...minimal,
      TEMPORAL_TLS_CLIENT_CERT_PATH: '/no/cert',
      TEMPORAL_TLS_CLIENT_KEY_PATH: '/no/key',
    });

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('/no/cert');
  });

  it('reads only the environment that it was given', () => {
    withProcessEnv({ TEMPORAL_NAMESPACE: 'of-the-process' }, () => {
      expect(loadConfig(minimal).temporal.namespace).toBe('default');
    });
  });
});
