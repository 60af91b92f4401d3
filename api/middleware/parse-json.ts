import { json, type RequestHandler } from 'express';
import { ApiProblem } from '../http/problems';

/** Far above any request of this API, and small enough to hold many at once. */
const BODY_LIMIT = '64kb';

const parse: RequestHandler = json({ limit: BODY_LIMIT, type: 'application/json', strict: true });

/** Reads a JSON body. A body of another type is refused, not taken for an empty one. */
export const parseJson: RequestHandler = (req, res, next) => {
  // `is` answers null where the request has no body at all.
  if (req.is('application/json') === false && req.headers['content-length'] !== '0') {
    throw new ApiProblem('media_type_unsupported', {
      detail: `The body is ${req.headers['content-type'] ?? 'of no declared type'}.`,
    });
  }
  parse(req, res, next);
};
