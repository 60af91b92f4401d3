import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { temporal } from '@temporalio/proto';
import { workflowIds } from '../../src/contracts/names';
import type { AccessLogEntry } from '../../src/domain/grant';
import { wholeSecond } from '../../src/domain/windows';
import type { Member } from '../../src/store';
import type { CommandAnswer } from '../../src/temporal/grant-commands';
import { eventually } from '../support/eventually';
import { expectAccessAt } from '../support/oracle';
import { testServers } from '../support/servers';
import type { Stack } from '../support/stack';

const run = promisify(execFile);

export type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

/** The whole second that many seconds from now (ms UTC), by the machine's clock. */
export function secondsFromNow(seconds: number): number {
  return wholeSecond(Date.now()) + seconds * 1_000;
}

export async function sleepUntil(instant: number): Promise<void> {
  await sleep(Math.max(0, instant - Date.now()));
}

/** The history of a workflow's latest run. */
export async function historyOf(stack: Stack, workflowId: string): Promise<HistoryEvent[]> {
  return (await stack.client.workflow.getHandle(workflowId).fetchHistory()).events ?? [];
}

export function grantHistory(stack: Stack, grantId: string): Promise<HistoryEvent[]> {
  return historyOf(stack, workflowIds.grant(grantId));
}

/**
 * The command was taken. Its answer comes after a bounded wait, within which a busy machine may not
 * get as far as Kisi: what became of it is asked of the read model.
 */
export function expectTaken({ outcome }: CommandAnswer): void {
  expect(['answered', 'accepted']).toContain(outcome);
}

/** Name of the status of the latest run, such as `RUNNING`; `NONE` when there is no run. */
export async function statusOf(stack: Stack, workflowId: string): Promise<string> {
  try {
    return (await stack.client.workflow.getHandle(workflowId).describe()).status.name;
  } catch {
    return 'NONE';
  }
}

/** How many runs the workflow has gone through by continuing as new, the latest included. */
export async function runsOf(stack: Stack, workflowId: string): Promise<number> {
  let runs = 1;
  let events = await historyOf(stack, workflowId);
  for (;;) {
    const before = events[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (!before) return runs;
    runs += 1;
    const handle = stack.client.workflow.getHandle(workflowId, before);
    events = (await handle.fetchHistory()).events ?? [];
  }
}

export async function untilClosed(stack: Stack, grantId: string, timeoutMs?: number) {
  return eventually(
    () => statusOf(stack, workflowIds.grant(grantId)),
    (status) => status !== 'RUNNING',
    timeoutMs,
  );
}

/** The grant's log rows as `action status`, oldest first. */
export async function storyOf(stack: Stack, grantId: string): Promise<string[]> {
  return (await logOf(stack, grantId)).map(({ action, status }) => `${action} ${status}`);
}

export async function logOf(stack: Stack, grantId: string): Promise<AccessLogEntry[]> {
  const { data } = await stack.store.accessLog.list({ grantId }, { limit: 200 });
  return data.reverse();
}

/** Runs the real `temporal` CLI against the stack's namespace; answers what it prints. */
export async function temporalCli(stack: Stack, ...args: string[]): Promise<string> {
  const { address, namespace } = stack.temporal;
  const where = ['--address', address, '--namespace', namespace];
  const { stdout } = await run(testServers().temporalCliPath, [...args, ...where]);
  return stdout;
}

/** Sends a Signal as an operator would; without `input` it carries none. */
export async function signalByCli(
  stack: Stack,
  grantId: string,
  name: string,
  input?: unknown,
): Promise<void> {
  const target = ['workflow', 'signal', '-w', workflowIds.grant(grantId), '--name', name];
  const payload = input === undefined ? [] : ['--input', JSON.stringify(input)];
  await temporalCli(stack, ...target, ...payload);
}

/** Judges many instants by the oracle; answers what each had to be. */
export const judge: (...args: Parameters<typeof expectAccessAt>) => Promise<string[]> =
  expectAccessAt;

/** Judges every `everyMs` of a past span, besides its ends. */
export async function judgeSpan(
  stack: Stack,
  member: Member,
  lockId: number,
  span: { from: number; until: number; everyMs?: number },
): Promise<void> {
  const instants: number[] = [];
  for (let at = span.from; at < span.until; at += span.everyMs ?? 250) instants.push(at);
  await judge(stack, member, lockId, [...instants, span.until]);
}
