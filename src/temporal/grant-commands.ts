import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
  type Client,
} from '@temporalio/client';
import { ApplicationFailure, type UpdateDefinition } from '@temporalio/common';
import type { Clock } from '../clock';
import {
  changeWindowUpdate,
  GRANT_REFUSALS,
  restoreUpdate,
  retryNowUpdate,
  revokeUpdate,
  type GrantRefusal,
  type MessageMeta,
} from '../contracts/grant-messages';
import { WORKFLOW_TYPES, workflowIds } from '../contracts/names';
import type { Actor, Grant, LogAction } from '../domain/grant';
import {
  askedAgain,
  followsSource,
  isOver,
  isWanted,
  restored,
  stoppedBySource,
  windowFault,
  withStop,
  withWindow,
} from '../domain/grant-life';
import { showInstant } from '../domain/instant';
import type { Store } from '../store';
import { grantStart } from './grant-start';

/** An Update that has not answered by then is followed by a Signal, which is kept; see `keep`. */
const UPDATE_DEADLINE_MS = 7_000;
/** A request does not wait longer than this for a Temporal that does not answer. */
const CALL_DEADLINE_MS = 4_000;
/** How long a new run of a closed grant is waited for. */
const RUN_WAIT_MS = 3_000;
const POLL_MS = 50;

export type CommandAnswer =
  /** After a bounded wait; `grant.settled` tells whether Kisi has followed. */
  | { outcome: 'answered'; grant: Grant }
  /** Temporal has the command, nobody answered in time. */
  | { outcome: 'accepted' }
  | { outcome: 'refused'; refusal: GrantRefusal; detail: string }
  | { outcome: 'not_found' };

/** New dates; what is left out stays. Instants in ms since the epoch, UTC; `null`: open-ended. */
export interface WindowChange {
  startsAt?: number;
  endsAt?: number | null;
}

/**
 * What the API may ask of grants. Commands go to the grant's running workflow as Updates; for one
 * that is closed a new run with a higher revision takes over where the read model left it.
 */
export interface GrantCommands {
  start(grant: Grant): Promise<'started' | 'already_started'>;
  changeWindow(grantId: string, change: WindowChange, meta: MessageMeta): Promise<CommandAnswer>;
  revoke(grantId: string, meta: MessageMeta): Promise<CommandAnswer>;
  restore(grantId: string, meta: MessageMeta): Promise<CommandAnswer>;
  retryNow(grantId: string, meta: MessageMeta): Promise<CommandAnswer>;
  /** Rejects when Temporal does not answer. */
  checkHealth(): Promise<void>;
}

/** A message that can be told when it comes twice. */
interface Identified extends MessageMeta {
  requestId: string;
}

/** What a closed grant becomes by a command: a run to start, or an answer at once. */
type Reopening = { run: Grant; action: LogAction } | { answer: CommandAnswer };

export function createGrantCommands(client: Client, store: Store, clock: Clock): GrantCommands {
  const start = async (
    grant: Grant,
    action?: LogAction,
  ): Promise<'started' | 'already_started'> => {
    try {
      const options = grantStart(grant, clock.now(), action);
      await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
        client.workflow.start(WORKFLOW_TYPES.grantAccess, options),
      );
      return 'started';
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return 'already_started';
      throw error;
    }
  };

  const update = async <Message extends MessageMeta>(
    grantId: string,
    definition: UpdateDefinition<Grant, [Message?]>,
    content: Message,
    reopen: (closed: Grant, now: number) => Reopening,
  ): Promise<CommandAnswer> => {
    const message = { ...content, requestId: content.requestId ?? randomUUID() };
    for (let tries = 0; tries < 2; tries += 1) {
      const answer = await sendUpdate(client, grantId, definition, message);
      if (answer.outcome === 'answered') await store.grants.replaceGrant(answer.grant);
      if (answer.outcome !== 'not_found') return answer;

      const closed = await store.grants.get(grantId);
      if (!closed) return answer;
      const reopening = reopen(closed, clock.now());
      if ('answer' in reopening) return reopening.answer;
      // Somebody else may have opened it in between; then the Update is for that run.
      if ((await start(reopening.run, reopening.action)) === 'started') {
        return untilSettled(store, closed);
      }
    }
    return { outcome: 'accepted' };
  };

  return {
    start,

    changeWindow(grantId, change, meta) {
      const { startsAt, endsAt } = change;
      const message = {
        ...meta,
        ...(startsAt === undefined ? {} : { startsAt: showInstant(startsAt) }),
        ...(endsAt === undefined ? {} : { endsAt: endsAt === null ? null : showInstant(endsAt) }),
      };
      return update(grantId, changeWindowUpdate, message, (closed, now) =>
        reopenWithDates(closed, change, now, meta),
      );
    },

    revoke(grantId, meta) {
      return update(grantId, revokeUpdate, meta, (closed, now) => {
        const revoked = withStop(closed, 'admin', now, actorOf(meta), meta.reason ?? null);
        // A booking may be extended after its end: the admin's word must be there by then.
        const mayComeBack = closed.source !== 'manual' && revoked !== closed;
        const isDone = isGone(closed, now) && !mayComeBack;
        return isDone ? unchanged(closed) : { run: revoked, action: 'revoke' };
      });
    },

    restore(grantId, meta) {
      return update(grantId, restoreUpdate, meta, (closed, now) => {
        const stopped = stoppedBySource(closed);
        if (stopped !== null) return refused('source_stopped', stopped);
        if (isOver(closed, now)) return refused('grant_over', overText(closed));
        const run = restored(closed, now, actorOf(meta), meta.reason ?? null);
        return { run, action: 'restore' };
      });
    },

    retryNow(grantId, meta) {
      return update(grantId, retryNowUpdate, meta, (closed, now) => {
        const again = askedAgain(closed, now, actorOf(meta), meta.reason ?? null);
        return isGone(closed, now) ? unchanged(closed) : { run: again, action: 'retry' };
      });
    },

    async checkHealth() {
      await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
        client.connection.workflowService.getSystemInfo({}),
      );
    },
  };
}

