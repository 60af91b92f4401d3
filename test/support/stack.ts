import { randomBytes, randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Runtime } from '@temporalio/worker';
import { pino, type Logger } from 'pino';
import { Registry } from 'prom-client';
import { createAlertActivities, createNoticeActivities } from '../../activities/alerts';
import { createEventActivities } from '../../activities/events';
import { createKisiActivities } from '../../activities/kisi';
import { createRecordsActivities } from '../../activities/records';
import { createSimulator, demoApiKey, type Simulator } from '../../simulator';
import type { AccessDeps } from '../../src/access/deps';
import { createKisiConnections } from '../../src/access/kisi-connections';
import { systemClock, type Clock } from '../../src/clock';
import { acceptedGrant } from '../../src/domain/grant-life';
import { wholeSecond } from '../../src/domain/windows';
import type { Actor, Grant } from '../../src/domain/grant';
import { createEventSender } from '../../src/events/sender';
import { createKisiLimiter, type KisiLimiter } from '../../src/kisi';
import { temporalLogger } from '../../src/logging';
import { createMetrics } from '../../src/metrics';
import { createNoticeSender } from '../../src/notices/sender';
import {
  openStore,
  type DoorMapping,
  type Integration,
  type Member,
  type Store,
} from '../../src/store';
import { createGrantCommands, type GrantCommands } from '../../src/temporal/grant-commands';
import { createGrantRuns } from '../../src/temporal/grant-runs';
import { createAccessMessages } from '../../src/temporal/messages';
import { startAccessWorkers, type AccessWorkers } from '../../src/temporal/workers';
import { CONNECT_TIMEOUT_MS, testServers } from './servers';
import { untilGrant } from './until-grant';
import { Unlimited } from './unlimited';

const TESTER: Actor = { type: 'api_key', id: 'key_tester' };
const HOUR = 3_600_000;

/** The sender of mails, and how near a start must be, as by default. */
export const MAIL_FROM = 'Latchkey <alerts@latchkey.test>';
const START_LEAD_MS = 30 * 60_000;

export interface StackOptions {
  /** The clock of activities, store and simulator; the machine's when left out. */
  clock?: Clock;
  /** Address of another Temporal server, such as the time-skipping one, with its namespace. */
  temporal?: { address: string; namespace: string };
  /** Replaces the shared limiter, where a test is not about it. */
  limiter?: KisiLimiter;
  /** A mail server, `smtp://…`; without one no alert is mailed. */
  smtpUrl?: string;
}

/** What a test may say of a grant; the rest has a sensible default. */
export interface GrantWishes {
  member: Member;
  mapping: DoorMapping;
  /** ms UTC; default: the present second. */
  startsAt?: number;
  /** ms UTC or null for open-ended; default: an hour after the start. */
  endsAt?: number | null;
}

/**
 * The whole product in one process around real servers: store, simulated Kisi over HTTP, workers and
 * commands, with an integration connected. Factories make what a test needs; their parents too.
 */
export interface Stack {
  readonly clock: Clock;
  readonly store: Store;
  readonly simulator: Simulator;
  readonly client: Client;
  /** For the `temporal` CLI. */
  readonly temporal: { address: string; namespace: string };
  readonly commands: GrantCommands;
  readonly deps: AccessDeps;
  readonly integration: Integration;
  /** Ids of the simulator's seeded locks, and of its dashboard-made group with the locks in it. */
  readonly locks: readonly number[];
  readonly group: { id: number; lockIds: readonly number[] };
  newMember(): Promise<Member>;
  lockMapping(lockId?: number): Promise<DoorMapping>;
  groupMapping(): Promise<DoorMapping>;
  /** Starts a grant's workflow as the API does, and returns the document as accepted. */
  grant(wishes: GrantWishes): Promise<Grant>;
  /** The read model's document. */
  read(grantId: string): Promise<Grant>;
  /** Waits until the read model shows what is asked for; fails with the last document. */
  until(grantId: string, what: (grant: Grant) => boolean, timeoutMs?: number): Promise<Grant>;
  settled(grantId: string): Promise<Grant>;
  couldOpen(member: Member, lockId: number, at?: number): boolean;
  /** The member's live and ended rows at Kisi, in every group. */
  rowsOf(
    member: Member,
  ): { id: number; groupId: number; from: string | null; until: string | null }[];
  stopWorkers(): Promise<void>;
  startWorkers(): Promise<void>;
  close(): Promise<void>;
}

