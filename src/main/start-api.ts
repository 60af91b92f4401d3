import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createApp } from '../../api/app';
import { createMemberTokens } from '../../api/portal-sessions/member-tokens';
import { createDoorSync } from '../temporal/door-sync';
import { createErasures } from '../temporal/erasures';
import { createGrantCommands } from '../temporal/grant-commands';
import { createImports } from '../temporal/imports';
import { createIntegrationEvents } from '../temporal/integration-events';
import { createSourceEvents } from '../temporal/source-events';
import { withinDeadline } from '../temporal/within-deadline';
import type { Parts } from './parts';

/** A started server; `stop` lets requests under way finish. */
export interface Started {
  url: string;
  stop(): Promise<void>;
}

/** Name of the key that comes from the configuration. */
const FIRST_KEY_NAME = 'first admin key';

/** Starts the HTTP API and makes sure that the reconciliation is scheduled. */
export async function startApi({ config, registry, client, deps }: Parts): Promise<Started> {
  const { store, clock, log, kisi } = deps;
  const { url: portalUrl, sessionMinutes, hostTokens } = config.portal;
  if (config.adminApiKey !== undefined) {
    await store.apiKeys.ensure(config.adminApiKey, FIRST_KEY_NAME, ['admin']);
  }
  const integrationEvents = createIntegrationEvents(client, store, clock);
  await integrationEvents.ensureSchedules();
  const app = createApp({
    store,
    clock,
    logger: log,
    registry,
    grants: createGrantCommands(client, store, clock),
    kisi,
    integrationEvents: withinDeadline(client, integrationEvents),
    doorSync: withinDeadline(client, createDoorSync(client)),
    erasures: withinDeadline(client, createErasures(client)),
    sourceEvents: withinDeadline(client, createSourceEvents(client, store)),
    imports: withinDeadline(client, createImports(client)),
    messages: withinDeadline(client, deps.messages),
    inboundWebhookSecrets: config.inboundWebhookSecrets ?? [],
    memberTokens: createMemberTokens({
      encryptionKeys: config.encryptionKeys,
      sessionMinutes,
      clock,
      ...(hostTokens && { host: hostTokens }),
    }),
    ...(portalUrl !== undefined && { portalUrl }),
    trustProxyHops: config.http.trustProxyHops,
  });
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(config.http.port, config.http.host, resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  const url = `http://${address}:${String(port)}`;
  log.info({ url }, 'The API listens');
  return {
    url,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}
