import type { Connection } from 'mongoose';
import type { PassTarget, ResourceType } from '../domain/door';
import type { KisiGroup, KisiLock } from '../kisi';
import { date, documentSchema, inBatches, msOrNull } from './documents';

/** What of a lock is kept. */
export type LockAtKisi = Pick<
  KisiLock,
  | 'name'
  | 'placeName'
  | 'configured'
  | 'online'
  | 'lockedDown'
  | 'geofenceRestrictionEnabled'
  | 'readerRestrictionEnabled'
  | 'timeRestrictionEnabled'
> & { lockId: number };

/** What of a group is kept, with the locks in it. */
export type GroupAtKisi = Pick<
  KisiGroup,
  | 'name'
  | 'loginEnabled'
  | 'geofenceRestrictionEnabled'
  | 'primaryDeviceRestrictionEnabled'
  | 'managedDeviceRestrictionEnabled'
  | 'readerRestrictionEnabled'
  | 'timeRestrictionEnabled'
  | 'tapToAccessRestrictionEnabled'
> & {
  groupId: number;
  /** `null`: which locks are in it could not be read (yet). */
  lockIds: readonly number[] | null;
};

/** When it was last seen at Kisi, and since when it is known to be gone there. Ms, UTC. */
interface Sight {
  organizationId: number;
  seenAt: number;
  /** `null`: it was there when last looked for. */
  goneAt: number | null;
}

export type SeenLock = LockAtKisi & Sight;
export type SeenGroup = GroupAtKisi & Sight;

/**
 * The doors and groups of each connected organization as they were last seen at Kisi: what a sync,
 * the creation of a mapping and its test have read. It may be old; nothing is granted by it.
 */
export interface KisiDoorStore {
  /** Replaces what was known of these locks; one that had gone is back. */
  putLocks(organizationId: number, locks: readonly LockAtKisi[], seenAt: number): Promise<void>;
  /** The same for groups. Locks that could not be read leave those that were known. */
  putGroups(organizationId: number, groups: readonly GroupAtKisi[], seenAt: number): Promise<void>;
  /** Kisi does not know it any more. What was never seen stays unknown. */
  markGone(organizationId: number, target: PassTarget, goneAt: number): Promise<void>;
  /** All of this kind that were not seen since, after the whole list was read. */
  markUnseenGone(
    organizationId: number,
    kind: ResourceType,
    unseenSince: number,
    goneAt: number,
  ): Promise<void>;
  /** Ids and names of all that were seen at exactly this instant, which names one sync. */
  seenAt(
    organizationId: number,
    kind: ResourceType,
    seenAt: number,
  ): Promise<{ id: number; name: string }[]>;
  /** `null`: never seen. */
  lock(organizationId: number, lockId: number): Promise<SeenLock | null>;
  group(organizationId: number, groupId: number): Promise<SeenGroup | null>;
  /** Those of these that were ever seen, in order of id. */
  locks(organizationId: number, lockIds: readonly number[]): Promise<SeenLock[]>;
  groups(organizationId: number, groupIds: readonly number[]): Promise<SeenGroup[]>;
  /** A lock: itself. A group: its locks as last seen; `null`: they never were. */
  locksOf(organizationId: number, target: PassTarget): Promise<number[] | null>;
  /** Ids of the groups that held one of these locks when last seen. */
  groupsWith(organizationId: number, lockIds: readonly number[]): Promise<number[]>;
}

/** `_id`: `<organizationId>:<lockId or groupId>` */
interface SightDoc {
  _id: string;
  organizationId: number;
  seenAt: Date;
  goneAt: Date | null;
}
type LockDoc = LockAtKisi & SightDoc;
type GroupDoc = GroupAtKisi & SightDoc;

const sightFields = {
  _id: { type: String, required: true },
  organizationId: { type: Number, required: true },
  seenAt: { type: Date, required: true },
  goneAt: { type: Date, default: null },
  name: { type: String, required: true },
} as const;
const flag = { type: Boolean, required: true } as const;

