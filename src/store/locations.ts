import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import { NO_MARGIN, type Margin } from '../domain/source-grants';
import { among, date, documentSchema, given, marginSchema, retryUpsertRace } from './documents';
import { BY_ID, findPage, type Page, type PageRequest } from './page';
import { untoldMark } from './untold';

/** A building with an IANA time zone. The id is the host's own. Instants in ms, UTC. */
export interface Location {
  id: string;
  name: string;
  /** IANA name; whoever calls `upsert` has validated it. */
  timeZone: string;
  /** How long before and after its booked time a booking opens here. */
  margin: Margin;
  /** Whether those whom the latest change of it touches have still to be told. */
  isUntold: boolean;
  createdAt: number;
  updatedAt: number;
}

export interface LocationStore {
  /**
   * Without a margin the stored one stays; a new location begins with none. `isUntold: true` marks
   * the change until `markTold`.
   */
  upsert(
    location: Pick<Location, 'id' | 'name' | 'timeZone'> & { margin?: Margin; isUntold?: true },
  ): Promise<Location>;
  /** Everybody was told of the change at `updatedAt`; nothing happens when a later one was made. */
  markTold(location: Pick<Location, 'id' | 'updatedAt'>): Promise<void>;
  /** Some whose change before the instant (ms, UTC) nobody was told of: whoever made it has died. */
  untold(before: number): Promise<Location[]>;
  get(id: string): Promise<Location | null>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<Location[]>;
  /** In order of id; `ids`: only those. */
  list(page: PageRequest, ids?: readonly string[]): Promise<Page<Location>>;
}

interface LocationDoc {
  _id: string;
  name: string;
  timeZone: string;
  margin: Margin | null;
  isUntold?: boolean;
  createdAt: Date;
  updatedAt: Date;
}

const locationSchema = documentSchema<LocationDoc>({
  _id: { type: String, required: true },
  name: { type: String, required: true },
  timeZone: { type: String, required: true },
  margin: { type: marginSchema, default: null },
  isUntold: { type: Boolean },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
});

function toLocation(doc: LocationDoc): Location {
  return {
    id: doc._id,
    name: doc.name,
    timeZone: doc.timeZone,
    margin: doc.margin ?? NO_MARGIN,
    isUntold: doc.isUntold ?? false,
    createdAt: doc.createdAt.getTime(),
    updatedAt: doc.updatedAt.getTime(),
  };
}

export function locationStore(connection: Connection, clock: Clock): LocationStore {
  const locations = connection.model<LocationDoc>('Location', locationSchema, 'locations');
  const { markTold, findUntold } = untoldMark(locations);

  return {
    async upsert({ id, name, timeZone, margin, isUntold }) {
      const now = date(clock.now());
      const doc = await retryUpsertRace(() =>
        locations
          .findOneAndUpdate(
            { _id: id },
            {
              $set: { name, timeZone, ...given({ margin, isUntold }), updatedAt: now },
              $setOnInsert: { createdAt: now },
            },
            { upsert: true, returnDocument: 'after' },
          )
          .lean()
          .orFail(),
      );
      return toLocation(doc);
    },

    markTold,
    untold: async (before) => (await findUntold(before)).map(toLocation),

    async get(id) {
      const doc = await locations.findById(id).lean();
      return doc && toLocation(doc);
    },

    async getMany(ids) {
      const docs = await locations.find({ _id: { $in: [...ids] } }).lean();
      return docs.map(toLocation);
    },

    list: (page, ids) =>
      findPage(locations, given({ _id: among(undefined, ids) }), BY_ID, page, toLocation),
  };
}
