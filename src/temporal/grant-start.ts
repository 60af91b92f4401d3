import type { WorkflowStartOptions } from '@temporalio/client';
import type { GrantAccessInput } from '../contracts/grant-messages';
import { TASK_QUEUES, workflowIds } from '../contracts/names';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes';
import type { Grant, LogAction } from '../domain/grant';
import { statusAt } from '../domain/grant-life';
import { showInstant } from '../domain/instant';

/**
 * How a grant's workflow is started, whoever starts it. No workflow timeout: one that timed out
 * would run no code and leave the door open. Search attributes at the start cost no event.
 *
 * @param now ms since the epoch, UTC
 */
export function grantStart(
  grant: Grant,
  now: number,
  action?: LogAction,
): WorkflowStartOptions & { args: [GrantAccessInput] } {
  return {
    workflowId: workflowIds.grant(grant.id),
    taskQueue: TASK_QUEUES.workflows,
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    workflowIdConflictPolicy: 'FAIL',
    args: [{ grant, ...(action ? { action } : {}) }],
    staticSummary: `${grant.source} access of ${grant.memberId} to ${grant.doorMappingId}, ${showInstant(grant.startsAt)} to ${showInstant(grant.endsAt)}`,
    typedSearchAttributes: [
      { key: SEARCH_ATTRIBUTES.grantStatus, value: statusAt(grant, now) },
      { key: SEARCH_ATTRIBUTES.grantSource, value: grant.source },
      { key: SEARCH_ATTRIBUTES.memberId, value: grant.memberId },
      { key: SEARCH_ATTRIBUTES.doorMappingId, value: grant.doorMappingId },
      { key: SEARCH_ATTRIBUTES.provisioning, value: 'pending' },
      ...(grant.endsAt === null
        ? []
        : [{ key: SEARCH_ATTRIBUTES.grantEndsAt, value: new Date(grant.endsAt) }]),
    ],
  };
}
