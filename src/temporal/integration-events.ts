import { ScheduleOverlapPolicy, type Client } from '@temporalio/client';
import type { Clock } from '../clock';
import {
  RECONCILE_SCHEDULE_ID,
  TASK_QUEUES,
  WORKFLOW_TYPES,
  workflowIds,
} from '../contracts/names';
import { probeNowSignal } from '../contracts/pass-messages';
import type { Integration, Store } from '../store';
import { startRemoval, startRightsProbe, startWake } from './integration-starts';
import { ensureSchedule, SCHEDULES } from './schedules';

/** What follows from a change of an integration. Structurally what the API's `IntegrationEvents` asks for. */
export function createIntegrationEvents(
  client: Client,
  store: Store,
  clock: Clock,
): {
  keyReplaced(organizationId: number): Promise<void>;
  connected(integration: Integration): Promise<void>;
  removalBegun(integration: Integration): Promise<void>;
  reconnected(integration: Integration): Promise<void>;
  ensureSchedules(): Promise<void>;
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

    connected: (integration) => startRightsProbe(client, integration),
    removalBegun: ({ id }) => startRemoval(client, id),

    async reconnected(integration) {
      await startWake(client, integration.id);
      await startRightsProbe(client, integration);
    },

    async ensureSchedules() {
      for (const schedule of SCHEDULES) await ensureSchedule(client, schedule);
    },

    /** Runs the reconciliation at once, for instance after its removals were allowed; after one that runs. */
    async reconcileNow() {
      await client.schedule
        .getHandle(RECONCILE_SCHEDULE_ID)
        .trigger(ScheduleOverlapPolicy.BUFFER_ONE);
    },
  };
}
