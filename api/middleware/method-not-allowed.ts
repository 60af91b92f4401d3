import { Router } from 'express';
import type { OperationSpec } from '../http/operation';
import { ApiProblem } from '../http/problems';

/** Answers 405 with `Allow` where a path exists but not with this method. Mounted after all routes. */
export function refuseOtherMethods(operations: readonly OperationSpec[]): Router {
  const router = Router();
  const methods = new Map<string, Set<string>>();
  for (const { path, method } of operations) {
    const known = methods.get(path) ?? new Set<string>();
    known.add(method.toUpperCase());
    if (method === 'get') known.add('HEAD');
    methods.set(path, known);
  }
  for (const [path, known] of methods) {
    router.all(path, (req) => {
      const allowed = [...known].sort().join(', ');
      throw new ApiProblem('method_not_allowed', {
        detail: `${req.method} is not possible here; allowed: ${allowed}.`,
        headers: { Allow: allowed },
      });
    });
  }
  return router;
}
