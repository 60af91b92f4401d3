import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import type { EraseMemberInput } from '../contracts/member-activities';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../contracts/names';

/** Starts erasures of members, one at a time for each member. */
export interface Erasures {
  /** One that is running already goes on as it is. */
  start(input: EraseMemberInput): Promise<void>;
}

export function createErasures(client: Client): Erasures {
  return {
    async start(input) {
      try {
        await client.workflow.start(WORKFLOW_TYPES.eraseMember, {
          workflowId: workflowIds.eraseMember(input.memberId),
          taskQueue: TASK_QUEUES.workflows,
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          args: [input],
          staticSummary: `erases the member ${input.memberId}`,
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}