const lockSchema = documentSchema<LockDoc>({
  ...sightFields,
  lockId: { type: Number, required: true },
  placeName: { type: String, required: true },
  configured: flag,
  online: { type: Boolean, default: null },
  lockedDown: flag,
  geofenceRestrictionEnabled: flag,
  readerRestrictionEnabled: flag,
  timeRestrictionEnabled: flag,
}).index({ organizationId: 1, seenAt: 1 });

const groupSchema = documentSchema<GroupDoc>({
  ...sightFields,
  groupId: { type: Number, required: true },
  lockIds: { type: [Number], default: null },
  loginEnabled: flag,
  geofenceRestrictionEnabled: flag,
  primaryDeviceRestrictionEnabled: flag,
  managedDeviceRestrictionEnabled: flag,
  readerRestrictionEnabled: flag,
  timeRestrictionEnabled: flag,
  tapToAccessRestrictionEnabled: flag,
}).index({ organizationId: 1, seenAt: 1 });

/** What of an answer of Kisi is kept of a lock. */
export function lockAtKisi(lock: KisiLock): LockAtKisi {
  return {
    lockId: lock.id,
    name: lock.name,
    placeName: lock.placeName,
    configured: lock.configured,
    online: lock.online,
    lockedDown: lock.lockedDown,
    geofenceRestrictionEnabled: lock.geofenceRestrictionEnabled,
    readerRestrictionEnabled: lock.readerRestrictionEnabled,
    timeRestrictionEnabled: lock.timeRestrictionEnabled,
  };
}

/** What of an answer of Kisi is kept of a group. */
export function groupAtKisi(group: KisiGroup, lockIds: readonly number[] | null): GroupAtKisi {
  return {
    groupId: group.id,
    name: group.name,
    lockIds: lockIds && [...lockIds],
    loginEnabled: group.loginEnabled,
    geofenceRestrictionEnabled: group.geofenceRestrictionEnabled,
    primaryDeviceRestrictionEnabled: group.primaryDeviceRestrictionEnabled,
    managedDeviceRestrictionEnabled: group.managedDeviceRestrictionEnabled,
    readerRestrictionEnabled: group.readerRestrictionEnabled,
    timeRestrictionEnabled: group.timeRestrictionEnabled,
    tapToAccessRestrictionEnabled: group.tapToAccessRestrictionEnabled,
  };
}

const idOf = (organizationId: number, kisiId: number): string =>
  `${String(organizationId)}:${String(kisiId)}`;

