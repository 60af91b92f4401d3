import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, Connection } from '@temporalio/client';
import express from 'express';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { createApp } from '../../api/app';
import { createMemberTokens } from '../../api/portal-sessions/member-tokens';
import { createKisiConnections } from '../../src/access/kisi-connections';
import { systemClock } from '../../src/clock';
import { createEventSender } from '../../src/events/sender';
import { createKisiLimiter } from '../../src/kisi';
import { createLogger } from '../../src/logging';
import { createMetrics } from '../../src/metrics';
import { createNoticeSender } from '../../src/notices/sender';
import { openStore } from '../../src/store';
import { createDoorSync } from '../../src/temporal/door-sync';
import { createErasures } from '../../src/temporal/erasures';
import { createGrantCommands } from '../../src/temporal/grant-commands';
import { createImports } from '../../src/temporal/imports';
import { createIntegrationEvents } from '../../src/temporal/integration-events';
import { createAccessMessages } from '../../src/temporal/messages';
import { createSourceEvents } from '../../src/temporal/source-events';
import { serve } from './channel';

/** The key that the API shall take, and the body that the bare route shall answer with. */
const readsRequest = z.object({ apiKey: z.string(), body: z.unknown() });
export type ReadsRequest = z.output<typeof readsRequest>;

export interface ReadsAnswer {
  /** Where each of the two is served. */
  api: string;
  bare: string;
  /** What this process has used of a processor so far. */
  cpuMs: number;
}

/** For nothing that is worth keeping. */
const BENCH_KEY = { id: 'bench', key: new Uint8Array(32) };

/** More than any load can make: reads are measured, not the limiter. */
const UNLIMITED = 1_000_000_000;

/**
 * The API in a process of its own, as `src/main/api.ts` builds it but for the limit of requests, and on
 * another port an Express app with one route that does nothing but answer.
 */
async function main(mongoUri: string): Promise<void> {
  const store = await openStore({
    uri: mongoUri,
    encryption: [BENCH_KEY],
  });
  // Reads never speak to Temporal or Kisi, so neither is there.
  const client = new Client({ connection: Connection.lazy() });
  const memberTokens = createMemberTokens({
    encryptionKeys: [BENCH_KEY],
    sessionMinutes: 60,
    clock: systemClock,
  });
  const noticeSender = createNoticeSender({
    webhooks: createEventSender({ allowPrivateHosts: false }),
  });
  const registry = new Registry();
  const api = createApp({
    store,
    memberTokens,
    clock: systemClock,
    logger: createLogger({ level: 'info', process: 'api' }),
    registry,
    metrics: createMetrics(registry),
    grants: createGrantCommands(client, store, systemClock),
    kisi: createKisiConnections({
      store,
      limiter: createKisiLimiter({ store: store.kisiSlots }),
      baseUrl: 'http://127.0.0.1:9',
      integrator: { name: 'latchkey-bench', contact: '' },
    }),
    integrationEvents: createIntegrationEvents(client, store, systemClock),
    doorSync: createDoorSync(client),
    erasures: createErasures(client),
    sourceEvents: createSourceEvents(client, store),
    imports: createImports(client),
    messages: createAccessMessages(client, systemClock),
    noticeSender,
    limits: { requestsPerMinute: UNLIMITED, memberRequestsPerMinute: UNLIMITED },
  });
  let body: unknown = null;
  const bare = express();
  bare.get('/', (_req, res) => {
    res.json(body);
  });
  const addresses = { api: await listen(api), bare: await listen(bare) };
  serve(
    async (message) => {
      const request = readsRequest.parse(message);
      await store.apiKeys.ensure(request.apiKey, 'bench', ['admin']);
      body = request.body;
      const { user, system } = process.cpuUsage();
      const answer: ReadsAnswer = { ...addresses, cpuMs: (user + system) / 1_000 };
      return answer;
    },
    () => store.close(),
  );
}

async function listen(app: RequestListener): Promise<string> {
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

void main(process.env['MONGODB_URI'] ?? '');
