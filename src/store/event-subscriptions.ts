import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { Actor } from '../domain/grant';
import type { OutgoingEventType } from '../domain/outgoing-event';
import {
  actorSchema,
  date,
  documentSchema,
  given,
  msOrNull,
  partSchema,
  retryUpsertRace,
} from './documents';
import { BY_ID, findPage, type Page, type PageRequest } from './page';
import type { SecretBox } from './secret-box';

/**
 * So many may be kept. Each change is written once for each of them, and a worker sends to all of them
 * at once, so that a dead receiver holds up no other.
 */
export const MOST_EVENT_SUBSCRIPTIONS = 50;

/** Where events are sent to. Its secrets are kept apart. Instants in ms, UTC. */
export interface EventSubscription {
  /** `esub_…` */
  id: string;
  url: string;
  types: OutgoingEventType[];
  enabled: boolean;
  /** `gone`: the receiver answered 410. `null`: it is enabled, or a person disabled it. */
  disabledBecause: 'gone' | null;
  description: string | null;
  createdAt: number;
  createdBy: Actor;
  updatedAt: number;
  /** Until when a former secret signs as well; `null`: none does. */
  formerSecretsUntil: number | null;
}

export type NewEventSubscription = Pick<
  EventSubscription,
  'id' | 'url' | 'types' | 'enabled' | 'description' | 'createdBy'
> & { secret: string };

export type EventSubscriptionChange = Partial<
  Pick<EventSubscription, 'url' | 'types' | 'enabled' | 'description'>
>;

/** A subscription with the secret that signs from now on. */
export interface SubscriptionWithSecret {
  subscription: EventSubscription;
  secret: string;
}

/** Whom a new event is for. */
export type EventAddressee = Pick<EventSubscription, 'id' | 'types' | 'enabled'>;

export interface EventSubscriptionStore {
  /**
   * One with this id that is there already stays as it is, with its secret: requests that overlap
   * answer the same one.
   */
  insert(subscription: NewEventSubscription): Promise<SubscriptionWithSecret>;
  get(id: string): Promise<EventSubscription | null>;
  /** In order of id. */
  list(page: PageRequest): Promise<Page<EventSubscription>>;
  count(): Promise<number>;
  /** Overwrites what is given; enabling it forgets why it was disabled. `null`: it is gone. */
  update(id: string, change: EventSubscriptionChange): Promise<EventSubscription | null>;
  /** Disables it because its receiver says that it is gone for good. */
  disableGone(id: string): Promise<void>;
  delete(id: string): Promise<void>;
  /** Those that take one of these types, disabled ones included. */
  takers(types: readonly OutgoingEventType[]): Promise<EventAddressee[]>;
  /**
   * Puts a new secret in front; those before it sign too until `formerUntil` (ms, UTC). The same token
   * again answers the secret that it made before, and changes nothing. `null`: it is gone.
   */
  rotate(
    id: string,
    rotation: { token: string; secret: string; formerUntil: number },
  ): Promise<SubscriptionWithSecret | null>;
  /** All secrets that sign now, the newest first. @throws UnknownEncryptionKey, SealBroken */
  signingSecrets(id: string): Promise<string[]>;
}

interface FormerSecret {
  sealed: string;
  until: Date;
}

interface EventSubscriptionDoc {
  _id: string;
  url: string;
  types: OutgoingEventType[];
  enabled: boolean;
  disabledBecause: 'gone' | null;
  description: string | null;
  sealedSecret: string;
  formerSecrets: FormerSecret[];
  /** Token of the latest rotation. */
  rotation: string | null;
  createdAt: Date;
  createdBy: Actor;
  updatedAt: Date;
}

const subscriptionSchema = documentSchema<EventSubscriptionDoc>({
  _id: { type: String, required: true },
  url: { type: String, required: true },
  types: { type: [String], required: true },
  enabled: { type: Boolean, required: true },
  disabledBecause: { type: String, default: null },
  description: { type: String, default: null },
  sealedSecret: { type: String, required: true },
  formerSecrets: {
    type: [
      partSchema<FormerSecret>({
        sealed: { type: String, required: true },
        until: { type: Date, required: true },
      }),
    ],
    required: true,
  },
  rotation: { type: String, default: null },
  createdAt: { type: Date, required: true },
  createdBy: { type: actorSchema, required: true },
  updatedAt: { type: Date, required: true },
});

