import type { AccessLogStore } from './access-log';
import type { ApiKeyStore } from './api-keys';
import type { DoorMappingStore } from './door-mappings';
import type { GrantPassStore } from './grant-passes';
import type { GrantStore } from './grants';
import type { IdempotencyStore } from './idempotency';
import type { IntegrationStore } from './integrations';
import type { IntentStore } from './intents';
import type { KisiRowStore } from './kisi-rows';
import type { LocationStore } from './locations';
import type { LockGroupStore } from './lock-groups';
import type { MemberLinkStore } from './member-links';
import type { MemberStore } from './members';
import type { PassStore } from './passes';
import type { ReconcileRunStore } from './reconcile-runs';
import type { SpaceStore } from './spaces';
import type { WishStore } from './wishes';

export * from './errors';
export type { Page, PageRequest } from './page';
export type { AccessLogFilter, AccessLogStore } from './access-log';
export { API_KEY_SCOPES, type ApiKey, type ApiKeyScope, type ApiKeyStore } from './api-keys';
export type { DoorMapping, DoorMappingFilter, DoorMappingStore } from './door-mappings';
export type { GrantPassStore } from './grant-passes';
export type { GrantCount, GrantFilter, GrantStore } from './grants';
export type { IdempotencyRef, IdempotencyState, IdempotencyStore } from './idempotency';
export type {
  Integration,
  IntegrationFault,
  IntegrationStore,
  KisiCredentials,
  NewIntegration,
  RemovalApproval,
} from './integrations';
export type { Intent, IntentStore } from './intents';
export type { KisiRow, KisiRowStore } from './kisi-rows';
export type { Location, LocationStore } from './locations';
export type { LockGroup, LockGroupStore } from './lock-groups';
export type { MemberLink, MemberLinkStore } from './member-links';
export type { Member, MemberHold, MemberStore } from './members';
export type { PassRecord, PassStore, StoredPass } from './passes';
export type { ForeignRow, ReconcileRun, ReconcileRunStore } from './reconcile-runs';
export type { Space, SpaceStore } from './spaces';
export type { NewWish, StoredWish, Told, WishStore } from './wishes';

/**
 * All that is kept in MongoDB. One object per collection; what goes in and comes out are plain
 * objects, instants are milliseconds since the epoch, UTC. Errors of the driver (no connection, a
 * timeout) pass through as they are: `MongoServerSelectionError`, `MongoNetworkError`.
 */
export interface Store {
  readonly locations: LocationStore;
  readonly spaces: SpaceStore;
  readonly members: MemberStore;
  readonly integrations: IntegrationStore;
  readonly doorMappings: DoorMappingStore;
  readonly grants: GrantStore;
  readonly accessLog: AccessLogStore;
  readonly grantPasses: GrantPassStore;
  readonly wishes: WishStore;
  readonly passes: PassStore;
  readonly kisiRows: KisiRowStore;
  readonly intents: IntentStore;
  readonly memberLinks: MemberLinkStore;
  readonly lockGroups: LockGroupStore;
  readonly apiKeys: ApiKeyStore;
  readonly idempotency: IdempotencyStore;
  readonly reconcileRuns: ReconcileRunStore;

  /**
   * Brings `grants` back from the access log: the document in each grant's last row, unless the same
   * or a newer one is stored. Returns how many were looked at and how many written.
   */
  rebuildGrants(): Promise<{ read: number; written: number }>;

  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
