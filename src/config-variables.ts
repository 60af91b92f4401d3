import { z } from 'zod';

/**
 * One environment variable: how it is checked, and what an operator needs to know to set it.
 *
 * This table is the only list of variables. `loadConfig` checks against it, and tests hold
 * `.env.example` and `docker-compose.yml` to it, so that the three cannot drift apart.
 */
export interface Variable<Schema extends z.ZodType = z.ZodType> {
  readonly schema: Schema;
  /** What it is for, in one sentence. */
  readonly description: string;
  /** A value that would be accepted, or how to make one. Shown in error messages. */
  readonly example: string;
  /** What applies when it is not set; absent where the variable must be set or has no effect unset. */
  readonly fallback?: string;
  /** A value that must not be shown, not even in an error message. */
  readonly secret?: true;
}

/** How to make an encryption key; repeated wherever a person may need it. */
export const MAKE_ENCRYPTION_KEY = `node -e "console.log('k1:' + require('crypto').randomBytes(32).toString('base64'))"`;

const variable = <Schema extends z.ZodType>(one: Variable<Schema>): Variable<Schema> => one;

const portNumber = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a whole number')
  .transform(Number)
  .refine((port) => port <= 65_535, 'must be between 0 and 65535');

const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
  .refine((url) => !URL.canParse(url) || new URL(url).search === '', 'must not have a query')
  .transform((url) => url.replace(/\/+$/, ''));

/** The token of a session is put behind it, as its fragment. */
const pageUrl = httpUrl.refine(
  (url) => !URL.canParse(url) || new URL(url).hash === '',
  'must not have a fragment (#…)',
);

/** An address that a browser is sent to as it is, query and fragment included. */
const linkUrl = z.url({
  protocol: /^https?$/,
  error: 'must be an address such as https://portal.example.com/keys',
});

/** Nothing but scheme, host and port: it is put into a header as it is. */
function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** As the Standard Webhooks specification has it: 24 to 64 bytes. */
function isWebhookSecret(text: string): boolean {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const { length } = Buffer.from(base64 ?? '', 'base64');
  return length >= 24 && length <= 64;
}

/**
 * Variables that this project defines. `TEMPORAL_ADDRESS`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS…` and the
 * rest of the connection are Temporal's own: `@temporalio/envconfig` checks those.
 */
