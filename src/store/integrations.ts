import type { LearnedBehaviour } from '../domain/door';
import type { Actor, ProblemType } from '../domain/grant';
import type { Page, PageRequest } from './page';

/** One trouble of the whole integration (an outage, a refused key). Instants in ms, UTC. */
export interface IntegrationFault {
  type: ProblemType;
  detail: string;
  /** When the trouble began, whatever its type was then. */
  since: number;
  probedAt: number;
  nextProbeAt: number;
}

/** A person's word that the next reconciliation may remove more than its guard allows. */
export interface RemovalApproval {
  by: Actor;
  /** Milliseconds since the epoch, UTC. */
  at: number;
  /** The run that has taken it; `null` until one does. */
  runId: string | null;
}

/** One connection to Kisi, without its API key. Instants in ms, UTC. */
export interface Integration {
  /** `int_…` */
  id: string;
  provider: 'kisi';
  /** Unique: one Kisi organization is connected once. */
  organizationId: number;
  organizationName: string;
  /** Kisi's id of the user whose API key it is. */
  keyOwnerId: number;
  formerKeyOwnerIds: number[];
  /** Rises with each replaced key. */
  keyVersion: number;
  locationIds: string[];
  active: boolean;
  learned: LearnedBehaviour;
  fault: IntegrationFault | null;
  lastSuccessAt: number | null;
  removalApproval: RemovalApproval | null;
  createdAt: number;
  updatedAt: number;
  createdBy: Actor;
}

/** What a caller of Kisi needs. Never log it. */
export interface KisiCredentials {
  integrationId: string;
  apiKey: string;
  keyOwnerId: number;
  keyVersion: number;
}

/** What is known when an integration is made; the rest begins empty, active and unknown. */
export type NewIntegration = Pick<
  Integration,
  'id' | 'organizationId' | 'organizationName' | 'keyOwnerId' | 'locationIds' | 'createdBy'
> & { apiKey: string };

export interface IntegrationStore {
  /** @throws DuplicateKey (`organizationId`) when the organization is connected already. */
  insert(integration: NewIntegration): Promise<Integration>;
  get(id: string): Promise<Integration | null>;
  byOrganization(organizationId: number): Promise<Integration | null>;
  /** In order of id. */
  list(page: PageRequest): Promise<Page<Integration>>;
  /** `null`: no such integration. */
  update(
    id: string,
    change: Partial<Pick<Integration, 'organizationName' | 'locationIds' | 'active'>>,
  ): Promise<Integration | null>;
  /**
   * The opened API key. `null`: no such integration.
   * @throws UnknownEncryptionKey, SealBroken
   */
  apiKey(of: { id: string } | { organizationId: number }): Promise<KisiCredentials | null>;
  /** A former owner is remembered: rows that their key made stay ours. `null`: no such integration. */
  replaceKey(id: string, key: { apiKey: string; keyOwnerId: number }): Promise<Integration | null>;
  /** Overwrites what is given, so that `unknown` forgets. */
  learn(organizationId: number, learned: Partial<LearnedBehaviour>): Promise<void>;
  /**
   * Probed now. True: there was no fault before. With `keyVersion` it counts only while that key is
   * the present one, so that a late answer to an old key faults nothing.
   */
  recordFault(
    organizationId: number,
    fault: Pick<IntegrationFault, 'type' | 'detail' | 'nextProbeAt'> & { keyVersion?: number },
  ): Promise<boolean>;
  /** True: there was a fault. Counts as a success. */
  clearFault(organizationId: number): Promise<boolean>;
  /** Written at most every 5 s, since every call to Kisi may report it. Leaves a fault as it is. */
  recordSuccess(organizationId: number): Promise<void>;
  /** Replaces an earlier word. `null`: no such integration. */
  setRemovalApproval(id: string, by: Actor): Promise<Integration | null>;
  /**
   * Uses the word up for this run; the same run may take it again (a retried activity).
   * `null`: nobody has given it, or another run took it.
   */
  takeRemovalApproval(organizationId: number, runId: string): Promise<RemovalApproval | null>;
}
