import type { Connection } from 'mongoose';
import { date, documentSchema, retryUpsertRace } from './documents';

/** How many requests went to each Kisi organization, by the minute; for people, not for limits. */
export interface KisiRequestStore {
  /** @param at any instant of the minute, ms UTC */
  add(organizationId: number, at: number, count: number): Promise<void>;
  /** Of the minutes that begin in [from, to), ms UTC. Two days are kept. */
  count(organizationId: number, from: number, to: number): Promise<number>;
}

interface KisiRequestsDoc {
  /** `<organizationId>:<minute as ISO 8601>` */
  _id: string;
  organizationId: number;
  minute: Date;
  count: number;
}

const MINUTE_MS = 60_000;
const KEPT_SECONDS = 2 * 86_400;

const kisiRequestsSchema = documentSchema<KisiRequestsDoc>({
  _id: { type: String, required: true },
  organizationId: { type: Number, required: true },
  minute: { type: Date, required: true },
  count: { type: Number, required: true },
})
  .index({ organizationId: 1, minute: 1 })
  .index({ minute: 1 }, { expireAfterSeconds: KEPT_SECONDS });

export function kisiRequestStore(connection: Connection): KisiRequestStore {
  const model = connection.model<KisiRequestsDoc>(
    'KisiRequests',
    kisiRequestsSchema,
    'kisiRequests',
  );

  return {
    async add(organizationId, at, count) {
      const minute = date(Math.floor(at / MINUTE_MS) * MINUTE_MS);
      const _id = `${String(organizationId)}:${minute.toISOString()}`;
      await retryUpsertRace(() =>
        model.updateOne(
          { _id },
          { $inc: { count }, $setOnInsert: { organizationId, minute } },
          { upsert: true },
        ),
      );
    },

    async count(organizationId, from, to) {
      const docs = await model
        .find({ organizationId, minute: { $gte: date(from), $lt: date(to) } }, { count: 1 })
        .lean();
      return docs.reduce((sum, { count }) => sum + count, 0);
    },
  };
}
