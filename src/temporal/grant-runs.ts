import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { GrantRuns } from '../access/deps';
import { WORKFLOW_TYPES, workflowIds } from '../contracts/names';

/** Ids in one visibility query; the query's text stays far below what servers take. */
const IDS_PER_QUERY = 100;

/** Asks Temporal which grants have a running workflow. */
export function createGrantRuns(client: Client): GrantRuns {
  const runningWorkflows = async (workflowIdList: readonly string[]): Promise<Set<string>> => {
    const running = new Set<string>();
    for (let start = 0; start < workflowIdList.length; start += IDS_PER_QUERY) {
      const ids = workflowIdList.slice(start, start + IDS_PER_QUERY);
      const list = ids.map((id) => `'${id}'`).join(', ');
      const query = `ExecutionStatus = 'Running' AND WorkflowId IN (${list})`;
      for await (const { workflowId } of client.workflow.list({ query })) running.add(workflowId);
    }
    return running;
  };

  return {
    async runningAmong(grantIds) {
      const running = await runningWorkflows(grantIds.map((id) => workflowIds.grant(id)));
      return new Set(grantIds.filter((id) => running.has(workflowIds.grant(id))));
    },

    async missingPasses(passes) {
      const running = await runningWorkflows(passes.map((pass) => workflowIds.pass(pass)));
      return passes.filter((pass) => !running.has(workflowIds.pass(pass)));
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
