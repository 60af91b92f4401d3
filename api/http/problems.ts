/** What is fixed about one kind of refusal: everything but the detail of the single case. */
export interface ProblemKind {
  readonly status: number;
  /** Short, and the same each time, as RFC 9457 asks. */
  readonly title: string;
  /** What the caller can do about it. */
  readonly remedy: string;
}

const kind = (status: number, title: string, remedy: string): ProblemKind => ({
  status,
  title,
  remedy,
});

/**
 * Every refusal of the HTTP API by its stable code. The codes are part of the contract: callers
 * branch on them, so one may be added but never renamed, and its status never changes.
 *
 * `…_not_found` speaks of the resource that the URL names (404), `…_unknown` of one that the body
 * refers to (422).
 */
export const PROBLEMS = {
  request_invalid: kind(
    400,
    'The request is not valid',
    'Correct every field listed in `errors`; /docs shows what each may hold.',
  ),
  malformed_json: kind(400, 'The body is not JSON', 'Send one JSON object, encoded as UTF-8.'),
  window_invalid: kind(
    400,
    'The end is not after the start',
    'Send an `endsAt` that is later than `startsAt` (whole seconds), or `null` for no end.',
  ),
  window_past: kind(
    400,
    'The whole window lies in the past',
    'Send an `endsAt` in the future, or `null` for no end.',
  ),
  oidc_flow_invalid: kind(
    400,
    'This sign-in was not begun here, or too long ago',
    'Start again (GET /v1/session/oidc/start) and come back in the same browser within 10 minutes.',
  ),
  message_invalid: kind(
    400,
    'The change is not valid',
    'Correct what `detail` names and send the change again.',
  ),
  unauthenticated: kind(
    401,
    'No valid API key or session',
    'Send `Authorization: Bearer <API key>` with a key that has not been deleted; in a browser, sign in (POST /v1/session).',
  ),
  member_unauthenticated: kind(
    401,
    'No valid token of a member',
    'Open the portal again from your account: it asks for a new token (POST /v1/members/:id/portal-sessions), or sends your own sign-in along.',
  ),
  webhook_signature_invalid: kind(
    401,
    'The event carries no valid signature',
    'Sign the body as it is sent with one of the secrets that are set up here, as Standard Webhooks has it: webhook-id, webhook-timestamp and webhook-signature.',
  ),
  kisi_signature_invalid: kind(
    401,
    "The event carries no valid signature of Kisi's",
    "Give Kisi's webhook the signature key of POST /v1/integrations/:id/kisi-webhook; a lost one is replaced by asking again.",
  ),
  webhook_timestamp_stale: kind(
    401,
    'The event was signed too long ago, or in the future',
    'Set the clock of the sender, and sign each attempt anew: `webhook-timestamp` may be at most 5 minutes away.',
  ),
  scope_missing: kind(
    403,
    'The API key may not do this',
    'Use a key with one of the scopes named in `detail`.',
  ),
  location_limited: kind(
    403,
    'This concerns more than your locations',
    'Ask somebody who is not limited to locations, or use such an API key.',
  ),
  location_forbidden: kind(
    403,
    'This is not in one of your locations',
    'Name what belongs to your locations (GET /v1/session says which they are).',
  ),
  csrf_header_missing: kind(
    403,
    'A change by a session needs a header that only our own pages send',
    'Send `X-Latchkey-Client: web` with every request that is not GET or HEAD, or use an API key.',
  ),
  cross_site_request: kind(
    403,
    'The request comes from a page of another site',
    'Use the console at its own address; a program sends `Authorization: Bearer <API key>`.',
  ),
  oidc_refused: kind(
    403,
    'The identity provider does not vouch for you',
    'Start again (GET /v1/session/oidc/start); if it stays, ask whoever manages accounts at the identity provider.',
  ),
  oidc_scope_missing: kind(
    403,
    'Your account may do nothing here yet',
    'Ask whoever manages accounts at the identity provider to give you one of the scopes of Latchkey; `detail` names the claim.',
  ),
  oidc_locations_missing: kind(
    403,
    'Your account is given no location yet',
    'Ask whoever manages accounts at the identity provider to name your locations; `detail` names the claim.',
  ),
  api_key_needed: kind(
    403,
    "A member's token opens /v1/my only",
    'Send an API key: `Authorization: Bearer <API key>`.',
  ),
  member_token_needed: kind(
    403,
    'An API key does not open /v1/my',
    'Ask for a token of the member (POST /v1/members/:id/portal-sessions) and send that.',
  ),
  another_member: kind(
    403,
    'Another member is signed in to My Keys',
    'Load the page again to see whose keys these are, then tap your own.',
  ),
  key_not_held: kind(
    403,
    'You have no key for this door',
    'Look at your keys (GET /v1/my/keys); book the room, or ask the front desk.',
  ),
  access_on_hold: kind(403, 'Your access is on hold', 'Ask the front desk what is due.'),
  route_not_found: kind(
    404,
    'There is no such route',
    'Compare method and path with /openapi.json.',
  ),
  integration_not_found: kind(
    404,
    'There is no such integration',
    'Take an id from GET /v1/integrations.',
  ),
  location_not_found: kind(404, 'There is no such location', 'Take an id from GET /v1/locations.'),
  space_not_found: kind(404, 'There is no such space', 'Take an id from GET /v1/spaces.'),
  member_not_found: kind(
    404,
    'There is no such member',
    'Send the member first (PUT /v1/members/:id), or take an id from GET /v1/members.',
  ),
  door_mapping_not_found: kind(
    404,
    'There is no such door mapping',
    'Take an id from GET /v1/door-mappings.',
  ),
  grant_not_found: kind(404, 'There is no such grant', 'Take an id from GET /v1/grants.'),
  booking_not_found: kind(
    404,
    'There is no such booking',
    'Take an id from GET /v1/bookings, or send the booking (PUT /v1/bookings/:id).',
  ),
  membership_not_found: kind(
    404,
    'There is no such membership',
    'Take an id from GET /v1/memberships, or send the membership (PUT /v1/memberships/:id).',
  ),
  plan_not_found: kind(404, 'There is no such plan', 'Send the plan first (PUT /v1/plans/:id).'),
  job_not_found: kind(404, 'There is no such job', 'Take an id from GET /v1/jobs.'),
  event_subscription_not_found: kind(
    404,
    'There is no such event subscription',
    'Take an id from GET /v1/event-subscriptions.',
  ),
  event_delivery_not_found: kind(
    404,
    'There is no such delivery',
    'Take an `eventId` from GET /v1/event-subscriptions/:id/deliveries; deliveries are kept for 30 days.',
  ),
  kisi_webhook_not_found: kind(
    404,
    "The integration does not listen to Kisi's events",
    'Make a signature key with POST /v1/integrations/:id/kisi-webhook.',
  ),
  alert_channel_not_found: kind(
    404,
    'There is no such alert channel',
    'Take an id from GET /v1/alert-channels.',
  ),
  api_key_not_found: kind(404, 'There is no such API key', 'Take an id from GET /v1/api-keys.'),
  method_not_allowed: kind(
    405,
    'The path does not take this method',
    'Use one of the methods in the `Allow` header.',
  ),
  key_not_yet: kind(
    409,
    'Your key does not open yet',
    'Come back at the time that `detail` names.',
  ),
  member_being_erased: kind(
    409,
    'The member with this id is being erased',
    'Wait until the job that DELETE /v1/members/:id answered is done; then the id makes a new member.',
  ),
  email_taken: kind(
    409,
    'Another member has this e-mail address',
    'Give each member an address of their own: two members on one Kisi user would undo each other.',
  ),
  grant_over: kind(
    409,
    'The grant is over',
    'Give it a later end instead: PATCH /v1/grants/:id with `endsAt` in the future.',
  ),
  source_stopped: kind(
    409,
    'The booking or membership of this grant gives no access any more',
    'Confirm the booking or activate the membership again; its grants follow by themselves.',
  ),
  follows_source: kind(
    409,
    'The dates of this grant follow its booking or membership',
    'Change the dates there, or revoke this grant and grant access by hand.',
  ),
  version_older: kind(
    409,
    'A newer version is known',
    'Nothing was changed and nothing needs to be repeated. To change it, send a higher version: the latest state of your record.',
  ),
  version_reused: kind(
    409,
    'This version is known with other content',
    'Send the record as it is now with a higher version: two states under one version cannot be put in order.',
  ),
  organization_connected: kind(
    409,
    'This Kisi organization is already connected',
    'Use the integration named in `detail`; replace its key with PATCH when that is what you want.',
  ),
  other_organization: kind(
    409,
    'The key belongs to another Kisi organization',
    'Use a key of the organization that this integration is connected to, or create a new integration.',
  ),
  location_served: kind(
    409,
    'Another integration serves this location',
    'Take the location from the integration named in `detail` first (PATCH /v1/integrations/:id {locationIds}).',
  ),
  door_mapping_exists: kind(
    409,
    'This door is already mapped here',
    'Use the door mapping named in `detail`.',
  ),
  event_subscription_disabled: kind(
    409,
    'The event subscription is disabled',
    'Enable it first (PATCH /v1/event-subscriptions/:id {enabled: true}).',
  ),
  event_subscriptions_full: kind(
    409,
    'There are as many event subscriptions as there may be',
    'Delete one that is not used any more, or change the types of one that is.',
  ),
  alert_channels_full: kind(
    409,
    'There are as many alert channels as there may be',
    'Delete one that is not used any more (DELETE /v1/alert-channels/:id).',
  ),
  mail_not_set_up: kind(
    409,
    'No mail server is set up',
    'Set SMTP_URL and MAIL_FROM for API and worker (.env.example explains them), or use a webhook.',
  ),
  public_url_missing: kind(
    409,
    'Nobody knows where Kisi could send its events',
    "Set PUBLIC_URL for the API, or ask with `register: false` and paste the key in Kisi's dashboard.",
  ),
  emergency_stop: kind(
    409,
    'An emergency stop of the integration holds this back',
    'Release it first (DELETE /v1/integrations/:id/emergency-stop); GET /v1/integrations/:id says who set it, and why.',
  ),
  api_key_deleted: kind(
    409,
    'The API key was deleted',
    'Create another key: a deleted one cannot be brought back.',
  ),
  last_admin_key: kind(
    409,
    'This is the last admin key',
    'Create another key with the scope `admin` first.',
  ),
  body_too_large: kind(
    413,
    'The body is too large',
    'Send at most 64 kB; POST /v1/imports takes 10 MB.',
  ),
  media_type_unsupported: kind(
    415,
    'The body is not of a supported type',
    'Send `Content-Type: application/json`, UTF-8, without compression other than gzip, deflate or br.',
  ),
  idempotency_key_reused: kind(
    422,
    'The Idempotency-Key was used for another request',
    'Use a new key for a new request, and the same key only to repeat the same request.',
  ),
  member_unknown: kind(
    422,
    'The request names an unknown member',
    'Send the members named in `errors` first (PUT /v1/members/:id), or leave them out.',
  ),
  plan_unknown: kind(
    422,
    'The request names an unknown plan',
    'Send the plan first (PUT /v1/plans/:id).',
  ),
  location_unknown: kind(
    422,
    'The request names an unknown location',
    'Send the location first (PUT /v1/locations/:id).',
  ),
  space_unknown: kind(
    422,
    'The request names an unknown space',
    'Send the space first (PUT /v1/spaces/:id).',
  ),
  space_not_fitting: kind(
    422,
    'The space does not fit the door mapping',
    'Send a space of the location that is named, for locks only, or `spaceId: null`.',
  ),
  integration_unknown: kind(
    422,
    'The request names an unknown integration',
    'Take an id from GET /v1/integrations.',
  ),
  door_mapping_unknown: kind(
    422,
    'The request names an unknown door mapping',
    'Take an id from GET /v1/door-mappings.',
  ),
  door_mapping_unassigned: kind(
    422,
    'The door mapping has no location yet',
    'Assign it to a location first (PATCH /v1/door-mappings/:id {locationId}): no plan reaches it before.',
  ),
  door_mapping_inactive: kind(
    422,
    'The door mapping is not active',
    'Use an active door mapping, or activate this one first.',
  ),
  integration_inactive: kind(
    422,
    'The integration is not active',
    'Connect the same Kisi organization again (POST /v1/integrations), or use a door mapping of another integration.',
  ),
  location_not_served: kind(
    422,
    'The integration does not serve this location',
    'Add the location with PATCH /v1/integrations/:id {locationIds}, or choose another one.',
  ),
  kisi_key_refused: kind(
    422,
    'Kisi refuses the API key',
    'In the Kisi dashboard, signed in as the Organization Owner, make an API key under Developer Settings and send that one.',
  ),
  kisi_resource_unknown: kind(
    422,
    'Kisi does not know this door or group',
    'Take an id from GET /v1/integrations/:id/resources.',
  ),
  kisi_group_reserved: kind(
    422,
    'This Kisi group is kept by Latchkey for one lock',
    'Map the lock itself (`resourceType: "lock"`): access to it goes through this group.',
  ),
  rate_limited: kind(
    429,
    'Too many requests',
    'Wait for the seconds in `Retry-After`, then go on more slowly.',
  ),
  internal_error: kind(
    500,
    'Something went wrong on our side',
    'Try again; if it stays, give the `requestId` to whoever runs this service.',
  ),
  kisi_unexpected_answer: kind(
    502,
    'Kisi gave an answer that its contract does not know',
    'Try again later; if it stays, tell whoever runs this service.',
  ),
  kisi_unavailable: kind(
    503,
    'Kisi cannot be reached',
    'Try again after the seconds in `Retry-After`. Nothing was changed.',
  ),
  temporal_unavailable: kind(
    503,
    'The workflow service cannot be reached',
    'Try again after the seconds in `Retry-After`, with the same `Idempotency-Key`.',
  ),
  webhook_not_set_up: kind(
    503,
    'The webhook in is not set up',
    'Set INBOUND_WEBHOOK_SECRETS for the API (.env.example shows how to make one) and give the platform the same secret.',
  ),
  portal_keys_unavailable: kind(
    503,
    "The keys of the portal's tokens cannot be read",
    'Try again after the seconds in `Retry-After`; if it stays, tell whoever runs this service to look at PORTAL_JWKS_URL.',
  ),
  oidc_not_set_up: kind(
    503,
    'Signing in by an identity provider is not set up',
    'Sign in with an API key (POST /v1/session), or set OIDC_ISSUER and what belongs to it for the API.',
  ),
  oidc_unavailable: kind(
    503,
    'The identity provider cannot be reached',
    'Try again after the seconds in `Retry-After`, or sign in with an API key; if it stays, tell whoever runs this service to look at OIDC_ISSUER.',
  ),
  database_unavailable: kind(
    503,
    'The database cannot be reached',
    'Try again after the seconds in `Retry-After`, a POST with the same `Idempotency-Key`.',
  ),
  not_ready: kind(
    503,
    'The service is not ready',
    'Look at `detail` for what cannot be reached, and try again.',
  ),
} as const satisfies Record<string, ProblemKind>;