export const VARIABLES = {
  MONGODB_URI: variable({
    schema: z
      .string()
      .regex(/^mongodb(\+srv)?:\/\/\S+$/, 'must begin with mongodb:// or mongodb+srv://'),
    description:
      'Where the read models, wishes and settings are kept; the path names the database.',
    example: 'mongodb://127.0.0.1:27017/latchkey',
    secret: true,
  }),
  ENCRYPTION_KEYS: variable({
    schema: z.string(),
    description:
      'Keys that encrypt the Kisi API keys at rest: a list of keyId:base64(32 bytes), separated by commas. The first encrypts, all decrypt: to rotate, put a new one in front.',
    example: MAKE_ENCRYPTION_KEY,
    secret: true,
  }),
  ENCRYPTION_KEY_FILE: variable({
    schema: z.string(),
    description:
      'A file that holds what ENCRYPTION_KEYS would (commas or one key a line), such as a mounted secret. Set this or ENCRYPTION_KEYS, not both.',
    example: '/run/secrets/latchkey-encryption-keys',
  }),
  PORT: variable({
    schema: portNumber,
    description: 'Port of the HTTP API.',
    example: '3000',
    fallback: '3000',
  }),
  HOST: variable({
    schema: z.string().regex(/^\S+$/, 'must not contain spaces'),
    description:
      "Address that the API and the worker's health and metrics listen on; 0.0.0.0 in a container.",
    example: '127.0.0.1',
    fallback: '127.0.0.1',
  }),
  WORKER_PORT: variable({
    schema: portNumber,
    description: "Port of the worker's health and metrics.",
    example: '9464',
    fallback: '9464',
  }),
  TRUST_PROXY_HOPS: variable({
    schema: z.string().regex(/^\d$/, 'must be a whole number from 0 to 9').transform(Number),
    description:
      'How many reverse proxies stand in front of the API. Without it every caller behind a proxy shares one rate limit; too high a number lets callers forge their address.',
    example: '1',
    fallback: '0',
  }),
  KISI_BASE_URL: variable({
    schema: httpUrl,
    description: "Where Kisi answers; the simulator's address in development.",
    example: 'https://api.kisi.io',
    fallback: 'https://api.kisi.io',
  }),
  KISI_INTEGRATOR_NAME: variable({
    schema: z
      .string()
      .regex(/^[\x21-\x7e][\x20-\x7e]{0,99}$/, 'must be 1 to 100 printable ASCII characters'),
    description: 'Sent to Kisi as X-Kisi-Integration-Identifier, which it asks integrators for.',
    example: 'latchkey',
    fallback: 'latchkey',
  }),
  KISI_INTEGRATOR_CONTACT: variable({
    schema: z.email('must be an e-mail address'),
    description:
      'Sent to Kisi as X-Kisi-Integration-Contact, so that Kisi can reach whoever runs this. Set it in production.',
    example: 'ops@example.com',
  }),
  WORKFLOW_BUNDLE_PATH: variable({
    schema: z.string(),
    description:
      'The workflow bundle that the worker loads, when it is not the one that npm run build leaves beside the compiled code.',
    example: 'dist/workflow-bundle.js',
  }),
  ADMIN_API_KEY: variable({
    schema: z
      .string()
      .regex(/^[\x21-\x7e]{8,200}$/, 'must be 8 to 200 printable ASCII characters without spaces'),
    description:
      'The first admin API key, stored hashed when the API starts and no such key is known yet: 8 to 200 characters without spaces, the longer the better. Leave it out once keys have been made over the API.',
    example: `node -e "console.log(require('crypto').randomBytes(24).toString('base64url'))"`,
    secret: true,
  }),
  INBOUND_WEBHOOK_SECRETS: variable({
    schema: z
      .string()
      .transform((text) => text.split(/[\s,]+/).filter(Boolean))
      .refine(
        (secrets) => secrets.length > 0 && secrets.every(isWebhookSecret),
        'must be a list of whsec_ and the base64 of 24 to 64 bytes, separated by commas',
      ),
    description:
      'Secrets of the signed webhook in (POST /v1/events/inbound, Standard Webhooks): a list of whsec_… separated by commas; a signature by any of them is taken, so that a new one can be put beside the old. Without it the route answers that it is not set up.',
    example: `node -e "console.log('whsec_' + require('crypto').randomBytes(32).toString('base64'))"`,
    secret: true,
  }),
  EVENTS_ALLOW_PRIVATE_HOSTS: variable({
    schema: z
      .enum(['true', 'false'], { error: 'must be true or false' })
      .transform((text) => text === 'true'),
    description:
      'Whether events may also be sent to hosts in private networks and over plain http. For development: in production whoever may make a subscription could make the worker call services inside your network.',
    example: 'false',
    fallback: 'false',
  }),
  SMTP_URL: variable({
    schema: z
      .string()
      .regex(/^smtps?:\/\/\S+$/, 'must begin with smtp:// or smtps://')
      .refine((url) => URL.canParse(url), 'must be an address'),
    description:
      'The mail server that alerts are sent by, with login and password in the address. Without it alerts go to webhooks only. Set it for API and worker, together with MAIL_FROM.',
    example: 'smtps://user:password@mail.example.com:465',
    secret: true,
  }),
  MAIL_FROM: variable({
    schema: z
      .string()
      .refine(
        (from) => z.email().safeParse(/^[^<>\r\n]*<([^<>]+)>$/.exec(from)?.[1] ?? from).success,
        'must be an e-mail address, or a name with one in angle brackets',
      ),
    description: 'The sender of mails with alerts.',
    example: 'Latchkey <alerts@example.com>',
  }),
  ALERT_START_LEAD_MINUTES: variable({
    schema: z
      .string()
      .regex(/^\d{1,4}$/, 'must be a whole number of minutes')
      .transform(Number)
      .refine((minutes) => minutes <= 1_440, 'must be at most 1440'),
    description:
      'How many minutes before its start access must be in place; when it is not, an alert is sent. 0 to 1440.',
    example: '30',
    fallback: '30',
  }),
  PUBLIC_URL: variable({
    schema: z
      .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
      .transform((url) => url.replace(/\/+$/, '')),
    description:
      "Address by which this API is reached from the internet. POST /v1/integrations/:id/kisi-webhook has Kisi send its events there; without it the webhook is pasted in Kisi's dashboard.",
    example: 'https://latchkey.example.com',
  }),
  PORTAL_URL: variable({
    schema: pageUrl,
    description:
      'Address of the page where members use their keys; without it the page My Keys of this service, where PUBLIC_URL is set. POST /v1/members/:id/portal-sessions answers it with the token behind a #, which browsers send to no server.',
    example: 'https://portal.example.com/my-keys',
  }),
  PORTAL_HOME_URL: variable({
    schema: linkUrl,
    description:
      'Address in your portal that leads a member to My Keys. The page has a button to it where nobody is signed in, as when it is opened from a phone’s home screen.',
    example: 'https://portal.example.com/keys',
  }),
  PORTAL_FRAME_ANCESTORS: variable({
    schema: z
      .string()
      .transform((text) => text.split(/[\s,]+/).filter(Boolean))
      .refine(
        (origins) => origins.length > 0 && origins.every(isOrigin),
        'must be a list of origins such as https://portal.example.com, without a path',
      ),
    description:
      'Origins whose pages may show My Keys in a frame: a list, separated by commas. Without it no page may.',
    example: 'https://portal.example.com',
  }),
  PORTAL_SESSION_MINUTES: variable({
    schema: z
      .string()
      .regex(/^([1-9]|[1-5]\d|60)$/, 'must be a whole number from 1 to 60')
      .transform(Number),
    description: "How long a member's token lasts, 1 to 60 minutes.",
    example: '15',
    fallback: '15',
  }),
  PORTAL_JWKS_URL: variable({
    schema: z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }),
    description:
      'Where the host platform publishes the keys of its own JWTs (a JWKS), so that its members need no token of ours. Set it together with PORTAL_JWT_ISSUER and PORTAL_JWT_AUDIENCE.',
    example: 'https://id.example.com/.well-known/jwks.json',
  }),
  PORTAL_JWT_ISSUER: variable({
    schema: z.string().min(1),
    description: "The `iss` that the host platform's JWTs must have.",
    example: 'https://id.example.com/',
  }),
  PORTAL_JWT_AUDIENCE: variable({
    schema: z.string().min(1),
    description:
      "The `aud` that the host platform's JWTs must have: one that stands for this service alone.",
    example: 'latchkey',
  }),
  PORTAL_JWT_MEMBER_CLAIM: variable({
    schema: z.string().regex(/^\S+$/, 'must not contain spaces'),
    description: "The claim of the host platform's JWTs that holds the member's id.",
    example: 'sub',
    fallback: 'sub',
  }),
  OIDC_ISSUER: variable({
    schema: httpUrl,
    description:
      'The OpenID Connect provider by which people sign in to the admin console, beside API keys. Set it together with OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and PUBLIC_URL; register PUBLIC_URL/v1/session/oidc/callback there.',
    example: 'https://id.example.com',
  }),
  OIDC_CLIENT_ID: variable({
    schema: z.string().min(1),
    description: 'The id of the client that the provider made for this service.',
    example: 'latchkey',
  }),
  OIDC_CLIENT_SECRET: variable({
    schema: z.string().min(1),
    description: 'The secret of that client.',
    example: 'as the provider shows it',
    secret: true,
  }),
  OIDC_REQUESTED_SCOPES: variable({
    schema: z.string().refine((text) => text.split(/\s+/).includes('openid'), 'must hold openid'),
    description:
      'What the provider is asked for, separated by spaces; some need one more for the claims below.',
    example: 'openid profile groups',
    fallback: 'openid profile',
  }),
  OIDC_SCOPES_CLAIM: variable({
    schema: z.string().regex(/^\S+$/, 'must not contain spaces'),
    description:
      'The claim whose values say what a person may do: admin, booking and operator, a list or one text; other values are passed over. Nested ones are reached by dots (resource_access.latchkey.roles). Take a claim that speaks of Latchkey alone: an admin of something else would be one here.',
    example: 'latchkey_scopes',
    fallback: 'latchkey_scopes',
  }),
  OIDC_LOCATIONS_CLAIM: variable({
    schema: z.string().regex(/^\S+$/, 'must not contain spaces'),
    description:
      'The claim that lists the ids of the locations that a person may see and change; * stands for all, and whoever has no such claim is refused. Without this variable everybody has all.',
    example: 'latchkey_locations',
  }),
  TEMPORAL_WEB_URL: variable({
    schema: pageUrl,
    description:
      'Where Temporal Web is reached by the people who use the admin console, which then links each grant to its workflow there.',
    example: 'https://temporal.example.com',
  }),
  LOG_LEVEL: variable({
    schema: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    description: 'The least severe log lines to write.',
    example: 'info',
    fallback: 'info',
  }),
} as const;

/** The name of a variable that this project defines. */
export type VariableName = keyof typeof VARIABLES;

/** The checked value of one variable. */
export type VariableValue<Name extends VariableName> = z.output<(typeof VARIABLES)[Name]['schema']>;

/**
 * Temporal's own variables that operators of this project usually need, with what they are for.
 * Any other that `@temporalio/envconfig` knows works as well.
 */
export const TEMPORAL_VARIABLES: Readonly<Record<string, string>> = {
  TEMPORAL_ADDRESS: 'host:port of the Temporal frontend (default 127.0.0.1:7233).',
  TEMPORAL_NAMESPACE: 'Namespace (default: default).',
  TEMPORAL_API_KEY: 'API key of Temporal Cloud; turns TLS on.',
  TEMPORAL_TLS: 'true to use TLS without an API key.',
  TEMPORAL_TLS_CLIENT_CERT_PATH: 'Client certificate for mTLS.',
  TEMPORAL_TLS_CLIENT_KEY_PATH: 'Key of the client certificate.',
  TEMPORAL_TLS_SERVER_CA_CERT_PATH:
    'Certificate authority of the server, when it is a private one.',
  TEMPORAL_TLS_SERVER_NAME: 'Server name to expect in its certificate.',
};
