import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { removalAskedSignal, wakeAskedSignal } from '../contracts/integration-activities';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../contracts/names';

const taskQueue = TASK_QUEUES.workflows;

/** Signalled, not merely started: a run that is about to end then sees it and goes on. */
export async function startRemoval(client: Client, integrationId: string): Promise<void> {
  await client.workflow.signalWithStart(WORKFLOW_TYPES.removeIntegration, {
    workflowId: workflowIds.removeIntegration(integrationId),
    taskQueue,
    args: [{ integrationId }],
    signal: removalAskedSignal,
    staticSummary: `takes all access of the integration ${integrationId} away`,
  });
}

/** Has every live grant of the integration ask again, now that it is connected. */
export async function startWake(client: Client, integrationId: string): Promise<void> {
  await client.workflow.signalWithStart(WORKFLOW_TYPES.wakeIntegration, {
    workflowId: workflowIds.wakeIntegration(integrationId),
    taskQueue,
    args: [{ integrationId }],
    signal: wakeAskedSignal,
    staticSummary: `puts the access of the integration ${integrationId} in place again`,
  });
}

/** Looks at the rights of one key now; where that is under way already, once is enough. */
export async function startRightsProbe(
  client: Client,
  { id, organizationId }: { id: string; organizationId: number },
): Promise<void> {
  try {
    await client.workflow.start(WORKFLOW_TYPES.probeDaily, {
      workflowId: workflowIds.probeRights(id),
      taskQueue,
      args: [{ organizationIds: [organizationId] }],
      staticSummary: `what the key of the integration ${id} may do`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
