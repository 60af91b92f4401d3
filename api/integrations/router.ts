import { Router } from 'express';
import { DuplicateKey, type Integration } from '../../src/store';
import type { ApiDeps } from '../deps';
import { withoutLockGroups } from '../door-mappings/door-at-kisi';
import { answer } from '../http/answer';
import { askKisi, interactive } from '../http/ask-kisi';
import { created, found, listed, ok } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { reachTemporal } from '../http/reach-temporal';
import { idempotent } from '../middleware/idempotent';
import { requireScopes } from '../middleware/require-scopes';
import { validate } from '../middleware/validate';
import {
  apiKeyHint,
  identifyNewKey,
  identifyStoredKey,
  presentIdentity,
  requireLocations,
} from './connection';
import {
  presentApproval,
  presentGroup,
  presentHealth,
  presentIntegration,
  presentLock,
} from './present';
import {
  approveReconcile,
  createIntegration,
  getIntegration,
  getIntegrationHealth,
  listIntegrations,
  listKisiResources,
  patchIntegration,
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
    presentIntegration(integration, await apiKeyHint(deps, integration.id));

  router.post(
    createIntegration.path,
    requireScopes(createIntegration),
    validate(createIntegration),
    idempotent(createIntegration, store.idempotency),
    answer(createIntegration, async ({ body: { apiKey, locationIds }, by, resourceId }) => {
      await requireLocations(store, locationIds);
      const { organization, keyOwnerId } = await identifyNewKey(deps, apiKey);
      const integration = await insertOnce(deps, {
        id: `int_${resourceId}`,
        organizationId: organization.id,
        organizationName: organization.name,
        keyOwnerId,
        locationIds,
        createdBy: by,
        apiKey,
      });
      await reachTemporal(() => integrationEvents.ensureReconcile());
      return created(await present(integration), `/v1/integrations/${integration.id}`);
    }),
  );

  router.post(
    testApiKey.path,
    requireScopes(testApiKey),
    validate(testApiKey),
    idempotent(testApiKey, store.idempotency),
    answer(testApiKey, async ({ body }) => {
      const identity = await identifyNewKey(deps, body.apiKey);
      const connected = await store.integrations.byOrganization(identity.organization.id);
      return ok(presentIdentity(identity, connected));
    }),
  );

  router.get(
    listIntegrations.path,
    requireScopes(listIntegrations),
    validate(listIntegrations),
    answer(listIntegrations, ({ query }) =>
      listed((page) => store.integrations.list(page), query, present),
    ),
  );

  router.get(
    getIntegration.path,
    requireScopes(getIntegration),
    validate(getIntegration),
    answer(getIntegration, async ({ params }) => ok(await present(await integrationOf(params.id)))),
  );

  router.patch(
    patchIntegration.path,
    requireScopes(patchIntegration),
    validate(patchIntegration),
    answer(patchIntegration, async ({ params: { id }, body: { apiKey, locationIds } }) => {
      const integration = await integrationOf(id);
      if (locationIds !== undefined) await requireLocations(store, locationIds);
      // The key goes first: when it is refused, nothing of the request has happened.
      if (apiKey !== undefined) await replaceKey(deps, integration, apiKey);
      if (locationIds !== undefined) await store.integrations.update(id, { locationIds });
      return ok(await present(await integrationOf(id)));
    }),
  );

  router.post(
    testIntegration.path,
    requireScopes(testIntegration),
    validate(testIntegration),
    idempotent(testIntegration, store.idempotency),
    answer(testIntegration, async ({ params }) => {
      const integration = await integrationOf(params.id);
      return ok(presentIdentity(await identifyStoredKey(deps, integration), integration));
    }),
  );

  router.get(
    listKisiResources.path,
    requireScopes(listKisiResources),
    validate(listKisiResources),
    answer(listKisiResources, async ({ params, query: { type } }) => {
      const integration = await integrationOf(params.id);
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
      const integration = await integrationOf(params.id);
      const lastRun = await store.reconcileRuns.latest(integration.organizationId);
      return ok(presentHealth(integration, lastRun));
    }),
  );

  return router;
}

/**
 * Inserts the integration. Where the organization is connected already it is refused, except when
 * that is the work of an earlier attempt of this same request.
 */
async function insertOnce(
  { store }: ApiDeps,
  integration: Parameters<ApiDeps['store']['integrations']['insert']>[0],
): Promise<Integration> {
  try {
    return await store.integrations.insert(integration);
  } catch (error) {
    if (!(error instanceof DuplicateKey)) throw error;
    const existing = await store.integrations.byOrganization(integration.organizationId);
    if (existing?.id === integration.id) return existing;
    throw new ApiProblem('organization_connected', {
      detail: `The organization is connected by the integration ${existing?.id ?? 'that was just removed'}.`,
      cause: error,
    });
  }
}

async function replaceKey(deps: ApiDeps, integration: Integration, apiKey: string): Promise<void> {
  const { organization, keyOwnerId } = await identifyNewKey(deps, apiKey);
  if (organization.id !== integration.organizationId) {
    throw new ApiProblem('other_organization', {
      detail: `The key belongs to the Kisi organization ${organization.id}, the integration to ${integration.organizationId}.`,
    });
  }
  await deps.store.integrations.replaceKey(integration.id, { apiKey, keyOwnerId });
  await deps.store.integrations.update(integration.id, { organizationName: organization.name });
  await reachTemporal(() => deps.integrationEvents.keyReplaced(integration.organizationId));
}
