import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { Actor } from '../domain/grant';
import { actorSchema, date, documentSchema, isDuplicateKey, msOrNull } from './documents';
import { BY_ID, findPage, type Page, type PageRequest } from './page';

/** What an API key may do. */
export const API_KEY_SCOPES = ['admin', 'booking', 'operator'] as const;
export type ApiKeyScope = (typeof API_KEY_SCOPES)[number];

/** An API key without its secret. Instants in ms, UTC. */
export interface ApiKey {
  /** `key_…` */
  id: string;
  name: string;
  scopes: ApiKeyScope[];
  /** All that it may see and change; `null`: every location. */
  locationIds: string[] | null;
  createdAt: number;
  createdBy: Actor;
  /** To the minute; `null`: never used. */
  lastUsedAt: number | null;
  revokedAt: number | null;
}

export interface ApiKeyStore {
  /** `secret` (`lk_…`) is returned this once; only its hash is kept. */
  create(
    key: Pick<ApiKey, 'name' | 'scopes' | 'createdBy'> & Partial<Pick<ApiKey, 'locationIds'>>,
  ): Promise<{ key: ApiKey; secret: string }>;
  /** `null`: unknown or revoked. */
  verify(secret: string): Promise<ApiKey | null>;
  /** The same for who signed in with the key and does not send it again. */
  use(id: string): Promise<ApiKey | null>;
  get(id: string): Promise<ApiKey | null>;
  /** In order of id, revoked ones included. */
  list(page: PageRequest): Promise<Page<ApiKey>>;
  /** Changes what is given. `null`: no such key. */
  update(
    id: string,
    changes: Partial<Pick<ApiKey, 'name' | 'scopes' | 'locationIds'>>,
  ): Promise<ApiKey | null>;
  /** Again: the first instant stays. `null`: no such key. */
  revoke(id: string): Promise<ApiKey | null>;
  /** Makes sure that this secret is known. One that was revoked stays revoked. */
  ensure(
    secret: string,
    name: string,
    scopes: readonly ApiKeyScope[],
  ): Promise<{ key: ApiKey; created: boolean }>;
}

interface ApiKeyDoc {
  _id: string;
  name: string;
  hash: string;
  scopes: ApiKeyScope[];
  locationIds: string[] | null;
  createdAt: Date;
  createdBy: Actor;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}

const apiKeySchema = documentSchema<ApiKeyDoc>({
  _id: { type: String, required: true },
  name: { type: String, required: true },
  hash: { type: String, required: true },
  scopes: { type: [String], required: true },
  locationIds: { type: [String], default: null },
  createdAt: { type: Date, required: true },
  createdBy: { type: actorSchema, required: true },
  lastUsedAt: { type: Date, default: null },
  revokedAt: { type: Date, default: null },
}).index({ hash: 1 }, { unique: true });

/** One write a minute and key says enough about its use. */
const USED_EVERY_MS = 60_000;

/**
 * A plain SHA-256: a secret of ours is 256 random bits, so that nothing can be guessed and a slow,
 * salted password hash would only slow each request; `ADMIN_API_KEY` is as strong as whoever chose it
 * made it. Looking up by the hash leaks no timing of use either: how far two hashes agree says nothing
 * about the secrets.
 */
function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function toApiKey(doc: ApiKeyDoc): ApiKey {
  return {
    id: doc._id,
    name: doc.name,
    scopes: doc.scopes,
    // Absent in keys from before there were limits.
    locationIds: doc.locationIds ?? null,
    createdAt: doc.createdAt.getTime(),
    createdBy: doc.createdBy,
    lastUsedAt: msOrNull(doc.lastUsedAt),
    revokedAt: msOrNull(doc.revokedAt),
  };
}

export function apiKeyStore(connection: Connection, clock: Clock): ApiKeyStore {
  const apiKeys = connection.model<ApiKeyDoc>('ApiKey', apiKeySchema, 'apiKeys');

  async function insert(
    secret: string,
    { name, scopes, locationIds = null, createdBy }: Parameters<ApiKeyStore['create']>[0],
  ): Promise<ApiKey> {
    const doc: ApiKeyDoc = {
      _id: `key_${randomUUID()}`,
      name,
      hash: hashOf(secret),
      scopes: [...scopes],
      locationIds: locationIds && [...locationIds],
      createdAt: date(clock.now()),
      createdBy,
      lastUsedAt: null,
      revokedAt: null,
    };
    await apiKeys.create(doc);
    return toApiKey(doc);
  }

  async function get(id: string): Promise<ApiKey | null> {
    const doc = await apiKeys.findById(id).lean();
    return doc && toApiKey(doc);
  }

  async function used(which: { hash: string } | { _id: string }): Promise<ApiKey | null> {
    const doc = await apiKeys.findOne({ ...which, revokedAt: null }).lean();
    if (!doc) return null;
    const now = clock.now();
    if (doc.lastUsedAt !== null && now - doc.lastUsedAt.getTime() < USED_EVERY_MS) {
      return toApiKey(doc);
    }
    await apiKeys.updateOne({ _id: doc._id }, { $set: { lastUsedAt: date(now) } });
    return { ...toApiKey(doc), lastUsedAt: now };
  }

  return {
    async create(key) {
      const secret = `lk_${randomBytes(32).toString('base64url')}`;
      return { key: await insert(secret, key), secret };
    },

    verify: (secret) => used({ hash: hashOf(secret) }),
    use: (id) => used({ _id: id }),

    get,
    list: (page) => findPage(apiKeys, {}, BY_ID, page, toApiKey),

    async update(id, changes) {
      const doc = await apiKeys
        .findByIdAndUpdate(id, { $set: changes }, { returnDocument: 'after' })
        .lean();
      return doc && toApiKey(doc);
    },

    async revoke(id) {
      await apiKeys.updateOne(
        { _id: id, revokedAt: null },
        { $set: { revokedAt: date(clock.now()) } },
      );
      return get(id);
    },

    async ensure(secret, name, scopes) {
      const known = await apiKeys.findOne({ hash: hashOf(secret) }).lean();
      if (known) return { key: toApiKey(known), created: false };
      try {
        const createdBy: Actor = { type: 'system', id: 'setup' };
        return {
          key: await insert(secret, { name, scopes: [...scopes], createdBy }),
          created: true,
        };
      } catch (error) {
        // Another process that boots at the same moment was first.
        if (!isDuplicateKey(error)) throw error;
        const other = await apiKeys
          .findOne({ hash: hashOf(secret) })
          .lean()
          .orFail();
        return { key: toApiKey(other), created: false };
      }
    },
  };
}
