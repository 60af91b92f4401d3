import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { PassTarget, ResourceType } from '../domain/door';
import type { Actor } from '../domain/grant';
import { actorSchema, date, documentSchema, given, isDuplicateKey, startsWith } from './documents';
import { DuplicateKey } from './errors';
import { BY_ID, findPage, type Page, type PageRequest } from './page';

/** Ties a Lock to a space, or a Group to a location. Instants in ms, UTC. */
export interface DoorMapping {
  /** `dm_…` */
  id: string;
  integrationId: string;
  organizationId: number;
  locationId: string | null;
  spaceId: string | null;
  resourceType: ResourceType;
  /** Kisi's lock id or group id. */
  resourceId: number;
  /** Friendly name. */
  name: string;
  active: boolean;
  createdAt: number;
  updatedAt: number;
  createdBy: Actor;
}

export interface DoorMappingFilter {
  integrationId?: string;
  locationId?: string;
  spaceId?: string;
  resourceType?: ResourceType;
  active?: boolean;
  /** The beginning of the name or of one of its words, in any case. */
  search?: string;
}

export interface DoorMappingStore {
  /** @throws DuplicateKey (`id`) */
  insert(mapping: Omit<DoorMapping, 'createdAt' | 'updatedAt'>): Promise<DoorMapping>;
  get(id: string): Promise<DoorMapping | null>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<DoorMapping[]>;
  /** In order of id. */
  list(filter: DoorMappingFilter, page: PageRequest): Promise<Page<DoorMapping>>;
  /** `null`: no such mapping. */
  update(
    id: string,
    change: Partial<Pick<DoorMapping, 'name' | 'active' | 'locationId' | 'spaceId'>>,
  ): Promise<DoorMapping | null>;
  /** Every mapping of this lock or group: one door may lead to several spaces. */
  byResource(organizationId: number, target: PassTarget): Promise<DoorMapping[]>;
}

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
  active: boolean;
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
  active: { type: Boolean, required: true },
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
    active: doc.active,
    createdAt: doc.createdAt.getTime(),
    updatedAt: doc.updatedAt.getTime(),
    createdBy: doc.createdBy,
  };
}

/** "Meeting Room 1" → "meeting room 1", "room 1", "1". */
function tailsOf(name: string): string[] {
  const words = name.toLowerCase().trim().split(/\s+/);
  return words.map((_, index) => words.slice(index).join(' '));
}

export function doorMappingStore(connection: Connection, clock: Clock): DoorMappingStore {
  const mappings = connection.model<DoorMappingDoc>(
    'DoorMapping',
    doorMappingSchema,
    'doorMappings',
  );

  return {
    async insert({ id, ...rest }) {
      const now = date(clock.now());
      const doc: DoorMappingDoc = {
        _id: id,
        ...rest,
        nameTails: tailsOf(rest.name),
        createdAt: now,
        updatedAt: now,
      };
      try {
        await mappings.create(doc);
      } catch (error) {
        if (isDuplicateKey(error)) throw new DuplicateKey('id', { cause: error });
        throw error;
      }
      return toDoorMapping(doc);
    },

    async get(id) {
      const doc = await mappings.findById(id).lean();
      return doc && toDoorMapping(doc);
    },

    async getMany(ids) {
      const docs = await mappings.find({ _id: { $in: [...ids] } }).lean();
      return docs.map(toDoorMapping);
    },

    list({ search, ...equal }, page) {
      const filter = given({
        ...equal,
        nameTails: search === undefined ? undefined : startsWith(searchText(search)),
      });
      return findPage(mappings, filter, BY_ID, page, toDoorMapping);
    },

    async update(id, { name, active, locationId, spaceId }) {
      const fields = given({ name, active, locationId, spaceId });
      const doc = await mappings
        .findOneAndUpdate(
          { _id: id },
          {
            $set: {
              ...fields,
              ...(name !== undefined && { nameTails: tailsOf(name) }),
              updatedAt: date(clock.now()),
            },
          },
          { returnDocument: 'after' },
        )
        .lean();
      return doc && toDoorMapping(doc);
    },

    async byResource(organizationId, target) {
      const docs = await mappings
        .find({ organizationId, resourceType: target.kind, resourceId: target.id })
        .sort({ _id: 1 })
        .lean();
      return docs.map(toDoorMapping);
    },
  };
}

function searchText(search: string): string {
  return search.toLowerCase().trim().split(/\s+/).join(' ');
}
