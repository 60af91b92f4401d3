import { Agent, type Dispatcher } from 'undici';

/** One request as it goes over the wire. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Path with its query. */
  path: string;
  headers: Record<string, string>;
  body?: string;
}

/** What became of it. Only `not_sent` proves that Kisi never saw the request. */
export type HttpOutcome =
  | { is: 'answer'; status: number; header: (name: string) => string | undefined; text: string }
  | { is: 'not_sent'; because: 'stale' | 'timeout' | 'aborted' | 'unreachable'; cause?: unknown }
  | { is: 'lost'; because: 'timeout' | 'aborted' | 'broken'; cause?: unknown };

export interface HttpSendOptions {
  /** Time in ms for the whole exchange, connecting included. */
  timeoutMs: number;
  signal?: AbortSignal;
  /** Asked once the connection stands, right before the bytes go out; false cancels. */
  maySend: () => boolean;
  /** Called when the head of the answer has arrived: the request has surely been counted by then. */
  onReply: () => void;
}

export interface Http {
  send(request: HttpRequest, options: HttpSendOptions): Promise<HttpOutcome>;
  close(): Promise<void>;
}

/** A list page of 250 rows is about half a megabyte; a longer answer is not Kisi's. */
const LONGEST_ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * HTTP with exact knowledge of what was sent. undici tells the handler right before it writes a
 * request to the socket (`onRequestStart`): before that nothing was sent, and a second such call
 * means that undici is about to send the same request again, which is refused here, since a write
 * that is done twice is worse than one whose reply is lost.
 */
export function createHttp(
  baseUrl: string,
  dispatcher: Dispatcher = new Agent({ pipelining: 1 }),
): Http {
  const base = new URL(baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  return {
    send: (request, options) =>
      exchange(dispatcher, base.origin, { ...request, path: prefix + request.path }, options),
    close: () => dispatcher.close(),
  };
}

function exchange(
  dispatcher: Dispatcher,
  origin: string,
  request: HttpRequest,
  { timeoutMs, signal, maySend, onReply }: HttpSendOptions,
): Promise<HttpOutcome> {
  return new Promise((resolve) => {
    let controller: Dispatcher.DispatchController | undefined;
    let settled = false;
    let status = 0;
    let headers: Record<string, string | string[] | undefined> = {};
    const chunks: Buffer[] = [];
    let bytes = 0;

    const settle = (outcome: HttpOutcome) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      resolve(outcome);
    };
    const giveUp = (because: 'timeout' | 'aborted', cause?: unknown) => {
      settle(controller ? { is: 'lost', because, cause } : { is: 'not_sent', because, cause });
      controller?.abort(new Error(because));
    };
    const onAbort = () => {
      giveUp('aborted', signal?.reason);
    };
    const timer = setTimeout(() => {
      giveUp('timeout');
    }, timeoutMs);
    if (signal?.aborted === true) {
      onAbort();
      return;
    }
    signal?.addEventListener('abort', onAbort);

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        if (controller !== undefined) {
          settle({ is: 'lost', because: 'broken' });
        } else if (!settled && !maySend()) {
          settle({ is: 'not_sent', because: 'stale' });
        }
        if (settled) {
          started.abort(new Error('not sent'));
          return;
        }
        controller = started;
      },
      onResponseStart(_controller, statusCode, head) {
        // An informational answer (1xx) is not the reply yet.
        if (statusCode < 200) return;
        status = statusCode;
        headers = head;
        onReply();
      },
      onResponseData(current, chunk) {
        bytes += chunk.length;
        if (bytes > LONGEST_ANSWER_BYTES) {
          current.abort(new Error('the answer is too long'));
          return;
        }
        chunks.push(chunk);
      },
      onResponseEnd() {
        const header = (name: string) => {
          const value = headers[name];
          return Array.isArray(value) ? value.join(', ') : value;
        };
        settle({ is: 'answer', status, header, text: Buffer.concat(chunks).toString('utf8') });
      },
      onResponseError(_controller, cause) {
        settle(
          controller
            ? { is: 'lost', because: 'broken', cause }
            : { is: 'not_sent', because: 'unreachable', cause },
        );
      },
    };
    try {
      dispatcher.dispatch(
        {
          origin,
          path: request.path,
          method: request.method,
          headers: request.headers,
          body: request.body ?? null,
        },
        handler,
      );
    } catch (cause) {
      settle({ is: 'not_sent', because: 'unreachable', cause });
    }
  });
}
