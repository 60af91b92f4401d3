import type { ErrorRequestHandler, RequestHandler } from 'express';
import { contextOf } from '../http/context';
import { ApiProblem, type ProblemCode } from '../http/problems';

/** What is left when no route took the request. */
export const refuseUnknownRoute: RequestHandler = (req) => {
  throw new ApiProblem('route_not_found', {
    detail: `${req.method} ${req.baseUrl}${req.path} is not a route.`,
  });
};

/**
 * The only place that answers a failure. An `ApiProblem` is shown as it is; everything else is
 * logged whole and shown as `internal_error`, so that nothing internal leaves.
 */
export const answerProblem: ErrorRequestHandler = (error: unknown, req, res, next) => {
  if (res.headersSent) {
    // The body is half sent: only closing the connection tells the caller that it is not whole.
    next(error);
    return;
  }
  const { requestId } = contextOf(res);
  const problem = toProblem(error);
  if (problem.status >= 500) req.log.error({ err: error, code: problem.code }, 'request failed');
  res
    .status(problem.status)
    .set(problem.headers)
    .type('application/problem+json')
    .send(JSON.stringify(problem.toBody(requestId)));
};

/** Names of the MongoDB driver's errors (the store lets them pass); only the store may import it. */
const DATABASE_IS_AWAY: ReadonlySet<string> = new Set([
  'MongoServerSelectionError',
  'MongooseServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
]);

function toProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  if (error instanceof URIError) {
    return new ApiProblem('request_invalid', {
      detail: 'The path holds a % that does not begin an escape such as %20.',
      cause: error,
    });
  }
  if (error instanceof Error && DATABASE_IS_AWAY.has(error.name)) {
    return new ApiProblem('database_unavailable', { retryAfterSeconds: 5, cause: error });
  }
  const refused = refusedBody(error);
  return refused === null
    ? new ApiProblem('internal_error', { cause: error })
    : new ApiProblem(refused, { cause: error });
}

/**
 * Which of our codes stands for an error of Express's body parser. It marks what the sender is to
 * blame for with `expose` and a 4xx status (http-errors), for example a body that is not gzip.
 */
function refusedBody(error: unknown): ProblemCode | null {
  if (!(error instanceof Error) || !('expose' in error) || error.expose !== true) return null;
  const status = 'status' in error ? error.status : undefined;
  if (status === 413) return 'body_too_large';
  if (status === 415) return 'media_type_unsupported';
  return status === 400 ? 'malformed_json' : null;
}
