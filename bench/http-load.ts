import autocannon, { type Result } from 'autocannon';
import { quantile } from 'simple-statistics';

/** What is asked for, and how much at once. */
export interface HttpLoadOptions {
  url: string;
  headers: Record<string, string>;
  /** Sent in turn; each may have headers of its own. */
  requests: readonly { path: string; headers?: Record<string, string> }[];
  /** Each sends its next request when the answer is there. */
  connections: number;
  seconds: number;
}

/** What a load came to: the time of an answer in ms, answers a second on average, and all of them. */
export interface HttpLoad {
  p95: number;
  perSecond: number;
  answers: number;
}

/** @throws Error when an answer was not 2xx, which would be measured as a fast one */
export async function loadHttp({
  url,
  headers,
  requests: sent,
  connections,
  seconds,
}: HttpLoadOptions): Promise<HttpLoad> {
  const times: number[] = [];
  const requests = [...sent];
  const options = { url, headers, requests, connections, duration: seconds };
  const result = await new Promise<Result>((resolve, reject) => {
    autocannon(options, (error: unknown, done) => {
      if (error instanceof Error) reject(error);
      else resolve(done);
    }).on('response', (_client, _status, _bytes, time) => {
      times.push(time);
    });
  });
  const wrong = result.non2xx + result.errors + result.timeouts;
  if (wrong > 0) throw new Error(`${String(wrong)} requests failed; the figures would be wrong.`);
  return { p95: quantile(times, 0.95), perSecond: result.requests.average, answers: times.length };
}
