import type { Answer } from '../http/answer';
import { ok } from '../http/answer';
import type { Call, Caller, Route } from '../http/call';
import { instant, ownRecords } from '../http/call';
import type { Organization } from '../state/records';

export const organizationRoutes: Route[] = [
  { method: 'get', path: '/organization', auth: 'loginOrLink', run: fetchOrganization },
  { method: 'get', path: '/organizations', auth: 'login', run: listOrganizations },
];

function fetchOrganization(call: Call<Caller>): Answer {
  if (call.caller.kind === 'groupLink') return ok(presentToLink(call.caller.organization));
  return ok(presentOrganization(call, call.caller.organization));
}

/** A login belongs to one organization, so this list has one entry; it has no paging. */
function listOrganizations(call: Call): Answer {
  return ok([presentOrganization(call, call.caller.organization)]);
}

function presentToLink(organization: Organization): object {
  return {
    id: organization.id,
    resource_type: 'Organization',
    name: organization.name,
    domain: organization.domain,
    logo: null,
    address: null,
    description: null,
    time_zone: organization.timeZone,
    transfer_to_id: null,
    image: null,
    color: null,
  };
}

function presentOrganization(call: Call<Caller>, organization: Organization): object {
  return {
    ...presentToLink(organization),
    device_logins_expire_after: organization.deviceLoginsExpireAfter,
    places_count: ownRecords(call, call.view.places).length,
    scim_enabled: false,
    sso_flow_enabled: false,
    sso_expiration_override_enabled: false,
    sso_expiration_override: null,
    metadata: null,
    web_authentication_api_enabled: false,
    apple_pass_enabled: false,
    created_at: instant(organization.createdAt),
    updated_at: instant(organization.updatedAt),
    user_id: organization.ownerId,
  };
}
