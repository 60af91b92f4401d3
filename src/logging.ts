import type { Logger as TemporalLogger, LogLevel as TemporalLogLevel } from '@temporalio/common';
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';

export type { Logger } from 'pino';

/** What `createLogger` needs to know. */
export interface LoggerOptions {
  /** The least severe level to write: pino's names, or `silent`. */
  readonly level: string;
  /** Which process writes, on every line: `api`, `worker`, … */
  readonly process: string;
  /** Where lines go; standard output unless told (tests collect them). */
  readonly destination?: DestinationStream;
}

/** Fields that may hold a credential or a person; the value is replaced wherever they turn up. */
const SENSITIVE_FIELDS = [
  'authorization',
  'Authorization',
  'cookie',
  'set-cookie',
  'apiKey',
  'api_key',
  'secret',
  'clientSecret',
  'token',
  'accessToken',
  'password',
  'email',
  'name',
  'firstName',
  'lastName',
  'fullName',
  'displayName',
  'memberName',
  'phone',
];

/** Deeper objects than this are not logged anywhere; each level costs pino a walk. */
const SENSITIVE_DEPTH = 4;

const REDACTED = '[redacted]';

const sensitivePaths = SENSITIVE_FIELDS.flatMap((field) =>
  Array.from(
    { length: SENSITIVE_DEPTH },
    (_, depth) => `${'*'.repeat(depth).split('').join('.')}["${field}"]`,
  ),
);

/**
 * The project's logger: one JSON line per event, with times in ISO 8601 UTC.
 *
 * Identify what a line is about with fields, never inside the message: `requestId` for a request and
 * `workflowId` / `runId` for a workflow (Temporal adds those two itself).
 *
 * Two nets keep secrets and people out. Sensitive fields are replaced by name; and because an e-mail
 * or a credential can also hide inside a message (an error from a server that quotes its input), the
 * finished line is searched for both once more.
 */
export function createLogger(options: LoggerOptions): Logger {
  return pino(
    {
      level: options.level,
      base: { process: options.process },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.err, error: stdSerializers.err },
      redact: { paths: sensitivePaths, censor: REDACTED },
      hooks: { streamWrite: maskLine },
    },
    options.destination ?? pino.destination(1),
  );
}

/**
 * A JSON escape such as `\n` may stand right before the text to mask, and its letter would be taken for
 * a part of it; capturing it keeps the line valid JSON. The part before the @ is bounded (64 is the
 * longest that e-mail allows), because without a bound a long line of letters takes quadratic time.
 */
const EMAIL =
  /(\\(?:u[0-9a-fA-F]{4}|[bfnrt]))?[\w.%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}/g;
const CREDENTIAL = /\b(Bearer|Basic|KISI-LOGIN|KISI-ACCESS-KEY)(\s+)[\w.~+/=-]+/g;
const CONNECTION_PASSWORD = /(\bmongodb(?:\+srv)?:\/\/)[^\s"@/]+@/g;

/** Masks what looks like a credential or an e-mail in a finished log line. */
function maskLine(line: string): string {
  return line
    .replace(CONNECTION_PASSWORD, `$1${REDACTED}@`)
    .replace(CREDENTIAL, `$1$2${REDACTED}`)
    .replace(EMAIL, (_, escape: string | undefined) => `${escape ?? ''}${REDACTED}`);
}

/**
 * Lets Temporal's SDK (worker, client, and workflows through its log sink) write into our logger.
 *
 * Give it to `Runtime.install` before any worker or connection is made.
 */
export function temporalLogger(logger: Logger): TemporalLogger {
  const write = (level: TemporalLogLevel, message: string, meta: object = {}): void => {
    // Temporal passes failures as `error`; the serializer of that name turns them into JSON.
    logger[PINO_LEVEL[level]](meta, message);
  };
  return {
    log: write,
    trace: (message, meta) => {
      write('TRACE', message, meta);
    },
    debug: (message, meta) => {
      write('DEBUG', message, meta);
    },
    info: (message, meta) => {
      write('INFO', message, meta);
    },
    warn: (message, meta) => {
      write('WARN', message, meta);
    },
    error: (message, meta) => {
      write('ERROR', message, meta);
    },
  };
}

const PINO_LEVEL = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const satisfies Record<TemporalLogLevel, string>;
