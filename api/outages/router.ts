import { Router } from 'express';
import type { z } from 'zod';
import { affectedBy, outageOf, type AffectedGrant } from '../../src/access/outage';
import type { Grant } from '../../src/domain/grant';
import { isWanted } from '../../src/domain/grant-life';
import type { ApiDeps } from '../deps';
import { presentGrant } from '../grants/present';
import { answer } from '../http/answer';
import { found, ok, readPage } from '../http/outcomes';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { toIso, toIsoOrNull } from '../schemas/common';
import { getOutage, type outageReport } from './schema';

export function outagesRouter(deps: ApiDeps): Router {
  const { store, clock } = deps;
  const router = Router();

  router.get(
    getOutage.path,
    requireScopes(getOutage),
    validate(getOutage),
    answer(getOutage, async ({ params: { id }, query }) => {
      const integration = found(await store.integrations.get(id), 'integration_not_found', id);
      const outage = outageOf(integration);
      if (outage === null) return ok({ outage: null, data: [], nextCursor: null });
      const { data, nextCursor } = await readPage(
        (page) => affectedBy(deps, integration, outage, page),
        query,
      );
      const now = clock.now();
      return ok({
        outage: { ...outage, from: toIso(outage.from), until: toIsoOrNull(outage.until) },
        data: data.map((one) => present(one, now)),
        nextCursor,
      });
    }),
  );

  return router;
}

function present(
  { missed, dueAt, grant, memberName, door, location }: AffectedGrant,
  now: number,
): z.input<typeof outageReport>['data'][number] {
  return {
    missed,
    dueAt: toIso(dueAt),
    isMended: isMended(missed, grant, now),
    member: { id: grant.memberId, name: memberName },
    door: { doorMappingId: door.id, name: door.name },
    location,
    grant: presentGrant(grant, now),
  };
}

/** Nobody waits at the door who may come in, and nobody has what is over. */
function isMended(missed: AffectedGrant['missed'], grant: Grant, now: number): boolean {
  const { provisioning, startsAt } = grant;
  if (isWanted(grant, now)) return provisioning === 'in_place' || now < startsAt;
  return missed === 'start' || provisioning === 'removed';
}
