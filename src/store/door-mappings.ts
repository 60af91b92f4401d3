import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { PassTarget, ResourceType } from '../domain/door';
import {
  date,
  dateOrNull,
  given,
  inBatches,
  insertMissing,
  isDuplicateKey,
  searchText,
  startsWith,
  tailsOf,
} from './documents';
import {
  doorMappingSchema,
  fieldsOf,
  toDoc,
  toDoorMapping,
  type DoorMapping,
  type DoorMappingChange,
  type DoorMappingDoc,
  type MappedDoorSight,
  type MappingOrigin,
  type NewDoorMapping,
} from './door-mapping-document';
import { DuplicateKey } from './errors';
import { BY_ID, findPage, type Page, type PageRequest } from './page';
import { untoldMark } from './untold';

export interface DoorMappingFilter {
  /** Those of these ids. */
  ids?: readonly string[];
  integrationId?: string;
  locationId?: string;
  /** Mappings at one of these. */
  locationIds?: readonly string[];
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
/** What a mapping ties together: a door at Kisi, and a place. */
export type MappingPlaceField =
  'integrationId' | 'resourceType' | 'resourceId' | 'locationId' | 'spaceId';

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
  update(
    id: string,
    change: DoorMappingChange,
    /** What must still be so, because the change was judged by it. */
    where?: Partial<Pick<DoorMapping, MappingPlaceField>>,
  ): Promise<DoorMapping | null>;
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

const NOT_DELETED = { deletedAt: null };

export function doorMappingStore(connection: Connection, clock: Clock): DoorMappingStore {
  const mappings = connection.model<DoorMappingDoc>(
    'DoorMapping',
    doorMappingSchema,
    'doorMappings',
  );
  const { markTold, findUntold } = untoldMark(mappings);

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

    insertMany(all) {
      const now = date(clock.now());
      return insertMissing(
        mappings,
        all.map((mapping) => toDoc(mapping, now)),
      );
    },

    async get(id) {
      const doc = await mappings.findOne({ _id: id, ...NOT_DELETED }).lean();
      return doc && toDoorMapping(doc);
    },

    markTold,
    untold: async (before) =>
      (await findUntold(before)).map((doc) => ({
        ...toDoorMapping(doc),
        deleted: doc.deletedAt !== null,
      })),

    async getEvenDeleted(id) {
      const doc = await mappings.findById(id).lean();
      return doc && toDoorMapping(doc);
    },

    async getMany(ids) {
      const docs = await mappings.find({ _id: { $in: [...ids] }, ...NOT_DELETED }).lean();
      return docs.map(toDoorMapping);
    },

    list({ ids, search, missing, unassigned, locationIds, ...equal }, page) {
      const filter = given({
        ...equal,
        _id: ids && { $in: [...ids] },
        ...(unassigned === undefined ? {} : atPlace(unassigned, equal.locationId)),
        missingSince: missing === undefined ? undefined : missing ? { $ne: null } : null,
        nameTails: search === undefined ? undefined : startsWith(searchText(search)),
        $and: locationIds && [{ locationId: { $in: [...locationIds] } }],
      });
      return findPage(mappings, { ...filter, ...NOT_DELETED }, BY_ID, page, toDoorMapping);
    },

    async update(id, change, where) {
      const doc = await mappings
        .findOneAndUpdate(
          { _id: id, ...where, ...NOT_DELETED },
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
