import type { Page, PageRequest } from './page';

/** A building with an IANA time zone. The id is the host's own. Instants in ms, UTC. */
export interface Location {
  id: string;
  name: string;
  /** IANA name; whoever calls `upsert` has validated it. */
  timeZone: string;
  createdAt: number;
  updatedAt: number;
}

export interface LocationStore {
  upsert(location: Pick<Location, 'id' | 'name' | 'timeZone'>): Promise<Location>;
  get(id: string): Promise<Location | null>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<Location[]>;
  /** In order of id. */
  list(page: PageRequest): Promise<Page<Location>>;
}
