import { json, type RequestHandler } from 'express';
import { ApiProblem } from '../http/problems';

/** Far above any other request of this API, and small enough to hold many at once. */
const BODY_LIMIT = '64kb';
/** An import brings everything at once. */
const IMPORT_PATH = '/imports';
const IMPORT_LIMIT = '10mb';

const options = { type: 'application/json', strict: true } as const;
const parse: RequestHandler = json({ ...options, limit: BODY_LIMIT });
const parseImport: RequestHandler = json({ ...options, limit: IMPORT_LIMIT });

/** A body of another type is refused, not taken for an empty one. */
export const requireJson: RequestHandler = (req, _res, next) => {
  // `is` answers null where the request has no body at all.
  if (req.is('application/json') === false && req.headers['content-length'] !== '0') {
    throw new ApiProblem('media_type_unsupported', {
      detail: `The body is ${req.headers['content-type'] ?? 'of no declared type'}.`,
    });
  }
  next();
};

/** Reads a body whose signature was verified, which must be done on the bytes as they came. */
export const parseVerified: RequestHandler = (req, _res, next) => {
  const body: unknown = req.body;
  try {
    req.body = JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as unknown;
  } catch (error) {
    throw new ApiProblem('malformed_json', { cause: error });
  }
  next();
};

/** Reads a JSON body; mounted below `/v1`. */
export const parseJson: RequestHandler = (req, res, next) => {
  void requireJson(req, res, () => {
    void (req.path === IMPORT_PATH ? parseImport : parse)(req, res, next);
  });
};
