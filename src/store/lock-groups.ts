import type { Connection } from 'mongoose';
import { documentSchema, retryUpsertRace } from './documents';
/** The Kisi group of our own that holds just this lock. */
export interface LockGroup {
  organizationId: number;
  lockId: number;
  groupId: number;
}

export interface LockGroupStore {
  get(organizationId: number, lockId: number): Promise<LockGroup | null>;
  /** Replaces the group of this lock. */
  put(lockGroup: LockGroup): Promise<void>;
  byGroup(organizationId: number, groupId: number): Promise<LockGroup | null>;
  allOf(organizationId: number): Promise<LockGroup[]>;
  /** Only while it is this group: somebody may have put its successor. */
  remove(organizationId: number, lockId: number, groupId: number): Promise<void>;
}

interface LockGroupDoc {
  /** `<organizationId>:<lockId>` */
  _id: string;
  organizationId: number;
  lockId: number;
  groupId: number;
}

const lockGroupSchema = documentSchema<LockGroupDoc>({
  _id: { type: String, required: true },
  organizationId: { type: Number, required: true },
  lockId: { type: Number, required: true },
  groupId: { type: Number, required: true },
}).index({ organizationId: 1, groupId: 1 });

function toLockGroup(doc: LockGroupDoc): LockGroup {
  return { organizationId: doc.organizationId, lockId: doc.lockId, groupId: doc.groupId };
}

export function lockGroupStore(connection: Connection): LockGroupStore {
  const lockGroups = connection.model<LockGroupDoc>('LockGroup', lockGroupSchema, 'lockGroups');
  const idOf = (organizationId: number, lockId: number): string =>
    `${String(organizationId)}:${String(lockId)}`;

  return {
    async get(organizationId, lockId) {
      const doc = await lockGroups.findById(idOf(organizationId, lockId)).lean();
      return doc && toLockGroup(doc);
    },

    async put({ organizationId, lockId, groupId }) {
      await retryUpsertRace(() =>
        lockGroups.updateOne(
          { _id: idOf(organizationId, lockId) },
          { $set: { organizationId, lockId, groupId } },
          { upsert: true },
        ),
      );
    },

    async byGroup(organizationId, groupId) {
      const doc = await lockGroups.findOne({ organizationId, groupId }).lean();
      return doc && toLockGroup(doc);
    },

    async allOf(organizationId) {
      const docs = await lockGroups.find({ organizationId }).sort({ lockId: 1 }).lean();
      return docs.map(toLockGroup);
    },

    async remove(organizationId, lockId, groupId) {
      await lockGroups.deleteOne({ _id: idOf(organizationId, lockId), groupId });
    },
  };
}
