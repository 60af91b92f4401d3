import type { Page, PageRequest } from './page';

/** A bookable room in a location. The id is the host's own. Instants in ms, UTC. */
export interface Space {
  id: string;
  name: string;
  locationId: string;
  createdAt: number;
  updatedAt: number;
}

export interface SpaceStore {
  upsert(space: Pick<Space, 'id' | 'name' | 'locationId'>): Promise<Space>;
  get(id: string): Promise<Space | null>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<Space[]>;
  /** In order of id. */
  list(filter: { locationId?: string }, page: PageRequest): Promise<Page<Space>>;
}
