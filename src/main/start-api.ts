import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createApp } from '../../api/app';
import { createMemberTokens } from '../../api/portal-sessions/member-tokens';
import { createOidcSignIn } from '../../api/session/oidc';
import { oidcCallback } from '../../api/session/oidc-schema';
import { createEventSender } from '../events/sender';
import { createNoticeSender } from '../notices/sender';
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

/** Where `npm run build` leaves the pages, beside the compiled code. */
const BUILT_PAGES = join(__dirname, '..', '..', 'web');

/** Name of the key that comes from the configuration. */
const FIRST_KEY_NAME = 'first admin key';

/** Starts the HTTP API and makes sure that the reconciliation is scheduled. */
export async function startApi({ config, registry, client, deps }: Parts): Promise<Started> {
  const { store, clock, log, kisi } = deps;
  const { url: portalUrl, frameAncestors, homeUrl, sessionMinutes, hostTokens } = config.portal;
  if (config.adminApiKey !== undefined) {
    await store.apiKeys.ensure(config.adminApiKey, FIRST_KEY_NAME, ['admin']);
  }
  const integrationEvents = createIntegrationEvents(client, store, clock);
  await integrationEvents.ensureSchedules();
  const webhooks = createEventSender(config.events);
  const noticeSender = createNoticeSender({ mail: config.mail, webhooks });
  const hasPages = existsSync(join(BUILT_PAGES, 'index.html'));
  if (!hasPages) log.warn('The pages are not built (npm run build): only the API is served');
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
    metrics: deps.metrics,
    ...(config.temporal.webUrl !== undefined && { temporalWebUrl: config.temporal.webUrl }),
    ...(config.oidc && {
      oidc: createOidcSignIn(config.oidc, `${config.publicUrl ?? ''}${oidcCallback.path}`),
    }),
    ...(config.publicUrl !== undefined && { publicUrl: config.publicUrl }),
    allowPrivateEventHosts: config.events.allowPrivateHosts,
    noticeSender,
    inboundWebhookSecrets: config.inboundWebhookSecrets ?? [],
    memberTokens: createMemberTokens({
      encryptionKeys: config.encryptionKeys,
      sessionMinutes,
      clock,
      ...(hostTokens && { host: hostTokens }),
    }),
    ...(portalUrl !== undefined && { portalUrl }),
    ...(hasPages && {
      pages: {
        dir: BUILT_PAGES,
        ...(frameAncestors && { frameAncestors }),
        ...(homeUrl !== undefined && { portalHomeUrl: homeUrl }),
      },
    }),
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
    async stop() {
      await new Promise<void>((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeIdleConnections();
      });
      noticeSender.close();
      await webhooks.close();
    },
  };
}
