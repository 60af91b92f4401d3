import type { Connection, QueryFilter } from 'mongoose';
import type { Clock } from '../clock';
import type { AnyEventType } from '../domain/outgoing-event';
import {
  between,
  date,
  dateOrNull,
  documentSchema,
  given,
  insertMissing,
  msOrNull,
  partSchema,
} from './documents';
import { findPage, type Page, type PageRequest, type SortKey } from './page';

/**
 * `pending`: to be tried, for the first time or again. `failed`: given up after a day, or the receiver is
 * gone. `skipped`: the subscription was disabled.
 */
export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'skipped'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** How one try ended; instants in ms, UTC. */
export interface DeliveryAttempt {
  at: number;
  durationMs: number;
  /** HTTP status; `null`: no answer came. */
  status: number | null;
  /** Why none came, as a code of src/events/sender.ts. */
  error: string | null;
}

/** One event on its way to one subscription. Instants in ms, UTC. */
export interface EventDelivery {
  subscriptionId: string;
  /** `evt_…`, the same for every subscription and every try: `webhook-id`. */
  eventId: string;
  type: AnyEventType;
  /** When the event happened. */
  at: number;
  /** The body as it is sent, JSON. */
  payload: string;
  status: DeliveryStatus;
  /** Tries since it was last asked for. */
  attempts: number;
  /** When it was asked for: at the event, or by the latest replay. */
  askedAt: number;
  /** Rises with every replay, so that what a try before it found out says nothing about it. */
  round: number;
  /** `null` unless it is pending. */
  nextTryAt: number | null;
  lastAttempt: DeliveryAttempt | null;
  deliveredAt: number | null;
}

export type NewEventDelivery = Pick<
  EventDelivery,
  'subscriptionId' | 'eventId' | 'type' | 'at' | 'payload'
> & { status: 'pending' | 'skipped' };

export interface EventDeliveryFilter {
  status?: DeliveryStatus;
  type?: AnyEventType;
  /** Events of [from, to); either may be left out. */
  from?: number;
  to?: number;
}

/** What becomes of a delivery after a try. */
export interface TriedDelivery {
  attempt: DeliveryAttempt;
  status: Exclude<DeliveryStatus, 'skipped'>;
  /** `null` unless it stays pending. */
  nextTryAt: number | null;
}

/** Deliveries are kept for 30 days after they were written. */
export interface EventDeliveryStore {
  /** Writes them down; one that is there already stays as it is. */
  record(deliveries: readonly NewEventDelivery[]): Promise<void>;
  get(subscriptionId: string, eventId: string): Promise<EventDelivery | null>;
  /** Latest event first. */
  list(
    subscriptionId: string,
    filter: EventDeliveryFilter,
    page: PageRequest,
  ): Promise<Page<EventDelivery>>;
  /** Pending ones whose time has come, the longest waiting first. */
  due(subscriptionId: string, now: number, limit: number): Promise<EventDelivery[]>;
  /** When the next pending one is to be tried; `null`: none is pending. */
  nextTryAt(subscriptionId: string): Promise<number | null>;
  /** Writes a try down, unless the delivery was replayed meanwhile. */
  tried(delivery: EventDelivery, outcome: TriedDelivery): Promise<void>;
  /** Has it sent anew. `null`: there is none. */
  replay(subscriptionId: string, eventId: string): Promise<EventDelivery | null>;
  /** Has all events since then sent anew, but for those that are pending. Returns how many. */
  replaySince(
    subscriptionId: string,
    since: number,
    statuses: readonly DeliveryStatus[],
  ): Promise<number>;
  /** Of a disabled subscription nothing is pending. */
  skipPending(subscriptionId: string): Promise<void>;
  /** Subscriptions that have something to send now. */
  subscriptionsDue(now: number): Promise<string[]>;
  forgetSubscription(subscriptionId: string): Promise<void>;
}

type Instants = 'at' | 'askedAt';
type MaybeInstants = 'nextTryAt' | 'deliveredAt';
type AttemptDoc = Omit<DeliveryAttempt, 'at'> & { at: Date };
type EventDeliveryDoc = Omit<EventDelivery, Instants | MaybeInstants | 'lastAttempt'> &
  Record<Instants, Date> &
  Record<MaybeInstants, Date | null> & {
    /** `<subscriptionId>|<eventId>` */
    _id: string;
    lastAttempt: AttemptDoc | null;
    writtenAt: Date;
  };

const KEPT_SECONDS = 30 * 86_400;

