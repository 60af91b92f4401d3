import type { AccessLogEntry, LogAction, LogStatus } from '../domain/grant';
import type { Page, PageRequest } from './page';

export interface AccessLogFilter {
  doorMappingId?: string;
  grantId?: string;
  memberId?: string;
  action?: LogAction;
  status?: LogStatus;
  /** Rows written in [from, to); either may be left out. Ms, UTC. */
  from?: number;
  to?: number;
}

export interface AccessLogStore {
  /** Append-only: a row whose id is there already stays as it is. */
  append(entries: readonly AccessLogEntry[]): Promise<void>;
  /** Newest first. */
  list(filter: AccessLogFilter, page: PageRequest): Promise<Page<AccessLogEntry>>;
  /**
   * The row with the highest record number of every grant, in order of grant id. `unlock` rows are
   * left out: they tell of a door, not of a change of the grant.
   */
  latestPerGrant(): AsyncIterable<AccessLogEntry>;
}
