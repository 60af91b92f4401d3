import { apiKeyOperations } from './api-keys/schema';
import { bookingOperations } from './bookings/schema';
import { doorMappingOperations } from './door-mappings/schema';
import { eventOperations } from './events/schema';
import { foreignRowOperations } from './foreign-rows/schema';
import { grantOperations } from './grants/schema';
import { healthOperations } from './health/schema';
import type { OperationSpec } from './http/operation';
import { importOperations } from './imports/schema';
import { integrationOperations } from './integrations/schema';
import { jobOperations } from './jobs/schema';
import { locationOperations } from './locations/schema';
import { memberOperations } from './members/schema';
import { membershipOperations } from './memberships/schema';
import { myOperations } from './my/schema';
import { docsOperations } from './openapi/schema';
import { planOperations } from './plans/schema';
import { portalSessionOperations } from './portal-sessions/schema';
import { spaceOperations } from './spaces/schema';

/** Every route of the API, in the order in which the documentation shows them. */
export const OPERATIONS: readonly OperationSpec[] = [
  ...grantOperations,
  ...memberOperations,
  ...portalSessionOperations,
  ...myOperations,
  ...bookingOperations,
  ...membershipOperations,
  ...planOperations,
  ...importOperations,
  ...eventOperations,
  ...doorMappingOperations,
  ...locationOperations,
  ...spaceOperations,
  ...integrationOperations,
  ...foreignRowOperations,
  ...jobOperations,
  ...apiKeyOperations,
  ...healthOperations,
  ...docsOperations,
];
