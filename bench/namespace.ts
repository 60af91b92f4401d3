import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { registerSearchAttributes } from '../src/temporal/search-attributes-setup';

const ATTEMPTS = 30;

/** A new Temporal namespace, so that no benchmark meets the workflows of another. */
export async function takeNamespace(address: string): Promise<string> {
  const namespace = `bench-${randomUUID()}`;
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: msToTs('1 day'),
    });
    // The server's cache of namespaces may take some seconds to know it.
    for (let attempt = 1; ; attempt += 1) {
      try {
        await registerSearchAttributes(connection, namespace);
        return namespace;
      } catch (error) {
        if (attempt === ATTEMPTS) throw error;
      }
      await sleep(500);
    }
  } finally {
    await connection.close();
  }
}
