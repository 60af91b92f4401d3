import { Agent, request } from 'undici';
import { AddressRefused, publicLookup, urlFault } from './address';

/** Why a receiver gave no answer. */
export const SEND_ERRORS = ['timeout', 'address_refused', 'unreachable'] as const;
export type SendError = (typeof SEND_ERRORS)[number];

export type SendOutcome = { is: 'answer'; status: number } | { is: 'none'; error: SendError };

export interface EventSender {
  /** Posts a body once. Redirects are not followed: a receiver could send us into our own network. */
  send(url: string, headers: Record<string, string>, body: string): Promise<SendOutcome>;
  close(): Promise<void>;
}

export interface EventSenderOptions {
  /** Also sends to private hosts and over plain http: for development. */
  allowPrivateHosts: boolean;
  /** For the whole exchange, ms. */
  timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
/** What the receiver says beside its status is not looked at; a longer answer is cut off. */
const LONGEST_ANSWER_BYTES = 64 * 1024;

export function createEventSender(options: EventSenderOptions): EventSender {
  const { allowPrivateHosts, timeoutMs = TIMEOUT_MS } = options;
  const agent = new Agent({
    connect: { timeout: timeoutMs, ...(!allowPrivateHosts && { lookup: publicLookup }) },
  });
  return {
    async send(url, headers, body) {
      if (urlFault(url, allowPrivateHosts) !== null)
        return { is: 'none', error: 'address_refused' };
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const reply = await request(url, {
          dispatcher: agent,
          method: 'POST',
          headers,
          body,
          signal,
        });
        // The status has decided by now; a body that breaks off changes nothing.
        await reply.body.dump({ limit: LONGEST_ANSWER_BYTES, signal }).catch(() => undefined);
        return { is: 'answer', status: reply.statusCode };
      } catch (error) {
        return { is: 'none', error: sendErrorOf(error, signal) };
      }
    },
    close: () => agent.close(),
  };
}

function sendErrorOf(error: unknown, signal: AbortSignal): SendError {
  if (error instanceof AddressRefused) return 'address_refused';
  return signal.aborted || isConnectTimeout(error) ? 'timeout' : 'unreachable';
}

function isConnectTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'UND_ERR_CONNECT_TIMEOUT';
}
