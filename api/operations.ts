import { alertChannelOperations } from './alert-channels/schema';
import { alertOperations } from './alerts/schema';
import { apiKeyOperations } from './api-keys/schema';
import { bookingOperations } from './bookings/schema';
import { doorMappingOperations } from './door-mappings/schema';
import { eventOperations } from './events/schema';
import { eventSubscriptionOperations } from './event-subscriptions/schema';
import { explainOperations } from './explain/schema';
import { foreignRowOperations } from './foreign-rows/schema';
import { grantOperations } from './grants/schema';
import { healthOperations } from './health/schema';
import type { OperationSpec } from './http/operation';
import { importOperations } from './imports/schema';
import { emergencyStopOperations } from './integrations/emergency-stop-schema';
import { integrationOperations } from './integrations/schema';
import { jobOperations } from './jobs/schema';
import { kisiEventOperations } from './kisi-events/schema';
import { locationOperations } from './locations/schema';
import { memberHoldOperations } from './members/hold-schema';
import { memberOperations } from './members/schema';
import { membershipOperations } from './memberships/schema';
import { myOperations } from './my/schema';
import { mySessionOperations } from './my/session-schema';
import { docsOperations } from './openapi/schema';
import { outageOperations } from './outages/schema';
import { overviewOperations } from './overview/schema';
import { planOperations } from './plans/schema';
import { portalSessionOperations } from './portal-sessions/schema';
import { oidcOperations } from './session/oidc-schema';
import { sessionOperations } from './session/schema';
import { spaceOperations } from './spaces/schema';
import { timelineOperations } from './timelines/schema';

/** Every route of the API, in the order in which the documentation shows them. */
export const OPERATIONS: readonly OperationSpec[] = [
  ...grantOperations,
  ...memberOperations,
  ...memberHoldOperations,
  ...explainOperations,
  ...portalSessionOperations,
  ...myOperations,
  ...mySessionOperations,
  ...bookingOperations,
  ...membershipOperations,
  ...planOperations,
  ...importOperations,
  ...eventOperations,
  ...kisiEventOperations,
  ...eventSubscriptionOperations,
  ...doorMappingOperations,
  ...timelineOperations,
  ...locationOperations,
  ...spaceOperations,
  ...integrationOperations,
  ...emergencyStopOperations,
  ...outageOperations,
  ...overviewOperations,
  ...alertOperations,
  ...alertChannelOperations,
  ...foreignRowOperations,
  ...jobOperations,
  ...apiKeyOperations,
  ...sessionOperations,
  ...oidcOperations,
  ...healthOperations,
  ...docsOperations,
];
