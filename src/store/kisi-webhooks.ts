import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { Actor } from '../domain/grant';
import type { KisiDeletionMeaning } from '../domain/kisi-drift';
import { actorSchema, date, documentSchema, msOrNull, retryUpsertRace } from './documents';
import type { SecretBox } from './secret-box';

/** How one integration listens to Kisi's events, without the signature key. Instants in ms, UTC. */
export interface KisiWebhook {
  integrationId: string;
  /** Kisi's id of the webhook that was registered through its API; `null`: a person pastes it. */
  kisiWebhookId: number | null;
  createdAt: number;
  createdBy: Actor;
  /** When a signed event came last; `null`: never since the key was made. */
  lastEventAt: number | null;
}

export interface KisiWebhookStore {
  /** `null`: no key was made. */
  get(integrationId: string): Promise<KisiWebhook | null>;
  /** Replaces the key: events that are signed with the former one are refused from now on. */
  putKey(
    integrationId: string,
    key: { signatureKey: string; kisiWebhookId: number | null; createdBy: Actor },
  ): Promise<KisiWebhook>;
  /** The opened key; `null`: none was made. Never log it. @throws UnknownEncryptionKey, SealBroken */
  signatureKey(integrationId: string): Promise<string | null>;
  /** From now on every event is refused. The meaning of a deletion stays. */
  forgetKey(integrationId: string): Promise<void>;
  /** A signed event came now. */
  recordEvent(integrationId: string): Promise<void>;
  /** What a person's deletion at Kisi means here; `repair` unless it was set. */
  deletionMeaning(integrationId: string): Promise<KisiDeletionMeaning>;
  setDeletionMeaning(integrationId: string, meaning: KisiDeletionMeaning): Promise<void>;
}

interface KisiWebhookDoc {
  /** The integration's id. */
  _id: string;
  deletionInKisi: KisiDeletionMeaning;
  sealedKey: string | null;
  kisiWebhookId: number | null;
  createdAt: Date | null;
  createdBy: Actor | null;
  lastEventAt: Date | null;
}

const webhookSchema = documentSchema<KisiWebhookDoc>({
  _id: { type: String, required: true },
  deletionInKisi: { type: String, required: true },
  sealedKey: { type: String, default: null },
  kisiWebhookId: { type: Number, default: null },
  createdAt: { type: Date, default: null },
  createdBy: { type: actorSchema, default: null },
  lastEventAt: { type: Date, default: null },
});

const NO_KEY = {
  sealedKey: null,
  kisiWebhookId: null,
  createdAt: null,
  createdBy: null,
  lastEventAt: null,
} as const;

export function kisiWebhookStore(
  connection: Connection,
  clock: Clock,
  secrets: SecretBox,
): KisiWebhookStore {
  const webhooks = connection.model<KisiWebhookDoc>('KisiWebhook', webhookSchema, 'kisiWebhooks');
  /** What a sealed key is bound to, so that it cannot be moved to another integration. */
  const contextOf = (integrationId: string): string => `kisi-webhook:${integrationId}`;

  const get = async (integrationId: string): Promise<KisiWebhook | null> => {
    const doc = await webhooks.findById(integrationId).lean();
    if (!doc?.sealedKey || !doc.createdAt || !doc.createdBy) return null;
    return {
      integrationId,
      kisiWebhookId: doc.kisiWebhookId,
      createdAt: doc.createdAt.getTime(),
      createdBy: doc.createdBy,
      lastEventAt: msOrNull(doc.lastEventAt),
    };
  };

  return {
    get,

    async putKey(integrationId, { signatureKey, kisiWebhookId, createdBy }) {
      const sealedKey = await secrets.seal(signatureKey, contextOf(integrationId));
      const createdAt = date(clock.now());
      const fields = { sealedKey, kisiWebhookId, createdAt, createdBy, lastEventAt: null };
      await retryUpsertRace(() =>
        webhooks.updateOne(
          { _id: integrationId },
          { $set: fields, $setOnInsert: { deletionInKisi: 'repair' } },
          { upsert: true },
        ),
      );
      return {
        integrationId,
        kisiWebhookId,
        createdAt: createdAt.getTime(),
        createdBy,
        lastEventAt: null,
      };
    },

    async signatureKey(integrationId) {
      const doc = await webhooks.findById(integrationId).lean();
      return doc?.sealedKey ? secrets.open(doc.sealedKey, contextOf(integrationId)) : null;
    },

    async forgetKey(integrationId) {
      await webhooks.updateOne({ _id: integrationId }, { $set: NO_KEY });
    },

    async recordEvent(integrationId) {
      await webhooks.updateOne(
        { _id: integrationId },
        { $set: { lastEventAt: date(clock.now()) } },
      );
    },

    async deletionMeaning(integrationId) {
      const doc = await webhooks.findById(integrationId, { deletionInKisi: 1 }).lean();
      return doc?.deletionInKisi ?? 'repair';
    },

    async setDeletionMeaning(integrationId, meaning) {
      await retryUpsertRace(() =>
        webhooks.updateOne(
          { _id: integrationId },
          { $set: { deletionInKisi: meaning }, $setOnInsert: NO_KEY },
          { upsert: true },
        ),
      );
    },
  };
}
