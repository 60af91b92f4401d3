import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { PassTarget, ResourceType } from '../domain/door';
import type { Actor } from '../domain/grant';
import {
  actorSchema,
  date,
  dateOrNull,
  documentSchema,
  given,
  inBatches,
  isDuplicateKey,
  msOrNull,
  searchText,
  startsWith,
  UNTOLD_AT_ONCE,
  tailsOf,
} from './documents';
import { DuplicateKey } from './errors';
import { BY_ID, findPage, type Page, type PageRequest } from './page';

/** Whether an admin made the mapping or a sync did. */
export const MAPPING_ORIGINS = ['sync', 'manual'] as const;
export type MappingOrigin = (typeof MAPPING_ORIGINS)[number];

/** Ties a Lock to a space, or a Group to a location. Instants in ms, UTC. */
export interface DoorMapping {
  /** `dm_…` */
  id: string;
  integrationId: string;
  organizationId: number;
  /** `null`: a synced mapping that nobody has assigned yet; no source reaches it. */
  locationId: string | null;
  /** `null`: a group, or a lock that no booking opens. */
  spaceId: string | null;
  resourceType: ResourceType;
  /** Kisi's lock id or group id. */
  resourceId: number;
  /** What people see: the name that an admin chose, else Kisi's. */
  name: string;
  /** An admin chose the name. Else it follows Kisi's. */
  hasOwnName: boolean;
  /** Kisi's name for it, as last seen. */
  resourceName: string;
  origin: MappingOrigin;
  /** Since when Kisi does not know the door any more; `null`: it was there when last looked for. */
  missingSince: number | null;
  active: boolean;
  /** It was changed or deleted, and nobody has told its grants and sources yet. */
  isUntold: boolean;
  createdAt: number;
  updatedAt: number;
  createdBy: Actor;
}

/** A new mapping. Left out: made by hand, seen at Kisi just now, under Kisi's own name. */
export type NewDoorMapping = Omit<DoorMapping, 'createdAt' | 'updatedAt' | MappingDefault> &
  Partial<Pick<DoorMapping, MappingDefault>>;
type MappingDefault = 'hasOwnName' | 'resourceName' | 'origin' | 'missingSince' | 'isUntold';

export type DoorMappingChange = Partial<
  Omit<DoorMapping, 'id' | 'origin' | 'createdAt' | 'createdBy' | 'updatedAt'>
>;

/** A mapped door as a sync found it. */
export type MappedDoorSight = Pick<
  DoorMapping,
  'id' | 'resourceType' | 'resourceId' | 'resourceName' | 'missingSince'
>;

export interface DoorMappingFilter {
  integrationId?: string;
  locationId?: string;
  spaceId?: string;
  resourceType?: ResourceType;
  active?: boolean;
  origin?: MappingOrigin;
  /** Kisi does not know the door any more. */
  missing?: boolean;
  /** Nobody has given it a location yet. */
  unassigned?: boolean;
  /** The beginning of the name or of one of its words, in any case. */
  search?: string;
}

/** Deletion is soft: what is deleted is shown by `getEvenDeleted` and `ofResources` only. */
export interface DoorMappingStore {
  /** @throws DuplicateKey (`id`) */
  insert(mapping: NewDoorMapping): Promise<DoorMapping>;
  /** Those whose id is there already, deleted or not, stay as they are. How many are new. */
  insertMany(mappings: readonly NewDoorMapping[]): Promise<number>;
  get(id: string): Promise<DoorMapping | null>;
  /** For what outlives the mapping, such as its access log. */
  getEvenDeleted(id: string): Promise<DoorMapping | null>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<DoorMapping[]>;
  /** In order of id. */
  list(filter: DoorMappingFilter, page: PageRequest): Promise<Page<DoorMapping>>;
  /** `null`: no such mapping. */
  update(id: string, change: DoorMappingChange): Promise<DoorMapping | null>;
  /**
   * What a sync has seen. A name that an admin chose stays, and so does a mapping that was pointed
   * at another door or deleted meanwhile.
   */
  followKisi(sights: readonly MappedDoorSight[]): Promise<void>;
  /** Every mapping of this integration. How many changed. */
  setActive(integrationId: string, active: boolean): Promise<number>;
  /** As it was, but untold; `null`: no such mapping, or deleted already. */
  remove(id: string): Promise<DoorMapping | null>;
  /** Its grants and sources know of it, unless it was changed again since it was read. */
  markTold(mapping: Pick<DoorMapping, 'id' | 'updatedAt'>): Promise<void>;
  /** Some whose change before the instant (ms, UTC) nobody was told of, deleted ones included. */
  untold(before: number): Promise<(DoorMapping & { deleted: boolean })[]>;
  /** Every mapping of this lock or group: one door may lead to several spaces. */
  byResource(organizationId: number, target: PassTarget): Promise<DoorMapping[]>;
  /** The Lock mappings of these locks, in order of id. */
  ofLocks(organizationId: number, lockIds: readonly number[]): Promise<DoorMapping[]>;
  /** The Lock mappings of the space. */
  locksOfSpace(spaceId: string): Promise<DoorMapping[]>;
  /** The Group mappings of the location. */
  groupsOfLocation(locationId: string): Promise<DoorMapping[]>;
  /** All mappings of one kind in an organization, those that were deleted as well. */
  ofResources(
    organizationId: number,
    kind: ResourceType,
  ): Promise<(DoorMapping & { deleted: boolean })[]>;
}

