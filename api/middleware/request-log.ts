import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { beginContext, contextOf } from '../http/context';
import type { Caller } from '../http/operation';

/** What a caller may choose as the id of a request: safe in logs, headers and workflow messages. */
const REQUEST_ID = /^[A-Za-z0-9_-]{8,64}$/;

/**
 * The first two middlewares: give the request its id (the caller's own `X-Request-Id` when it is
 * usable) and send it back, then write one line when the answer is out. Neither headers nor bodies
 * are logged, since both may hold secrets or people; nor is the query.
 */
export function logRequests(logger: Logger): RequestHandler[] {
  const begin: RequestHandler = (req, res, next) => {
    const given = req.get('x-request-id');
    const requestId = given !== undefined && REQUEST_ID.test(given) ? given : randomUUID();
    beginContext(res, requestId);
    res.set('X-Request-Id', requestId);
    next();
  };
  const log = pinoHttp<IncomingMessage, Response>({
    logger,
    genReqId: (_req, res) => contextOf(res).requestId,
    customAttributeKeys: { reqId: 'requestId' },
    quietReqLogger: true,
    customLogLevel: (_req, res, error) =>
      error !== undefined || res.statusCode >= 500 ? 'error' : 'info',
    customSuccessObject: (req, res, line: object) => ({ ...line, ...aboutRequest(req, res) }),
    customErrorObject: (req, res, _error, line: object) => ({ ...line, ...aboutRequest(req, res) }),
    serializers: {
      req: () => undefined,
      res: (res: ServerResponse) => ({ statusCode: res.statusCode }),
    },
  });
  return [
    begin,
    (req, res, next) => {
      log(req, res, next);
    },
  ];
}

function aboutRequest(req: IncomingMessage, res: Response): object {
  const { route, caller } = contextOf(res);
  return { method: req.method, route, ...(caller && whoIs(caller)) };
}

function whoIs({ keyId, member, session }: Caller): object {
  if (member) return { memberId: member.id };
  const signedIn = session?.signedIn;
  return signedIn?.with === 'oidc' ? { personId: signedIn.person.id } : { apiKeyId: keyId };
}
