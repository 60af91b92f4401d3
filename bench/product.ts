import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
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

/** What the simulated Kisi holds, and how much it takes. */
export interface ProductSize {
  locks: number;
  /** Groups made at Kisi's dashboard; the first holds the first lock, and so on. Default 0. */
  groups?: number;
  /** Another pace than Kisi's 5 calls a second for simulator and worker: a multiple of it. */
  callsPerSecond?: number;
}

/** The product as it runs in production: an API process and a worker process, around a simulated Kisi. */
export interface Product {
  api: JsonClient;
  /** For callers other than the admin. */
  apiUrl: string;
  /** In this process, so that asking its ledger costs no request. */
  simulator: Simulator;
  temporal: Client;
  mongoUri: string;
  /** Ends the worker with SIGKILL, as a crash would. */
  killWorker: () => Promise<void>;
  /** Starts another in place of the one that was killed; resolves when it serves. */
  startWorker: () => Promise<void>;
  /** Both, one right after the other. */
  crashWorker: () => Promise<void>;
  died: Promise<string>;
  close: () => Promise<void>;
}

/** Builds the project, starts API and worker compiled, and a simulated Kisi of this size. */
export async function startProduct(
  servers: BenchServers,
  size: ProductSize,
  log: (line: string) => void,
): Promise<Product> {
  await buildIfNeeded(root, log);
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const simulator = createSimulator({ seed: seedOf(size) });
    const kisiUrl = await simulator.listen();
    closers.push(() => simulator.close());
    simulator.setSwitches({ latencyMs: KISI_LATENCY_MS });
    const { callsPerSecond } = size;
    if (callsPerSecond !== undefined) {
      simulator.setSwitches({ rateLimit: { perSecond: callsPerSecond } });
    }

    const namespace = await takeNamespace(servers.temporal.address);
    const connection = await Connection.connect({ address: servers.temporal.address });
    closers.push(() => connection.close());

    const adminKey = randomBytes(24).toString('base64url');
    const mongoUri = databaseUri(servers.mongo.uri, `bench-${randomUUID()}`);
    const env = {
      ...servers.env,
      ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
      MONGODB_URI: mongoUri,
      TEMPORAL_ADDRESS: servers.temporal.address,
      TEMPORAL_NAMESPACE: namespace,
      KISI_BASE_URL: kisiUrl,
      ADMIN_API_KEY: adminKey,
      HOST: '127.0.0.1',
    };
    const start = async (
      name: 'api' | 'worker',
      more: { file?: string; env?: NodeJS.ProcessEnv } = {},
    ): Promise<AppProcess> => {
      const port = await pickPort(undefined, name, log);
      const portVariable = name === 'api' ? 'PORT' : 'WORKER_PORT';
      const app = await startApp({
        name: `bench-${name}`,
        file: more.file ?? `src/main/${name}.js`,
        root,
        dataDir: servers.dataDir,
        port,
        readyPath: '/readyz',
        env: { ...env, ...more.env, [portVariable]: String(port) },
      });
      closers.push(app.stop);
      return app;
    };
    const startOneWorker = (): Promise<AppProcess> =>
      start('worker', callsPerSecond === undefined ? {} : pacedWorker(callsPerSecond));
    const api = await start('api');
    let worker = await startOneWorker();
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
      worker = await startOneWorker();
      watch(worker);
    };
    return {
      api: jsonClient(api.url, adminKey, ANSWER_WITHIN_MS),
      apiUrl: api.url,
      simulator,
      temporal: new Client({ connection, namespace }),
      mongoUri,
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

/** Started from its source, since nothing of the benchmarks is compiled. */
function pacedWorker(callsPerSecond: number): { file: string; env: NodeJS.ProcessEnv } {
  return {
    file: join('..', 'bench', 'children', 'paced-worker.ts'),
    env: {
      NODE_OPTIONS: '--import tsx',
      BENCH_CALLS_PER_SECOND: String(callsPerSecond),
      WORKFLOW_BUNDLE_PATH: join(root, 'dist', 'workflow-bundle.js'),
    },
  };
}

function seedOf({ locks, groups = 0 }: ProductSize): Parameters<Simulator['seed']>[0] {
  const lock = (index: number): string => `Door ${String(index)}`;
  return {
    organizations: [
      {
        name: 'Benchmark House',
        domain: 'benchmark-house',
        owner: { email: 'owner@benchmark-house.test', apiKeys: [KISI_KEY] },
        places: [
          {
            name: 'House',
            locks: Array.from({ length: locks }, (_, index) => ({ name: lock(index) })),
          },
        ],
        groups: Array.from({ length: groups }, (_, index) => ({
          name: `Group ${String(index)}`,
          locks: [lock(index)],
        })),
      },
    ],
  };
}
