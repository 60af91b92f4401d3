import { randomUUID } from 'node:crypto';
import type { Client } from '@temporalio/client';
import type { AccessChange } from '../contracts/mapping-change';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../contracts/names';
import type { Actor } from '../domain/grant';
import type { Job, Store } from '../store';

/** What follows from a change of mappings, plans or places. Structurally the API's `SourceEvents`. */
export function createSourceEvents(
  client: Client,
  store: Store,
): { changed(change: AccessChange, by: Actor): Promise<Job> } {
  return {
    /** The change is stored already; its workflow runs on whatever happens here. */
    async changed(change, by) {
      const jobId = `job_${randomUUID()}`;
      const subjectId = subjectOf(change);
      const job = await store.jobs.begin({ id: jobId, kind: 'mapping_change', subjectId, by });
      await client.workflow.start(WORKFLOW_TYPES.applyMappingChange, {
        workflowId: workflowIds.mappingChange(jobId),
        taskQueue: TASK_QUEUES.workflows,
        args: [{ change, jobId }],
        staticSummary: `a change of ${change.kind} ${subjectId} reaches its sources and grants`,
      });
      return job;
    },
  };
}

function subjectOf(change: AccessChange): string {
  switch (change.kind) {
    case 'mapping':
      return change.doorMappingId;
    case 'plan':
      return change.planId;
    case 'space':
      return change.spaceId;
    case 'location':
      return change.locationId;
  }
}
