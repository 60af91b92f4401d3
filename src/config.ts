import { readFileSync } from 'node:fs';
import { loadClientConnectConfig, type ClientConnectConfig } from '@temporalio/envconfig';
import {
  optional,
  readHostTokens,
  readMail,
  readOidc,
  type HostTokens,
  type MailConfig,
  type OidcConfig,
} from './config-groups';
import {
  MAKE_ENCRYPTION_KEY,
  VARIABLES,
  type VariableName,
  type VariableValue,
} from './config-variables';

export type { HostTokens, MailConfig, OidcConfig };

type ConnectionOptions = ClientConnectConfig['connectionOptions'];

/** A key that encrypts secrets at rest. Its id is stored beside each secret, for rotation. */
export interface EncryptionKey {
  readonly id: string;
  /** 32 bytes, for AES-256-GCM. */
  readonly key: Uint8Array;
}

/** Everything that differs between one deployment and another; frozen, and passed down by hand. */
export interface Config {
  /** The HTTP API. `trustProxyHops` is Express's `trust proxy`. */
  readonly http: { readonly host: string; readonly port: number; readonly trustProxyHops: number };
  /** The worker: where its health and metrics listen, and its workflow bundle if not the built one. */
  readonly worker: {
    readonly host: string;
    readonly port: number;
    readonly workflowBundlePath?: string;
  };
  readonly mongodbUri: string;
  readonly kisi: {
    /** Without a slash at the end. */
    readonly baseUrl: string;
    readonly integratorName: string;
    readonly integratorContact?: string;
  };
  /** At least one. The first encrypts, all decrypt. */
  readonly encryptionKeys: readonly [EncryptionKey, ...EncryptionKey[]];
  readonly temporal: {
    /** Fits both `Connection` (API) and `NativeConnection` (worker). */
    readonly connectionOptions: ConnectionOptions;
    readonly namespace: string;
    /** Where Temporal Web shows this namespace, without a slash at its end. */
    readonly webUrl?: string;
  };
  readonly logLevel: VariableValue<'LOG_LEVEL'>;
  /** Where the API is reached from outside, without a slash at its end. */
  readonly publicUrl?: string;
  /** Whoever signs with one of these may send events; absent: nobody may. */
  readonly inboundWebhookSecrets?: readonly string[];
  /** What goes out to subscriptions. */
  readonly events: { readonly allowPrivateHosts: boolean };
  /** What people are alerted of. */
  readonly alerts: { readonly startLeadMinutes: number };
  /** Absent: no mail can be sent. */
  readonly mail?: MailConfig;
  /** How people sign in to the console beside API keys; absent: by keys alone. */
  readonly oidc?: OidcConfig;
  /** Where members use their keys, and what they come with. */
  readonly portal: {
    /** Without a fragment: where it is set to be, else our own page where that has an address. */
    readonly url?: string;
    /** Origins whose pages may show My Keys in a frame; absent: none. */
    readonly frameAncestors?: readonly string[];
    /** Where members open My Keys. */
    readonly homeUrl?: string;
    readonly sessionMinutes: number;
    /** Absent: only tokens of ours are taken. */
    readonly hostTokens?: HostTokens;
  };
  /** The first admin API key; see `VARIABLES.ADMIN_API_KEY`. */
  readonly adminApiKey?: string;
}

/** The environment cannot be used. The message names every fault and what to do about each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    super(
      [
        `The configuration has ${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:`,
        ...problems.map((problem) => `  - ${problem}`),
        'Every variable is described in .env.example.',
      ].join('\n'),
    );
  }
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads and checks the environment, once, at the start of a process.
 *
 * A variable set to the empty string counts as not set: Compose and many shells cannot pass "unset".
 *
 * @throws {ConfigError} with every fault at once, so that a person fixes them in one go.
 */
