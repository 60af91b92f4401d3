import { ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import type { Clock } from '../clock';
import {
  RECONCILE_SCHEDULE_ID,
  TASK_QUEUES,
  WORKFLOW_TYPES,
  workflowIds,
} from '../contracts/names';
import { probeNowSignal } from '../contracts/pass-messages';
import type { Store } from '../store';
import { ensureReconcileSchedule } from './reconcile-schedule';

/** What follows from a change of an integration. Structurally what the API's `IntegrationEvents` asks for. */
export function createIntegrationEvents(
  client: Client,
  store: Store,
  clock: Clock,
): {
  keyReplaced(organizationId: number): Promise<void>;
  ensureReconcile(): Promise<void>;
  reconcileNow(): Promise<void>;
} {
  return {
    /** The fault of the old key says nothing about the new one: probe at once, then poke who waits. */
    async keyReplaced(organizationId) {
      const integration = await store.integrations.byOrganization(organizationId);
      if (integration?.fault) {
        const { type, detail } = integration.fault;
        const nextProbeAt = clock.now();
        await store.integrations.recordFault(organizationId, { type, detail, nextProbeAt });
      }
      await client.workflow.signalWithStart(WORKFLOW_TYPES.probeIntegration, {
        workflowId: workflowIds.probe(organizationId),
        taskQueue: TASK_QUEUES.workflows,
        args: [{ organizationId }],
        signal: probeNowSignal,
        staticSummary: `waits until Kisi organization ${String(organizationId)} answers again`,
      });
    },

    ensureReconcile: () => ensureReconcileSchedule(client),

    /** Runs the reconciliation at once, for instance after its removals were allowed; after one that runs. */
    async reconcileNow() {
      await client.schedule
        .getHandle(RECONCILE_SCHEDULE_ID)
        .trigger(ScheduleOverlapPolicy.BUFFER_ONE);
    },
  };
}
