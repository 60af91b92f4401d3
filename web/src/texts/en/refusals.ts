const GONE =
  'It was removed meanwhile, or the address is wrong. Go back to the list and load it again.';
const CHOOSE_AGAIN = 'Load this page again and choose another one.';
const SOON = 'Try again in a minute. What you entered is still here.';
const RELOAD = 'Load this page again, then try again.';

/** What a person does in these pages about a refusal, where the API's own words are for programs. */
export const refusals = {
  request_invalid: 'Correct what is listed, then try again.',
  message_invalid: 'Correct what is named here, then try again.',
  window_invalid: 'Choose an end that is later than the start, or leave it empty for no end.',
  window_past: 'Choose an end that is still to come, or leave it empty for no end.',
  unauthenticated: 'Sign in again, with an API key that has not been deleted.',
  scope_missing: 'Ask somebody who may do this, or sign in with an API key that may.',
  location_forbidden: 'Choose what belongs to your locations.',
  csrf_header_missing: RELOAD,
  cross_site_request: 'Open these pages at their own address, not within another site.',
  oidc_flow_invalid: 'Sign in again, in this browser, and come back within 10 minutes.',
  oidc_refused:
    'Sign in again; if it stays, ask whoever manages accounts at the identity provider.',
  oidc_scope_missing:
    'Ask whoever manages accounts at the identity provider to give you one of the scopes of Latchkey; the claim is named here.',
  oidc_locations_missing:
    'Ask whoever manages accounts at the identity provider to name your locations; the claim is named here.',
  route_not_found: RELOAD,
  method_not_allowed: RELOAD,
  integration_not_found: GONE,
  location_not_found: GONE,
  space_not_found: GONE,
  member_not_found: GONE,
  door_mapping_not_found: GONE,
  grant_not_found: GONE,
  booking_not_found: GONE,
  membership_not_found: GONE,
  plan_not_found: GONE,
  job_not_found: GONE,
  api_key_not_found: GONE,
  kisi_webhook_not_found: 'Press Listen to events at the connection first.',
  member_being_erased: 'Wait until this is done; then the id makes a new member.',
  grant_over: 'Grant access anew, or have the booking system send a later end.',
  organization_connected:
    'Use the connection that is named here; to replace its key, press Settings there.',
  location_served:
    'Take the location from the connection that is named here first, with its +, under Settings > Integrations.',
  door_mapping_exists: 'Use the door mapping that is named here.',
  last_admin_key: 'Create another key with the scope admin first.',
  public_url_missing:
    'Have whoever runs Latchkey set PUBLIC_URL, or choose to set it up in Kisi’s dashboard yourself.',
  emergency_stop:
    'Release the emergency stop first, at the connection under Settings > Integrations; who set it, and why, stands there.',
  idempotency_key_reused: RELOAD,
  member_unknown: CHOOSE_AGAIN,
  plan_unknown: CHOOSE_AGAIN,
  location_unknown: CHOOSE_AGAIN,
  space_unknown: CHOOSE_AGAIN,
  integration_unknown: CHOOSE_AGAIN,
  door_mapping_unknown: CHOOSE_AGAIN,
  space_not_fitting: 'Choose a space of this location, for a door of the type Lock, or none.',
  door_mapping_unassigned: 'Assign the door mapping to a location first, on its own page.',
  integration_inactive:
    'Connect the same Kisi organization again under Settings > Integrations, or choose another door.',
  location_not_served:
    'Assign the location to the connection with its + under Settings > Integrations, or choose another one.',
  kisi_key_refused:
    'In the Kisi dashboard, signed in as the Organization Owner, make an API key under Developer Settings, and paste that one.',
  kisi_resource_unknown: 'Choose a door or group from the list.',
  kisi_group_reserved: 'Choose the lock itself: access to it goes through this group.',
  rate_limited: 'Wait a minute, then go on more slowly.',
  kisi_unavailable: 'Try again in a minute. Nothing was changed.',
  temporal_unavailable: SOON,
  database_unavailable: SOON,
  internal_error:
    'Try again; if it stays, give the number of the request to whoever runs Latchkey.',
  oidc_not_set_up: 'Sign in with an API key.',
  oidc_unavailable:
    'Try again in a minute, or sign in with an API key; if it stays, tell whoever runs Latchkey.',
} as const;
