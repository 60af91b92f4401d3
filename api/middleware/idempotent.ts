import { createHash } from 'node:crypto';
import type { Request, RequestHandler } from 'express';
import type { IdempotencyRef, IdempotencyStore } from '../../src/store';
import { newResourceId } from '../http/answer';
import { callerOf, contextOf } from '../http/context';
import type { OperationSpec } from '../http/operation';
import { ApiProblem } from '../http/problems';
import { openAnswer, sealAnswer } from '../http/sealed-answer';
import { secretOf } from './authenticate';

const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,200}$/;

/**
 * Makes a POST safe to repeat. The record, scoped to API key (or session) and route, holds the id of what the
 * request makes before anything else happens, so that a repetition of an attempt that died goes on
 * with the same id. An answer is sent again as it was, for as long as the record is kept (48 h).
 *
 * Without the header the request is simply carried out.
 */
export function idempotent(spec: OperationSpec, records: IdempotencyStore): RequestHandler {
  return async (req, res, next) => {
    const idempotencyKey = req.headers['idempotency-key'];
    if (idempotencyKey === undefined) {
      next();
      return;
    }
    if (typeof idempotencyKey !== 'string' || !IDEMPOTENCY_KEY.test(idempotencyKey)) {
      throw new ApiProblem('request_invalid', {
        errors: [
          {
            path: 'headers.Idempotency-Key',
            message: 'must be 1 to 200 printable ASCII characters without spaces.',
            code: 'invalid_format',
          },
        ],
      });
    }
    const context = contextOf(res);
    const { keyId, session } = callerOf(res);
    const ref: IdempotencyRef = {
      keyId: session?.id ?? keyId,
      route: `${spec.method.toUpperCase()} ${spec.path}`,
      idempotencyKey,
    };
    const record = await records.begin(ref, {
      requestHash: requestHash(req),
      resourceId: newResourceId(),
    });
    // Only whoever sends the same credential and the Idempotency-Key again can open a kept secret.
    const passphrase = `${secretOf(req) ?? ''}\n${idempotencyKey}`;
    switch (record.state) {
      case 'mismatch':
        throw new ApiProblem('idempotency_key_reused');
      case 'done': {
        const body = spec.answersSecret ? openAnswer(record.body, passphrase) : record.body;
        res.status(record.status).set('Idempotency-Replayed', 'true');
        if (body === null) res.end();
        else {
          res.type(record.status >= 400 ? 'application/problem+json' : 'application/json');
          res.send(JSON.stringify(body));
        }
        return;
      }
      case 'fresh':
      case 'unfinished':
        context.attempt = {
          resourceId: record.resourceId,
          complete: (status, body) =>
            records.finish(ref, {
              status,
              body: spec.answersSecret ? sealAnswer(body, passphrase) : body,
            }),
        };
        next();
    }
  };
}

/** The same request has the same hash, in whatever order its fields come. A dry run is another one. */
function requestHash({ params, query, body }: Pick<Request, 'params' | 'query' | 'body'>): string {
  const asked = { params, body: body as unknown, ...(Object.keys(query).length > 0 && { query }) };
  return createHash('sha256').update(canonical(asked)).digest('base64url');
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
