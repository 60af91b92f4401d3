import { createServer } from 'node:http';
import { join } from 'node:path';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { createAlertActivities, createNoticeActivities } from '../../activities/alerts';
import { createEventActivities } from '../../activities/events';
import { createKisiActivities } from '../../activities/kisi';
import { createRecordsActivities } from '../../activities/records';
import { createEventSender } from '../events/sender';
import { temporalLogger } from '../logging';
import { createNoticeSender } from '../notices/sender';
import { startAccessWorkers } from '../temporal/workers';
import type { Parts } from './parts';

/** A started worker; `done` rejects when it fails by itself. */
export interface StartedWorker {
  done: Promise<void>;
  stop(): Promise<void>;
}

/** Where `npm run build` leaves the workflow bundle, beside the compiled code. */
const BUILT_BUNDLE = join(__dirname, '..', '..', 'workflow-bundle.js');

/** Starts all Temporal workers of this process, and the port for health and metrics. */
export async function startWorker(
  { config, registry, deps }: Parts,
  options: { healthPort: boolean },
): Promise<StartedWorker> {
  // Signals are handled by the process itself, which may have more to close than workers.
  Runtime.install({ logger: temporalLogger(deps.log), shutdownSignals: [] });
  const connection = await NativeConnection.connect(config.temporal.connectionOptions);
  const sender = createEventSender(config.events);
  const noticeSender = createNoticeSender({ mail: config.mail, webhooks: sender });
  const startLeadMs = config.alerts.startLeadMinutes * 60_000;
  const workers = await startAccessWorkers({
    connection,
    namespace: config.temporal.namespace,
    workflowBundlePath: config.worker.workflowBundlePath ?? BUILT_BUNDLE,
    activities: {
      records: {
        ...createRecordsActivities(deps),
        ...createAlertActivities({ ...deps, startLeadMs }),
      },
      kisi: createKisiActivities(deps),
      events: {
        ...createEventActivities({ ...deps, sender }),
        ...createNoticeActivities({ ...deps, noticeSender }),
      },
    },
    store: deps.store,
    log: deps.log,
  });
  const closeHealth = options.healthPort
    ? await serveHealth(config.worker, registry, () => workers.isRunning())
    : async () => Promise.resolve();
  deps.log.info('The worker polls');
  return {
    done: workers.done,
    async stop() {
      await workers.shutdown();
      await connection.close();
      noticeSender.close();
      await sender.close();
      await closeHealth();
    },
  };
}

/** `/healthz` says that the process lives, `/readyz` that it polls, `/metrics` what it measured. */
async function serveHealth(
  { host, port }: { host: string; port: number },
  registry: Parts['registry'],
  isRunning: () => boolean,
): Promise<() => Promise<void>> {
  const server = createServer((request, response) => {
    void (async () => {
      if (request.url === '/healthz') {
        response.end('{"status":"ok"}');
      } else if (request.url === '/readyz') {
        response.statusCode = isRunning() ? 200 : 503;
        response.end(JSON.stringify({ status: isRunning() ? 'ok' : 'not polling' }));
      } else if (request.url === '/metrics') {
        response.setHeader('Content-Type', registry.contentType);
        response.end(await registry.metrics());
      } else {
        response.statusCode = 404;
        response.end();
      }
    })();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  return () =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeIdleConnections();
    });
}
