import { Router } from 'express';
import { explainAccess as explain } from '../../src/access/explain';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { PROBLEM_STEPS } from '../http/grant-problems';
import { found, ok } from '../http/outcomes';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentExplanation } from './present';
import { explainAccess } from './schema';

export function explainRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const router = Router();

  router.get(
    explainAccess.path,
    requireScopes(explainAccess),
    validate(explainAccess),
    answer(explainAccess, async ({ params: { id }, query: { doorMappingId, at }, caller }) => {
      const member = found(await store.members.get(id), 'member_not_found', id);
      const standing = await store.doorMappings.get(doorMappingId);
      const mapping = found(
        standing ?? (await store.doorMappings.getEvenDeleted(doorMappingId)),
        'door_mapping_not_found',
        doorMappingId,
      );
      const { locationIds } = caller;
      const question = { member, mapping, isDeleted: standing === null, at, locationIds };
      return ok(presentExplanation(await explain(deps, { ...question, remedies: PROBLEM_STEPS })));
    }),
  );

  return router;
}
