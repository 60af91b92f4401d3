import type { Model, QueryFilter } from 'mongoose';
import { date } from './documents';

/** Made up for in portions of this size. */
const AT_ONCE = 100;

/** What is changed in one request and must be told to others in the same. */
interface ToldDoc {
  _id: string;
  isUntold?: boolean;
  updatedAt: Date;
}

/** The mark on documents whose latest change nobody was told of yet. */
export interface UntoldMark<Doc> {
  /** Everybody was told of the change at `updatedAt`; nothing happens when a later one was made. */
  markTold: (changed: { id: string; updatedAt: number }) => Promise<void>;
  /** Some whose change before the instant (ms, UTC) nobody was told of: whoever made it has died. */
  findUntold: (before: number) => Promise<Doc[]>;
}

export function untoldMark<Doc extends ToldDoc>(model: Model<Doc>): UntoldMark<Doc> {
  return {
    async markTold({ id, updatedAt }) {
      await model.updateOne({ _id: id, updatedAt: date(updatedAt) } as QueryFilter<Doc>, {
        $set: { isUntold: false },
      });
    },

    async findUntold(before) {
      const filter = { isUntold: true, updatedAt: { $lt: date(before) } } as QueryFilter<Doc>;
      return await model.find(filter).limit(AT_ONCE).lean();
    },
  };
}
