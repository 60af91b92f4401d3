import type { KisiActivities, ReconcileOrganizationResult } from '../contracts/activities';
import { KisiError } from '../kisi';
import type { ReconcileRun } from '../store';
import type { AccessDeps } from './deps';
import { rememberFault, suspectOutage } from './integration-fault';
import { integrationFault } from './problems';
import { keepLockGroups, keepUsers } from './reconcile-places';
import { reconcileRows, type RowsReport } from './reconcile-rows';

type Report = RowsReport & Pick<ReconcileRun, 'disabledUserIds'>;

const NOTHING_COMPARED: Report = {
  repaired: 0,
  removed: 0,
  foreignRows: { count: 0, sample: [] },
  plannedRemovals: 0,
  openDoors: 0,
  refused: false,
  disabledUserIds: [],
};

/**
 * The organizations to compare. Before, what a crash may have left half done is put right: mappings
 * follow their integration, and a removal that is not done is seen to.
 */
export async function organizationsToCompare({ store, messages }: AccessDeps): Promise<number[]> {
  const active = await store.integrations.active();
  for (const { id } of active) await store.doorMappings.setActive(id, true);
  for (const { id } of await store.integrations.beingRemoved()) await messages.startRemoval(id);
  return active.map(({ organizationId }) => organizationId);
}

/** One organization of one run: compares, repairs and stores the report. */
export async function reconcileOrganization(
  deps: AccessDeps,
  input: Parameters<KisiActivities['reconcileOrganization']>[0],
): Promise<ReconcileOrganizationResult> {
  const { organizationId, runId, expired, started, waiting = 0, closing = 0 } = input;
  const integration = await deps.store.integrations.byOrganization(organizationId);
  if (!integration?.active) return { outcome: 'skipped', why: 'the integration was removed' };
  const startedAt = deps.clock.now();
  const save = (skipped: string | null, report: Report): Promise<void> =>
    deps.store.reconcileRuns.save({
      id: `${runId}:${String(organizationId)}`,
      organizationId,
      startedAt,
      finishedAt: deps.clock.now(),
      expired,
      started,
      skipped,
      ...report,
    });
  try {
    const kisi = await deps.kisi.forOrganization(organizationId);
    const groups = await keepLockGroups(deps, kisi, organizationId);
    const rows = await reconcileRows(deps, integration, runId);
    const users = await keepUsers(deps, kisi, organizationId, rows.holders);
    const report = {
      ...rows.report,
      repaired: rows.report.repaired + groups + users.mended,
      plannedRemovals: rows.report.plannedRemovals + closing,
      refused: rows.report.refused || waiting > 0,
      disabledUserIds: users.disabledUserIds,
    };
    await save(null, report);
    return { outcome: 'done', refused: report.refused, repaired: report.repaired };
  } catch (error) {
    if (!(error instanceof KisiError)) throw error;
    const fault = integrationFault(error);
    // A long list may fail because it keeps changing, which is no outage: the prober finds out.
    if (fault?.type === 'kisi_unavailable') await suspectOutage(deps, organizationId);
    else if (fault) await rememberFault(deps, integration, fault);
    // Stored as well: health must not show an old run as if all had been compared since.
    await save(error.message, NOTHING_COMPARED);
    return { outcome: 'skipped', why: error.message };
  }
}
