import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { registerSearchAttributes } from '../../src/temporal/search-attributes-setup';

/** The shortest retention that a server accepts. */
const ONE_DAY = msToTs('1 day');
const NAMESPACE_ATTEMPTS = 80;
/** The SDK's own 10 s are short where everything starts at once on a busy machine. */
export const CONNECT_TIMEOUT_MS = 40_000;

/** Names the file in which `global-setup.ts` leaves the addresses of the run's servers. */
export const SERVERS_FILE_VARIABLE = 'LATCHKEY_TEST_SERVERS';

/** What `global-setup.ts` writes for the suites. */
export interface ServersFile {
  mongoUri: string;
  temporalAddress: string;
  temporalCliPath: string;
  workflowBundlePath: string;
  testServerPath: string;
  cacheDir: string;
}

/** The run's real servers, as a suite sees them. */
export interface TestServers extends Pick<
  ServersFile,
  'temporalAddress' | 'temporalCliPath' | 'workflowBundlePath' | 'testServerPath' | 'cacheDir'
> {
  /** The URI of a database of the run's MongoDB; a name of one's own keeps suites apart. */
  mongoUri: (dbName: string) => string;
  /** A new Temporal namespace, which no other suite has, with the search attributes registered. */
  takeNamespace: () => Promise<string>;
}

/** @throws Error in the jest project `unit`, which starts none. */
export function testServers(): TestServers {
  const path = process.env[SERVERS_FILE_VARIABLE];
  if (path === undefined) {
    throw new Error('No servers run here: name the file *.servers.test.ts to get them.');
  }
  const file = JSON.parse(readFileSync(path, 'utf8')) as ServersFile;
  return {
    temporalAddress: file.temporalAddress,
    temporalCliPath: file.temporalCliPath,
    workflowBundlePath: file.workflowBundlePath,
    testServerPath: file.testServerPath,
    cacheDir: file.cacheDir,
    mongoUri: (dbName) => databaseUri(file.mongoUri, dbName),
    takeNamespace: () => takeNamespace(file.temporalAddress),
  };
}

function databaseUri(uri: string, dbName: string): string {
  const url = new URL(uri);
  url.pathname = `/${dbName}`;
  return url.toString();
}

/** Registers one; a server with a namespace cache may take some seconds to know it. */
async function takeNamespace(address: string): Promise<string> {
  const namespace = `test-${randomUUID()}`;
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: ONE_DAY,
    });
    await untilAccepted(() => registerSearchAttributes(connection, namespace));
  } finally {
    await connection.close();
  }
  return namespace;
}

async function untilAccepted(call: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await call();
      return;
    } catch (error) {
      if (attempt === NAMESPACE_ATTEMPTS) throw error;
    }
    await sleep(500);
  }
}
