import type { AccessDeps } from '../src/access/deps';
import { probeRights } from '../src/access/probe-rights';
import { finishRemoval, lookAtRemoval, pokePassesOfRemoval } from '../src/access/removal';
import { sweepRemoved } from '../src/access/sweep-removed';
import { wakeGrants } from '../src/access/wake-grants';
import type {
  IntegrationKisiActivities,
  IntegrationRecordsActivities,
} from '../src/contracts/integration-activities';

/** Activities of integrations on `access-records`. */
export function createIntegrationRecordsActivities(deps: AccessDeps): IntegrationRecordsActivities {
  const { integrations } = deps.store;
  return {
    lookAtRemoval: (input) => lookAtRemoval(deps, input),
    pokePassesOfRemoval: (input) => pokePassesOfRemoval(deps, input),
    finishRemoval: (input) => finishRemoval(deps, input),
    wakeGrants: (input) => wakeGrants(deps, input),
    async listConnected() {
      const active = await integrations.active();
      return { organizationIds: active.map(({ organizationId }) => organizationId) };
    },
  };
}

/** Activities of integrations on `access-kisi-<organizationId>`. */
export function createIntegrationKisiActivities(deps: AccessDeps): IntegrationKisiActivities {
  return {
    sweepRemoved: (input) => sweepRemoved(deps, input),
    probeRights: (input) => probeRights(deps, input),
  };
}