export function kisiDoorStore(connection: Connection): KisiDoorStore {
  const lockModel = connection.model<LockDoc>('KisiLock', lockSchema, 'kisiLocks');
  const groupModel = connection.model<GroupDoc>('KisiGroup', groupSchema, 'kisiGroups');

  const idsOf = (organizationId: number, ids: readonly number[]): string[] =>
    [...new Set(ids)].map((id) => idOf(organizationId, id));

  return {
    async putLocks(organizationId, locks, seenAt) {
      const sight = { organizationId, seenAt: date(seenAt), goneAt: null };
      await inBatches(locks, (batch) =>
        lockModel.bulkWrite(
          batch.map((fields) => ({
            updateOne: {
              filter: { _id: idOf(organizationId, fields.lockId) },
              update: { $set: { ...fields, ...sight } },
              upsert: true,
            },
          })),
          { ordered: false },
        ),
      );
    },

    async putGroups(organizationId, groups, seenAt) {
      const sight = { organizationId, seenAt: date(seenAt), goneAt: null };
      await inBatches(groups, (batch) =>
        groupModel.bulkWrite(
          batch.map(({ lockIds, ...fields }) => ({
            updateOne: {
              filter: { _id: idOf(organizationId, fields.groupId) },
              update: { $set: { ...fields, ...(lockIds && { lockIds: [...lockIds] }), ...sight } },
              upsert: true,
            },
          })),
          { ordered: false },
        ),
      );
    },

    async markGone(organizationId, target, goneAt) {
      const filter = { _id: idOf(organizationId, target.id), goneAt: null };
      const change = { $set: { goneAt: date(goneAt) } };
      if (target.kind === 'lock') await lockModel.updateOne(filter, change);
      else await groupModel.updateOne(filter, change);
    },

    async markUnseenGone(organizationId, kind, unseenSince, goneAt) {
      const filter = { organizationId, goneAt: null, seenAt: { $lt: date(unseenSince) } };
      const change = { $set: { goneAt: date(goneAt) } };
      if (kind === 'lock') await lockModel.updateMany(filter, change);
      else await groupModel.updateMany(filter, change);
    },

    async seenAt(organizationId, kind, seenAt) {
      const filter = { organizationId, seenAt: date(seenAt) };
      if (kind === 'lock') {
        const docs = await lockModel.find(filter, { lockId: 1, name: 1 }).lean();
        return docs.map(({ lockId, name }) => ({ id: lockId, name }));
      }
      const docs = await groupModel.find(filter, { groupId: 1, name: 1 }).lean();
      return docs.map(({ groupId, name }) => ({ id: groupId, name }));
    },

    async lock(organizationId, lockId) {
      const doc = await lockModel.findById(idOf(organizationId, lockId)).lean();
      return doc && toSeenLock(doc);
    },

    async group(organizationId, groupId) {
      const doc = await groupModel.findById(idOf(organizationId, groupId)).lean();
      return doc && toSeenGroup(doc);
    },

    async locks(organizationId, lockIds) {
      const docs = await lockModel
        .find({ _id: { $in: idsOf(organizationId, lockIds) } })
        .sort({ lockId: 1 })
        .lean();
      return docs.map(toSeenLock);
    },

    async groups(organizationId, groupIds) {
      const docs = await groupModel
        .find({ _id: { $in: idsOf(organizationId, groupIds) } })
        .sort({ groupId: 1 })
        .lean();
      return docs.map(toSeenGroup);
    },

    async locksOf(organizationId, target) {
      if (target.kind === 'lock') return [target.id];
      const doc = await groupModel.findById(idOf(organizationId, target.id)).lean();
      return doc?.lockIds ? [...doc.lockIds] : null;
    },

    async groupsWith(organizationId, lockIds) {
      if (lockIds.length === 0) return [];
      const docs = await groupModel
        .find({ organizationId, goneAt: null, lockIds: { $in: [...lockIds] } }, { groupId: 1 })
        .lean();
      return docs.map(({ groupId }) => groupId);
    },
  };
}

function toSeenLock(doc: LockDoc): SeenLock {
  return {
    organizationId: doc.organizationId,
    lockId: doc.lockId,
    name: doc.name,
    placeName: doc.placeName,
    configured: doc.configured,
    online: doc.online,
    lockedDown: doc.lockedDown,
    geofenceRestrictionEnabled: doc.geofenceRestrictionEnabled,
    readerRestrictionEnabled: doc.readerRestrictionEnabled,
    timeRestrictionEnabled: doc.timeRestrictionEnabled,
    seenAt: doc.seenAt.getTime(),
    goneAt: msOrNull(doc.goneAt),
  };
}

function toSeenGroup(doc: GroupDoc): SeenGroup {
  return {
    organizationId: doc.organizationId,
    groupId: doc.groupId,
    name: doc.name,
    lockIds: doc.lockIds ? [...doc.lockIds] : null,
    loginEnabled: doc.loginEnabled,
    geofenceRestrictionEnabled: doc.geofenceRestrictionEnabled,
    primaryDeviceRestrictionEnabled: doc.primaryDeviceRestrictionEnabled,
    managedDeviceRestrictionEnabled: doc.managedDeviceRestrictionEnabled,
    readerRestrictionEnabled: doc.readerRestrictionEnabled,
    timeRestrictionEnabled: doc.timeRestrictionEnabled,
    tapToAccessRestrictionEnabled: doc.tapToAccessRestrictionEnabled,
    seenAt: doc.seenAt.getTime(),
    goneAt: msOrNull(doc.goneAt),
  };
}
