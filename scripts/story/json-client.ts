import type { z } from 'zod';

/** A step of the story could not be read from where it really happens. */
export class StoryError extends Error {
  override readonly name = 'StoryError';

  /** Of the answer, where that is what is wrong. */
  readonly status: number | null;

  constructor(message: string, options: ErrorOptions & { status?: number } = {}) {
    super(message, options);
    this.status = options.status ?? null;
  }
}

const TIMEOUT_MS = 15_000;

interface Call {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH';
  body?: unknown;
  idempotencyKey?: string;
}

/** JSON over HTTP, each answer checked against a schema. */
export interface JsonClient {
  /** @throws StoryError that says what was asked and what came back, if that is not a 2xx of this schema. */
  call: <Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    call?: Call,
  ) => Promise<z.output<Schema>>;
}

/** A client for one address; with an API key where one is given. Waits 15 s for an answer unless told. */
export function jsonClient(
  baseUrl: string,
  apiKey?: string,
  timeoutMs: number = TIMEOUT_MS,
): JsonClient {
  return {
    async call(path, schema, { method = 'GET', body, idempotencyKey } = {}) {
      const what = `${method} ${baseUrl}${path}`;
      const headers = {
        ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      };
      const { status, text } = await send(what, baseUrl + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(timeoutMs),
      });
      if (status < 200 || status > 299) {
        throw new StoryError(`${what} answered ${status}: ${text}`, { status });
      }
      const parsed = schema.safeParse(JSON.parse(text));
      if (!parsed.success) {
        throw new StoryError(`${what} answered something else than was expected: ${text}`);
      }
      return parsed.data;
    },
  };
}

async function send(
  what: string,
  url: string,
  request: RequestInit,
): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(url, request);
    return { status: response.status, text: await response.text() };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new StoryError(`${what} was not answered: ${String(cause)}`, { cause: error });
  }
}