const deliverySchema = documentSchema<EventDeliveryDoc>({
  _id: { type: String, required: true },
  subscriptionId: { type: String, required: true },
  eventId: { type: String, required: true },
  type: { type: String, required: true },
  at: { type: Date, required: true },
  payload: { type: String, required: true },
  status: { type: String, required: true },
  attempts: { type: Number, required: true },
  askedAt: { type: Date, required: true },
  round: { type: Number, required: true },
  nextTryAt: { type: Date, default: null },
  lastAttempt: {
    type: partSchema<AttemptDoc>({
      at: { type: Date, required: true },
      durationMs: { type: Number, required: true },
      status: { type: Number, default: null },
      error: { type: String, default: null },
    }),
    default: null,
  },
  deliveredAt: { type: Date, default: null },
  writtenAt: { type: Date, required: true },
})
  .index({ subscriptionId: 1, at: -1, _id: -1 })
  .index({ subscriptionId: 1, status: 1, nextTryAt: 1 })
  .index({ status: 1, nextTryAt: 1 })
  .index({ writtenAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

const LATEST_FIRST: readonly SortKey[] = [
  { field: 'at', direction: -1, type: 'date' },
  { field: '_id', direction: -1, type: 'string' },
];

function idOf({ subscriptionId, eventId }: { subscriptionId: string; eventId: string }): string {
  return `${subscriptionId}|${eventId}`;
}

function toDelivery(doc: EventDeliveryDoc): EventDelivery {
  const { subscriptionId, eventId, type, payload, status, attempts, round, lastAttempt } = doc;
  return {
    subscriptionId,
    eventId,
    type,
    payload,
    status,
    attempts,
    round,
    at: doc.at.getTime(),
    askedAt: doc.askedAt.getTime(),
    nextTryAt: msOrNull(doc.nextTryAt),
    lastAttempt: lastAttempt && { ...lastAttempt, at: lastAttempt.at.getTime() },
    deliveredAt: msOrNull(doc.deliveredAt),
  };
}

export function eventDeliveryStore(connection: Connection, clock: Clock): EventDeliveryStore {
  const deliveries = connection.model<EventDeliveryDoc>(
    'EventDelivery',
    deliverySchema,
    'eventDeliveries',
  );
  const askedAnew = (): { $set: Partial<EventDeliveryDoc>; $inc: { round: number } } => {
    const now = date(clock.now());
    return {
      $set: { status: 'pending', attempts: 0, askedAt: now, nextTryAt: now, deliveredAt: null },
      $inc: { round: 1 },
    };
  };

  return {
    async record(fresh) {
      const now = date(clock.now());
      await insertMissing(
        deliveries,
        fresh.map((delivery) => ({
          ...delivery,
          _id: idOf(delivery),
          at: date(delivery.at),
          attempts: 0,
          round: 0,
          askedAt: now,
          nextTryAt: delivery.status === 'pending' ? now : null,
          lastAttempt: null,
          deliveredAt: null,
          writtenAt: now,
        })),
      );
    },

    async get(subscriptionId, eventId) {
      const doc = await deliveries.findById(idOf({ subscriptionId, eventId })).lean();
      return doc && toDelivery(doc);
    },

    list(subscriptionId, { status, type, from, to }, page) {
      const filter: QueryFilter<EventDeliveryDoc> = {
        subscriptionId,
        ...given({ status, type, at: between(from, to) }),
      };
      return findPage(deliveries, filter, LATEST_FIRST, page, toDelivery);
    },

    async due(subscriptionId, now, limit) {
      const docs = await deliveries
        .find({ subscriptionId, status: 'pending', nextTryAt: { $lte: date(now) } })
        .sort({ nextTryAt: 1 })
        .limit(limit)
        .lean();
      return docs.map(toDelivery);
    },

    async nextTryAt(subscriptionId) {
      const doc = await deliveries
        .findOne({ subscriptionId, status: 'pending' }, { nextTryAt: 1 })
        .sort({ nextTryAt: 1 })
        .lean();
      return msOrNull(doc?.nextTryAt ?? null);
    },

    async tried({ subscriptionId, eventId, round }, { attempt, status, nextTryAt }) {
      await deliveries.updateOne(
        { _id: idOf({ subscriptionId, eventId }), round, status: 'pending' },
        {
          $set: {
            status,
            nextTryAt: dateOrNull(nextTryAt),
            lastAttempt: { ...attempt, at: date(attempt.at) },
            deliveredAt: status === 'delivered' ? date(attempt.at + attempt.durationMs) : null,
          },
          $inc: { attempts: 1 },
        },
      );
    },

    async replay(subscriptionId, eventId) {
      const doc = await deliveries
        .findOneAndUpdate({ _id: idOf({ subscriptionId, eventId }) }, askedAnew(), {
          returnDocument: 'after',
        })
        .lean();
      return doc && toDelivery(doc);
    },

    async replaySince(subscriptionId, since, statuses) {
      const ended = statuses.filter((status) => status !== 'pending');
      const { modifiedCount } = await deliveries.updateMany(
        { subscriptionId, at: { $gte: date(since) }, status: { $in: ended } },
        askedAnew(),
      );
      return modifiedCount;
    },

    async skipPending(subscriptionId) {
      await deliveries.updateMany(
        { subscriptionId, status: 'pending' },
        { $set: { status: 'skipped', nextTryAt: null } },
      );
    },

    async subscriptionsDue(now) {
      const groups = await deliveries.aggregate<{ _id: string }>([
        { $match: { status: 'pending', nextTryAt: { $lte: date(now) } } },
        { $group: { _id: '$subscriptionId' } },
      ]);
      return groups.map(({ _id }) => _id);
    },

    async forgetSubscription(subscriptionId) {
      await deliveries.deleteMany({ subscriptionId });
    },
  };
}