/** Documents from before mappings were synced lack what is optional here. */
interface DoorMappingDoc {
  _id: string;
  integrationId: string;
  organizationId: number;
  locationId: string | null;
  spaceId: string | null;
  resourceType: ResourceType;
  resourceId: number;
  name: string;
  /** Lower-cased copy of the name from each word on, for search by the beginning of a word. */
  nameTails: string[];
  hasOwnName?: boolean;
  resourceName?: string;
  origin?: MappingOrigin;
  missingSince?: Date | null;
  active: boolean;
  deletedAt?: Date | null;
  isUntold?: boolean;
  createdAt: Date;
  updatedAt: Date;
  createdBy: Actor;
}

const doorMappingSchema = documentSchema<DoorMappingDoc>({
  _id: { type: String, required: true },
  integrationId: { type: String, required: true },
  organizationId: { type: Number, required: true },
  locationId: { type: String, default: null },
  spaceId: { type: String, default: null },
  resourceType: { type: String, required: true },
  resourceId: { type: Number, required: true },
  name: { type: String, required: true },
  nameTails: { type: [String], required: true },
  hasOwnName: { type: Boolean },
  resourceName: { type: String },
  origin: { type: String },
  missingSince: { type: Date, default: null },
  active: { type: Boolean, required: true },
  deletedAt: { type: Date, default: null },
  isUntold: { type: Boolean },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
  createdBy: { type: actorSchema, required: true },
})
  .index({ organizationId: 1, resourceType: 1, resourceId: 1 })
  .index({ integrationId: 1 })
  .index({ locationId: 1 })
  .index({ spaceId: 1 })
  .index({ nameTails: 1 });

function toDoorMapping(doc: DoorMappingDoc): DoorMapping {
  return {
    id: doc._id,
    integrationId: doc.integrationId,
    organizationId: doc.organizationId,
    locationId: doc.locationId,
    spaceId: doc.spaceId,
    resourceType: doc.resourceType,
    resourceId: doc.resourceId,
    name: doc.name,
    hasOwnName: doc.hasOwnName ?? true,
    resourceName: doc.resourceName ?? doc.name,
    origin: doc.origin ?? 'manual',
    missingSince: msOrNull(doc.missingSince ?? null),
    active: doc.active,
    isUntold: doc.isUntold ?? false,
    createdAt: doc.createdAt.getTime(),
    updatedAt: doc.updatedAt.getTime(),
    createdBy: doc.createdBy,
  };
}

function toDoc({ id, missingSince = null, ...rest }: NewDoorMapping, now: Date): DoorMappingDoc {
  return {
    _id: id,
    hasOwnName: false,
    resourceName: rest.name,
    origin: 'manual',
    isUntold: false,
    ...rest,
    nameTails: tailsOf(rest.name),
    missingSince: dateOrNull(missingSince),
    deletedAt: null,
    createdAt: now,
    updatedAt: now,
  };
}

/** The fields to write for a change. */
function fieldsOf({ missingSince, ...rest }: DoorMappingChange, now: Date): object {
  return {
    ...given(rest),
    ...(rest.name !== undefined && { nameTails: tailsOf(rest.name) }),
    ...(missingSince !== undefined && { missingSince: dateOrNull(missingSince) }),
    updatedAt: now,
  };
}

const NOT_DELETED = { deletedAt: null };

