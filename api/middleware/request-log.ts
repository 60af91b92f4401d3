import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { beginContext, contextOf } from '../http/context';

/** What a caller may choose as the id of a request: safe in logs, headers and workflow messages. */
const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/;

/**
 * The first middleware: gives the request its id (the caller's own `X-Request-Id` when it is
 * usable), sends it back, and writes one line when the answer is out. Neither headers nor bodies are
 * logged, since both may hold secrets or people; nor is the query.
 */
export function logRequests(logger: Logger): RequestHandler[] {
  const log = pinoHttp<IncomingMessage, Response>({
    logger,
    genReqId: (req) => {
      const given = req.headers['x-request-id'];
      return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
    },
    customAttributeKeys: { reqId: 'requestId' },
    quietReqLogger: true,
    customLogLevel: (_req, res, error) =>
      error !== undefined || res.statusCode >= 500 ? 'error' : 'info',
    customProps: (req, res) => ({
      method: req.method,
      route: contextOf(res).route,
      apiKeyId: contextOf(res).caller?.keyId,
    }),
    serializers: {
      req: () => undefined,
      res: (res: ServerResponse) => ({ statusCode: res.statusCode }),
    },
  });
  return [
    (req, res, next) => {
      log(req, res);
      next();
    },
    (req, res, next) => {
      const requestId = String(req.id);
      beginContext(res, requestId);
      res.set('X-Request-Id', requestId);
      next();
    },
  ];
}
