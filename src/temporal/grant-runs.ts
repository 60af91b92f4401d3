import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { GrantRuns } from '../access/deps';
import { WORKFLOW_TYPES, workflowIds } from '../contracts/names';

/** Ids in one visibility query; the query's text stays far below what servers take. */
const IDS_PER_QUERY = 100;

/** Asks Temporal which grants have a running workflow. */
export function createGrantRuns(client: Client): GrantRuns {
  return {
    async runningAmong(grantIds) {
      const running = new Set<string>();
      for (let start = 0; start < grantIds.length; start += IDS_PER_QUERY) {
        const ids = grantIds.slice(start, start + IDS_PER_QUERY);
        const byWorkflow = new Map(ids.map((id) => [workflowIds.grant(id), id]));
        const list = [...byWorkflow.keys()].map((id) => `'${id}'`).join(', ');
        const query = `ExecutionStatus = 'Running' AND WorkflowId IN (${list})`;
        for await (const { workflowId } of client.workflow.list({ query })) {
          const grantId = byWorkflow.get(workflowId);
          if (grantId !== undefined) running.add(grantId);
        }
      }
      return running;
    },

    async *running(startedBefore) {
      const before = new Date(startedBefore).toISOString();
      const query = `WorkflowType = '${WORKFLOW_TYPES.grantAccess}' AND ExecutionStatus = 'Running' AND StartTime < '${before}'`;
      for await (const { workflowId } of client.workflow.list({ query })) {
        yield workflowId.slice(workflowIds.grant('').length);
      }
    },

    async lastEnd(grantId) {
      try {
        const { status } = await client.workflow.getHandle(workflowIds.grant(grantId)).describe();
        switch (status.name) {
          case 'RUNNING':
          case 'CONTINUED_AS_NEW':
          case 'PAUSED':
            return 'running';
          case 'TERMINATED':
          case 'FAILED':
          case 'TIMED_OUT':
            return 'terminated';
          case 'COMPLETED':
          case 'CANCELLED':
          case 'UNSPECIFIED':
          case 'UNKNOWN':
            return 'closed';
        }
      } catch (error) {
        if (error instanceof WorkflowNotFoundError) return 'unknown';
        throw error;
      }
    },
  };
}
