import type { PassRef } from '../domain/door';
import type { SourceRef } from '../domain/source';

/** Task queues. Provider calls have one queue per organization, so that none holds up another. */
export const TASK_QUEUES = {
  workflows: 'access-workflows',
  records: 'access-records',
  /** Requests to receivers of events, which may be slow: they hold up nothing else. */
  events: 'access-events',
} as const;

/** Task queue of the provider calls of one Kisi organization. */
export function kisiTaskQueue(organizationId: number): string {
  return `access-kisi-${String(organizationId)}`;
}

/** Workflow types, as Temporal Web shows them. */
export const WORKFLOW_TYPES = {
  grantAccess: 'grantAccess',
  memberPass: 'memberPass',
  lockGroup: 'lockGroup',
  probeIntegration: 'probeIntegration',
  reconcile: 'reconcile',
  removeIntegration: 'removeIntegration',
  wakeIntegration: 'wakeIntegration',
  probeDaily: 'probeDaily',
  syncDoors: 'syncDoors',
  bookingAccess: 'bookingAccess',
  membershipAccess: 'membershipAccess',
  applyMappingChange: 'applyMappingChange',
  importSources: 'importSources',
  eraseMember: 'eraseMember',
  deliverEvents: 'deliverEvents',
  sweepDeliveries: 'sweepDeliveries',
  watchAlerts: 'watchAlerts',
  memberHold: 'memberHold',
} as const;

/** Workflow ids: business keys, without names or e-mails, since Temporal stores them in plain text. */
export const workflowIds = {
  grant: (grantId: string): string => `grant:${grantId}`,
  pass: (pass: PassRef): string =>
    `pass:${pass.memberId}:${pass.target.kind}:${String(pass.target.id)}`,
  lockGroup: (organizationId: number, lockId: number): string =>
    `lockGroup:${String(organizationId)}:${String(lockId)}`,
  /** `booking:<id>` or `membership:<id>`. */
  source: ({ kind, id }: SourceRef): string => `${kind}:${id}`,
  mappingChange: (jobId: string): string => `mapping-change:${jobId}`,
  importSources: (jobId: string): string => `import:${jobId}`,
  probe: (organizationId: number): string => `probe:${String(organizationId)}`,
  removeIntegration: (integrationId: string): string => `remove-integration:${integrationId}`,
  wakeIntegration: (integrationId: string): string => `wake-integration:${integrationId}`,
  /** The look at one key's rights, beside the daily one at all. */
  probeRights: (integrationId: string): string => `probe-rights:${integrationId}`,
  eraseMember: (memberId: string): string => `erase-member:${memberId}`,
  memberHold: (memberId: string): string => `member-hold:${memberId}`,
  syncDoors: (integrationId: string): string => `sync-doors:${integrationId}`,
  deliverEvents: (subscriptionId: string): string => `deliver-events:${subscriptionId}`,
} as const;

/** The Temporal Schedule that starts `reconcile` every hour. */
export const RECONCILE_SCHEDULE_ID = 'reconcile-hourly';
/** The Temporal Schedule that starts `probeDaily` every day. */
export const PROBE_SCHEDULE_ID = 'probe-daily';
/** The Temporal Schedule that starts `sweepDeliveries` every minute. */
export const DELIVERY_SCHEDULE_ID = 'sweep-deliveries';
/** The Temporal Schedule that starts `watchAlerts` every minute. */
export const ALERT_SCHEDULE_ID = 'watch-alerts';

/**
 * Priority keys of provider calls (Temporal: 1 is served first, default 3).
 * They only decide the order in which passes are looked at, never what a pass does.
 */
export const PRIORITY = {
  /** Access that must go now, or whose start is due. */
  due: 1,
  /** Starts within the hour. */
  soon: 2,
  /** Everything else that somebody asked for. */
  normal: 3,
  /** Looking again on the reconciliation's word. */
  reconcile: 4,
  /** Cleaning rows that have ended by themselves. */
  cleanUp: 5,
} as const;
export type PriorityKey = (typeof PRIORITY)[keyof typeof PRIORITY];
