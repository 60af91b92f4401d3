import type { z } from 'zod';
import type { Actor } from '../../src/domain/grant';
import { DuplicateKey, LocationServed, type Integration, type Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { ApiProblem } from '../http/problems';
import { reachTemporal } from '../http/reach-temporal';
import { identifyNewKey, locationsServed, requireConnected, requireLocations } from './connection';
import type { createIntegration, patchIntegration } from './schema';

/** An integration after it was connected. */
interface Connected {
  integration: Integration;
  /** It had been removed, and goes on under its id. */
  isRevived: boolean;
}

/**
 * Connects a Kisi organization. One that was removed goes on: its mappings are active again, and what
 * should be is put in place. Repeating the same request (`resourceId`) connects nothing a second time.
 *
 * @throws ApiProblem
 */
export async function connect(
  deps: ApiDeps,
  request: z.output<(typeof createIntegration)['body']>,
  resourceId: string,
  by: Actor,
): Promise<Connected> {
  const { store, integrationEvents } = deps;
  const { apiKey, locationIds, memberMode } = request;
  const connectionId = `int_${resourceId}`;
  const { organization, keyOwnerId } = await identifyNewKey(deps, apiKey);
  const known = await store.integrations.byOrganization(organization.id);
  if (known?.active && known.connectionId !== connectionId)
    throw connectedBy(known, organization.name);
  await requireLocations(store, locationIds, known?.id ?? null);
  const integration = await served(store, locationIds, async () => {
    if (known?.active) return known;
    const key = { apiKey, keyOwnerId, organizationName: organization.name, locationIds };
    if (known) {
      return store.integrations.reconnect(known.id, {
        ...key,
        memberMode: memberMode ?? known.memberMode,
        connectionId,
      });
    }
    return insert(deps, {
      ...key,
      id: connectionId,
      organizationId: organization.id,
      createdBy: by,
      ...(memberMode === undefined ? {} : { memberMode }),
    });
  });
  // Somebody else was faster.
  if (integration === null) throw connectedBy(known, organization.name);
  const isRevived = integration.id !== connectionId;
  if (isRevived) {
    if (known?.removal) await endRemoval(deps, known.removal.jobId);
    await store.doorMappings.setActive(integration.id, true);
  }
  await reachTemporal(async () => {
    await integrationEvents.ensureSchedules();
    await (isRevived
      ? integrationEvents.reconnected(integration)
      : integrationEvents.connected(integration));
  });
  return { integration, isRevived };
}

async function insert(
  { store }: ApiDeps,
  integration: Parameters<ApiDeps['store']['integrations']['insert']>[0],
): Promise<Integration | null> {
  try {
    return await store.integrations.insert(integration);
  } catch (error) {
    if (error instanceof DuplicateKey) return null;
    throw error;
  }
}

function connectedBy(integration: Integration | null, organization: string): ApiProblem {
  return new ApiProblem('organization_connected', {
    detail: `The organization ${organization} is connected by the integration ${integration?.id ?? 'that was just made'}.`,
  });
}

/** A removal that was under way is not done any more. */
async function endRemoval({ store }: ApiDeps, jobId: string): Promise<void> {
  await store.jobs.end(jobId, {
    state: 'failed',
    message: 'The organization was connected again before the removal was done.',
  });
}

/** Says which integration serves a location that was asked for. */
async function served<Result>(
  store: Store,
  locationIds: readonly string[],
  write: () => Promise<Result>,
): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof LocationServed) throw await locationsServed(store, locationIds, [error]);
    throw error;
  }
}

/** Members whose Kisi user was made the other way, and stays as it is. */
export interface MadeOtherwise {
  count: number;
  memberIds: string[];
}

const AFFECTED_SHOWN = 100;

/**
 * Changes key, locations, member mode or what a deletion at Kisi means. Answers whom a change of the mode does not touch.
 * @throws ApiProblem
 */
export async function change(
  deps: ApiDeps,
  integration: Integration,
  request: z.output<(typeof patchIntegration)['body']>,
): Promise<MadeOtherwise | null> {
  const { store } = deps;
  const { apiKey, locationIds, memberMode, deletionInKisi } = request;
  requireConnected(integration);
  // While it is being removed only the key can be replaced, for one that Kisi refuses holds that up.
  if (!integration.active && (locationIds !== undefined || memberMode !== undefined)) {
    throw new ApiProblem('integration_inactive', {
      detail: `The integration ${integration.id} is being removed.`,
    });
  }
  if (locationIds !== undefined) await requireLocations(store, locationIds, integration.id);
  // The key goes first: when it is refused, nothing of the request has happened.
  if (apiKey !== undefined) await replaceKey(deps, integration, apiKey);
  if (locationIds !== undefined) {
    await served(store, locationIds, () =>
      store.integrations.update(integration.id, { locationIds }),
    );
  }
  if (deletionInKisi !== undefined) {
    await store.kisiWebhooks.setDeletionMeaning(integration.id, deletionInKisi);
  }
  if (memberMode === undefined) return null;
  await store.integrations.update(integration.id, { memberMode });
  const other = memberMode === 'managed' ? 'invited' : 'managed';
  return store.memberLinks.madeAs(integration.organizationId, other, AFFECTED_SHOWN);
}

async function replaceKey(deps: ApiDeps, integration: Integration, apiKey: string): Promise<void> {
  const { organization, keyOwnerId } = await identifyNewKey(deps, apiKey);
  if (organization.id !== integration.organizationId) {
    throw new ApiProblem('other_organization', {
      detail: `The key belongs to the Kisi organization ${organization.id}, the integration to ${integration.organizationId}.`,
    });
  }
  const replaced = await deps.store.integrations.replaceKey(integration.id, { apiKey, keyOwnerId });
  // A removal has dropped the key meanwhile; connecting again is another request.
  if (replaced === null) throw new ApiProblem('integration_inactive');
  await deps.store.integrations.update(integration.id, { organizationName: organization.name });
  await reachTemporal(async () => {
    await deps.integrationEvents.keyReplaced(integration.organizationId);
    await deps.integrationEvents.connected(integration);
  });
}
