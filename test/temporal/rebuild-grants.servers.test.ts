import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Client } from '@temporalio/client';
import { WORKFLOW_TYPES } from '../../src/contracts/names';
import type { Grant } from '../../src/domain/grant';
import { grantStart } from '../../src/temporal/grant-start';
import { rebuildGrants } from '../../src/temporal/rebuild-grants';
import { projectRoot, withInstallation } from '../support/processes';
import { startStack, type Stack } from '../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
}, 60_000);
afterAll(() => stack.close());

const runProgram = promisify(execFile);
const ANSWER_WITHIN_MS = 3_000;

test('workflows that do not answer are counted, and the others are read all the same', async () => {
  const member = await stack.newMember();
  const mapping = await stack.lockMapping();
  const { id } = await stack.grant({ member, mapping });
  const settled = await stack.settled(id);
  // No worker polls this queue, as after a deployment that lost its workers.
  const lost = [1, 2].map(() => ({ ...settled, id: `grt_${randomUUID()}` }));
  for (const grant of lost) {
    const options = { ...grantStart(grant, Date.now()), taskQueue: 'nobody-polls-this' };
    await stack.client.workflow.start(WORKFLOW_TYPES.grantAccess, options);
  }
  await untilListed(stack.client, 3);

  const result = await rebuildGrants(stack.client, stack.store, ANSWER_WITHIN_MS);
  expect(result).toMatchObject({
    fromLog: { read: 1 },
    fromWorkflows: { read: 1 },
    unanswered: { count: 2 },
  });
  expect(result.unanswered.firstReason).toMatch(/^grant:grt_[-0-9a-f]+: ./);
  expect(await stack.store.grants.get(id)).toEqual(settled);
}, 60_000);

test('the command then ends with code 1, and says how many are missing and what to do', async () => {
  await withInstallation({ workers: 0 }, async ({ client, env }) => {
    const grant: Grant = {
      id: `grt_${randomUUID()}`,
      memberId: 'mem_1',
      doorMappingId: 'dm_1',
      source: 'manual',
      sourceId: null,
      sourceOrder: 0,
      startsAt: 0,
      endsAt: null,
      stops: [],
      provisioning: 'pending',
      problem: null,
      revision: 0,
      settled: false,
      recordNumber: 0,
      createdAt: 0,
      createdBy: { type: 'system', id: 'test' },
      changedAt: 0,
      changedBy: { type: 'system', id: 'test' },
      reason: null,
      inPlaceAt: null,
      removedAt: null,
    };
    await client.workflow.start(WORKFLOW_TYPES.grantAccess, grantStart(grant, Date.now()));
    await untilListed(client, 1);
    const command = runProgram('npm', ['run', '--silent', 'rebuild-read-models'], {
      cwd: projectRoot,
      env,
    });
    await expect(command).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /0 of 0 from running[^]*1 running workflows did not answer[^]*Start a worker/,
      ) as string,
    });
  });
}, 180_000);

/** Temporal's list is a moment behind. */
async function untilListed(client: Client, count: number): Promise<void> {
  const query = `WorkflowType = '${WORKFLOW_TYPES.grantAccess}' AND ExecutionStatus = 'Running'`;
  while ((await client.workflow.count(query)).count !== count) await sleep(100);
}