/** A stable code of the HTTP API. */
export type ProblemCode = keyof typeof PROBLEMS;

/** One fault of a request: where it is, what is wrong, and a code to branch on. */
export interface Fault {
  /** For example `body.startsAt`, `query.limit`, `params.id`. */
  readonly path: string;
  readonly message: string;
  readonly code: string;
}

/** What belongs to the single case. */
export interface ProblemCase {
  /** One sentence on this very case. Must hold nothing internal and no secret. */
  readonly detail?: string;
  readonly errors?: readonly Fault[];
  /** Sent as `Retry-After`. */
  readonly retryAfterSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cause?: unknown;
}

/** A refusal that the caller may see. Everything else that is thrown becomes `internal_error`. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly particulars: ProblemCase = {},
  ) {
    super(particulars.detail ?? PROBLEMS[code].title, { cause: particulars.cause });
    this.status = PROBLEMS[code].status;
  }

  /** The headers that go with it. */
  get headers(): Record<string, string> {
    const { headers, retryAfterSeconds } = this.particulars;
    return {
      ...headers,
      ...(retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }),
    };
  }

  /** The body, as RFC 9457 has it, with our extension members. */
  toBody(requestId: string): ProblemBody {
    const { title, remedy, status } = PROBLEMS[this.code];
    return {
      type: problemType(this.code),
      title,
      status,
      code: this.code,
      detail: this.message,
      errors: [...(this.particulars.errors ?? [])],
      remedy,
      requestId,
    };
  }
}

/** The body of every answer that is not a success. */
export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  code: ProblemCode;
  detail: string;
  errors: Fault[];
  remedy: string;
  requestId: string;
}

/** A URI that names the kind of problem; RFC 9457 does not ask that it can be fetched. */
export function problemType(code: ProblemCode): string {
  return `urn:latchkey:problem:${code}`;
}
