import { Router } from 'express';
import {
  adoptForeignRows as adopt,
  clearForeignRows as clear,
  type ForeignRowWork,
} from '../../src/access/foreign-rows';
import { viewForeignRow } from '../../src/access/foreign-row-view';
import type { Actor } from '../../src/domain/grant';
import type { Integration } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { askKisi, interactive } from '../http/ask-kisi';
import { found, given, listed, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { reachTemporal } from '../http/reach-temporal';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentForeignRow } from './present';
import { adoptForeignRows, clearForeignRows, listForeignRows, refreshForeignRows } from './schema';

export function foreignRowsRouter(deps: ApiDeps): Router {
  const { store } = deps;
  const router = Router();

  const integrationOf = async (id: string): Promise<Integration> =>
    found(await store.integrations.get(id), 'integration_not_found', id);

  const connected = async (id: string): Promise<Integration> => {
    const integration = await integrationOf(id);
    if (!integration.active) throw new ApiProblem('integration_inactive');
    return integration;
  };

  const workOn = async (id: string, by: Actor): Promise<ForeignRowWork> => {
    const integration = await connected(id);
    const kisi = await deps.kisi.forOrganization(integration.organizationId);
    const messages: ForeignRowWork['deps']['messages'] = {
      pokePass: (...poke) => reachTemporal(() => deps.messages.pokePass(...poke)),
    };
    return { deps: { ...deps, messages }, kisi, integration, by, call: interactive() };
  };

  router.get(
    listForeignRows.path,
    requireScopes(listForeignRows),
    validate(listForeignRows),
    answer(listForeignRows, async ({ params, query: { limit, cursor, ...filter } }) => {
      const { organizationId } = await integrationOf(params.id);
      return listed(
        (page) => store.foreignRows.list(organizationId, given(filter), page),
        { limit, cursor },
        async (row) => presentForeignRow(await viewForeignRow(deps, row)),
      );
    }),
  );

  router.post(
    refreshForeignRows.path,
    requireScopes(refreshForeignRows),
    validate(refreshForeignRows),
    idempotent(refreshForeignRows, store.idempotency),
    answer(refreshForeignRows, async ({ params }) => {
      await connected(params.id);
      await reachTemporal(() => deps.integrationEvents.reconcileNow());
      return { status: 202 as const };
    }),
  );

  router.post(
    adoptForeignRows.path,
    requireScopes(adoptForeignRows),
    validate(adoptForeignRows),
    idempotent(adoptForeignRows, store.idempotency),
    answer(adoptForeignRows, async ({ params, body, by }) => {
      const work = await workOn(params.id, by);
      return ok({ rows: await askKisi(() => adopt(work, body.roleAssignmentIds)) });
    }),
  );

  router.post(
    clearForeignRows.path,
    requireScopes(clearForeignRows),
    validate(clearForeignRows),
    idempotent(clearForeignRows, store.idempotency),
    answer(clearForeignRows, async ({ params, body, by }) => {
      const work = await workOn(params.id, by);
      return ok({ rows: await askKisi(() => clear(work, body.roleAssignmentIds)) });
    }),
  );

  return router;
}
