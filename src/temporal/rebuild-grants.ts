import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { grantStateQuery } from '../contracts/grant-messages';
import { WORKFLOW_TYPES } from '../contracts/names';
import type { Store } from '../store';

/** What a rebuild looked at and wrote. */
export interface RebuildResult {
  fromLog: { read: number; written: number };
  fromWorkflows: { read: number; written: number };
}

/**
 * Brings the read model `grants` back: every grant from its last log row, also those whose workflow
 * is long gone, then every running one from its workflow, which may know of a record that was not
 * written yet. Each write is guarded by the record number, so it can run beside the workers.
 * Queries need a running worker.
 */
export async function rebuildGrants(client: Client, store: Store): Promise<RebuildResult> {
  const fromLog = await store.rebuildGrants();
  const fromWorkflows = { read: 0, written: 0 };
  const query = `WorkflowType = '${WORKFLOW_TYPES.grantAccess}' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of client.workflow.list({ query })) {
    try {
      const { grant } = await client.workflow.getHandle(workflowId).query(grantStateQuery);
      fromWorkflows.read += 1;
      if (await store.grants.replaceGrant(grant)) fromWorkflows.written += 1;
    } catch (error) {
      // It closed since it was listed; its last row is in the log.
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
  return { fromLog, fromWorkflows };
}
