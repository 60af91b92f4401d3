import type { AccessLogEntry, Grant, GrantSource, GrantStatus, Provisioning } from '../domain/grant';
import type { Page, PageRequest } from './page';

export interface GrantFilter {
  memberId?: string;
  doorMappingId?: string;
  source?: GrantSource;
  sourceId?: string;
  provisioning?: Provisioning;
  /** As `statusAt` derives it at the list's `now`. */
  status?: GrantStatus;
  /** Grants whose window shares an instant with [from, to); either may be left out. Ms, UTC. */
  from?: number;
  to?: number;
}

/** How many grants have this status and this provisioning. */
export interface GrantCount {
  status: GrantStatus;
  provisioning: Provisioning;
  count: number;
}

/** The read model of grants. The access log is written first and is what this is rebuilt from. */
export interface GrantStore {
  /** The document as the API accepted it; changes nothing when there is one already. */
  insertAccepted(grant: Grant): Promise<void>;
  /**
   * Appends the rows to the access log, then brings each grant's document to the one in its last row.
   * The same rows twice, or older ones later, change nothing.
   */
  record(entries: readonly AccessLogEntry[]): Promise<void>;
  /** Writes the document unless the stored one has the same or a higher record number. True: written. */
  replaceGrant(grant: Grant): Promise<boolean>;
  get(id: string): Promise<Grant | null>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<Grant[]>;
  /** Newest first (createdAt, then id, both descending). `now` in ms, UTC: decides the status. */
  list(filter: GrantFilter, page: PageRequest, now: number): Promise<Page<Grant>>;
  /** For metrics; counts of zero are left out. A full scan: keep the answer for some seconds. */
  countByState(now: number): Promise<GrantCount[]>;
  /**
   * Grants whose workflow should be running: not over, or not yet confirmed as removed. In order of
   * id, beginning after `afterId` (`null`: at the first), `limit` at most.
   */
  live(now: number, afterId: string | null, limit: number): Promise<Grant[]>;
}
