import { KisiError, KisiThrottled } from '../../src/kisi';
import type { CallOptions } from '../../src/kisi';
import { ApiProblem } from './problems';

/** Long enough for an outage to be seen as one, short enough for somebody who waits. */
const RETRY_AFTER_S = 10;

/** No request of the API waits longer than this for Kisi, its turn included, in ms. */
const PATIENCE_MS = 8000;

/** How the API calls Kisi: ahead of background work, and only as long as a person waits. */
export function interactive(): CallOptions {
  return { priority: 'interactive', signal: AbortSignal.timeout(PATIENCE_MS) };
}

/**
 * Carries out calls to Kisi and turns what Kisi says into a refusal that the caller can act upon.
 * Kisi's own text is never passed on: it may quote what we sent.
 */
export async function askKisi<Result>(calls: () => Promise<Result>): Promise<Result> {
  try {
    return await calls();
  } catch (error) {
    if (error instanceof KisiError) throw toProblem(error);
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new ApiProblem('kisi_unavailable', { retryAfterSeconds: RETRY_AFTER_S, cause: error });
    }
    throw error;
  }
}

function toProblem(error: KisiError): ApiProblem {
  switch (error.kind) {
    case 'configuration':
      return new ApiProblem('kisi_key_refused', {
        detail: `Kisi answered ${error.status ?? 'with a refusal'} to the API key.`,
        cause: error,
      });
    case 'missing':
      return new ApiProblem('kisi_resource_unknown', { cause: error });
    case 'throttled':
      return new ApiProblem('kisi_unavailable', {
        detail: 'Kisi asks to wait: too many requests.',
        retryAfterSeconds: throttleSeconds(error),
        cause: error,
      });
    case 'unavailable':
    case 'lost_reply':
    case 'too_late':
      return new ApiProblem('kisi_unavailable', { retryAfterSeconds: RETRY_AFTER_S, cause: error });
    case 'stopped':
      return new ApiProblem('emergency_stop', { cause: error });
    case 'refused':
    case 'duplicate':
    case 'unexpected_answer':
      return new ApiProblem('kisi_unexpected_answer', { cause: error });
  }
}

function throttleSeconds(error: KisiError): number {
  const asked = error instanceof KisiThrottled ? error.retryAfterMs : null;
  return asked === null ? RETRY_AFTER_S : Math.max(1, Math.ceil(asked / 1000));
}
