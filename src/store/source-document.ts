import type { Model, QueryFilter } from 'mongoose';
import type { Clock } from '../clock';
import { verdictOnKnown, type Snapshot, type SnapshotVerdict } from '../domain/source';
import type { AskedGrant } from '../domain/source-asked';
import { date, dateOrNull, isDuplicateKey, msOrNull, partSchema } from './documents';

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
  /** The version that `asked` was worked out from; `null`: none yet. */
  askedVersion: number | null;
  /** Where it was in versions whose neighbours have not looked again yet; of bookings only. */
  formerPlaces: BookedPlace[];
}

/** A space for a time. Ms since the epoch, UTC, [startsAt, endsAt). */
export interface BookedPlace {
  spaceId: string;
  startsAt: number;
  endsAt: number;
}

/** What became of a snapshot. */
export interface Acceptance<Content> {
  verdict: SnapshotVerdict;
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
  /**
   * Writes down what this reading asks of the grants, and who was told so far. False: somebody has
   * begun later, and speaks instead.
   */
  intend(reading: Reading, asked: readonly AskedGrant[]): Promise<boolean>;
  /** All have been told, neighbours too. False: somebody has begun later, or a newer version stands. */
  conclude(reading: Reading, asked: readonly AskedGrant[]): Promise<boolean>;
  /** Ids of those whose grants were not all told of the version that stands; after `afterId`, in order. */
  unapplied(afterId: string | null, limit: number): Promise<string[]>;
}

/** One reading of a record, as `beginApply` gave it. */
export type Reading = Pick<SourceRecord<unknown>, 'id' | 'order' | 'version'>;

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
  askedVersion: number | null;
  formerPlaces: PlaceDoc[];
}

interface PlaceDoc {
  spaceId: string;
  startsAt: Date;
  endsAt: Date;
}
type AskedDoc = Omit<AskedGrant, 'startsAt' | 'endsAt'> & { startsAt: Date; endsAt: Date | null };

const askedSchema = partSchema<AskedDoc>({
  grantId: { type: String, required: true },
  memberId: { type: String, required: true },
  doorMappingId: { type: String, required: true },
  startsAt: { type: Date, required: true },
  endsAt: { type: Date, default: null },
  leadsTo: { type: String, default: null },
  toldOf: { type: String, default: null },
  wanted: { type: Boolean, required: true },
  told: { type: Boolean, required: true },
});

const placeSchema = partSchema<PlaceDoc>({
  spaceId: { type: String, required: true },
  startsAt: { type: Date, required: true },
  endsAt: { type: Date, required: true },
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
  askedVersion: { type: Number, default: null },
  formerPlaces: { type: [placeSchema], default: undefined },
} as const;

function toAsked(doc: AskedDoc): AskedGrant {
  return { ...doc, startsAt: doc.startsAt.getTime(), endsAt: msOrNull(doc.endsAt) };
}

function toAskedDoc(asked: AskedGrant): AskedDoc {
  return { ...asked, startsAt: date(asked.startsAt), endsAt: dateOrNull(asked.endsAt) };
}

function toPlaceDoc({ spaceId, startsAt, endsAt }: BookedPlace): PlaceDoc {
  return { spaceId, startsAt: date(startsAt), endsAt: date(endsAt) };
}

/** How a source's content is stored: as fields of the document, all `null` when it is deleted. */
export interface ContentFields<Content, Doc> {
  toContent(doc: Doc): Content;
  toFields(content: Content): Partial<Doc>;
  /** The fields of a deleted source. */
  none: Partial<Doc>;
  /** What neighbours must be told of when this document is replaced; `null`: nothing. */
  placeOf(doc: Doc): BookedPlace | null;
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
      askedVersion: doc.askedVersion,
      formerPlaces: doc.formerPlaces.map((place) => ({
        spaceId: place.spaceId,
        startsAt: place.startsAt.getTime(),
        endsAt: place.endsAt.getTime(),
      })),
    };
  }

  async function find(id: string): Promise<SourceRecord<Content> | null> {
    const doc = (await model.findById(id).lean()) as Doc | null;
    return doc && toRecord(doc);
  }

  /** `null`: another version was there first. */
  async function insert(id: string, written: object): Promise<Doc | null> {
    const first = {
      ...written,
      appliedVersion: null,
      order: 0,
      asked: [],
      askedVersion: null,
      formerPlaces: [],
    };
    try {
      // Nothing is older than a first version, so this inserts or is refused.
      return await model
        .findOneAndUpdate(
          filterOf({ _id: id, version: null }),
          { $set: first },
          {
            upsert: true,
            returnDocument: 'after',
          },
        )
        .lean();
    } catch (error) {
      if (isDuplicateKey(error)) return null;
      throw error;
    }
  }

  /** `null`: another version came in between. */
  async function replace(before: Doc, written: object): Promise<Doc | null> {
    const place = fields.placeOf(before);
    return await model
      .findOneAndUpdate(
        filterOf({ _id: before._id, version: before.version }),
        {
          $set: written,
          ...(place === null ? {} : { $push: { formerPlaces: toPlaceDoc(place) } }),
        },
        { returnDocument: 'after' },
      )
      .lean();
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
      const written = {
        ...(content === null ? fields.none : fields.toFields(content)),
        version,
        deleted: content === null,
        receivedAt: date(clock.now()),
        isApplied: false,
      };
      for (;;) {
        const before = (await model.findById(id).lean()) as Doc | null;
        if (before !== null && before.version >= version) {
          const stands = toRecord(before);
          return { verdict: verdictOnKnown(stands, snapshot), stands };
        }
        const stored = await (before === null ? insert(id, written) : replace(before, written));
        if (stored !== null) return { verdict: 'stored', stands: toRecord(stored) };
      }
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

    async intend({ id, order, version }, asked) {
      const written = await model.updateOne(filterOf({ _id: id, order }), {
        $set: { asked: asked.map(toAskedDoc), askedVersion: version, isApplied: false },
      });
      return written.matchedCount > 0;
    },

    async conclude({ id, order, version }, asked) {
      const written = await model.updateOne(filterOf({ _id: id, order, version }), {
        $set: {
          asked: asked.map(toAskedDoc),
          askedVersion: version,
          appliedVersion: version,
          isApplied: true,
          formerPlaces: [],
        },
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
