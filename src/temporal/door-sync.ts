import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../contracts/names';
import type { SyncDoorsInput } from '../contracts/door-activities';
import type { Actor } from '../domain/grant';

/** What the memo of a sync holds, so that whoever finds it running knows its job. */
type SyncMemo = Pick<SyncDoorsInput, 'jobId' | 'by'>;

/** Starts syncs of doors, one at a time for each integration. */
export interface DoorSync {
  /** The job of the sync that runs now: this one, or another that was running already. */
  start(input: SyncDoorsInput): Promise<{ jobId: string; by: Actor }>;
}

export function createDoorSync(client: Client): DoorSync {
  return {
    async start(input) {
      const workflowId = workflowIds.syncDoors(input.integrationId);
      const memo: SyncMemo = { jobId: input.jobId, by: input.by };
      try {
        await client.workflow.start(WORKFLOW_TYPES.syncDoors, {
          workflowId,
          taskQueue: TASK_QUEUES.workflows,
          workflowIdReusePolicy: 'ALLOW_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          args: [input],
          memo: { ...memo },
          staticSummary: `sync of the doors of ${input.integrationId} from Kisi`,
        });
        return memo;
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        const running = await client.workflow.getHandle(workflowId).describe();
        return running.memo as unknown as SyncMemo;
      }
    },
  };
}
