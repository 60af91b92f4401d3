import { createConnection, type Connection } from 'mongoose';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock, type Clock } from '../clock';
import { accessLogStore } from './access-log';
import { alertChannelStore } from './alert-channels';
import { alertStore } from './alerts';
import { bookingStore } from './bookings';
import { apiKeyStore } from './api-keys';
import { isDuplicateKey } from './documents';
import { doorMappingStore } from './door-mappings';
import { eventDeliveryStore } from './event-deliveries';
import { eventSubscriptionStore } from './event-subscriptions';
import { foreignRowStore } from './foreign-rows';
import { grantPassStore } from './grant-passes';
import { grantStore } from './grants';
import { idempotencyStore } from './idempotency';
import { importStore } from './imports';
import { integrationStore } from './integrations';
import { intentStore } from './intents';
import { jobStore } from './jobs';
import { kisiDoorStore } from './kisi-doors';
import { kisiEventStore } from './kisi-events';
import { kisiRequestStore } from './kisi-requests';
import { kisiRowStore } from './kisi-rows';
import { createKisiSlots } from './kisi-slots';
import { kisiWebhookStore } from './kisi-webhooks';
import { locationStore } from './locations';
import { lockGroupStore } from './lock-groups';
import { memberLinkStore } from './member-links';
import { memberLoginStore } from './member-logins';
import { memberStore } from './members';
import { membershipStore } from './memberships';
import { noticeStore } from './notices';
import { planStore } from './plans';
import { passStore } from './passes';
import { reconcileRunStore } from './reconcile-runs';
import { rowChangeStore } from './row-changes';
import { createSecretBox, type SealingKey } from './secret-box';
import { sessionStore } from './sessions';
import { settlementStore } from './settlements';
import { spaceStore } from './spaces';
import type { Store } from './store';
import { unlockAttemptStore } from './unlock-attempts';
import { wishStore } from './wishes';

export interface OpenStoreOptions {
  /** `mongodb://…`; its path names the database unless `dbName` does. */
  uri: string;
  dbName?: string;
  /** At least one. The first seals secrets, all open them. */
  encryption: readonly SealingKey[];
  clock?: Clock;
}

/** How long an operation looks for a server before it fails: a request must not hang for the default 30 s. */
const SERVER_SELECTION_MS = 5_000;

/**
 * Connects, and makes every collection and index that is missing before it returns. Several processes
 * may do so at the same moment.
 * @throws whatever the server says: not reachable, no rights, or an index that the data contradicts
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const { uri, dbName, encryption, clock = systemClock } = options;
  const secrets = createSecretBox(encryption);
  const connection = createConnection(uri, {
    ...(dbName !== undefined && { dbName }),
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    // A guard that read from a secondary would compare with the past.
    readPreference: 'primary',
    serverSelectionTimeoutMS: SERVER_SELECTION_MS,
  });

  const accessLog = accessLogStore(connection);
  const grants = grantStore(connection, accessLog);
  const store: Store = {
    locations: locationStore(connection, clock),
    spaces: spaceStore(connection, clock),
    members: memberStore(connection, clock),
    integrations: integrationStore(connection, clock, secrets),
    doorMappings: doorMappingStore(connection, clock),
    grants,
    accessLog,
    settlements: settlementStore(connection),
    grantPasses: grantPassStore(connection),
    wishes: wishStore(connection, clock),
    passes: passStore(connection, clock),
    kisiRows: kisiRowStore(connection, clock),
    rowChanges: rowChangeStore(connection, clock),
    kisiWebhooks: kisiWebhookStore(connection, clock, secrets),
    kisiEvents: kisiEventStore(connection, clock),
    foreignRows: foreignRowStore(connection),
    kisiRequests: kisiRequestStore(connection),
    kisiDoors: kisiDoorStore(connection),
    kisiSlots: createKisiSlots(connection),
    intents: intentStore(connection),
    memberLinks: memberLinkStore(connection),
    memberLogins: memberLoginStore(connection, clock, secrets),
    unlockAttempts: unlockAttemptStore(connection, clock),
    eventSubscriptions: eventSubscriptionStore(connection, clock, secrets),
    eventDeliveries: eventDeliveryStore(connection, clock),
    alerts: alertStore(connection, clock),
    alertChannels: alertChannelStore(connection, clock, secrets),
    notices: noticeStore(connection, clock),
    lockGroups: lockGroupStore(connection),
    apiKeys: apiKeyStore(connection, clock),
    sessions: sessionStore(connection, clock),
    idempotency: idempotencyStore(connection, clock),
    reconcileRuns: reconcileRunStore(connection),
    jobs: jobStore(connection, clock),
    imports: importStore(connection, clock),
    bookings: bookingStore(connection, clock),
    memberships: membershipStore(connection, clock),
    plans: planStore(connection, clock),

    async rebuildGrants() {
      const done = { read: 0, written: 0 };
      for await (const { grant } of accessLog.latestPerGrant()) {
        done.read += 1;
        if (await grants.replaceGrant(grant)) done.written += 1;
      }
      return done;
    },

    async ping() {
      await connection.getClient().db('admin').command({ ping: 1 });
    },

    close: () => connection.close(),
  };

  try {
    await connection.asPromise();
    await prepareCollections(connection);
  } catch (error) {
    await connection.close(true);
    throw error;
  }
  return store;
}

/** Tries of one collection: two processes that boot together can trip over each other's index once or twice. */
const PREPARE_TRIES = 5;
const PREPARE_PAUSE_MS = 200;

async function prepareCollections(connection: Connection): Promise<void> {
  for (const model of Object.values(connection.models)) {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await model.createCollection();
        await model.syncIndexes();
        break;
      } catch (error) {
        if (attempt === PREPARE_TRIES || isDuplicateKey(error)) throw error;
        await sleep(PREPARE_PAUSE_MS);
      }
    }
  }
}
