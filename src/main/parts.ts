import { Client, Connection } from '@temporalio/client';
import { Registry } from 'prom-client';
import type { AccessDeps } from '../access/deps';
import { createKisiConnections } from '../access/kisi-connections';
import { systemClock } from '../clock';
import type { Config } from '../config';
import { createKisiLimiter } from '../kisi';
import { createLogger } from '../logging';
import { createMetrics } from '../metrics';
import { openStore } from '../store';
import { createGrantRuns } from '../temporal/grant-runs';
import { createAccessMessages } from '../temporal/messages';
import { registerSearchAttributes } from '../temporal/search-attributes-setup';

/** What every process of ours is built from. */
export interface Parts {
  config: Config;
  registry: Registry;
  client: Client;
  deps: AccessDeps;
  close(): Promise<void>;
}

/**
 * Connects to MongoDB and Temporal and builds what API and worker share.
 * @throws whatever keeps one of them from being reached; the process then ends with the reason
 */
export async function openParts(config: Config, processName: string): Promise<Parts> {
  const log = createLogger({ level: config.logLevel, process: processName });
  const registry = new Registry();
  const metrics = createMetrics(registry);
  const store = await openStore({ uri: config.mongodbUri, encryption: config.encryptionKeys });
  const { namespace, connectionOptions } = config.temporal;
  const connection = await Connection.connect(connectionOptions);
  await registerSearchAttributes(connection, namespace);
  const client = new Client({ connection, namespace });
  const kisi = createKisiConnections({
    store,
    limiter: createKisiLimiter({ store: store.kisiSlots }),
    baseUrl: config.kisi.baseUrl,
    integrator: {
      name: config.kisi.integratorName,
      contact: config.kisi.integratorContact ?? '',
    },
    onCall: ({ method, route, status, waitMs }) => {
      metrics.kisiCalls.inc({ method, route, status: String(status) });
      metrics.kisiWaitSeconds.observe({ caller: processName }, waitMs / 1_000);
    },
  });
  const messages = createAccessMessages(client, systemClock);
  return {
    config,
    registry,
    client,
    deps: {
      store,
      kisi,
      messages,
      runs: createGrantRuns(client),
      clock: systemClock,
      log,
      metrics,
    },
    async close() {
      await kisi.close();
      await connection.close();
      await store.close();
    },
  };
}