export function eventSubscriptionStore(
  connection: Connection,
  clock: Clock,
  secrets: SecretBox,
): EventSubscriptionStore {
  const subscriptions = connection.model<EventSubscriptionDoc>(
    'EventSubscription',
    subscriptionSchema,
    'eventSubscriptions',
  );
  /** What a sealed secret is bound to, so that it cannot be moved to another subscription. */
  const contextOf = (id: string): string => `event-subscription:${id}`;
  const stillSigning = ({ formerSecrets }: EventSubscriptionDoc): FormerSecret[] =>
    formerSecrets.filter(({ until }) => until.getTime() > clock.now());

  function toSubscription(doc: EventSubscriptionDoc): EventSubscription {
    const untils = stillSigning(doc).map(({ until }) => until.getTime());
    return {
      id: doc._id,
      url: doc.url,
      types: doc.types,
      enabled: doc.enabled,
      disabledBecause: doc.disabledBecause,
      description: doc.description,
      createdAt: doc.createdAt.getTime(),
      createdBy: doc.createdBy,
      updatedAt: doc.updatedAt.getTime(),
      formerSecretsUntil: msOrNull(untils.length === 0 ? null : new Date(Math.max(...untils))),
    };
  }

  async function withSecret(doc: EventSubscriptionDoc): Promise<SubscriptionWithSecret> {
    const secret = await secrets.open(doc.sealedSecret, contextOf(doc._id));
    return { subscription: toSubscription(doc), secret };
  }

  return {
    async insert({ id, secret, ...fields }) {
      const now = date(clock.now());
      const sealedSecret = await secrets.seal(secret, contextOf(id));
      const doc = await retryUpsertRace(() =>
        subscriptions
          .findOneAndUpdate(
            { _id: id },
            {
              $setOnInsert: {
                ...fields,
                sealedSecret,
                disabledBecause: null,
                formerSecrets: [],
                rotation: null,
                createdAt: now,
                updatedAt: now,
              },
            },
            { upsert: true, returnDocument: 'after' },
          )
          .lean(),
      );
      return withSecret(doc);
    },

    async get(id) {
      const doc = await subscriptions.findById(id).lean();
      return doc && toSubscription(doc);
    },

    list: (page) => findPage(subscriptions, {}, BY_ID, page, toSubscription),

    count: () => subscriptions.countDocuments(),

    async update(id, change) {
      const doc = await subscriptions
        .findOneAndUpdate(
          { _id: id },
          {
            $set: {
              ...given(change),
              ...(change.enabled !== undefined && { disabledBecause: null }),
              updatedAt: date(clock.now()),
            },
          },
          { returnDocument: 'after' },
        )
        .lean();
      return doc && toSubscription(doc);
    },

    async disableGone(id) {
      await subscriptions.updateOne(
        { _id: id, enabled: true },
        { $set: { enabled: false, disabledBecause: 'gone', updatedAt: date(clock.now()) } },
      );
    },

    async delete(id) {
      await subscriptions.deleteOne({ _id: id });
    },

    async takers(types) {
      const docs = await subscriptions
        .find({ types: { $in: [...types] } }, { types: 1, enabled: 1 })
        .lean();
      return docs.map(({ _id, types: taken, enabled }) => ({ id: _id, types: taken, enabled }));
    },

    async rotate(id, { token, secret, formerUntil }) {
      const sealedSecret = await secrets.seal(secret, contextOf(id));
      for (;;) {
        const doc = await subscriptions.findById(id).lean();
        if (!doc) return null;
        // The request came twice, and the other may have been answered already.
        if (doc.rotation === token) return withSecret(doc);
        const retired = { sealed: doc.sealedSecret, until: date(formerUntil) };
        const formerSecrets = [retired, ...stillSigning(doc)].filter(
          ({ until }) => until.getTime() > clock.now(),
        );
        const written = await subscriptions
          .findOneAndUpdate(
            // Whoever rotated meanwhile made another secret, which must not be lost.
            { _id: id, sealedSecret: doc.sealedSecret },
            {
              $set: { sealedSecret, formerSecrets, rotation: token, updatedAt: date(clock.now()) },
            },
            { returnDocument: 'after' },
          )
          .lean();
        if (written) return withSecret(written);
      }
    },

    async signingSecrets(id) {
      const doc = await subscriptions.findById(id).lean();
      if (!doc) return [];
      const sealed = [doc.sealedSecret, ...stillSigning(doc).map((former) => former.sealed)];
      return Promise.all(sealed.map((one) => secrets.open(one, contextOf(id))));
    },
  };
}
