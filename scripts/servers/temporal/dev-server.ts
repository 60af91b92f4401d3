import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { spawnServer } from '../child';
import { pickPort } from '../ports';
import { waitUntilReady } from '../wait-for';
import type { RunningTemporal, TemporalOptions } from './start-temporal';

export const DEFAULT_NAMESPACE = 'default';

/** Starts `temporal server start-dev` on the run's data folder. */
export async function startDevServer(
  cliPath: string,
  options: TemporalOptions,
  how: string,
): Promise<RunningTemporal> {
  const { dataDir, env, log } = options;
  await mkdir(dataDir, { recursive: true });
  const port = await pickPort(options.preferredPort, 'Temporal', log);
  const uiPort =
    options.ui === true ? await pickPort(options.preferredUiPort, 'Temporal Web', log) : undefined;
  const server = await spawnServer(
    cliPath,
    [
      ...[
        'server',
        'start-dev',
        '--ip',
        '127.0.0.1',
        '--port',
        String(port),
        '--log-level',
        'warn',
      ],
      ...(uiPort === undefined ? ['--headless'] : ['--ui-port', String(uiPort)]),
      ...['--db-filename', join(dataDir, 'temporal.db')],
      // Measured on two cores: 14.6 grants a second with both, 5.9 without. What is written survives the
      // death of the process; only the death of the machine can lose the last moments.
      ...['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=OFF'],
    ],
    { name: 'Temporal', env, logFile: join(dataDir, 'logs', 'temporal.log') },
  );
  const address = `127.0.0.1:${port}`;
  try {
    await waitUntilReady('Temporal', server, () => pingTemporal(address, DEFAULT_NAMESPACE));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return {
    address,
    namespace: DEFAULT_NAMESPACE,
    how,
    cliPath,
    pid: server.pid,
    stop: server.stop,
    died: server.died,
    ...(uiPort === undefined ? {} : { uiUrl: `http://127.0.0.1:${uiPort}` }),
  };
}

async function pingTemporal(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 1000 });
  try {
    await connection.workflowService.describeNamespace({ namespace });
  } finally {
    await connection.close();
  }
}
