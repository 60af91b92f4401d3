import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { grantStateQuery } from '../contracts/grant-messages';
import { WORKFLOW_TYPES } from '../contracts/names';
import type { Grant } from '../domain/grant';
import type { Store } from '../store';

/** What a rebuild looked at and wrote. */
export interface RebuildResult {
  fromLog: { read: number; written: number };
  fromWorkflows: { read: number; written: number };
  /** Running workflows that could not be asked, most often because no worker runs. */
  unanswered: { count: number; firstReason: string | null };
}

/** A workflow answers at once or not at all; a missing worker must not hold each question for long. */
const ANSWER_WITHIN_MS = 5_000;
/** So many are asked at the same time. */
const ASKED_AT_ONCE = 10;

/**
 * Brings the read model `grants` back: every grant from its last log row, also those whose workflow
 * is long gone, then every running one from its workflow, which may know of a record that was not
 * written yet. Each write is guarded by the record number, so it can run beside the workers.
 *
 * Queries need a running worker. A workflow that does not answer is counted and keeps what the log
 * says of it: one of many must not end the rebuild half way.
 */
export async function rebuildGrants(
  client: Client,
  store: Store,
  answerWithinMs = ANSWER_WITHIN_MS,
): Promise<RebuildResult> {
  const result: RebuildResult = {
    fromLog: await store.rebuildGrants(),
    fromWorkflows: { read: 0, written: 0 },
    unanswered: { count: 0, firstReason: null },
  };
  const ask = async (workflowId: string): Promise<void> => {
    let grant: Grant | null;
    try {
      grant = await askGrant(client, workflowId, answerWithinMs);
    } catch (error) {
      result.unanswered.count += 1;
      result.unanswered.firstReason ??= `${workflowId}: ${reasonOf(error)}`;
      return;
    }
    if (grant === null) return;
    result.fromWorkflows.read += 1;
    if (await store.grants.replaceGrant(grant)) result.fromWorkflows.written += 1;
  };
  const query = `WorkflowType = '${WORKFLOW_TYPES.grantAccess}' AND ExecutionStatus = 'Running'`;
  let batch: Promise<void>[] = [];
  for await (const { workflowId } of client.workflow.list({ query })) {
    batch.push(ask(workflowId));
    if (batch.length < ASKED_AT_ONCE) continue;
    await Promise.all(batch);
    batch = [];
  }
  await Promise.all(batch);
  return result;
}

/** The grant as its workflow has it; `null`: it closed since it was listed, and is in the log. */
async function askGrant(
  client: Client,
  workflowId: string,
  answerWithinMs: number,
): Promise<Grant | null> {
  const handle = client.workflow.getHandle(workflowId);
  try {
    const { grant } = await client.withDeadline(Date.now() + answerWithinMs, () =>
      handle.query(grantStateQuery),
    );
    return grant;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

/** Temporal's client puts the server's own words into the cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
