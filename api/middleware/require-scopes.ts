import type { RequestHandler } from 'express';
import { callerOf, contextOf } from '../http/context';
import type { OperationSpec } from '../http/operation';
import { ApiProblem } from '../http/problems';

/** Lets a key pass that has one of the operation's scopes, or a member where it is for members. */
export function requireScopes(spec: OperationSpec): RequestHandler {
  return (_req, res, next) => {
    contextOf(res).route = spec.path;
    const { scopes, member } = callerOf(res);
    if (spec.scopes === 'member') {
      if (!member) throw new ApiProblem('member_token_needed');
      next();
      return;
    }
    const wanted = spec.scopes ?? [];
    if (!scopes.some((scope) => wanted.includes(scope))) {
      throw new ApiProblem('scope_missing', {
        detail: `This needs a key with one of the scopes ${wanted.join(', ')}; yours has ${scopes.join(', ')}.`,
      });
    }
    next();
  };
}
