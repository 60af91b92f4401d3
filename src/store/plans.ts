import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import { date, documentSchema, retryUpsertRace } from './documents';
import { BY_ID, findPage, type Page, type PageRequest } from './page';
import { untoldMark } from './untold';

/** What members subscribe to. The id is the host's own. Instants in ms, UTC. */
export interface Plan {
  id: string;
  name: string;
  /** The door access: mappings that its subscribers get, in the order they were added. */
  doorMappingIds: string[];
  /** Whether those whom the latest change of it touches have still to be told. */
  isUntold: boolean;
  createdAt: number;
  updatedAt: number;
}

export interface PlanStore {
  /** Its door access stays as it is. */
  upsert(plan: Pick<Plan, 'id' | 'name'>): Promise<Plan>;
  get(id: string): Promise<Plan | null>;
  /** In order of id; `doorMappingId`: only those that list it. */
  list(filter: { doorMappingId?: string }, page: PageRequest): Promise<Page<Plan>>;
  /** Once, however often it is asked; marks the change until `markTold`. `null`: no such plan. */
  addDoor(id: string, doorMappingId: string): Promise<Plan | null>;
  /** Also when it was not listed. `null`: no such plan. */
  removeDoor(id: string, doorMappingId: string): Promise<Plan | null>;
  /** Everybody was told of the change at `updatedAt`; nothing happens when a later one was made. */
  markTold(plan: Pick<Plan, 'id' | 'updatedAt'>): Promise<void>;
  /** Some whose change before the instant (ms, UTC) nobody was told of: whoever made it has died. */
  untold(before: number): Promise<Plan[]>;
}

interface PlanDoc {
  _id: string;
  name: string;
  doorMappingIds: string[];
  isUntold?: boolean;
  createdAt: Date;
  updatedAt: Date;
}

const planSchema = documentSchema<PlanDoc>({
  _id: { type: String, required: true },
  name: { type: String, required: true },
  doorMappingIds: { type: [String], required: true },
  isUntold: { type: Boolean },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
}).index({ doorMappingIds: 1 });

function toPlan({ _id, name, doorMappingIds, isUntold, createdAt, updatedAt }: PlanDoc): Plan {
  return {
    id: _id,
    name,
    doorMappingIds,
    isUntold: isUntold ?? false,
    createdAt: createdAt.getTime(),
    updatedAt: updatedAt.getTime(),
  };
}

export function planStore(connection: Connection, clock: Clock): PlanStore {
  const plans = connection.model<PlanDoc>('Plan', planSchema, 'plans');
  const { markTold, findUntold } = untoldMark(plans);

  async function change(id: string, update: object): Promise<Plan | null> {
    const doc = await plans
      .findOneAndUpdate(
        { _id: id },
        { ...update, $set: { isUntold: true, updatedAt: date(clock.now()) } },
        { returnDocument: 'after' },
      )
      .lean();
    return doc && toPlan(doc);
  }

  return {
    async upsert({ id, name }) {
      const now = date(clock.now());
      const doc = await retryUpsertRace(() =>
        plans
          .findOneAndUpdate(
            { _id: id },
            {
              $set: { name, updatedAt: now },
              $setOnInsert: { createdAt: now, doorMappingIds: [] },
            },
            { upsert: true, returnDocument: 'after' },
          )
          .lean()
          .orFail(),
      );
      return toPlan(doc);
    },

    async get(id) {
      const doc = await plans.findById(id).lean();
      return doc && toPlan(doc);
    },

    list: ({ doorMappingId }, page) =>
      findPage(
        plans,
        doorMappingId === undefined ? {} : { doorMappingIds: doorMappingId },
        BY_ID,
        page,
        toPlan,
      ),

    markTold,
    untold: async (before) => (await findUntold(before)).map(toPlan),

    addDoor: (id, doorMappingId) => change(id, { $addToSet: { doorMappingIds: doorMappingId } }),
    removeDoor: (id, doorMappingId) => change(id, { $pull: { doorMappingIds: doorMappingId } }),
  };
}
