import type { PassTarget, ResourceType } from '../domain/door';
import type { Actor } from '../domain/grant';
import type { Page, PageRequest } from './page';

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
