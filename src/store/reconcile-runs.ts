import type { Page, PageRequest } from './page';

/** A role assignment that is not ours. Instants in ms, UTC. */
export interface ForeignRow {
  roleAssignmentId: number;
  /** Kisi's role, e.g. `group_basic`. */
  role: string;
  groupId: number | null;
  kisiUserId: number | null;
  from: number | null;
  until: number | null;
}

/** What one reconciliation of one organization found and did. Instants in ms, UTC. */
export interface ReconcileRun {
  id: string;
  organizationId: number;
  startedAt: number;
  finishedAt: number | null;
  /** Grants that were overdue and told to expire. */
  expired: number;
  /** Workflows that were missing and started. */
  started: number;
  /** Passes that were told to look because Kisi differed. */
  repaired: number;
  /** Rows of ours that belonged to no pass and were removed. */
  removed: number;
  /** At most 100 are stored; `count` is the whole number. */
  foreignRows: { count: number; sample: ForeignRow[] };
  /** Removals that would close a door that is open now, and how many doors are open now. */
  plannedRemovals: number;
  openDoors: number;
  /** The guard refused the removals until a person allows them. */
  refused: boolean;
}

export interface ReconcileRunStore {
  /** Inserts or overwrites the run with this id. */
  save(run: ReconcileRun): Promise<void>;
  latest(organizationId: number): Promise<ReconcileRun | null>;
  /** Newest first. Runs are kept for 90 days. */
  list(organizationId: number, page: PageRequest): Promise<Page<ReconcileRun>>;
}
