import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { ImportInput } from '../contracts/import-activities';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../contracts/names';

/** Starts imports. */
export interface Imports {
  /** Once for each job, however often it is asked. @throws ServiceError when Temporal is away */
  start(input: ImportInput): Promise<void>;
}

export function createImports(client: Client): Imports {
  return {
    async start(input) {
      try {
        await client.workflow.start(WORKFLOW_TYPES.importSources, {
          workflowId: workflowIds.importSources(input.jobId),
          taskQueue: TASK_QUEUES.workflows,
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          args: [input],
          staticSummary: `imports ${String(input.total)} members, memberships and bookings`,
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}
