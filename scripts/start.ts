/**
 * `npm start`: everything on this machine. Finds or fetches the servers, builds, starts them with the
 * simulated Kisi, the API and the worker, shows the main job, and stays up until Ctrl-C.
 */
import { join } from 'node:path';
import { buildIfNeeded } from './start/build';
import { takeDataDir } from './start/data-dir';
import { startApp } from './start/processes';
import { adminApiKey, encryptionKeyFile } from './start/secrets';
import { readSettings, type Settings } from './start/settings';
import { Supervisor } from './start/supervisor';
import { startMongo, type RunningMongo } from './servers/mongo/start-mongo';
import { pickPort } from './servers/ports';
import { startTemporal, type RunningTemporal } from './servers/temporal/start-temporal';
import { tellStory } from './story/story';

const root = join(__dirname, '..');
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Documented in the README; good for nothing but the simulator. */
const SIMULATED_KISI_KEY = process.env['SIMULATOR_API_KEY'] ?? 'simulated-kisi-demo-api-key';

async function main(supervisor: Supervisor): Promise<void> {
  const settings = readSettings(process.env);
  supervisor.atEnd(await takeDataDir(settings.dataDir));
  const [mongo, temporal] = await startServers(settings, supervisor);
  const simulatorUrl = await startSimulator(settings, supervisor);
  const adminKey = settings.adminApiKey ?? (await adminApiKey(settings.dataDir));
  const kisiUrl = settings.kisiBaseUrl ?? simulatorUrl ?? '';
  const apiUrl = await startApiAndWorker(settings, supervisor, mongo, temporal, kisiUrl, adminKey);

  if (simulatorUrl === undefined) {
    print(`\nKisi at ${kisiUrl} is no simulator: nothing is seeded there and no story is told.`);
  } else {
    print('\nThe main job, as it happens:');
    await tellStory({
      apiUrl,
      simulatorUrl,
      adminApiKey: adminKey,
      kisiApiKey: SIMULATED_KISI_KEY,
      print: (line) => {
        print(`  ${line}`);
      },
    });
  }
  print(`
Latchkey is up.
  API             ${apiUrl}
  API docs        ${apiUrl}/docs
  Temporal Web    ${temporal.uiUrl ?? `(that of ${temporal.address})`}
  Kisi            ${kisiUrl}${simulatorUrl === undefined ? '' : ' (simulated)'}
  Admin API key   ${settings.adminApiKey === undefined ? adminKey : 'the one in ADMIN_API_KEY'}
  Data and logs   ${settings.dataDir}
Ctrl-C ends all of it.`);
}

/** MongoDB, Temporal and the build do not need each other. */
async function startServers(
  { dataDir, temporalPort, temporalUiPort }: Settings,
  supervisor: Supervisor,
): Promise<[RunningMongo, RunningTemporal]> {
  const options = { dataDir, cacheDir: join(root, '.cache'), env: process.env, log: print };
  print('Starting MongoDB and Temporal …');
  const works = [
    startMongo(options).then((server) => supervisor.watch(server)),
    startTemporal({
      ...options,
      preferredPort: temporalPort,
      ui: true,
      preferredUiPort: temporalUiPort,
    }).then((server) => supervisor.watch(server)),
    buildIfNeeded(root, print),
  ] as const;
  // All are waited for even if one fails, so that each that started is known and can be ended.
  await Promise.allSettled(works);
  const [mongo, temporal] = await Promise.all(works);
  return [mongo, temporal];
}

/** Answers the simulator's address; undefined where KISI_BASE_URL names a Kisi that is none. */
async function startSimulator(
  settings: Settings,
  supervisor: Supervisor,
): Promise<string | undefined> {
  const { dataDir, kisiBaseUrl } = settings;
  if (kisiBaseUrl !== undefined) {
    return (await isSimulator(kisiBaseUrl)) ? kisiBaseUrl : undefined;
  }
  const port = await pickPort(settings.simulatorPort, 'Simulated Kisi', print);
  const simulator = await startApp({
    name: 'Simulator',
    file: join('simulator', 'main.js'),
    root,
    dataDir,
    port,
    readyPath: '/healthz',
    env: {
      ...process.env,
      SIMULATOR_PORT: String(port),
      SIMULATOR_HOST: '127.0.0.1',
      DATA_DIR: dataDir,
    },
  });
  supervisor.watch(simulator, 'self');
  print(`Simulated Kisi: ${simulator.url}`);
  return simulator.url;
}

async function isSimulator(baseUrl: string): Promise<boolean> {
  try {
    const { ok } = await fetch(`${baseUrl}/_sim/switches`, { signal: AbortSignal.timeout(5000) });
    return ok;
  } catch {
    return false;
  }
}

async function startApiAndWorker(
  settings: Settings,
  supervisor: Supervisor,
  mongo: RunningMongo,
  temporal: RunningTemporal,
  kisiUrl: string,
  adminKey: string,
): Promise<string> {
  const { dataDir } = settings;
  const port = await pickPort(settings.apiPort, 'API', print);
  print('Starting API and worker …');
  const app = await startApp({
    name: 'Latchkey',
    file: join('src', 'main', 'all-in-one.js'),
    root,
    dataDir,
    port,
    readyPath: '/readyz',
    env: {
      // Portal sessions lead to the page My Keys of this API.
      ...(!process.env['PUBLIC_URL'] && { PORTAL_URL: `http://127.0.0.1:${String(port)}/my-keys` }),
      // Whoever tries it out receives events on this machine.
      EVENTS_ALLOW_PRIVATE_HOSTS: 'true',
      // Only a Kisi on this machine could send its events here.
      ...(settings.kisiBaseUrl === undefined && { PUBLIC_URL: `http://127.0.0.1:${String(port)}` }),
      ...(temporal.uiUrl !== undefined && { TEMPORAL_WEB_URL: temporal.uiUrl }),
      ...process.env,
      ...(await encryption(dataDir)),
      // A named server's URI says which database; ours needs telling.
      MONGODB_URI: mongo.pid === undefined ? mongo.uri : `${mongo.uri}/latchkey`,
      ...(temporal.pid === undefined
        ? {}
        : { TEMPORAL_ADDRESS: temporal.address, TEMPORAL_NAMESPACE: temporal.namespace }),
      KISI_BASE_URL: kisiUrl,
      ADMIN_API_KEY: adminKey,
      HOST: '127.0.0.1',
      PORT: String(port),
    },
  });
  supervisor.watch(app, 'self');
  return app.url;
}

/** A key that the environment gives is used; otherwise the data folder has its own. */
async function encryption(dataDir: string): Promise<NodeJS.ProcessEnv> {
  const isGiven = ['ENCRYPTION_KEYS', 'ENCRYPTION_KEY_FILE'].some((name) => process.env[name]);
  return isGiven ? {} : { ENCRYPTION_KEY_FILE: await encryptionKeyFile(dataDir) };
}

void new Supervisor(print).run(main);
