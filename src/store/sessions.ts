import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { ApiKeyScope } from './api-keys';
import { date, documentSchema, partSchema } from './documents';

/** Somebody whom an OpenID Connect provider vouches for, as it said when they signed in. */
export interface Person {
  /** The provider's own id (`sub`), or its hash; never a name or an e-mail. */
  id: string;
  issuer: string;
  /** What to call them; shown to themselves alone. */
  name: string;
  scopes: ApiKeyScope[];
  /** All that they may see and change; `null`: every location. */
  locationIds: string[] | null;
}

/**
 * What somebody signed in with. A session from an API key only points at the key: what the key may do
 * is asked at each request, so that the session can never outlive or outrank it.
 */
export type SignedIn = { with: 'api_key'; keyId: string } | { with: 'oidc'; person: Person };

/** A browser that is signed in. Instants in ms, UTC. */
export interface Session {
  /** `ses_…`; it opens nothing. */
  id: string;
  signedIn: SignedIn;
  createdAt: number;
  /** When it ends if nothing is asked from now on. */
  expiresAt: number;
  /** When it ends however much is asked. */
  endsAt: number;
}

/** Sessions of browsers. Only the hash of a token is kept. */
export interface SessionStore {
  /** `token` is returned this once. */
  create(signedIn: SignedIn): Promise<{ session: Session; token: string }>;
  /** Who holds the token, which counts as use. `null`: unknown, signed out or expired. */
  use(token: string): Promise<Session | null>;
  /** Again: nothing happens. */
  end(token: string): Promise<void>;
}

interface SessionDoc {
  _id: string;
  hash: string;
  /** Either of the two. */
  keyId: string | null;
  person: Person | null;
  createdAt: Date;
  usedAt: Date;
  endsAt: Date;
}

const MINUTE_MS = 60_000;
/** A working day and what comes around it; after it even a page that asks by itself is signed out. */
const LASTS_MS = 12 * 60 * MINUTE_MS;
/** A page that was closed and forgotten is signed out after this. */
const IDLE_MS = 2 * 60 * MINUTE_MS;
/** One write a minute and session says enough about its use. */
const USED_EVERY_MS = MINUTE_MS;

const personSchema = partSchema<Person>({
  id: { type: String, required: true },
  issuer: { type: String, required: true },
  name: { type: String, required: true },
  scopes: { type: [String], required: true },
  locationIds: { type: [String], default: null },
});

// The TTL index is housekeeping only: `use` looks at the age by our own clock.
const sessionSchema = documentSchema<SessionDoc>({
  _id: { type: String, required: true },
  hash: { type: String, required: true },
  keyId: { type: String, default: null },
  person: { type: personSchema, default: null },
  createdAt: { type: Date, required: true },
  usedAt: { type: Date, required: true },
  endsAt: { type: Date, required: true },
})
  .index({ hash: 1 }, { unique: true })
  .index({ endsAt: 1 }, { expireAfterSeconds: 86_400 });

/** A plain SHA-256 does: a token is 256 random bits (see the API keys). */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function signedInOf({ keyId, person }: SessionDoc): SignedIn {
  return person === null
    ? { with: 'api_key', keyId: keyId ?? '' }
    : { with: 'oidc', person: { ...person, scopes: [...person.scopes] } };
}

function toSession(doc: SessionDoc): Session {
  const { _id, createdAt, usedAt, endsAt } = doc;
  return {
    id: _id,
    signedIn: signedInOf(doc),
    createdAt: createdAt.getTime(),
    expiresAt: Math.min(usedAt.getTime() + IDLE_MS, endsAt.getTime()),
    endsAt: endsAt.getTime(),
  };
}

export function sessionStore(connection: Connection, clock: Clock): SessionStore {
  const sessions = connection.model<SessionDoc>('Session', sessionSchema, 'sessions');

  return {
    async create(signedIn) {
      const token = randomBytes(32).toString('base64url');
      const now = clock.now();
      const doc: SessionDoc = {
        _id: `ses_${randomUUID()}`,
        hash: hashOf(token),
        keyId: signedIn.with === 'api_key' ? signedIn.keyId : null,
        person: signedIn.with === 'oidc' ? signedIn.person : null,
        createdAt: date(now),
        usedAt: date(now),
        endsAt: date(now + LASTS_MS),
      };
      await sessions.create(doc);
      return { session: toSession(doc), token };
    },

    async use(token) {
      const doc = await sessions.findOne({ hash: hashOf(token) }).lean();
      const now = clock.now();
      if (!doc || toSession(doc).expiresAt <= now) return null;
      if (now - doc.usedAt.getTime() < USED_EVERY_MS) return toSession(doc);
      await sessions.updateOne({ _id: doc._id }, { $max: { usedAt: date(now) } });
      return toSession({ ...doc, usedAt: date(now) });
    },

    async end(token) {
      await sessions.deleteOne({ hash: hashOf(token) });
    },
  };
}