export function doorMappingStore(connection: Connection, clock: Clock): DoorMappingStore {
  const mappings = connection.model<DoorMappingDoc>(
    'DoorMapping',
    doorMappingSchema,
    'doorMappings',
  );

  return {
    async insert(mapping) {
      const doc = toDoc(mapping, date(clock.now()));
      try {
        await mappings.create(doc);
      } catch (error) {
        if (isDuplicateKey(error)) throw new DuplicateKey('id', { cause: error });
        throw error;
      }
      return toDoorMapping(doc);
    },

    async insertMany(all) {
      const now = date(clock.now());
      let inserted = 0;
      await inBatches(all, async (batch) => {
        const { upsertedCount } = await mappings.bulkWrite(
          batch.map((mapping) => {
            const { _id, ...fields } = toDoc(mapping, now);
            return {
              updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true },
            };
          }),
          { ordered: false },
        );
        inserted += upsertedCount;
      });
      return inserted;
    },

    async get(id) {
      const doc = await mappings.findOne({ _id: id, ...NOT_DELETED }).lean();
      return doc && toDoorMapping(doc);
    },

    async untold(before) {
      const filter = { isUntold: true, updatedAt: { $lt: date(before) } };
      const docs = await mappings.find(filter).limit(UNTOLD_AT_ONCE).lean();
      return docs.map((doc) => ({ ...toDoorMapping(doc), deleted: doc.deletedAt !== null }));
    },

    async getEvenDeleted(id) {
      const doc = await mappings.findById(id).lean();
      return doc && toDoorMapping(doc);
    },

    async getMany(ids) {
      const docs = await mappings.find({ _id: { $in: [...ids] }, ...NOT_DELETED }).lean();
      return docs.map(toDoorMapping);
    },

    list({ search, missing, unassigned, ...equal }, page) {
      const filter = given({
        ...equal,
        ...(unassigned === undefined ? {} : atPlace(unassigned, equal.locationId)),
        missingSince: missing === undefined ? undefined : missing ? { $ne: null } : null,
        nameTails: search === undefined ? undefined : startsWith(searchText(search)),
      });
      return findPage(mappings, { ...filter, ...NOT_DELETED }, BY_ID, page, toDoorMapping);
    },

    async update(id, change) {
      const doc = await mappings
        .findOneAndUpdate(
          { _id: id, ...NOT_DELETED },
          { $set: fieldsOf(change, date(clock.now())) },
          { returnDocument: 'after' },
        )
        .lean();
      return doc && toDoorMapping(doc);
    },

    async followKisi(sights) {
      const updatedAt = date(clock.now());
      await inBatches(sights, (batch) =>
        mappings.bulkWrite(
          batch.flatMap(({ id, resourceType, resourceId, resourceName, missingSince }) => {
            const filter = { _id: id, resourceType, resourceId, ...NOT_DELETED };
            const seen = { resourceName, missingSince: dateOrNull(missingSince), updatedAt };
            const named = { name: resourceName, nameTails: tailsOf(resourceName) };
            return [
              { updateOne: { filter, update: { $set: seen } } },
              { updateOne: { filter: { ...filter, hasOwnName: false }, update: { $set: named } } },
            ];
          }),
          { ordered: false },
        ),
      );
    },

    async setActive(integrationId, active) {
      const { modifiedCount } = await mappings.updateMany(
        { integrationId, active: !active, ...NOT_DELETED },
        { $set: { active, updatedAt: date(clock.now()) } },
      );
      return modifiedCount;
    },

    async remove(id) {
      const now = date(clock.now());
      const doc = await mappings
        .findOneAndUpdate(
          { _id: id, ...NOT_DELETED },
          { $set: { deletedAt: now, updatedAt: now, isUntold: true } },
          { returnDocument: 'after' },
        )
        .lean();
      return doc && toDoorMapping(doc);
    },

    async markTold({ id, updatedAt }) {
      await mappings.updateOne(
        { _id: id, updatedAt: date(updatedAt) },
        { $set: { isUntold: false } },
      );
    },

    async locksOfSpace(spaceId) {
      const filter = { spaceId, resourceType: 'lock' as const, ...NOT_DELETED };
      const docs = await mappings.find(filter).sort({ _id: 1 }).lean();
      return docs.map(toDoorMapping);
    },

    async groupsOfLocation(locationId) {
      const filter = { locationId, resourceType: 'group' as const, ...NOT_DELETED };
      const docs = await mappings.find(filter).sort({ _id: 1 }).lean();
      return docs.map(toDoorMapping);
    },

    async byResource(organizationId, target) {
      const docs = await mappings
        .find({
          organizationId,
          resourceType: target.kind,
          resourceId: target.id,
          ...NOT_DELETED,
        })
        .sort({ _id: 1 })
        .lean();
      return docs.map(toDoorMapping);
    },

    async ofLocks(organizationId, lockIds) {
      const docs = await mappings
        .find({
          organizationId,
          resourceType: 'lock',
          resourceId: { $in: [...lockIds] },
          ...NOT_DELETED,
        })
        .sort({ _id: 1 })
        .lean();
      return docs.map(toDoorMapping);
    },

    async ofResources(organizationId, kind) {
      const docs = await mappings.find({ organizationId, resourceType: kind }).lean();
      return docs.map((doc) => ({
        ...toDoorMapping(doc),
        deleted: doc.deletedAt !== null && doc.deletedAt !== undefined,
      }));
    },
  };
}

/** With a location asked for as well, either nothing or that location matches. */
function atPlace(unassigned: boolean, locationId: string | undefined): object {
  if (unassigned) return { locationId: locationId === undefined ? null : { $in: [] } };
  return { locationId: locationId ?? { $ne: null } };
}
