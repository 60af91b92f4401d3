import type { Store } from '../../src/store';

/** Runs `work` while the integration is removed (its key still there), and connects it again. */
export async function whileRemoved(
  store: Store,
  integrationId: string,
  work: () => Promise<void>,
): Promise<void> {
  const credentials = await store.integrations.apiKey({ id: integrationId });
  const by = { type: 'system', id: 'test' } as const;
  const removal = { mode: 'remove', jobId: 'job_test', by } as const;
  const removed = await store.integrations.beginRemoval(integrationId, removal);
  if (!credentials || !removed) throw new Error(`The integration ${integrationId} has no key`);
  try {
    await work();
  } finally {
    const { organizationName, locationIds, memberMode, connectionId } = removed;
    const { apiKey, keyOwnerId } = credentials;
    await store.integrations.reconnect(integrationId, {
      organizationName,
      locationIds,
      memberMode,
      connectionId,
      apiKey,
      keyOwnerId,
    });
  }
}
