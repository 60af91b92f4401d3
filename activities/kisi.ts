import { activityInfo } from '@temporalio/activity';
import type { KisiActivities } from '../src/contracts/activities';
import type { DoorKisiActivities } from '../src/contracts/door-activities';
import type { AccessDeps } from '../src/access/deps';
import { probeKisi } from '../src/access/integration-fault';
import { ensureLockGroup } from '../src/access/lock-group';
import { reconcileOrganization } from '../src/access/reconcile';
import { syncPass } from '../src/access/sync-pass';
import type { IntegrationKisiActivities } from '../src/contracts/integration-activities';
import type { MemberKisiActivities } from '../src/contracts/member-activities';
import { beating } from './beating';
import { createDoorKisiActivities } from './doors';
import { createIntegrationKisiActivities } from './integrations';
import { createMemberKisiActivities } from './members';

/** Activities on `access-kisi-<organizationId>`: all that calls Kisi. */
export function createKisiActivities(
  deps: AccessDeps,
): KisiActivities & DoorKisiActivities & IntegrationKisiActivities & MemberKisiActivities {
  const activities: KisiActivities & IntegrationKisiActivities & MemberKisiActivities = {
    ...createIntegrationKisiActivities(deps),
    ...createMemberKisiActivities(deps),
    syncPass: (input) => syncPass(deps, input, activityInfo().attempt),
    ensureLockGroup: (input) => ensureLockGroup(deps, input),
    probeKisi: (input) => probeKisi(deps, input),
    reconcileOrganization: (input) => reconcileOrganization(deps, input),
  };
  // The heartbeats of door activities carry how far they came.
  return { ...beating(activities), ...createDoorKisiActivities(deps) };
}
