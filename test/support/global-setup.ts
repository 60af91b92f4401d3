import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { startMongo } from '../../scripts/servers/mongo/start-mongo';
import type { RunningServer } from '../../scripts/servers/options';
import { findTestServer } from '../../scripts/servers/temporal/find-test-server';
import { startTemporal } from '../../scripts/servers/temporal/start-temporal';
import { buildWorkflowBundle } from '../../scripts/workflow-bundle';
import { keepForTeardown } from './run-servers';
import { SERVERS_FILE_VARIABLE, type ServersFile } from './servers';

const root = join(__dirname, '..', '..');
/** Starts the run's servers once, and leaves their addresses for the suites in one file. */
export default async function globalSetup(): Promise<void> {
  const runDir = await mkdtemp(join(tmpdir(), 'latchkey-test-'));
  const started: RunningServer[] = [];
  keepForTeardown({ runDir, started });
  const options = {
    dataDir: runDir,
    cacheDir: join(root, '.cache'),
    env: process.env,
    log: (line: string) => process.stderr.write(`${line}\n`),
  };
  const [mongo, temporal, testServer, workflowBundlePath] = await Promise.all([
    startMongo({ ...options, inMemory: true }).then((server) => (started.push(server), server)),
    startTemporal(options).then((server) => (started.push(server), server)),
    findTestServer(options),
    bundleWorkflows(runDir),
  ]);
  // A server that somebody else runs keeps its ways.
  if (mongo.pid !== undefined) await keepOldDocuments(mongo.uri);
  const file: ServersFile = {
    mongoUri: mongo.uri,
    temporalAddress: temporal.address,
    temporalCliPath: temporal.cliPath ?? '',
    workflowBundlePath,
    testServerPath: testServer.path,
    cacheDir: options.cacheDir,
  };
  const path = join(runDir, 'servers.json');
  await writeFile(path, JSON.stringify(file));
  process.env[SERVERS_FILE_VARIABLE] = path;
}

/**
 * Tests let the time stand still on a day that is long past. A mongod would delete what they write for
 * its age, within a minute; the embedded server does not, and does not know the command.
 */
async function keepOldDocuments(uri: string): Promise<void> {
  const connection = await mongoose.createConnection(uri).asPromise();
  const command = { setParameter: 1, ttlMonitorEnabled: false };
  await connection
    .getClient()
    .db('admin')
    .command(command)
    .catch(() => undefined);
  await connection.close();
}

async function bundleWorkflows(runDir: string): Promise<string> {
  const path = join(runDir, 'workflow-bundle.js');
  await buildWorkflowBundle(root, path);
  return path;
}
