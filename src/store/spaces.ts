import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { Margin } from '../domain/source-grants';
import { among, date, documentSchema, given, marginSchema, retryUpsertRace } from './documents';
import { BY_ID, findPage, type Page, type PageRequest } from './page';
import { untoldMark } from './untold';

/** A bookable room in a location. The id is the host's own. Instants in ms, UTC. */
export interface Space {
  id: string;
  name: string;
  locationId: string;
  /** How long before and after its booked time a booking opens; `null`: as at the location. */
  margin: Margin | null;
  /** Whether those whom the latest change of it touches have still to be told. */
  isUntold: boolean;
  createdAt: number;
  updatedAt: number;
}

export interface SpaceStore {
  /**
   * Without a margin the stored one stays; `null` takes it away. `isUntold: true` marks the change
   * until `markTold`.
   */
  upsert(
    space: Pick<Space, 'id' | 'name' | 'locationId'> & { margin?: Margin | null; isUntold?: true },
  ): Promise<Space>;
  /** Everybody was told of the change at `updatedAt`; nothing happens when a later one was made. */
  markTold(space: Pick<Space, 'id' | 'updatedAt'>): Promise<void>;
  /** Some whose change before the instant (ms, UTC) nobody was told of: whoever made it has died. */
  untold(before: number): Promise<Space[]>;
  get(id: string): Promise<Space | null>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<Space[]>;
  /** In order of id; `locationIds`: only those there. */
  list(
    filter: { locationId?: string; locationIds?: readonly string[] },
    page: PageRequest,
  ): Promise<Page<Space>>;
}

interface SpaceDoc {
  _id: string;
  name: string;
  locationId: string;
  margin: Margin | null;
  isUntold?: boolean;
  createdAt: Date;
  updatedAt: Date;
}

const spaceSchema = documentSchema<SpaceDoc>({
  _id: { type: String, required: true },
  name: { type: String, required: true },
  locationId: { type: String, required: true },
  margin: { type: marginSchema, default: null },
  isUntold: { type: Boolean },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
}).index({ locationId: 1 });

function toSpace(doc: SpaceDoc): Space {
  return {
    id: doc._id,
    name: doc.name,
    locationId: doc.locationId,
    margin: doc.margin,
    isUntold: doc.isUntold ?? false,
    createdAt: doc.createdAt.getTime(),
    updatedAt: doc.updatedAt.getTime(),
  };
}

export function spaceStore(connection: Connection, clock: Clock): SpaceStore {
  const spaces = connection.model<SpaceDoc>('Space', spaceSchema, 'spaces');
  const { markTold, findUntold } = untoldMark(spaces);

  return {
    async upsert({ id, name, locationId, margin, isUntold }) {
      const now = date(clock.now());
      const doc = await retryUpsertRace(() =>
        spaces
          .findOneAndUpdate(
            { _id: id },
            {
              $set: { name, locationId, ...given({ margin, isUntold }), updatedAt: now },
              $setOnInsert: { createdAt: now },
            },
            { upsert: true, returnDocument: 'after' },
          )
          .lean()
          .orFail(),
      );
      return toSpace(doc);
    },

    markTold,
    untold: async (before) => (await findUntold(before)).map(toSpace),

    async get(id) {
      const doc = await spaces.findById(id).lean();
      return doc && toSpace(doc);
    },

    async getMany(ids) {
      const docs = await spaces.find({ _id: { $in: [...ids] } }).lean();
      return docs.map(toSpace);
    },

    list: ({ locationId, locationIds }, page) =>
      findPage(spaces, given({ locationId: among(locationId, locationIds) }), BY_ID, page, toSpace),
  };
}
