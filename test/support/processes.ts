import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { freePort } from '../../scripts/servers/ports';
import { buildIfNeeded } from '../../scripts/start/build';
import { startApp, type AppProcess } from '../../scripts/start/processes';
import { createSimulator, type SeedInput, type Simulator } from '../../simulator';
import type { AccessLogEntry, Grant } from '../../src/domain/grant';
import { openStore, type Member, type Store } from '../../src/store';
import { SCHEDULES } from '../../src/temporal/schedules';
import { apiClient, type ApiClient } from './api-client';
import { CONNECT_TIMEOUT_MS, testServers } from './servers';
import { untilGrant } from './until-grant';

export const projectRoot = join(__dirname, '..', '..');
const LOG_LINES_SHOWN = 15;
const SCHEDULES_GONE_MS = 10_000;

export interface InstallationOptions {
  /** What the simulated Kisi holds; its default when left out. */
  seed?: SeedInput;
  /** Another database than one of the run's own server. */
  mongoUri?: string;
  /** What API and worker are told, where that differs from what the test itself uses. */
  mongoUriOfProcesses?: string;
  temporal?: { address: string; namespace: string };
  temporalAddressOfApi?: string;
  /** How many worker processes are there from the start; default 1. */
  workers?: number;
  /** Where the API listens; a free port when left out. */
  apiPort?: number;
  /** More of the environment of the processes. */
  env?: Readonly<Record<string, string>>;
}

/** One of our own processes, running the compiled code. */
export interface AppUnderTest {
  readonly url: string;
  readonly pid: number;
  hasEnded(): boolean;
  /** Sends the signal and resolves when the process is gone. */
  kill(signal: 'SIGKILL' | 'SIGTERM'): Promise<void>;
}

/**
 * Latchkey as it runs in production: API and workers as processes of their own, on the run's real
 * servers, against a simulated Kisi in this process, whose ledger and faults are at hand.
 */
export interface Installation {
  readonly simulator: Simulator;
  readonly simulatorUrl: string;
  readonly adminApiKey: string;
  readonly temporal: { address: string; namespace: string };
  readonly client: Client;
  /** The same database that the processes use. */
  readonly store: Store;
  readonly mongoUri: string;
  readonly api: ApiClient;
  /** The environment of the processes, for commands that need the same. */
  readonly env: NodeJS.ProcessEnv;
  apiProcess: () => AppUnderTest;
  startApi: () => Promise<AppUnderTest>;
  startWorker: () => Promise<AppUnderTest>;
  /** The workers that run, oldest first. */
  workers: () => AppUnderTest[];
  /** The member's rows at Kisi in every group, oldest first; instants as ISO 8601. */
  rowsOf: (member: Pick<Member, 'email'>) => KisiRow[];
  /** Polls the read model; fails with the last document. `timeoutMs` defaults to 30 s. */
  until: (grantId: string, what: (grant: Grant) => boolean, timeoutMs?: number) => Promise<Grant>;
  settled: (grantId: string, timeoutMs?: number) => Promise<Grant>;
  /** The grant's rows of the access log, oldest first. */
  logOf: (grantId: string) => Promise<AccessLogEntry[]>;
}

export interface KisiRow {
  id: number;
  groupId: number;
  from: string | null;
  until: string | null;
}

/** A full build on a busy machine. */
export const BUILD_TIMEOUT_MS = 240_000;

let built: Promise<void> | null = null;

/** Compiles what the processes run, unless it is up to date; for `beforeAll`, with `BUILD_TIMEOUT_MS`. */
export function build(): Promise<void> {
  built ??= buildIfNeeded(projectRoot, (line) => process.stderr.write(`${line}\n`));
  return built;
}

/**
 * Starts an installation, lets `work` use it, and ends it. When something fails, the error carries
 * the last lines of each process, and the folder with all of them is kept.
 */
export async function withInstallation(
  options: InstallationOptions,
  work: (installation: Installation) => Promise<void>,
): Promise<void> {
  const { installation, close, withLogs } = await openInstallation(options);
  try {
    await work(installation);
  } catch (error) {
    const told = await withLogs(error);
    await close({ keepLogs: true });
    throw told;
  }
  await close();
}

/** An installation that several tests share; whoever opened it closes it. */
export interface OpenInstallation {
  readonly installation: Installation;
  /** The same error with what the processes said last. */
  withLogs: (error: unknown) => Promise<unknown>;
  close: (options?: { keepLogs?: boolean }) => Promise<void>;
}

/** Starts an installation; when it does not come up, what was started is ended again. */
export async function openInstallation(options: InstallationOptions): Promise<OpenInstallation> {
  await build();
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-e2e-'));
  const closers: (() => Promise<void>)[] = [];
  const close: OpenInstallation['close'] = async ({ keepLogs = false } = {}) => {
    // The last made first: processes before what they use.
    for (const closeOne of closers.reverse()) await closeOne();
    if (!keepLogs) await rm(dataDir, { recursive: true, force: true });
  };
  const tell = (error: unknown): Promise<unknown> => withLogs(error, dataDir, closers.length);
  try {
    const installation = await start(options, dataDir, closers);
    return { installation, close, withLogs: tell };
  } catch (error) {
    const told = await tell(error);
    await close({ keepLogs: true });
    throw told;
  }
}

