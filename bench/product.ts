import { randomBytes, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { createSimulator, type Simulator } from '../simulator';
import { buildIfNeeded } from '../scripts/start/build';
import { startApp, type AppProcess } from '../scripts/start/processes';
import { jsonClient, type JsonClient } from '../scripts/story/json-client';
import { pickPort } from '../scripts/servers/ports';
import { takeNamespace } from './namespace';
import { databaseUri, root, type BenchServers } from './servers';

/** How long the simulated Kisi takes for each answer. */
export const KISI_LATENCY_MS = 50;
/** Long: an overloaded machine makes a figure bad, and no run fail. */
const ANSWER_WITHIN_MS = 120_000;
export const KISI_KEY = `bench-${randomUUID()}`;

/** The product as it runs in production: an API process and a worker process, around a simulated Kisi. */
export interface Product {
  api: JsonClient;
  /** In this process, so that asking its ledger costs no request. */
  simulator: Simulator;
  temporal: Client;
  /** Ends the worker with SIGKILL, as a crash would. */
  killWorker: () => Promise<void>;
  /** Starts another in place of the one that was killed; resolves when it serves. */
  startWorker: () => Promise<void>;
  /** Both, one right after the other. */
  crashWorker: () => Promise<void>;
  died: Promise<string>;
  close: () => Promise<void>;
}

/** Builds the project, starts API and worker compiled, and a simulated Kisi with so many locks. */
export async function startProduct(
  servers: BenchServers,
  locks: number,
  log: (line: string) => void,
): Promise<Product> {
  await buildIfNeeded(root, log);
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const simulator = createSimulator({ seed: seedOf(locks) });
    const kisiUrl = await simulator.listen();
    closers.push(() => simulator.close());
    simulator.setSwitches({ latencyMs: KISI_LATENCY_MS });

    const namespace = await takeNamespace(servers.temporal.address);
    const connection = await Connection.connect({ address: servers.temporal.address });
    closers.push(() => connection.close());

    const adminKey = randomBytes(24).toString('base64url');
    const env = {
      ...servers.env,
      ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
      MONGODB_URI: databaseUri(servers.mongo.uri, `bench-${randomUUID()}`),
      TEMPORAL_ADDRESS: servers.temporal.address,
      TEMPORAL_NAMESPACE: namespace,
      KISI_BASE_URL: kisiUrl,
      ADMIN_API_KEY: adminKey,
      HOST: '127.0.0.1',
    };
    const start = async (name: 'api' | 'worker', portVariable: string): Promise<AppProcess> => {
      const port = await pickPort(undefined, name, log);
      const app = await startApp({
        name: `bench-${name}`,
        file: `src/main/${name}.js`,
        root,
        dataDir: servers.dataDir,
        port,
        readyPath: '/readyz',
        env: { ...env, [portVariable]: String(port) },
      });
      closers.push(app.stop);
      return app;
    };
    const api = await start('api', 'PORT');
    let worker = await start('worker', 'WORKER_PORT');
    let reportDeath: (reason: string) => void = () => undefined;
    const died = new Promise<string>((resolve) => {
      reportDeath = resolve;
    });
    const crashed = new Set<AppProcess>();
    const watch = (app: AppProcess): void => {
      void app.died.then((reason) => {
        if (!crashed.has(app)) reportDeath(reason);
      });
    };
    watch(api);
    watch(worker);
    const killWorker = async (): Promise<void> => {
      crashed.add(worker);
      process.kill(worker.pid, 'SIGKILL');
      await worker.died;
    };
    const startWorker = async (): Promise<void> => {
      worker = await start('worker', 'WORKER_PORT');
      watch(worker);
    };
    return {
      api: jsonClient(api.url, adminKey, ANSWER_WITHIN_MS),
      simulator,
      temporal: new Client({ connection, namespace }),
      killWorker,
      startWorker,
      async crashWorker() {
        await killWorker();
        await startWorker();
      },
      died,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function seedOf(locks: number): Parameters<Simulator['seed']>[0] {
  return {
    organizations: [
      {
        name: 'Benchmark House',
        domain: 'benchmark-house',
        owner: { email: 'owner@benchmark-house.test', apiKeys: [KISI_KEY] },
        places: [
          {
            name: 'House',
            locks: Array.from({ length: locks }, (_, index) => ({ name: `Door ${String(index)}` })),
          },
        ],
      },
    ],
  };
}
