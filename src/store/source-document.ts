import type { Model, QueryFilter } from 'mongoose';
import type { Clock } from '../clock';
import { verdictOnKnown, type Snapshot, type SnapshotVerdict } from '../domain/source';
import type { AskedGrant } from '../domain/source-asked';
import { date, dateOrNull, msOrNull, partSchema, upsertIfNewer } from './documents';

/** One booking or membership as it stands, and what it asked of its grants. Instants in ms, UTC. */
export interface SourceRecord<Content> extends Snapshot<Content> {
  /** The platform's own id. */
  id: string;
  /** When `version` was stored. */
  receivedAt: number;
  /** The version whose grants have all been told; `null`: none yet. */
  appliedVersion: number | null;
  /** Numbers the readings of this record, rising; whoever has the highest speaks for the source. */
  order: number;
  asked: AskedGrant[];
}

/** What became of a snapshot. `before`: the record that it replaced, when it was stored. */
export interface Acceptance<Content> {
  verdict: SnapshotVerdict;
  before: SourceRecord<Content> | null;
  /** As it stands after it. */
  stands: SourceRecord<Content>;
}

export interface SourceStore<Content> {
  /** Stores the snapshot if it is newer than what stands; both ways in pass through here. */
  accept(id: string, snapshot: Snapshot<Content>): Promise<Acceptance<Content>>;
  /** Deleted ones included: their `content` is `null`. */
  get(id: string): Promise<SourceRecord<Content> | null>;
  /** Those that exist, deleted ones included, in no particular order. */
  getMany(ids: readonly string[]): Promise<SourceRecord<Content>[]>;
  /** Takes the next order and reads the record; what is read after it is no older. */
  beginApply(id: string): Promise<SourceRecord<Content> | null>;
  /** Writes down what will be asked. False: somebody has begun later, and speaks instead. */
  intend(id: string, order: number, asked: readonly AskedGrant[]): Promise<boolean>;
  /** The grants have been told of this version. False: somebody has begun later. */
  conclude(
    id: string,
    order: number,
    version: number,
    asked: readonly AskedGrant[],
  ): Promise<boolean>;
  /** Ids of those whose grants were not all told of the version that stands; after `afterId`, in order. */
  unapplied(afterId: string | null, limit: number): Promise<string[]>;
}

/** The fields that every source's document has beside its content. */
export interface SourceDoc {
  _id: string;
  version: number;
  deleted: boolean;
  receivedAt: Date;
  appliedVersion: number | null;
  isApplied: boolean;
  order: number;
  asked: AskedDoc[];
}

type AskedDoc = Omit<AskedGrant, 'startsAt' | 'endsAt'> & { startsAt: Date; endsAt: Date | null };

const askedSchema = partSchema<AskedDoc>({
  grantId: { type: String, required: true },
  memberId: { type: String, required: true },
  doorMappingId: { type: String, required: true },
  startsAt: { type: Date, required: true },
  endsAt: { type: Date, default: null },
  wanted: { type: Boolean, required: true },
  told: { type: Boolean, required: true },
});

/** To be spread into the schema of a source's collection. */
export const sourceFields = {
  _id: { type: String, required: true },
  version: { type: Number, required: true },
  deleted: { type: Boolean, required: true },
  receivedAt: { type: Date, required: true },
  appliedVersion: { type: Number, default: null },
  isApplied: { type: Boolean, required: true },
  order: { type: Number, required: true },
  asked: { type: [askedSchema], default: undefined },
} as const;

function toAsked(doc: AskedDoc): AskedGrant {
  return { ...doc, startsAt: doc.startsAt.getTime(), endsAt: msOrNull(doc.endsAt) };
}

function toAskedDoc(asked: AskedGrant): AskedDoc {
  return { ...asked, startsAt: date(asked.startsAt), endsAt: dateOrNull(asked.endsAt) };
}

/** How a source's content is stored: as fields of the document, all `null` when it is deleted. */
export interface ContentFields<Content, Doc> {
  toContent(doc: Doc): Content;
  toFields(content: Content): Partial<Doc>;
  /** The fields of a deleted source. */
  none: Partial<Doc>;
}

/** What the stores of bookings and memberships have in common. */
export function sourceStore<Content extends object, Doc extends SourceDoc>(
  model: Model<Doc>,
  clock: Clock,
  fields: ContentFields<Content, Doc>,
): SourceStore<Content> & { toRecord: (doc: Doc) => SourceRecord<Content> } {
  const filterOf = (filter: object): QueryFilter<Doc> => filter;

  function toRecord(doc: Doc): SourceRecord<Content> {
    return {
      id: doc._id,
      version: doc.version,
      content: doc.deleted ? null : fields.toContent(doc),
      receivedAt: doc.receivedAt.getTime(),
      appliedVersion: doc.appliedVersion,
      order: doc.order,
      asked: doc.asked.map(toAsked),
    };
  }

  async function find(id: string): Promise<SourceRecord<Content> | null> {
    const doc = (await model.findById(id).lean()) as Doc | null;
    return doc && toRecord(doc);
  }

  return {
    toRecord,
    get: find,

    async getMany(ids) {
      const docs = (await model.find(filterOf({ _id: { $in: [...ids] } })).lean()) as Doc[];
      return docs.map(toRecord);
    },

    async accept(id, snapshot) {
      const { version, content } = snapshot;
      let before: SourceRecord<Content> | null = null;
      const written = await upsertIfNewer(async () => {
        const doc = (await model
          .findOneAndUpdate(
            filterOf({ _id: id, version: { $lt: version } }),
            {
              $set: {
                ...(content === null ? fields.none : fields.toFields(content)),
                version,
                deleted: content === null,
                receivedAt: date(clock.now()),
                isApplied: false,
              },
              $setOnInsert: {
                appliedVersion: null,
                order: 0,
                asked: [],
              } as unknown as Partial<Doc>,
            },
            { upsert: true, returnDocument: 'before' },
          )
          .lean()) as Doc | null;
        before = doc && toRecord(doc);
      });
      const stands = await find(id);
      if (stands === null) throw new Error(`the source ${id} was stored but is not there`);
      if (written) return { verdict: 'stored', before, stands };
      return { verdict: verdictOnKnown(stands, snapshot), before: null, stands };
    },

    async beginApply(id) {
      for (;;) {
        const doc = (await model.findById(id, { order: 1 }).lean()) as Doc | null;
        if (doc === null) return null;
        // From the clock too, so that it rises beyond what a restored database has forgotten.
        const order = Math.max(doc.order + 1, clock.now());
        const taken = (await model
          .findOneAndUpdate(
            filterOf({ _id: id, order: doc.order }),
            { $set: { order } },
            {
              returnDocument: 'after',
            },
          )
          .lean()) as Doc | null;
        if (taken) return toRecord(taken);
      }
    },

    async intend(id, order, asked) {
      const written = await model.updateOne(filterOf({ _id: id, order }), {
        $set: { asked: asked.map(toAskedDoc), isApplied: false },
      });
      return written.matchedCount > 0;
    },

    async conclude(id, order, version, asked) {
      const written = await model.updateOne(filterOf({ _id: id, order, version }), {
        $set: { asked: asked.map(toAskedDoc), appliedVersion: version, isApplied: true },
      });
      return written.matchedCount > 0;
    },

    async unapplied(afterId, limit) {
      const docs = (await model
        .find(filterOf({ isApplied: false, ...(afterId !== null && { _id: { $gt: afterId } }) }), {
          _id: 1,
        })
        .sort({ _id: 1 })
        .limit(limit)
        .lean()) as Doc[];
      return docs.map(({ _id }) => _id);
    },
  };
}