async function start(
  options: InstallationOptions,
  dataDir: string,
  closers: (() => Promise<void>)[],
): Promise<Installation> {
  const servers = testServers();
  const mongoUri = options.mongoUri ?? servers.mongoUri(`e2e-${randomUUID()}`);
  const temporal = options.temporal ?? {
    address: servers.temporalAddress,
    namespace: await servers.takeNamespace(),
  };
  const encryption = { id: 'e2e', key: randomBytes(32) };
  const adminApiKey = randomBytes(24).toString('base64url');

  const simulator = createSimulator(options.seed === undefined ? {} : { seed: options.seed });
  const simulatorUrl = await simulator.listen();
  closers.push(() => simulator.close());
  const store = await openStore({ uri: mongoUri, encryption: [encryption] });
  closers.push(() => store.close());
  const connection = await Connection.connect({
    address: temporal.address,
    connectTimeout: CONNECT_TIMEOUT_MS,
  });
  closers.push(() => connection.close());
  const client = new Client({ connection, namespace: temporal.namespace });
  // On a server of its own nobody else is disturbed by them.
  if (options.temporal === undefined) closers.push(() => deleteSchedules(client));

  const env: NodeJS.ProcessEnv = {
    PATH: process.env['PATH'],
    // Receivers of events run on this machine, too.
    EVENTS_ALLOW_PRIVATE_HOSTS: 'true',
    MONGODB_URI: options.mongoUriOfProcesses ?? mongoUri,
    ENCRYPTION_KEYS: `${encryption.id}:${encryption.key.toString('base64')}`,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    KISI_BASE_URL: simulatorUrl,
    ADMIN_API_KEY: adminApiKey,
    HOST: '127.0.0.1',
    LOG_LEVEL: 'info',
    ...options.env,
  };
  let started = 0;
  const run = async (name: 'API' | 'Worker', more: NodeJS.ProcessEnv): Promise<AppUnderTest> => {
    const port = (name === 'API' ? options.apiPort : undefined) ?? (await freePort());
    started += 1;
    const app = await startApp({
      name: `${String(started)} ${name}`,
      file: join('src', 'main', name === 'API' ? 'api.js' : 'worker.js'),
      root: projectRoot,
      dataDir,
      port,
      readyPath: '/readyz',
      env: { ...env, ...more, [name === 'API' ? 'PORT' : 'WORKER_PORT']: String(port) },
    });
    closers.push(() => app.stop());
    return underTest(app);
  };

  let api: AppUnderTest | null = null;
  const workers: AppUnderTest[] = [];
  const startApi = async (): Promise<AppUnderTest> => {
    const address = options.temporalAddressOfApi ?? temporal.address;
    return (api = await run('API', { TEMPORAL_ADDRESS: address }));
  };
  const startWorker = async (): Promise<AppUnderTest> => {
    const worker = await run('Worker', {});
    workers.push(worker);
    return worker;
  };
  const apiProcess = (): AppUnderTest => {
    if (api === null) throw new Error('No API was started');
    return api;
  };
  await startApi();
  for (let count = 0; count < (options.workers ?? 1); count += 1) await startWorker();

  const until: Installation['until'] = (grantId, what, timeoutMs = 30_000) =>
    untilGrant(store, grantId, what, { timeoutMs, pollMs: 100 });
  return {
    simulator,
    simulatorUrl,
    adminApiKey,
    temporal,
    client,
    store,
    mongoUri,
    api: apiClient(() => apiProcess().url, adminApiKey),
    env,
    apiProcess,
    startApi,
    startWorker,
    workers: () => workers.filter((worker) => !worker.hasEnded()),
    rowsOf: (member) => rowsOf(simulator, member.email),
    until,
    settled: (grantId, timeoutMs) => until(grantId, (grant) => grant.settled, timeoutMs),
    async logOf(grantId) {
      return (await store.accessLog.list({ grantId }, { limit: 200 })).data.reverse();
    },
  };
}

/** They would go on firing every minute beside all tests that follow. */
async function deleteSchedules(client: Client): Promise<void> {
  const deleteOne = ({ scheduleId }: { scheduleId: string }): Promise<void> =>
    client.schedule.getHandle(scheduleId).delete();
  // One that was never made is as good as deleted.
  await client.withDeadline(Date.now() + SCHEDULES_GONE_MS, () =>
    Promise.allSettled(SCHEDULES.map(deleteOne)),
  );
}

function underTest(app: AppProcess): AppUnderTest {
  return {
    url: app.url,
    pid: app.pid,
    hasEnded: app.hasEnded,
    async kill(signal) {
      if (signal === 'SIGTERM') await app.stop();
      else process.kill(app.pid, 'SIGKILL');
      while (!app.hasEnded()) await sleep(5);
    },
  };
}

function rowsOf(simulator: Simulator, email: string): KisiRow[] {
  const { users, roleAssignments } = simulator.state();
  const iso = (at: number | null): string | null =>
    at === null ? null : new Date(at).toISOString();
  const ids = users.filter((user) => user.email === email).map(({ id }) => id);
  return roleAssignments
    .filter((row) => row.assigneeType === 'User' && ids.includes(row.assigneeId))
    .map(({ id, appliesToId, validFrom, validUntil }) => ({
      id,
      groupId: appliesToId,
      from: iso(validFrom),
      until: iso(validUntil),
    }));
}

/** The same error with what the processes said last. */
async function withLogs(error: unknown, dataDir: string, started: number): Promise<unknown> {
  if (!(error instanceof Error) || started === 0) return error;
  const folder = join(dataDir, 'logs');
  const files = await readdir(folder).catch(() => []);
  const logs = await Promise.all(
    files.sort().map(async (file) => {
      const lines = (await readFile(join(folder, file), 'utf8')).trim().split('\n');
      return [`── ${basename(file)}`, ...lines.slice(-LOG_LINES_SHOWN)].join('\n');
    }),
  );
  error.message += `\n\nThe processes' logs are in ${folder}; their last lines:\n${logs.join('\n')}`;
  return error;
}
