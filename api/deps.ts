import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { AccessMessages } from '../src/access/deps';
import type { KisiConnections } from '../src/access/kisi-connections';
import type { Clock } from '../src/clock';
import type { AccessChange } from '../src/contracts/mapping-change';
import type { Actor } from '../src/domain/grant';
import type { Metrics } from '../src/metrics';
import type { Integration, Job, Store } from '../src/store';
import type { NoticeSender } from '../src/notices/sender';
import type { DoorSync } from '../src/temporal/door-sync';
import type { Erasures } from '../src/temporal/erasures';
import type { GrantCommands } from '../src/temporal/grant-commands';
import type { OidcSignIn } from './session/oidc';
import type { MemberTokens } from './portal-sessions/member-tokens';
import type { Imports } from '../src/temporal/imports';
import type { PagesOptions } from './pages/router';

/** What the API sets going when an integration changes. */
export interface IntegrationEvents {
  /** The key was replaced: whoever waits for a working one may try at once. */
  keyReplaced(organizationId: number): Promise<void>;
  /** Looks at what the key may do, and writes it down. */
  connected(integration: Integration): Promise<void>;
  /** A removal was stored: it is seen to until it is done. */
  removalBegun(integration: Integration): Promise<void>;
  /** A removed integration is connected again: what should be is put in place. */
  reconnected(integration: Integration): Promise<void>;
  /** Makes sure that the reconciliation and the daily probe run. */
  ensureSchedules(): Promise<void>;
  /** Runs the reconciliation at once. */
  reconcileNow(): Promise<void>;
}

/** What the API sets going when mappings, plans or places change. */
export interface SourceEvents {
  /** Has every booking, membership and grant that a stored change touches follow it. */
  changed(change: AccessChange, by: Actor): Promise<Job>;
}

/** What bounds callers. */
export interface ApiLimits {
  /** Requests a minute for each API key. */
  readonly requestsPerMinute: number;
  /** Refused API keys a minute for each address. */
  readonly refusedKeysPerMinute: number;
  /** Attempts to sign a browser in, a minute for each address. */
  readonly signInsPerMinute: number;
  /** Requests a minute for each member. */
  readonly memberRequestsPerMinute: number;
  /** Taps on Unlock a minute for each member. */
  readonly unlocksPerMinute: number;
  /** How long the acceptance of a grant waits for it to be settled, in ms. */
  readonly settleWaitMs: number;
}

/** Ten a second over a minute for a key; the wait is the one of the HTTP contract. */
export const DEFAULT_LIMITS: ApiLimits = {
  requestsPerMinute: 600,
  refusedKeysPerMinute: 30,
  signInsPerMinute: 10,
  memberRequestsPerMinute: 120,
  unlocksPerMinute: 20,
  settleWaitMs: 2000,
};

/** All that the API needs from outside; it reads no environment and opens no connection. */
export interface ApiDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Where metrics are registered and read from. One registry serves one app. */
  readonly registry: Registry;
  readonly grants: GrantCommands;
  readonly kisi: KisiConnections;
  readonly integrationEvents: IntegrationEvents;
  readonly doorSync: DoorSync;
  readonly erasures: Erasures;
  readonly sourceEvents: SourceEvents;
  readonly imports: Imports;
  /** What the API tells passes, bookings, memberships and deliveries of events. */
  readonly messages: Pick<
    AccessMessages,
    'pokePass' | 'changeSource' | 'deliverEvents' | 'revokeGrant' | 'startProber' | 'changeHold'
  >;
  /** What events of Kisi's are counted in. */
  readonly metrics: Pick<Metrics, 'kisiDrift'>;
  /** Events and notices may be sent to private hosts and over plain http: for development. */
  readonly allowPrivateEventHosts?: boolean;
  /** Sends the test notice of a channel of alerts. */
  readonly noticeSender: NoticeSender;
  /** Secrets of the webhook in, `whsec_…`; without one nobody can send events. */
  readonly inboundWebhookSecrets?: readonly string[];
  /** What members come with. */
  readonly memberTokens: MemberTokens;
  /** How people sign in beside API keys; absent: not at all. */
  readonly oidc?: OidcSignIn;
  /** Where this API is reached from outside, without a slash at its end: Kisi sends its events there. */
  readonly publicUrl?: string;
  /** Where the portal is, without a fragment; without one a session has no address. */
  readonly portalUrl?: string;
  /** Where Temporal Web shows our namespace, without a slash at its end; without one no page links there. */
  readonly temporalWebUrl?: string;
  /** The pages for people; absent: the API alone is served. */
  readonly pages?: PagesOptions;
  /** How many reverse proxies stand in front; default none. */
  readonly trustProxyHops?: number;
  readonly limits?: Partial<ApiLimits>;
}
