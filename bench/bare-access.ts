import { randomBytes, randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { demoApiKey, createSimulator, type Simulator } from '../simulator';
import type { AccessDeps, AccessMessages } from '../src/access/deps';
import { createKisiConnections } from '../src/access/kisi-connections';
import { systemClock } from '../src/clock';
import { createKisiLimiter } from '../src/kisi';
import { createMetrics } from '../src/metrics';
import { openStore } from '../src/store';
import { KISI_LATENCY_MS } from './product';
import { databaseUri, type BenchServers } from './servers';

const BENCH = { type: 'system', id: 'bench' } as const;

/** `src/access` on a real store and a simulated Kisi, without Temporal: nobody hears its messages. */
export interface BareAccess {
  deps: AccessDeps;
  simulator: Simulator;
  organizationId: number;
  memberId: string;
  lockId: number;
  close: () => Promise<void>;
}

export async function openBareAccess(servers: BenchServers): Promise<BareAccess> {
  const store = await openStore({
    uri: databaseUri(servers.mongo.uri, `bench-${randomUUID()}`),
    encryption: [{ id: 'bench', key: new Uint8Array(randomBytes(32)) }],
  });
  const simulator = createSimulator();
  const kisi = createKisiConnections({
    store,
    limiter: createKisiLimiter({ store: store.kisiSlots }),
    baseUrl: await simulator.listen(),
    integrator: { name: 'latchkey-bench', contact: '' },
  });
  const owner = await kisi.withNewKey(demoApiKey, (client) => client.currentUser());
  await store.integrations.insert({
    id: 'int_bench',
    organizationId: owner.organizationId,
    organizationName: owner.organizationName,
    keyOwnerId: owner.id,
    apiKey: demoApiKey,
    locationIds: [],
    createdBy: BENCH,
  });
  const member = await store.members.upsert({
    id: 'mem_bench',
    email: 'bench@example.com',
    name: null,
  });
  simulator.setSwitches({ latencyMs: KISI_LATENCY_MS });
  return {
    deps: {
      store,
      kisi,
      messages: unheard,
      runs: {
        runningAmong: (ids) => Promise.resolve(new Set(ids)),
        missingPasses: () => Promise.resolve([]),
        // eslint-disable-next-line @typescript-eslint/require-await -- the list at Temporal is asynchronous
        async *running() {
          yield* [];
        },
        lastEnd: () => Promise.resolve('running'),
      },
      clock: systemClock,
      log: pino({ level: 'silent' }),
      metrics: createMetrics(new Registry()),
    },
    simulator,
    organizationId: owner.organizationId,
    memberId: member.id,
    lockId: simulator.state().locks[0]?.id ?? 0,
    async close() {
      await kisi.close();
      await simulator.close();
      await store.close();
    },
  };
}

const said = (): Promise<void> => Promise.resolve();
const unheard: AccessMessages = {
  pokePass: said,
  tellGrant: said,
  requestLockGroup: said,
  startProber: said,
  changeHold: said,
  startRemoval: said,
  askGrantAgain: said,
  startGrant: said,
  followSource: said,
  changeSource: said,
  lookAgainAtSource: said,
  revokeGrant: said,
  startChange: said,
  deliverEvents: said,
};