export function loadConfig(env: Env = process.env): Config {
  const given = withoutEmpty(env);
  const problems: string[] = [];
  const read = <Name extends VariableName>(name: Name): VariableValue<Name> | undefined => {
    const variable = VARIABLES[name];
    const fallback = 'fallback' in variable ? variable.fallback : undefined;
    const text = given[name] ?? fallback;
    if (text === undefined) return undefined;
    const checked = variable.schema.safeParse(text);
    if (checked.success) return checked.data as VariableValue<Name>;
    const faults = checked.error.issues.map((issue) => issue.message).join('; ');
    const shown = 'secret' in variable ? '' : ` (it is ${JSON.stringify(text)})`;
    problems.push(`${name} ${faults}${shown}. Example: ${variable.example}`);
    return undefined;
  };

  const mongodbUri = read('MONGODB_URI');
  if (given['MONGODB_URI'] === undefined) {
    problems.push(`MONGODB_URI is not set. Example: ${VARIABLES.MONGODB_URI.example}`);
  }
  const encryptionKeys = readEncryptionKeys(read('ENCRYPTION_KEYS'), read('ENCRYPTION_KEY_FILE'));
  if ('problem' in encryptionKeys) problems.push(encryptionKeys.problem);
  const temporal = readTemporal(given);
  if ('problem' in temporal) problems.push(temporal.problem);

  const host = read('HOST');
  const port = read('PORT');
  const workerPort = read('WORKER_PORT');
  const trustProxyHops = read('TRUST_PROXY_HOPS');
  const kisiBaseUrl = read('KISI_BASE_URL');
  const integratorName = read('KISI_INTEGRATOR_NAME');
  const logLevel = read('LOG_LEVEL');
  const workflowBundlePath = read('WORKFLOW_BUNDLE_PATH');
  const integratorContact = read('KISI_INTEGRATOR_CONTACT');
  const adminApiKey = read('ADMIN_API_KEY');
  const inboundWebhookSecrets = read('INBOUND_WEBHOOK_SECRETS');
  const allowPrivateHosts = read('EVENTS_ALLOW_PRIVATE_HOSTS');
  const mail = readMail(read('SMTP_URL'), read('MAIL_FROM'), given);
  if ('problem' in mail) problems.push(mail.problem);
  const startLeadMinutes = read('ALERT_START_LEAD_MINUTES');
  const publicUrl = read('PUBLIC_URL');
  const portalUrl = read('PORTAL_URL') ?? (publicUrl && `${publicUrl}/my-keys`);
  const frameAncestors = read('PORTAL_FRAME_ANCESTORS');
  const homeUrl = read('PORTAL_HOME_URL');
  const sessionMinutes = read('PORTAL_SESSION_MINUTES');
  const temporalWeb = read('TEMPORAL_WEB_URL');
  const hostTokens = readHostTokens({
    PORTAL_JWKS_URL: read('PORTAL_JWKS_URL'),
    PORTAL_JWT_ISSUER: read('PORTAL_JWT_ISSUER'),
    PORTAL_JWT_AUDIENCE: read('PORTAL_JWT_AUDIENCE'),
    PORTAL_JWT_MEMBER_CLAIM: read('PORTAL_JWT_MEMBER_CLAIM'),
  });
  if ('problem' in hostTokens) problems.push(hostTokens.problem);
  const oidc = readOidc(
    {
      OIDC_ISSUER: read('OIDC_ISSUER'),
      OIDC_CLIENT_ID: read('OIDC_CLIENT_ID'),
      OIDC_CLIENT_SECRET: read('OIDC_CLIENT_SECRET'),
      PUBLIC_URL: publicUrl,
    },
    read('OIDC_REQUESTED_SCOPES'),
    read('OIDC_SCOPES_CLAIM'),
    read('OIDC_LOCATIONS_CLAIM'),
  );
  if ('problem' in oidc) problems.push(oidc.problem);

  if (
    problems.length > 0 ||
    mongodbUri === undefined ||
    'problem' in encryptionKeys ||
    'problem' in temporal ||
    'problem' in hostTokens ||
    'problem' in oidc ||
    'problem' in mail ||
    startLeadMinutes === undefined ||
    sessionMinutes === undefined ||
    allowPrivateHosts === undefined ||
    host === undefined ||
    port === undefined ||
    workerPort === undefined ||
    trustProxyHops === undefined ||
    kisiBaseUrl === undefined ||
    integratorName === undefined ||
    logLevel === undefined
  ) {
    throw new ConfigError(problems);
  }
  return deepFreeze({
    http: { host, port, trustProxyHops },
    worker: { host, port: workerPort, ...optional({ workflowBundlePath }) },
    mongodbUri,
    kisi: { baseUrl: kisiBaseUrl, integratorName, ...optional({ integratorContact }) },
    encryptionKeys: encryptionKeys.keys,
    temporal: {
      ...temporal.connection,
      ...optional({ webUrl: temporalWeb && namespaceIn(temporalWeb, temporal.connection) }),
    },
    logLevel,
    events: { allowPrivateHosts },
    alerts: { startLeadMinutes },
    portal: {
      sessionMinutes,
      ...optional({ url: portalUrl, frameAncestors, homeUrl, hostTokens: hostTokens.tokens }),
    },
    ...optional({
      adminApiKey,
      publicUrl,
      inboundWebhookSecrets,
      mail: mail.config,
      oidc: oidc.config,
    }),
  });
}

