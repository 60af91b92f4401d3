import { demoApiKey } from '../../simulator';
import type { RemovalMode } from '../../src/store';
import { startWake } from '../../src/temporal/integration-starts';
import type { Stack } from './stack';

const BY = { type: 'api_key', id: 'key_admin' } as const;
let removals = 0;

/** Removes the stack's integration as the API does; answers the job's id. */
export async function removeIntegration(stack: Stack, mode: RemovalMode): Promise<string> {
  removals += 1;
  const { store, integration, deps } = stack;
  const jobId = `job_${String(removals)}`;
  await store.integrations.beginRemoval(integration.id, { mode, jobId, by: BY });
  await store.doorMappings.setActive(integration.id, false);
  await store.jobs.begin({ id: jobId, kind: 'removal', subjectId: integration.id, by: BY });
  await deps.messages.startRemoval(integration.id);
  return jobId;
}

/** Connects the same organization again as the API does. */
export async function connectAgain(stack: Stack): Promise<void> {
  const { store, integration, client } = stack;
  const { organizationName, keyOwnerId, locationIds, memberMode } = integration;
  await store.integrations.reconnect(integration.id, {
    organizationName,
    keyOwnerId,
    locationIds,
    memberMode,
    connectionId: `int_again_${String(removals)}`,
    apiKey: demoApiKey,
  });
  await startWake(client, integration.id);
}
