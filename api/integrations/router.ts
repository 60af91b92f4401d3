import { Router } from 'express';
import { withoutLockGroups } from '../../src/access/mappable-groups';
import type { Integration } from '../../src/store';
import type { ApiDeps } from '../deps';
import { answer } from '../http/answer';
import { askKisi, interactive } from '../http/ask-kisi';
import { accepted, created, found, listed, ok } from '../http/outcomes';
import { reachTemporal } from '../http/reach-temporal';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import { presentJob } from '../jobs/present';
import { change, connect } from './connect';
import { apiKeyHint, presentTest, requireConnected, testNewKey, testStoredKey } from './connection';
import { releaseEmergencyStop, setEmergencyStop } from './emergency-stop';
import { deleteEmergencyStop, putEmergencyStop } from './emergency-stop-schema';
import { readHealth } from './health';
import { remove } from './remove';
import { presentApproval, presentGroup, presentIntegration, presentLock } from './present';
import {
  approveReconcile,
  createIntegration,
  getIntegration,
  getIntegrationHealth,
  listIntegrations,
  listKisiResources,
  patchIntegration,
  removeIntegration,
  testApiKey,
  testIntegration,
} from './schema';

export function integrationsRouter(deps: ApiDeps): Router {
  const { store, kisi, integrationEvents } = deps;
  const router = Router();
  const integrationOf = async (id: string): Promise<Integration> =>
    found(await store.integrations.get(id), 'integration_not_found', id);
  const present = async (
    integration: Integration,
  ): Promise<ReturnType<typeof presentIntegration>> =>
    presentIntegration(
      integration,
      await apiKeyHint(deps, integration.id),
      await store.kisiWebhooks.deletionMeaning(integration.id),
    );

  router.post(
    createIntegration.path,
    requireScopes(createIntegration),
    validate(createIntegration),
    idempotent(createIntegration, store.idempotency),
    answer(createIntegration, async ({ body, by, resourceId }) => {
      const { integration, isRevived } = await connect(deps, body, resourceId, by);
      const shown = await present(integration);
      return isRevived ? ok(shown) : created(shown, `/v1/integrations/${integration.id}`);
    }),
  );

  router.post(
    testApiKey.path,
    requireScopes(testApiKey),
    validate(testApiKey),
    idempotent(testApiKey, store.idempotency),
    answer(testApiKey, async ({ body }) => {
      const report = await testNewKey(deps, body.apiKey);
      const known = await store.integrations.byOrganization(report.organization.id);
      return ok(presentTest(report, known));
    }),
  );

  router.get(
    listIntegrations.path,
    requireScopes(listIntegrations),
    validate(listIntegrations),
    answer(listIntegrations, ({ query, caller: { locationIds } }) =>
      listed(
        (page) => store.integrations.list(page, locationIds ?? undefined),
        query,
        async (integration) => onlyAt(await present(integration), locationIds),
      ),
    ),
  );

  router.get(
    getIntegration.path,
    requireScopes(getIntegration),
    validate(getIntegration),
    answer(getIntegration, async ({ params, caller }) =>
      ok(onlyAt(await present(await integrationOf(params.id)), caller.locationIds)),
    ),
  );

  router.patch(
    patchIntegration.path,
    requireScopes(patchIntegration),
    validate(patchIntegration),
    answer(patchIntegration, async ({ params: { id }, body }) => {
      const madeOtherwise = await change(deps, await integrationOf(id), body);
      return ok({ ...(await present(await integrationOf(id))), madeOtherwise });
    }),
  );

  router.delete(
    removeIntegration.path,
    requireScopes(removeIntegration),
    validate(removeIntegration),
    answer(removeIntegration, async ({ params: { id }, query: { access }, by }) => {
      const job = await remove(deps, id, access, by);
      return accepted(presentJob(job), `/v1/jobs/${job.id}`);
    }),
  );

  router.post(
    testIntegration.path,
    requireScopes(testIntegration),
    validate(testIntegration),
    idempotent(testIntegration, store.idempotency),
    answer(testIntegration, async ({ params }) => {
      const integration = await integrationOf(params.id);
      return ok(presentTest(await testStoredKey(deps, integration), integration));
    }),
  );

  router.get(
    listKisiResources.path,
    requireScopes(listKisiResources),
    validate(listKisiResources),
    answer(listKisiResources, async ({ params, query: { type } }) => {
      const integration = requireConnected(await integrationOf(params.id));
      const client = await kisi.forOrganization(integration.organizationId);
      const options = interactive();
      if (type === 'lock') {
        const locks = await askKisi(() => client.listLocks({}, options));
        return ok({ data: locks.map(presentLock), nextCursor: null });
      }
      const groups = await askKisi(() => client.listGroups({}, options));
      const mappable = await withoutLockGroups(store, integration, groups);
      return ok({ data: mappable.map(presentGroup), nextCursor: null });
    }),
  );

  router.post(
    approveReconcile.path,
    requireScopes(approveReconcile),
    validate(approveReconcile),
    idempotent(approveReconcile, store.idempotency),
    answer(approveReconcile, async ({ params: { id }, by }) => {
      const { removalApproval } = found(
        await store.integrations.setRemovalApproval(id, by),
        'integration_not_found',
        id,
      );
      if (removalApproval === null) throw new Error('the approval was stored but is not there');
      await reachTemporal(() => integrationEvents.reconcileNow());
      return ok(presentApproval(removalApproval));
    }),
  );

  router.get(
    getIntegrationHealth.path,
    requireScopes(getIntegrationHealth),
    validate(getIntegrationHealth),
    answer(getIntegrationHealth, async ({ params }) => {
      return ok(await readHealth(deps, await integrationOf(params.id)));
    }),
  );

  router.put(
    putEmergencyStop.path,
    requireScopes(putEmergencyStop),
    validate(putEmergencyStop),
    answer(putEmergencyStop, async ({ params: { id }, body, by }) =>
      ok(await present(await setEmergencyStop(deps, id, { ...body, by }))),
    ),
  );

  router.delete(
    deleteEmergencyStop.path,
    requireScopes(deleteEmergencyStop),
    validate(deleteEmergencyStop),
    answer(deleteEmergencyStop, async ({ params: { id } }) =>
      ok(await present(await releaseEmergencyStop(deps, id))),
    ),
  );

  return router;
}

/** Which other locations an integration serves is not for who may not see them. */
function onlyAt<Shown extends { locationIds: string[] }>(
  shown: Shown,
  seen: readonly string[] | null,
): Shown {
  if (seen === null) return shown;
  return { ...shown, locationIds: shown.locationIds.filter((id) => seen.includes(id)) };
}
