import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createKisiClient,
  ownerBucket,
  type KisiCall,
  type KisiClient,
  type KisiLimiter,
} from '../kisi';
import { systemClock } from '../clock';
import { eachItem, type Store } from '../store';
import { notedClient } from './noted-client';
import { RequestCounter } from './request-counter';
import { emergencyStopGate } from './emergency-stop';

/** Kisi counts requests in a sliding second (kisi/facts.md §5). */
const LIMIT_WINDOW_MS = 1_000;

/** Longer than an activity attempt lasts. */
const CLOSE_AFTER_MS = 30_000;

/** What every client of this process has in common. */
export interface KisiConnectionsOptions {
  store: Store;
  limiter: KisiLimiter;
  baseUrl: string;
  integrator: { name: string; contact: string };
  onCall?: (call: KisiCall) => void;
}

/** No integration is connected to this Kisi organization (any more). */
export class NotConnected extends Error {
  override readonly name = 'NotConnected';
  constructor(readonly organizationId: number) {
    super(`No integration is connected to the Kisi organization ${String(organizationId)}.`);
  }
}

/** Clients for Kisi, one per key; each knows which limiter bucket its key's owner has. */
export interface KisiConnections {
  /** @throws NotConnected */
  forOrganization(organizationId: number): Promise<KisiClient>;
  /**
   * Works with a key whose owner is not known yet. Each call takes one slot of every known owner,
   * since the key may belong to any of them and Kisi counts per owner; and the answer is held back
   * for a second, so that calls in the owner's own bucket cannot follow on the heels of these.
   */
  withNewKey<T>(apiKey: string, work: (client: KisiClient) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Clients are cached by key version, so that a replaced key is used from the next call on. */
export function createKisiConnections(options: KisiConnectionsOptions): KisiConnections {
  const { store, limiter, baseUrl, integrator, onCall } = options;
  const open = new Map<number, { keyVersion: number; client: KisiClient }>();
  const counter = new RequestCounter(store.kisiRequests);
  const connect = (apiKey: string, owners: string[], organizationId: number | null): KisiClient =>
    createKisiClient({
      baseUrl,
      apiKey,
      limiter,
      owners,
      integrator,
      ...(organizationId !== null && {
        writeGate: emergencyStopGate(store.integrations, organizationId),
      }),
      onCall: (call) => {
        if (organizationId !== null && call.status !== 'unreachable') {
          counter.count(organizationId, systemClock.now());
        }
        onCall?.(call);
      },
    });

  return {
    async forOrganization(organizationId) {
      const credentials = await store.integrations.apiKey({ organizationId });
      if (!credentials) throw new NotConnected(organizationId);
      const known = open.get(organizationId);
      if (known?.keyVersion === credentials.keyVersion) return known.client;
      const client = notedClient(
        connect(credentials.apiKey, [ownerBucket(credentials.keyOwnerId)], organizationId),
        store.rowChanges,
        organizationId,
      );
      open.set(organizationId, { keyVersion: credentials.keyVersion, client });
      if (known) closeLater(known.client);
      return client;
    },

    async withNewKey(apiKey, work) {
      const owners = await knownOwners(store);
      owners.add(bucketOfKey(apiKey));
      const client = connect(apiKey, [...owners].sort(), null);
      try {
        return await work(client);
      } finally {
        await sleep(LIMIT_WINDOW_MS);
        await client.close();
      }
    },

    async close() {
      await counter.write();
      await Promise.all([...open.values()].map(({ client }) => client.close()));
      open.clear();
    },
  };
}

/** Work that holds the old client, such as a delete whose create must follow, is let finish. */
function closeLater(client: KisiClient): void {
  setTimeout(() => void client.close(), CLOSE_AFTER_MS).unref();
}

async function knownOwners(store: Store): Promise<Set<string>> {
  const owners = new Set<string>();
  for await (const { keyOwnerId } of eachItem((page) => store.integrations.list(page))) {
    owners.add(ownerBucket(keyOwnerId));
  }
  return owners;
}

/** While no owner is known at all, calls with the same key at least share one bucket. */
function bucketOfKey(apiKey: string): string {
  return `key:${createHash('sha256').update(apiKey).digest('hex').slice(0, 16)}`;
}