async function sendUpdate<Message extends MessageMeta>(
  client: Client,
  grantId: string,
  definition: UpdateDefinition<Grant, [Message?]>,
  message: Message & Identified,
): Promise<CommandAnswer> {
  const handle = client.workflow.getHandle(workflowIds.grant(grantId));
  try {
    const deadline = Date.now() + UPDATE_DEADLINE_MS;
    const grant = await client.withDeadline(deadline, () =>
      handle.executeUpdate(definition as UpdateDefinition<Grant, [Message]>, {
        updateId: message.requestId,
        args: [message],
      }),
    );
    return { outcome: 'answered', grant };
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError) {
      return keep(client, grantId, definition.name, message);
    }
    if (error instanceof WorkflowNotFoundError) return { outcome: 'not_found' };
    if (error instanceof WorkflowUpdateFailedError && error.cause instanceof ApplicationFailure) {
      const { type, message: detail } = error.cause;
      if (isRefusal(type)) return { outcome: 'refused', refusal: type, detail };
    }
    throw error;
  }
}

/**
 * Temporal keeps an Update only once a worker has accepted it, so one that nobody answered may be
 * lost. A Signal of the same name is kept as soon as the server has it; the request id makes the
 * grant follow one of the two. @throws ServiceError when Temporal does not answer at all
 */
async function keep(
  client: Client,
  grantId: string,
  name: string,
  message: Identified,
): Promise<CommandAnswer> {
  try {
    await client.withDeadline(Date.now() + CALL_DEADLINE_MS, () =>
      client.workflow.getHandle(workflowIds.grant(grantId)).signal<[MessageMeta]>(name, message),
    );
    return { outcome: 'accepted' };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return { outcome: 'not_found' };
    throw error;
  }
}

function isRefusal(type: string | null | undefined): type is GrantRefusal {
  return GRANT_REFUSALS.some((refusal) => refusal === type);
}

function reopenWithDates(
  closed: Grant,
  change: WindowChange,
  now: number,
  meta: MessageMeta,
): Reopening {
  const bound = followsSource(closed);
  if (bound !== null) return refused('follows_source', bound);
  const startsAt = change.startsAt ?? closed.startsAt;
  const endsAt = change.endsAt === undefined ? closed.endsAt : change.endsAt;
  const fault = windowFault(startsAt, endsAt);
  if (fault !== null) return refused('window_invalid', fault);
  const changed = withWindow(closed, { startsAt, endsAt }, now, actorOf(meta), meta.reason ?? null);
  if (isOver(changed, now)) {
    return refused('grant_over', `${overText(closed)} The new end is in the past as well.`);
  }
  return { run: changed, action: 'change' };
}

/** Whether a closed grant has nothing left at Kisi, so that taking it away is already done. */
function isGone(closed: Grant, now: number): boolean {
  return closed.provisioning === 'removed' && closed.settled && !isWanted(closed, now);
}

function unchanged(grant: Grant): Reopening {
  return { answer: { outcome: 'answered', grant } };
}

function refused(refusal: GrantRefusal, detail: string): Reopening {
  return { answer: { outcome: 'refused', refusal, detail } };
}

function overText(grant: Grant): string {
  return `The grant ended at ${showInstant(grant.endsAt)}. Change its dates to give access again.`;
}

function actorOf(meta: MessageMeta): Actor {
  return meta.by ?? { type: 'system', id: 'api' };
}

async function untilSettled(store: Store, before: Grant): Promise<CommandAnswer> {
  const deadline = Date.now() + RUN_WAIT_MS;
  let latest: Grant | null = null;
  while (Date.now() < deadline) {
    latest = await store.grants.get(before.id);
    if (latest && latest.revision > before.revision && latest.settled) break;
    await sleep(POLL_MS);
  }
  return latest && latest.revision > before.revision
    ? { outcome: 'answered', grant: latest }
    : { outcome: 'accepted' };
}
