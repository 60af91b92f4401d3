import type { SlotStore } from '../kisi/slots';
import type { AccessLogStore } from './access-log';
import type { AlertChannelStore } from './alert-channels';
import type { AlertStore } from './alerts';
import type { ApiKeyStore } from './api-keys';
import type { BookingStore } from './bookings';
import type { DoorMappingStore } from './door-mappings';
import type { EventDeliveryStore } from './event-deliveries';
import type { EventSubscriptionStore } from './event-subscriptions';
import type { ForeignRowStore } from './foreign-rows';
import type { GrantPassStore } from './grant-passes';
import type { GrantStore } from './grants';
import type { IdempotencyStore } from './idempotency';
import type { IntegrationStore } from './integrations';
import type { ImportStore } from './imports';
import type { IntentStore } from './intents';
import type { JobStore } from './jobs';
import type { KisiDoorStore } from './kisi-doors';
import type { KisiEventStore } from './kisi-events';
import type { KisiRequestStore } from './kisi-requests';
import type { KisiRowStore } from './kisi-rows';
import type { KisiWebhookStore } from './kisi-webhooks';
import type { LocationStore } from './locations';
import type { LockGroupStore } from './lock-groups';
import type { MemberLinkStore } from './member-links';
import type { MemberLoginStore } from './member-logins';
import type { MemberStore } from './members';
import type { MembershipStore } from './memberships';
import type { NoticeStore } from './notices';
import type { PassStore } from './passes';
import type { PlanStore } from './plans';
import type { ReconcileRunStore } from './reconcile-runs';
import type { RowChangeStore } from './row-changes';
import type { SessionStore } from './sessions';
import type { SettlementStore } from './settlements';
import type { SpaceStore } from './spaces';
import type { UnlockAttemptStore } from './unlock-attempts';
import type { WishStore } from './wishes';

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
  readonly bookings: BookingStore;
  readonly memberships: MembershipStore;
  readonly plans: PlanStore;
  readonly grants: GrantStore;
  readonly accessLog: AccessLogStore;
  readonly settlements: SettlementStore;
  readonly grantPasses: GrantPassStore;
  readonly wishes: WishStore;
  readonly passes: PassStore;
  readonly kisiRows: KisiRowStore;
  readonly rowChanges: RowChangeStore;
  readonly kisiWebhooks: KisiWebhookStore;
  readonly kisiEvents: KisiEventStore;
  readonly foreignRows: ForeignRowStore;
  readonly kisiRequests: KisiRequestStore;
  /** Locks and groups as they were last seen at Kisi. */
  readonly kisiDoors: KisiDoorStore;
  /** The limiter's memory, shared by every process that calls Kisi. */
  readonly kisiSlots: SlotStore;
  readonly intents: IntentStore;
  readonly memberLinks: MemberLinkStore;
  readonly memberLogins: MemberLoginStore;
  readonly unlockAttempts: UnlockAttemptStore;
  readonly eventSubscriptions: EventSubscriptionStore;
  readonly eventDeliveries: EventDeliveryStore;
  readonly alerts: AlertStore;
  readonly alertChannels: AlertChannelStore;
  readonly notices: NoticeStore;
  readonly lockGroups: LockGroupStore;
  readonly apiKeys: ApiKeyStore;
  readonly sessions: SessionStore;
  readonly idempotency: IdempotencyStore;
  readonly reconcileRuns: ReconcileRunStore;
  readonly jobs: JobStore;
  readonly imports: ImportStore;

  /**
   * Brings `grants` back from the access log: the document in each grant's last row, unless the same
   * or a newer one is stored. Returns how many were looked at and how many written.
   */
  rebuildGrants(): Promise<{ read: number; written: number }>;

  /** Rejects when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
