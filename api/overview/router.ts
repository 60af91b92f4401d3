import { Router } from 'express';
import { readOverview } from '../../src/access/overview';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { ok } from '../http/outcomes';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentOverview } from './present';
import { getOverview } from './schema';

export function overviewRouter(deps: ApiDeps): Router {
  const router = Router();

  router.get(
    getOverview.path,
    requireScopes(getOverview),
    validate(getOverview),
    answer(getOverview, async ({ caller }) =>
      ok(presentOverview(await readOverview(deps, caller.locationIds))),
    ),
  );

  return router;
}
