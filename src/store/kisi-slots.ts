import { mongo, Schema, type Connection, type Model } from 'mongoose';
import { SLOTS_PER_OWNER, type SlotName, type SlotStore } from '../kisi/slots';

/** A record that nobody touched for this long may go: a slot without a record is free anyway. */
const KEEP_MS = 24 * 3_600_000;
const MARKER = 'interactive';
const DUPLICATE_KEY = 11000;
const COMMAND_NOT_FOUND = 59;

interface SlotRecord {
  /** `<owner>#<slot>`, or `<owner>#interactive` for the marker. */
  _id: string;
  /** Whose lease it is. */
  token?: string;
  /** Server time in ms from which the slot is free; for the marker, up to which it holds. */
  freeAt: number;
  /** For the TTL index, which is housekeeping only. */
  staleAt: Date;
}

const slotSchema = new Schema(
  {
    _id: String,
    token: String,
    freeAt: Number,
    staleAt: Date,
  },
  {
    collection: 'kisiSlots',
    versionKey: false,
    autoCreate: false,
    autoIndex: false,
    // A slot that a failover forgets would be taken twice within its second.
    writeConcern: new mongo.WriteConcern('majority'),
    read: 'primary',
  },
).index({ staleAt: 1 }, { expireAfterSeconds: 0 });

/**
 * The limiter's slots in MongoDB, one record each. A take is one conditional update of one record,
 * so that of several processes exactly one gets the slot.
 */
export function createKisiSlots(connection: Connection): SlotStore {
  const slots = slotModel(connection);
  let timeCommand: 'hello' | 'isMaster' = 'hello';

  return {
    async serverTime() {
      try {
        return await timeFrom(connection, timeCommand);
      } catch (error) {
        if (timeCommand === 'isMaster' || codeOf(error) !== COMMAND_NOT_FOUND) throw error;
        // The embedded server knows the command by its old name only.
        timeCommand = 'isMaster';
        return timeFrom(connection, timeCommand);
      }
    },

    async read(owner) {
      const names: SlotName[] = [...Array(SLOTS_PER_OWNER).keys()];
      const ids = [...names.map((name) => recordId(owner, name)), recordId(owner, MARKER)];
      const records = await slots.find({ _id: { $in: ids } }).lean();
      const freeAt = new Map(records.map((record) => [record._id, record.freeAt]));
      return {
        slots: names.flatMap((name) => {
          const at = freeAt.get(recordId(owner, name));
          return at === undefined ? [] : [{ name, freeAt: at }];
        }),
        interactiveUntil: freeAt.get(recordId(owner, MARKER)) ?? 0,
      };
    },

    async take(owner, slot, { token, now, until }) {
      const _id = recordId(owner, slot);
      const update = { $set: { token, freeAt: until, staleAt: staleAt(until) } };
      const taken = await slots.updateOne({ _id, freeAt: { $lte: now } }, update);
      if (taken.matchedCount === 1) return true;
      // Either somebody has it, or it was never used. Only an insert by `_id` can tell without a
      // gap between looking and taking.
      try {
        const { upsertedCount } = await slots.updateOne(
          { _id },
          { $setOnInsert: update.$set },
          { upsert: true },
        );
        return upsertedCount === 1;
      } catch (error) {
        if (codeOf(error) === DUPLICATE_KEY) return false;
        throw error;
      }
    },

    async setFreeAt(owner, slot, { token, freeAt }) {
      const updated = await slots.updateOne(
        { _id: recordId(owner, slot), token },
        { $set: { freeAt, staleAt: staleAt(freeAt) } },
      );
      return updated.matchedCount === 1;
    },

    async markInteractive(owner, until) {
      const _id = recordId(owner, MARKER);
      const later = { $max: { freeAt: until, staleAt: staleAt(until) } };
      try {
        await slots.updateOne({ _id }, later, { upsert: true });
      } catch (error) {
        // Two processes made the record at once; the second time it is there.
        if (codeOf(error) !== DUPLICATE_KEY) throw error;
        await slots.updateOne({ _id }, later);
      }
    },
  };
}

/** The time of the primary, ms. */
async function timeFrom(connection: Connection, command: 'hello' | 'isMaster'): Promise<number> {
  const answer = await connection
    .getClient()
    .db('admin')
    .command({ [command]: 1 });
  const localTime: unknown = answer['localTime'];
  if (!(localTime instanceof Date)) throw new Error(`MongoDB does not tell its time (${command})`);
  return localTime.getTime();
}

function slotModel(connection: Connection): Model<SlotRecord> {
  const name = 'KisiSlot';
  const existing = connection.models[name] as Model<SlotRecord> | undefined;
  return existing ?? connection.model<SlotRecord>(name, slotSchema as Schema<SlotRecord>);
}

function recordId(owner: string, name: SlotName | typeof MARKER): string {
  return `${owner}#${name}`;
}

function staleAt(freeAt: number): Date {
  return new Date(freeAt + KEEP_MS);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
