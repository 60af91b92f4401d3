import { ServiceError } from '@temporalio/client';
import { ApiProblem } from './problems';

const RETRY_AFTER_S = 5;

/** Calls Temporal; when it is away the caller learns so, and that repeating is safe. */
export async function reachTemporal<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    throw new ApiProblem('temporal_unavailable', {
      retryAfterSeconds: RETRY_AFTER_S,
      cause: error,
    });
  }
}
