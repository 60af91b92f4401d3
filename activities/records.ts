import type { RecordsActivities } from '../src/contracts/activities';
import type { DoorRecordsActivities } from '../src/contracts/door-activities';
import type { AccessDeps } from '../src/access/deps';
import { pokeBlockedPasses } from '../src/access/blocked-passes';
import { wakeDueDeliveries } from '../src/access/write-events';
import { holdLeft, tellHold } from '../src/access/member-hold';
import { holdGrant } from '../src/access/hold-grant';
import { tellUntoldHolds } from '../src/access/tell-untold';
import { recordGrant } from '../src/access/record-grant';
import {
  askUnknownGrants,
  judgeTerminated,
  removeOldWishes,
  reviewGrants,
  stopTerminated,
} from '../src/access/reconcile-grants';
import type { SourceActivities } from '../src/contracts/source-activities';
import { organizationsToCompare } from '../src/access/reconcile';
import type { EventRecordsActivities } from '../src/contracts/event-activities';
import type { ImportActivities } from '../src/contracts/import-activities';
import type { IntegrationRecordsActivities } from '../src/contracts/integration-activities';
import type { MemberHoldActivities } from '../src/contracts/member-hold';
import type { MemberRecordsActivities } from '../src/contracts/member-activities';
import { beating } from './beating';
import { createDoorRecordsActivities } from './doors';
import { createImportActivities } from './imports';
import { createIntegrationRecordsActivities } from './integrations';
import { createMemberRecordsActivities } from './members';
import { createSourceActivities } from './sources';

type AllRecordsActivities = RecordsActivities &
  DoorRecordsActivities &
  EventRecordsActivities &
  ImportActivities &
  IntegrationRecordsActivities &
  MemberHoldActivities &
  MemberRecordsActivities &
  SourceActivities;

/** Activities on `access-records`: MongoDB, and pokes to other workflows. */
export function createRecordsActivities(deps: AccessDeps): AllRecordsActivities {
  return beating<AllRecordsActivities>({
    ...createDoorRecordsActivities(deps),
    ...createImportActivities(deps),
    ...createIntegrationRecordsActivities(deps),
    ...createMemberRecordsActivities(deps),
    ...createSourceActivities(deps),
    recordGrant: (input) => recordGrant(deps, input.entries),
    holdGrant: (input) => holdGrant(deps, input),
    tellHold: (input) => tellHold(deps, input),
    holdLeft: (input) => holdLeft(deps, input),
    pokePasses: async ({ passes, priority }) => {
      await Promise.all(passes.map((pass) => deps.messages.pokePass(pass, priority)));
    },
    pokeBlockedPasses: (input) => pokeBlockedPasses(deps, input),
    reviewGrants: (input) => reviewGrants(deps, input),
    judgeTerminated: (input) => judgeTerminated(deps, input),
    stopTerminated: (input) => stopTerminated(deps, input),
    askUnknownGrants: () => askUnknownGrants(deps),
    wakeDueDeliveries: async () => {
      // One step of the sweep for both, since its workflow is recorded; neither waits for the other.
      const [woken] = await Promise.all([wakeDueDeliveries(deps), tellUntoldHolds(deps)]);
      return woken;
    },
    removeOldWishes: () => removeOldWishes(deps),
    listOrganizations: async () => ({ organizationIds: await organizationsToCompare(deps) }),
  });
}
