import { z } from 'zod';
import type { Answer } from '../http/answer';
import { ok } from '../http/answer';
import type { Call, Route } from '../http/call';
import { bodyOf, instant, instantOrNull, ownRecords, requireRight } from '../http/call';
import { byFlag, byFreeText, byNumber, listAnswer, pages10 } from '../http/list';
import type { Integration } from '../state/records';
import type { View } from '../state/state';
import { eventTypes } from './event-types';
import { organizationRef, present } from './references';

const createBody = z.object({
  name: z.string().min(1, "can't be blank"),
  type: z.literal('event_webhook'),
  url: z.url(),
  enabled: z.boolean().default(true),
  enabled_events: z.array(z.enum(eventTypes)).default([]),
  signature_key: z.string().optional(),
});

export const integrationRoutes: Route[] = [
  { method: 'get', path: '/integrations', auth: 'login', run: listIntegrations },
  { method: 'post', path: '/integrations', auth: 'login', run: createIntegration },
];

function listIntegrations(call: Call): Answer {
  requireRight(call, 'integrations_read');
  const { listed, query } = call;
  let integrations = ownRecords(call, listed.integrations);
  integrations = byFreeText(call, integrations, (integration) => [integration.name]);
  integrations = byNumber(call, 'place_id', integrations, (integration) => integration.placeId);
  integrations = byNumber(call, 'group_id', integrations, () => null);
  if (query['scope'] === 'place') integrations = integrations.filter((i) => i.placeId !== null);
  if (query['scope'] === 'organization')
    integrations = integrations.filter((i) => i.placeId === null);
  integrations = byFlag(call, 'enabled', integrations, (integration) => integration.enabled);
  return listAnswer(call, integrations, pages10, (i) => presentIntegration(listed, i));
}

function createIntegration(call: Call): Answer {
  requireRight(call, 'integrations_write');
  const body = bodyOf(call, 'integration', createBody);
  const integration = call.state.tables.integrations.insert(
    {
      organizationId: call.caller.organization.id,
      name: body.name,
      url: body.url,
      enabled: body.enabled,
      enabledEvents: body.enabled_events,
      signatureKey: body.signature_key ?? null,
      placeId: null,
      disabledDueToErrorAt: null,
    },
    call.now,
  );
  return ok({
    ...presentIntegration(call.view, integration),
    url: integration.url,
    enabled_events: integration.enabledEvents,
  });
}

/** The signature key is never given back. */
function presentIntegration(view: View, integration: Integration): object {
  return {
    id: integration.id,
    resource_type: 'Integration',
    name: integration.name,
    type: 'event_webhook',
    enabled: integration.enabled,
    disabled_due_to_error: (integration.disabledDueToErrorAt ?? null) !== null,
    disabled_due_to_error_at: instantOrNull(integration.disabledDueToErrorAt ?? null),
    created_at: instant(integration.createdAt),
    updated_at: instant(integration.updatedAt),
    organization_id: integration.organizationId,
    organization: organizationRef(present(view.organizations.get(integration.organizationId))),
    place_id: integration.placeId,
  };
}
