import type { PassRef } from '../domain/door';
import type { AccessLogEntry, Grant, Problem } from '../domain/grant';
import type { AskedMode, AskedPass } from './grant-messages';
import type { PriorityKey } from './names';
import type { PassMemory } from './pass-messages';

/** Activities that write MongoDB and poke other workflows; task queue `access-records`. */
export interface RecordsActivities {
  /** Appends log rows and projects the last of them into the read model. Idempotent, ordered. */
  recordGrant(input: { entries: AccessLogEntry[] }): Promise<void>;
  /**
   * Records the entries, finds out which pass the grant's door leads to, writes this grant's wish
   * for that pass (and a tombstone for every other pass it ever asked) and pokes them.
   */
  holdGrant(input: HoldGrantInput): Promise<HoldGrantResult>;
  /** Pokes passes that wait for a lock group. */
  pokePasses(input: { passes: PassRef[]; priority: PriorityKey }): Promise<void>;
  /** Pokes the next passes that an outage holds back, most urgent first; how many are left. */
  pokeBlockedPasses(input: { organizationId: number; limit: number }): Promise<{ left: number }>;
  /** One page of the grants that should be running, compared with Temporal and with their wishes. */
  reviewGrants(input: { after: string | null }): Promise<ReviewGrantsResult>;
  /** The organizations whose terminated grants are too many to be stopped without a person's word. */
  judgeTerminated(input: {
    runId: string;
    terminated: TerminatedGrants[];
  }): Promise<{ heldBack: number[] }>;
  /** One page: starts terminated grants again, stopped, except those of these organizations. */
  stopTerminated(input: {
    after: string | null;
    heldBack: number[];
  }): Promise<{ started: number; after: string | null }>;
  /** Asks the running grants again that MongoDB does not know. */
  askUnknownGrants(): Promise<{ asked: number }>;
  removeOldWishes(): Promise<void>;
  listOrganizations(): Promise<{ organizationIds: number[] }>;
}

/** `after`: where to go on; `null` when it was the last page. */
export interface ReviewGrantsResult {
  expired: number;
  started: number;
  /** Running grants whose wish was lost and that were asked again. */
  asked: number;
  terminated: TerminatedGrants[];
  after: string | null;
}

/** What of one organization's grants was terminated from outside while it gave access, or would. */
export interface TerminatedGrants {
  organizationId: number;
  /** They wait: none has been started. */
  waiting: number;
  /** Those of them whose door is open now. */
  closing: number;
  /** All grants of the organization whose door is open now. */
  open: number;
}

export interface HoldGrantInput {
  entries: AccessLogEntry[];
  grant: Grant;
  /** Whether the grant wants access, by the workflow's clock; the mapping may still say no. */
  wanted: boolean;
  passes: AskedPass[];
  /** Whether a pass may be kept that opens the same lock as the one that is wanted now. */
  mayKeep: boolean;
  priority: PriorityKey;
}

export interface HoldGrantResult {
  passes: { key: string; pass: PassRef; mode: AskedMode }[];
  /** Why no pass was asked although the grant wants access. */
  problem: Problem | null;
  /** A wish of a higher revision stands already: the workflow was reset to before it. */
  overtaken: boolean;
}

/** Activities that call Kisi; task queue `access-kisi-<organizationId>`. */
export interface KisiActivities {
  /** One look of a pass: reads its wishes, makes Kisi's rows equal them, tells the grants. */
  syncPass(input: SyncPassInput): Promise<SyncPassResult>;
  /** Finds or makes the Kisi group that holds just this lock. */
  ensureLockGroup(input: {
    organizationId: number;
    lockId: number;
  }): Promise<EnsureLockGroupResult>;
  /** One call to Kisi; clears the integration's fault when it succeeds. */
  probeKisi(input: { organizationId: number }): Promise<ProbeResult>;
  /** Compares all rows of the organization with the wishes and stores the report. */
  reconcileOrganization(input: {
    organizationId: number;
    runId: string;
    expired: number;
    started: number;
    /** Terminated grants that wait for a person's word, and how many doors they would close. */
    waiting?: number;
    closing?: number;
  }): Promise<ReconcileOrganizationResult>;
}

export interface SyncPassInput {
  pass: PassRef;
  /** Orders this pass's reports; rises over its runs. */
  turn: number;
  /** Rows to trust instead of listing them; `null`: list. */
  memory: PassMemory | null;
  /** What the look before said of it; see `SyncPassResult`. */
  listAgainAt?: number | null;
}

/**
 * What a look came to. Instants in ms since the epoch, UTC. `listAgainAt`: the outcome of a write is
 * unknown and may show until then; the next look is to be told, however soon it comes.
 */
export type SyncPassResult =
  /** Kisi's rows are as wanted, or a grant has been told why not. `empty`: nobody holds this pass. */
  | {
      outcome: 'synced';
      memory: PassMemory | null;
      listAgainAt?: number | null;
      wakeAt: number | null;
      /** How urgent the look at `wakeAt` is: a window may wait for it. */
      wakePriority: PriorityKey;
      empty: boolean;
      waitsFor: string;
    }
  /** One fault of the whole integration; the prober pokes when it is healed. */
  | {
      outcome: 'blocked';
      memory: PassMemory | null;
      listAgainAt?: number | null;
      wakeAt: number;
      waitsFor: string;
    }
  /** The attempt grew old or Kisi asked to slow down: look again after so many milliseconds. */
  | {
      outcome: 'again';
      memory: PassMemory | null;
      listAgainAt?: number | null;
      afterMs: number;
      waitsFor: string;
    };

export type EnsureLockGroupResult =
  | { outcome: 'stands'; groupId: number }
  /** The integration was removed. */
  | { outcome: 'given_up' }
  | { outcome: 'again'; afterMs: number; waitsFor: string };

export type ProbeResult =
  { outcome: 'healthy' } | { outcome: 'faulty'; afterMs: number; waitsFor: string };

export type ReconcileOrganizationResult =
  { outcome: 'done'; refused: boolean; repaired: number } | { outcome: 'skipped'; why: string };
