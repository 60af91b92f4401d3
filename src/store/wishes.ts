import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import { passKey as keyOf, type PassRef, type Wish, type WishState } from '../domain/door';
import {
  date,
  dateOrNull,
  documentSchema,
  idsUnder,
  msOrNull,
  partSchema,
  upsertIfNewer,
} from './documents';
import { passRefSchema } from './pass-document';

/** A wish with the pass it is addressed to. */
export interface StoredWish extends Wish {
  pass: PassRef;
}

/** What a grant writes; what the pass has told is kept. Instants in ms, UTC. */
export type NewWish = Pick<Wish, 'grantId' | 'revision' | 'from' | 'until' | 'wanted'>;

/** What the pass has told the grant: about which revision, and what. */
export interface Told {
  revision: number;
  state: WishState;
  problemType: string | null;
}

export interface WishStore {
  /**
   * Writes the wish unless a newer revision is stored; an equal revision is written again.
   * False: a newer one is stored, nothing was written.
   */
  write(pass: PassRef, wish: NewWish): Promise<boolean>;
  /** All wishes of one pass, tombstones included, in order of grant id. */
  byPass(passKey: string): Promise<StoredWish[]>;
  /** All wishes of these grants, tombstones included, in no particular order. */
  ofGrants(grantIds: readonly string[]): Promise<StoredWish[]>;
  /** False: the wish is gone or has another revision by now; nothing was written. */
  markTold(passKey: string, grantId: string, told: Told): Promise<boolean>;
  /**
   * Wishes that need a running pass: wanted and not over, or not yet told `removed`. In order of
   * pass key and grant id, beginning after `after` (`null`: at the first), `limit` at most.
   */
  allLive(
    now: number,
    after: { passKey: string; grantId: string } | null,
    limit: number,
  ): Promise<StoredWish[]>;
  /**
   * Removes wishes told `removed` whose window ended before `instant` (open-ended ones: last written
   * before it). Returns how many.
   */
  removeOlderThan(instant: number): Promise<number>;
}

interface WishDoc {
  /** `<passKey>|<grantId>` */
  _id: string;
  passKey: string;
  grantId: string;
  pass: PassRef;
  revision: number;
  from: Date;
  until: Date | null;
  wanted: boolean;
  told: Told | null;
  /** Not yet told `removed` since it was last written with other content. */
  open: boolean;
  updatedAt: Date;
}

const toldSchema = partSchema<Told>({
  revision: { type: Number, required: true },
  state: { type: String, required: true },
  problemType: { type: String, default: null },
});

const wishSchema = documentSchema<WishDoc>({
  _id: { type: String, required: true },
  passKey: { type: String, required: true },
  grantId: { type: String, required: true },
  pass: { type: passRefSchema, required: true },
  revision: { type: Number, required: true },
  from: { type: Date, required: true },
  until: { type: Date, default: null },
  wanted: { type: Boolean, required: true },
  told: { type: toldSchema, default: null },
  open: { type: Boolean, required: true },
  updatedAt: { type: Date, required: true },
})
  .index({ open: 1, until: 1 })
  .index({ grantId: 1 });

function toWish(doc: WishDoc): StoredWish {
  return {
    passKey: doc.passKey,
    grantId: doc.grantId,
    pass: doc.pass,
    revision: doc.revision,
    from: doc.from.getTime(),
    until: msOrNull(doc.until),
    wanted: doc.wanted,
    told: doc.told,
  };
}

export function wishStore(connection: Connection, clock: Clock): WishStore {
  const wishes = connection.model<WishDoc>('Wish', wishSchema, 'wishes');
  const idOf = (passKey: string, grantId: string): string => `${passKey}|${grantId}`;

  return {
    async write(pass, { grantId, revision, from, until, wanted }) {
      const passKey = keyOf(pass);
      const _id = idOf(passKey, grantId);
      const fields = {
        pass,
        revision,
        from: date(from),
        until: dateOrNull(until),
        wanted,
        open: true,
        updatedAt: date(clock.now()),
      };
      const written = await upsertIfNewer(() =>
        wishes.updateOne(
          { _id, revision: { $lt: revision } },
          { $set: fields, $setOnInsert: { passKey, grantId, told: null } },
          { upsert: true },
        ),
      );
      if (written) return true;

      const stored = await wishes.findById(_id).lean();
      if (stored?.revision !== revision) return false;
      // A retry has nothing to write: it must not open what the pass has confirmed since.
      const same =
        stored.from.getTime() === from &&
        msOrNull(stored.until) === until &&
        stored.wanted === wanted;
      if (same) return true;
      const again = await wishes.updateOne({ _id, revision }, { $set: fields });
      return again.matchedCount > 0;
    },

    async byPass(passKey) {
      const docs = await wishes
        .find({ _id: idsUnder(passKey), passKey })
        .sort({ _id: 1 })
        .lean();
      return docs.map(toWish);
    },

    async ofGrants(grantIds) {
      const docs = await wishes.find({ grantId: { $in: [...grantIds] } }).lean();
      return docs.map(toWish);
    },

    async markTold(passKey, grantId, told) {
      const marked = await wishes.updateOne(
        { _id: idOf(passKey, grantId), revision: told.revision },
        { $set: { told, open: told.state !== 'removed' } },
      );
      return marked.matchedCount > 0;
    },

    async allLive(now, after, limit) {
      const docs = await wishes
        .find({
          $or: [
            { open: true },
            { wanted: true, until: null },
            { wanted: true, until: { $gt: date(now) } },
          ],
          ...(after !== null && { _id: { $gt: idOf(after.passKey, after.grantId) } }),
        })
        .sort({ _id: 1 })
        .limit(limit)
        .lean();
      return docs.map(toWish);
    },

    async removeOlderThan(instant) {
      const removed = await wishes.deleteMany({
        open: false,
        $or: [
          { until: { $ne: null, $lt: date(instant) } },
          { until: null, updatedAt: { $lt: date(instant) } },
        ],
      });
      return removed.deletedCount;
    },
  };
}
