import type { Client } from '@temporalio/client';
import { eventually } from './eventually';

/**
 * Waits until Temporal's lists, which the reconciliation reads and which follow a moment later, no
 * longer show the workflow as running; until then it is passed over for an hour.
 */
export async function untilUnlisted(client: Client, workflowId: string): Promise<void> {
  await eventually(
    () => client.workflow.count(`WorkflowId = '${workflowId}' AND ExecutionStatus = 'Running'`),
    ({ count }) => count === 0,
  );
}
