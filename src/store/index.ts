export * from './errors';
export { eachItem, type Page, type PageRequest } from './page';
export type { AccessLogFilter, AccessLogStore } from './access-log';
export {
  MOST_ALERT_CHANNELS,
  type AlertChannel,
  type AlertChannelStore,
  type NewAlertChannel,
} from './alert-channels';
export type { AlertFilter, AlertStore, StoredAlert } from './alerts';
export { API_KEY_SCOPES, type ApiKey, type ApiKeyScope, type ApiKeyStore } from './api-keys';
export type { BookingFilter, BookingStore } from './bookings';
export {
  MAPPING_ORIGINS,
  type DoorMapping,
  type DoorMappingChange,
  type MappedDoorSight,
  type NewDoorMapping,
} from './door-mapping-document';
export type { DoorMappingFilter, DoorMappingStore, MappingPlaceField } from './door-mappings';
export {
  DELIVERY_STATUSES,
  type DeliveryAttempt,
  type DeliveryStatus,
  type EventDelivery,
  type EventDeliveryFilter,
  type EventDeliveryStore,
  type NewEventDelivery,
  type TriedDelivery,
} from './event-deliveries';
export {
  MOST_EVENT_SUBSCRIPTIONS,
  type EventAddressee,
  type EventSubscription,
  type EventSubscriptionChange,
  type EventSubscriptionStore,
  type NewEventSubscription,
} from './event-subscriptions';
export type {
  ForeignRowFilter,
  ForeignRowSight,
  ForeignRowStore,
  SeenForeignRow,
} from './foreign-rows';
export type { GrantPassStore } from './grant-passes';
export type { GrantCount, GrantFilter, GrantStore, GrantsWaiting } from './grants';
export type { ImportChunk, ImportStore } from './imports';
export type { IdempotencyRef, IdempotencyState, IdempotencyStore } from './idempotency';
export {
  MEMBER_MODES,
  REMOVAL_MODES,
  type EmergencyStop,
  type Integration,
  type IntegrationFault,
  type MemberMode,
  type PastFault,
  type Removal,
  type RemovalApproval,
  type RemovalMode,
  type RightsCheck,
} from './integration-document';
export type {
  IntegrationStore,
  KisiCredentials,
  NewConnection,
  NewIntegration,
} from './integrations';
export type { Intent, IntentStore } from './intents';
export {
  JOB_KINDS,
  JOB_STATES,
  type Job,
  type JobFilter,
  type JobKind,
  type JobState,
  type JobStore,
} from './jobs';
export {
  groupAtKisi,
  lockAtKisi,
  type GroupAtKisi,
  type KisiDoorStore,
  type LockAtKisi,
  type SeenGroup,
  type SeenLock,
} from './kisi-doors';
export type { KisiDrift, KisiEventStore, SeenDrift } from './kisi-events';
export type { KisiRequestStore } from './kisi-requests';
export type { KisiRow, KisiRowStore } from './kisi-rows';
export type { KisiWebhook, KisiWebhookStore } from './kisi-webhooks';
export type { Location, LocationStore } from './locations';
export type { LockGroup, LockGroupStore } from './lock-groups';
export type { MemberLink, MemberLinkStore } from './member-links';
export type { MemberLogin, MemberLoginStore } from './member-logins';
export type { Erasure, Member, MemberHold, MemberStore } from './members';
export type { MembershipFilter, MembershipStore } from './memberships';
export {
  NOTICE_STATUSES,
  type NewNotice,
  type Notice,
  type NoticeStatus,
  type NoticeStore,
  type TriedNotice,
} from './notices';
export type { PassRecord, PassStore, StoredPass } from './passes';
export type { Plan, PlanStore } from './plans';
export type { ForeignRow, ReconcileRun, ReconcileRunStore } from './reconcile-runs';
export type { RowChangeStore, SentRowChange } from './row-changes';
export type { SettlementStore } from './settlements';
export type { Person, Session, SessionStore, SignedIn } from './sessions';
export type { Space, SpaceStore } from './spaces';
export type { Acceptance, BookedPlace, SourceRecord, SourceStore } from './source-document';
export type { NewWish, StoredWish, Told, WishStore } from './wishes';
export { openStore, type OpenStoreOptions } from './open-store';
export type { AttemptedTap, UnlockAttemptStore } from './unlock-attempts';
export { createSecretBox, type SealingKey, type SecretBox } from './secret-box';
export type { Store } from './store';
