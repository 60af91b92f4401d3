import { defineSignal } from '@temporalio/workflow';

/** Starts `removeIntegration` and `wakeIntegration`. */
export interface IntegrationWorkflowInput {
  integrationId: string;
}

/** Signal of `removeIntegration`: there is a removal to see to. */
export const removalAskedSignal = defineSignal('removalAsked');
/** Signal of `wakeIntegration`: the integration was connected again. */
export const wakeAskedSignal = defineSignal('wakeAsked');

/** Starts `probeDaily`; without organizations it looks at all that are connected. */
export interface ProbeDailyInput {
  organizationIds?: number[];
}

/** Activities of integrations on `access-records`: MongoDB, and pokes to other workflows. */
export interface IntegrationRecordsActivities {
  /** Makes the mappings follow the integration, and writes down what is left to remove. */
  lookAtRemoval(input: IntegrationWorkflowInput): Promise<RemovalLook>;
  /** One page: pokes the passes of the organization that hold something or are asked for it. */
  pokePassesOfRemoval(input: {
    organizationId: number;
    after: RemovalCursor | null;
  }): Promise<{ after: RemovalCursor | null }>;
  /** Drops the key and ends the job, unless the integration was connected again meanwhile. */
  finishRemoval(input: { integrationId: string; jobId: string }): Promise<void>;
  /** One page of live grants of the integration's mappings: each asks its pass again. */
  wakeGrants(input: {
    integrationId: string;
    after: string | null;
  }): Promise<{ asked: number; after: string | null }>;
  /** Connected organizations. */
  listConnected(): Promise<{ organizationIds: number[] }>;
}

/** Where a page of wishes ended. */
export interface RemovalCursor {
  passKey: string;
  grantId: string;
}

export type RemovalLook =
  /** It is active, was removed completely, or is gone: nothing to do. */
  | { state: 'none' }
  | {
      state: 'removing';
      organizationId: number;
      jobId: string;
      /** Rows of ours at Kisi that are known and must go. */
      left: number;
    };

/** Activities of integrations on `access-kisi-<organizationId>`. */
export interface IntegrationKisiActivities {
  /**
   * Asks Kisi what of ours still stands there and must go: pokes the passes that it belongs to, and
   * deletes what belongs to none.
   */
  sweepRemoved(input: { organizationId: number }): Promise<SweepResult>;
  /** Looks whether Kisi answers and what the key may do, and writes both down. */
  probeRights(input: { organizationId: number }): Promise<ProbeRightsResult>;
}

export type SweepResult =
  /** Nothing of ours is left that must go. */
  | { outcome: 'clear' }
  | { outcome: 'left'; left: number }
  /** Kisi does not answer or refuses the key. */
  | { outcome: 'waits'; afterMs: number; waitsFor: string }
  /** The integration is active again, or has no key. */
  | { outcome: 'over' };

export type ProbeRightsResult =
  { outcome: 'looked'; missing: string[] } | { outcome: 'faulty'; waitsFor: string };