type KeysRead = { keys: readonly [EncryptionKey, ...EncryptionKey[]] } | { problem: string };

function readEncryptionKeys(list: string | undefined, file: string | undefined): KeysRead {
  const makeOne = `Make a key with: ${MAKE_ENCRYPTION_KEY}`;
  if (list !== undefined && file !== undefined) {
    return { problem: 'ENCRYPTION_KEYS and ENCRYPTION_KEY_FILE are both set; keep one of them.' };
  }
  if (list !== undefined) return parseEncryptionKeys('ENCRYPTION_KEYS', list, makeOne);
  if (file === undefined) {
    return { problem: `ENCRYPTION_KEYS (or ENCRYPTION_KEY_FILE) is not set. ${makeOne}` };
  }
  try {
    return parseEncryptionKeys('ENCRYPTION_KEY_FILE', readFileSync(file, 'utf8'), makeOne);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { problem: `ENCRYPTION_KEY_FILE cannot be read: ${reason}. ${makeOne}` };
  }
}

/** The value itself never appears in a problem: it is a key, or most of one. */
function parseEncryptionKeys(variable: string, text: string, makeOne: string): KeysRead {
  const keys: EncryptionKey[] = [];
  for (const [index, entry] of text
    .split(/[\s,]+/)
    .filter(Boolean)
    .entries()) {
    const where = `${variable}, key ${index + 1}`;
    const parts = /^([A-Za-z0-9_-]{1,32}):([A-Za-z0-9+/]+={0,2})$/.exec(entry);
    if (parts === null) {
      return {
        problem: `${where} must be keyId:base64, the id of 1 to 32 letters, digits, _ or -. ${makeOne}`,
      };
    }
    const [, id = '', base64 = ''] = parts;
    const key = new Uint8Array(Buffer.from(base64, 'base64'));
    if (key.length !== 32) {
      return { problem: `${where} (${id}) is ${key.length} bytes long, not 32. ${makeOne}` };
    }
    if (keys.some((other) => other.id === id)) {
      return { problem: `${where} repeats the id ${id}; every key needs an id of its own.` };
    }
    keys.push({ id, key });
  }
  const [first, ...others] = keys;
  return first === undefined
    ? { problem: `${variable} holds no key. ${makeOne}` }
    : { keys: [first, ...others] };
}

type TemporalRead =
  { connection: { connectionOptions: ConnectionOptions; namespace: string } } | { problem: string };

/** Temporal's own variables and profile file, so that the `temporal` CLI and this project agree. */
function readTemporal(env: Record<string, string>): TemporalRead {
  try {
    const { connectionOptions, namespace } = loadClientConnectConfig({ overrideEnvVars: env });
    return {
      connection: {
        connectionOptions: {
          ...connectionOptions,
          // The SDK's own default is `localhost`, which some machines resolve to ::1 only.
          address: connectionOptions.address ?? '127.0.0.1:7233',
        },
        namespace: namespace ?? 'default',
      },
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return {
      problem: `TEMPORAL_… cannot be used: ${reason}. Check the TEMPORAL_ variables and the profile file they name.`,
    };
  }
}

function namespaceIn(webUrl: string, { namespace }: { namespace: string }): string {
  return `${webUrl}/namespaces/${encodeURIComponent(namespace)}`;
}

function withoutEmpty(env: Env): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]?.trim())),
  );
}

/** Typed arrays are left alone: the language does not allow freezing their elements. */
function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}
