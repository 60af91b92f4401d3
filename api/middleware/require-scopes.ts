import type { RequestHandler } from 'express';
import { callerOf, contextOf } from '../http/context';
import type { OperationSpec } from '../http/operation';
import { ApiProblem } from '../http/problems';

/** Lets a key pass that has one of the operation's scopes. */
export function requireScopes(spec: OperationSpec): RequestHandler {
  return (_req, res, next) => {
    contextOf(res).route = spec.path;
    const { scopes } = callerOf(res);
    const wanted = spec.scopes ?? [];
    if (!scopes.some((scope) => wanted.includes(scope))) {
      throw new ApiProblem('scope_missing', {
        detail: `This needs a key with one of the scopes ${wanted.join(', ')}; yours has ${scopes.join(', ')}.`,
      });
    }
    next();
  };
}