let runtimeInstalled = false;

/**
 * The SDK's one runtime of this process. Whatever else of the SDK comes before a stack, such as its
 * time-skipping server, must have it installed first.
 */
export function installTestRuntime(): void {
  if (runtimeInstalled) return;
  Runtime.install({ logger: temporalLogger(createTestLog()), shutdownSignals: [] });
  runtimeInstalled = true;
}

function createTestLog(): Logger {
  return pino({ level: process.env['LATCHKEY_TEST_LOG'] ?? 'silent' });
}

/** A stack whose calls to Kisi are not limited, for tests that are not about the limit. */
export async function startFastStack(options: StackOptions = {}): Promise<Stack> {
  const stack = await startStack({ limiter: new Unlimited(), ...options });
  stack.simulator.setSwitches({ rateLimit: { enabled: false } });
  return stack;
}

export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const servers = testServers();
  const clock = options.clock ?? systemClock;
  const log = createTestLog();
  installTestRuntime();
  const address = options.temporal?.address ?? servers.temporalAddress;
  const namespace = options.temporal?.namespace ?? (await servers.takeNamespace());
  const encryption = [{ id: 'test', key: new Uint8Array(randomBytes(32)) }];
  const dbName = `t-${randomUUID()}`;
  const store = await openStore({ uri: servers.mongoUri(dbName), encryption, clock });
  const simulator = createSimulator({ clock });
  const baseUrl = await simulator.listen();
  const connection = await Connection.connect({ address, connectTimeout: CONNECT_TIMEOUT_MS });
  const nativeConnection = await NativeConnection.connect({ address });
  const client = new Client({ connection, namespace });
  const kisi = createKisiConnections({
    store,
    limiter: options.limiter ?? createKisiLimiter({ store: store.kisiSlots }),
    baseUrl,
    integrator: { name: 'latchkey-tests', contact: 'tests@example.com' },
  });
  const messages = createAccessMessages(client, clock);
  const deps: AccessDeps = {
    store,
    kisi,
    messages,
    runs: createGrantRuns(client),
    clock,
    log,
    metrics: createMetrics(new Registry()),
  };
  const commands = createGrantCommands(client, store, clock);
  const integration = await connect(store, kisi);
  const { locks, group } = seeded(simulator);

  // Receivers of events run on this machine, too.
  const sender = createEventSender({ allowPrivateHosts: true });
  const { smtpUrl } = options;
  const noticeSender = createNoticeSender({
    mail: smtpUrl === undefined ? undefined : { smtpUrl, from: MAIL_FROM },
    webhooks: sender,
  });

  let workers: AccessWorkers | null = null;
  const startWorkers = async (): Promise<void> => {
    workers = await startAccessWorkers({
      connection: nativeConnection,
      namespace,
      workflowBundlePath: servers.workflowBundlePath,
      activities: {
        records: {
          ...createRecordsActivities(deps),
          ...createAlertActivities({ ...deps, startLeadMs: START_LEAD_MS }),
        },
        kisi: createKisiActivities(deps),
        events: {
          ...createEventActivities({ ...deps, sender }),
          ...createNoticeActivities({ ...deps, noticeSender }),
        },
      },
      store,
      log,
      shutdownGraceTimeMs: 5_000,
    });
  };
  const stopWorkers = async (): Promise<void> => {
    await workers?.shutdown();
    workers = null;
  };
  await startWorkers();

  let members = 0;
  const newMapping = (resourceType: 'lock' | 'group', resourceId: number): Promise<DoorMapping> =>
    store.doorMappings.insert({
      id: `dm_${randomUUID()}`,
      integrationId: integration.id,
      organizationId: integration.organizationId,
      locationId: null,
      spaceId: null,
      resourceType,
      resourceId,
      name: `${resourceType} ${String(resourceId)}`,
      active: true,
      createdBy: TESTER,
    });
  const read = async (grantId: string): Promise<Grant> => {
    const grant = await store.grants.get(grantId);
    if (!grant) throw new Error(`No grant ${grantId} in the read model`);
    return grant;
  };
  const until: Stack['until'] = (grantId, what, timeoutMs = 30_000) =>
    untilGrant(store, grantId, what, { timeoutMs, pollMs: 25 });

  return {
    clock,
    store,
    simulator,
    client,
    temporal: { address, namespace },
    commands,
    deps,
    integration,
    locks,
    group,
    newMember() {
      members += 1;
      const id = `mem_${randomUUID().slice(0, 8)}`;
      return store.members.upsert({
        id,
        email: `${id}@example.com`,
        name: `Member ${String(members)}`,
      });
    },
    lockMapping: (lockId = locks[0] ?? 0) => newMapping('lock', lockId),
    groupMapping: () => newMapping('group', group.id),
    async grant({ member, mapping, startsAt, endsAt }) {
      const now = clock.now();
      const from = startsAt ?? wholeSecond(now);
      const grant = acceptedGrant(
        {
          id: `grt_${randomUUID()}`,
          memberId: member.id,
          doorMappingId: mapping.id,
          source: 'manual',
          sourceId: null,
          startsAt: from,
          endsAt: endsAt === undefined ? from + HOUR : endsAt,
          reason: null,
        },
        now,
        TESTER,
      );
      await commands.start(grant);
      await store.grants.insertAccepted(grant);
      return grant;
    },
    read,
    until,
    settled: (grantId) => until(grantId, (grant) => grant.settled),
    couldOpen: (member, lockId, at) =>
      simulator.couldOpen({ email: member.email, lockId, ...(at === undefined ? {} : { at }) })
        .open,
    rowsOf(member) {
      const state = simulator.state();
      const user = state.users.find(({ email }) => email === member.email);
      return state.roleAssignments
        .filter((row) => row.assigneeType === 'User' && row.assigneeId === user?.id)
        .map((row) => ({
          id: row.id,
          groupId: row.appliesToId,
          from: iso(row.validFrom),
          until: iso(row.validUntil),
        }));
    },
    stopWorkers,
    startWorkers,
    async close() {
      await stopWorkers();
      noticeSender.close();
      await sender.close();
      await kisi.close();
      await nativeConnection.close();
      await connection.close();
      await simulator.close();
      await store.close();
    },
  };
}

/** Connects the simulator's first organization as the API does. */
async function connect(store: Store, kisi: AccessDeps['kisi']): Promise<Integration> {
  const owner = await kisi.withNewKey(demoApiKey, (client) => client.currentUser());
  return store.integrations.insert({
    id: `int_${randomUUID()}`,
    organizationId: owner.organizationId,
    organizationName: owner.organizationName,
    keyOwnerId: owner.id,
    apiKey: demoApiKey,
    locationIds: [],
    createdBy: TESTER,
  });
}

function seeded(simulator: Simulator): Pick<Stack, 'locks' | 'group'> {
  const { locks, groups, groupLocks } = simulator.state();
  const group = groups[0];
  if (!group) throw new Error('The simulator has no seeded group');
  return {
    locks: locks.map(({ id }) => id),
    group: {
      id: group.id,
      lockIds: groupLocks.filter(({ groupId }) => groupId === group.id).map(({ lockId }) => lockId),
    },
  };
}

function iso(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
