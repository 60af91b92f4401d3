import type { Clock } from '../clock';
import type { PassReport } from '../contracts/grant-messages';
import type { AccessChange } from '../contracts/mapping-change';
import type { PriorityKey } from '../contracts/names';
import type { PassRef } from '../domain/door';
import type { Actor, Grant, LogAction } from '../domain/grant';
import type { SourceWord } from '../domain/grant-life';
import type { SourceRef } from '../domain/source';
import type { Logger } from '../logging';
import type { Metrics } from '../metrics';
import type { Store } from '../store';
import type { KisiConnections } from './kisi-connections';

/** What goes with a source's word; `action` names the beginning of a new run in the access log. */
export interface SourceMeta {
  by: Actor;
  reason: string | null;
  action: LogAction;
}

/** What the rooms below Temporal may tell workflows. Each is safe to repeat. */
export interface AccessMessages {
  /** Makes the pass look again; starts it when it does not run. */
  pokePass(pass: PassRef, priority: PriorityKey, fresh?: boolean): Promise<void>;
  /** Tells a grant about its wish; a grant that is gone is ignored. */
  tellGrant(grantId: string, report: PassReport): Promise<void>;
  /** Has the lock's group made, and the pass poked once it stands. */
  requestLockGroup(organizationId: number, lockId: number, pass: PassRef): Promise<void>;
  /** Starts the integration's prober unless it runs. */
  startProber(organizationId: number): Promise<void>;
  /** Sees to the removal of an integration, unless that is done already. */
  startRemoval(integrationId: string): Promise<void>;
  /** Has a running grant ask its passes once more; `by`: the reconciliation unless said otherwise. */
  askGrantAgain(grantId: string, by?: Actor): Promise<void>;
  /** Tells a grant what its source says; one that does not run is started from `grant` if it may be. */
  followSource(grant: Grant, word: SourceWord, meta: SourceMeta, mayStart: boolean): Promise<void>;
  /** Has a booking or membership take a snapshot, as a booking system would send it. */
  changeSource(source: SourceRef, message: object): Promise<void>;
  /** Has a booking or membership work out its grants again. */
  lookAgainAtSource(source: SourceRef): Promise<void>;
  /** Has the passes of a member follow a stored hold or release; the job, begun before, shows it. */
  changeHold(memberId: string, jobId: string): Promise<void>;
  /** Has all that a stored change touches look again; the job, begun before, shows it. */
  startChange(change: AccessChange, jobId: string): Promise<void>;
  /** Revokes a grant for the system; one that is closed has nothing to revoke. */
  revokeGrant(grantId: string, by: Actor, reason: string): Promise<void>;
  /** Starts a grant's workflow unless it runs; `action` names the beginning in the access log. */
  startGrant(grant: Grant, action?: LogAction): Promise<void>;
  /** Has a subscription send the events that are due. */
  deliverEvents(subscriptionId: string): Promise<void>;
}

/** What Temporal knows of the workflows of grants. */
export interface GrantRuns {
  /** Those of these grants whose workflow runs, as far as Temporal's lists have been brought up to date. */
  runningAmong(grantIds: readonly string[]): Promise<Set<string>>;
  /** All grants whose workflow runs and was started before this instant (ms, UTC), as far as listed. */
  running(startedBefore: number): AsyncIterable<string>;
  /** Those of these passes that do not run, as far as Temporal's lists have been brought up to date. */
  missingPasses(passes: readonly PassRef[]): Promise<PassRef[]>;
  /** How the latest run stands; exact. `unknown`: never started, or no longer retained. */
  lastEnd(grantId: string): Promise<'running' | 'terminated' | 'closed' | 'unknown'>;
}

/** All that one look, repair or probe needs; built once per process. */
export interface AccessDeps {
  store: Store;
  kisi: KisiConnections;
  messages: AccessMessages;
  runs: GrantRuns;
  clock: Clock;
  log: Logger;
  metrics: Metrics;
}
