/** What the API answered; `body` is `null` where it sent none. */
export interface ApiAnswer<Body = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: Body;
}

interface ApiRequest {
  body?: unknown;
  idempotencyKey?: string;
  timeoutMs?: number;
}

/** The HTTP API as an integrator uses it. */
export interface ApiClient {
  /** Whatever the status is. @throws TypeError when the connection is lost. */
  send<Body = Record<string, unknown>>(
    method: string,
    path: string,
    request?: ApiRequest,
  ): Promise<ApiAnswer<Body>>;
  /** The body of a 2xx answer. @throws Error with the answer when it is none. */
  ok<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    idempotencyKey?: string,
  ): Promise<Body>;
}

const TIMEOUT_MS = 30_000;

/** @param baseUrl asked before each request: a restarted API may listen elsewhere */
export function apiClient(baseUrl: () => string, apiKey: string): ApiClient {
  const send: ApiClient['send'] = async <Body>(
    method: string,
    path: string,
    { body, idempotencyKey, timeoutMs = TIMEOUT_MS }: ApiRequest = {},
  ): Promise<ApiAnswer<Body>> => {
    const response = await fetch(baseUrl() + path, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text === '' ? null : JSON.parse(text)) as Body,
    };
  };
  return {
    send,
    async ok<Body>(method: string, path: string, body?: unknown, idempotencyKey?: string) {
      const answer = await send<Body>(method, path, {
        body,
        ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      });
      if (answer.status < 200 || answer.status > 299) {
        throw new Error(
          `${method} ${path} answered ${String(answer.status)}: ${JSON.stringify(answer.body)}`,
        );
      }
      return answer.body;
    },
  };
}
