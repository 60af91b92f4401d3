import type { ResourceType } from '../domain/door';
import type { Actor } from '../domain/grant';
import { actorSchema, dateOrNull, documentSchema, given, msOrNull, tailsOf } from './documents';

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

/** Documents from before mappings were synced lack what is optional here. */
export interface DoorMappingDoc {
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

export const doorMappingSchema = documentSchema<DoorMappingDoc>({
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

export function toDoorMapping(doc: DoorMappingDoc): DoorMapping {
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

export function toDoc(
  { id, missingSince = null, ...rest }: NewDoorMapping,
  now: Date,
): DoorMappingDoc {
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
export function fieldsOf({ missingSince, ...rest }: DoorMappingChange, now: Date): object {
  return {
    ...given(rest),
    ...(rest.name !== undefined && { nameTails: tailsOf(rest.name) }),
    ...(missingSince !== undefined && { missingSince: dateOrNull(missingSince) }),
    updatedAt: now,
  };
}
