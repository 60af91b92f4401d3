import { applyChangePage, pokeUnappliedSources } from '../src/access/apply-change';
import { applySource } from '../src/access/apply-source';
import { storeSnapshots } from '../src/access/store-snapshots';
import { tellUntoldChanges } from '../src/access/tell-untold';
import { areGrantsSettled } from '../src/access/successors';
import type { AccessDeps } from '../src/access/deps';
import type { SourceActivities } from '../src/contracts/source-activities';

/** Activities on `access-records` for bookings, memberships and mapping changes. */
export function createSourceActivities(deps: AccessDeps): SourceActivities {
  return {
    storeSnapshots: ({ source, messages }) => storeSnapshots(deps, source, messages),
    applySource: (input) => applySource(deps, input),
    areGrantsSettled: async ({ source, grantIds }) => ({
      settled: await areGrantsSettled(deps, source, grantIds),
    }),
    applyChangePage: (input) => applyChangePage(deps, input),
    pokeUnappliedSources: () => pokeUnappliedSources(deps),
    tellUntoldChanges: () => tellUntoldChanges(deps),
    endChangeJob: async ({ jobId, poked }) => {
      await deps.store.jobs.end(jobId, { state: 'done', result: { poked } });
    },
  };
}
