import {
  WorkflowNotFoundError,
  WorkflowExecutionAlreadyStartedError,
  type Client,
} from '@temporalio/client';
import type { SignalDefinition } from '@temporalio/common';
import type { AccessMessages } from '../access/deps';
import { subjectOf } from '../access/tell-untold';
import {
  followSourceSignal,
  passReportedSignal,
  retryNowSignal,
  revokeSignal,
  type FollowSourceMessage,
} from '../contracts/grant-messages';
import {
  bookingChangedSignal,
  lookAgainSignal,
  membershipChangedSignal,
} from '../contracts/source-messages';
import type { SourceRef } from '../domain/source';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../contracts/names';
import { holdChangedSignal } from '../contracts/member-hold';
import { lockGroupWantedSignal, pokeSignal, probeNowSignal } from '../contracts/pass-messages';
import type { Clock } from '../clock';
import { deliverSignal } from '../contracts/event-activities';
import { grantStart } from './grant-start';
import { startRemoval } from './integration-starts';
import { joined } from './joined';

/** A grant that is closed or was removed has nobody left to be told. */
async function signalIfRunning<Message>(
  client: Client,
  grantId: string,
  signal: SignalDefinition<[Message]> | SignalDefinition<[Message?]>,
  message: Message,
): Promise<void> {
  try {
    await client.workflow
      .getHandle(workflowIds.grant(grantId))
      .signal<[Message]>(signal.name, message);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}

const sourceTypes = {
  booking: WORKFLOW_TYPES.bookingAccess,
  membership: WORKFLOW_TYPES.membershipAccess,
} as const satisfies Record<SourceRef['kind'], string>;

function sourceStart(source: SourceRef): { workflowId: string; taskQueue: string } & {
  args: [];
  staticSummary: string;
} {
  return {
    workflowId: workflowIds.source(source),
    taskQueue: TASK_QUEUES.workflows,
    args: [],
    staticSummary: `the grants of ${source.kind} ${source.id}`,
  };
}

/** What activities and the API tell workflows, over one client. Each is safe to repeat. */
export function createAccessMessages(client: Client, clock: Clock): AccessMessages {
  const taskQueue = TASK_QUEUES.workflows;
  return {
    deliverEvents: joined(async (subscriptionId) => {
      await client.workflow.signalWithStart(WORKFLOW_TYPES.deliverEvents, {
        workflowId: workflowIds.deliverEvents(subscriptionId),
        taskQueue,
        args: [{ subscriptionId }],
        signal: deliverSignal,
        staticSummary: `events to the subscription ${subscriptionId}`,
      });
    }),

    async pokePass(pass, priority, fresh = false) {
      await client.workflow.signalWithStart(WORKFLOW_TYPES.memberPass, {
        workflowId: workflowIds.pass(pass),
        taskQueue,
        args: [{ pass }],
        signal: pokeSignal,
        signalArgs: [{ priority, fresh }],
        staticSummary: `what ${pass.memberId} holds at ${pass.target.kind} ${String(pass.target.id)}`,
      });
    },

    tellGrant: (grantId, report) => signalIfRunning(client, grantId, passReportedSignal, report),

    async followSource(grant, word, { by, reason, action }, mayStart) {
      const { order, startsAt, endsAt, wanted, anew } = word;
      const message: FollowSourceMessage = {
        order,
        startsAt: new Date(startsAt).toISOString(),
        endsAt: endsAt === null ? null : new Date(endsAt).toISOString(),
        wanted,
        ...(anew === true ? { anew } : {}),
        by,
        ...(reason === null ? {} : { reason }),
      };
      if (mayStart) {
        await client.workflow.signalWithStart(WORKFLOW_TYPES.grantAccess, {
          ...grantStart(grant, clock.now(), action),
          workflowIdConflictPolicy: 'USE_EXISTING',
          signal: followSourceSignal,
          signalArgs: [message],
        });
        return;
      }
      await signalIfRunning(client, grant.id, followSourceSignal, message);
    },

    async changeSource(source, message) {
      const signal = source.kind === 'booking' ? bookingChangedSignal : membershipChangedSignal;
      await client.workflow.signalWithStart<() => Promise<unknown>, [object]>(
        sourceTypes[source.kind],
        { ...sourceStart(source), signal: signal.name, signalArgs: [message] },
      );
    },

    async lookAgainAtSource(source) {
      await client.workflow.signalWithStart(sourceTypes[source.kind], {
        ...sourceStart(source),
        signal: lookAgainSignal,
        signalArgs: [],
      });
    },

    async changeHold(memberId, jobId) {
      // Signalled, not merely started: a run that is about to end then sees it and goes on.
      await client.workflow.signalWithStart(WORKFLOW_TYPES.memberHold, {
        workflowId: workflowIds.memberHold(memberId),
        taskQueue,
        args: [{ memberId }],
        signal: holdChangedSignal,
        signalArgs: [jobId],
        staticSummary: `what ${memberId} holds follows a hold or its release`,
      });
    },

    async startChange(change, jobId) {
      await client.workflow.start(WORKFLOW_TYPES.applyMappingChange, {
        workflowId: workflowIds.mappingChange(jobId),
        taskQueue,
        args: [{ change, jobId }],
        staticSummary: `a change of ${change.kind} ${subjectOf(change)} reaches its sources and grants`,
      });
    },

    revokeGrant: (grantId, by, reason) =>
      signalIfRunning(client, grantId, revokeSignal, { by, reason }),

    askGrantAgain: (grantId, by = { type: 'system', id: 'reconcile' }) =>
      signalIfRunning(client, grantId, retryNowSignal, { by }),

    async requestLockGroup(organizationId, lockId, pass) {
      await client.workflow.signalWithStart(WORKFLOW_TYPES.lockGroup, {
        workflowId: workflowIds.lockGroup(organizationId, lockId),
        taskQueue,
        args: [{ organizationId, lockId }],
        signal: lockGroupWantedSignal,
        signalArgs: [pass],
        staticSummary: `the Kisi group of lock ${String(lockId)}`,
      });
    },

    startRemoval: (integrationId) => startRemoval(client, integrationId),

    async startProber(organizationId) {
      // Signalled, not merely started: a run that is about to end then sees it and goes on.
      await client.workflow.signalWithStart(WORKFLOW_TYPES.probeIntegration, {
        workflowId: workflowIds.probe(organizationId),
        taskQueue,
        args: [{ organizationId }],
        signal: probeNowSignal,
        staticSummary: `waits until Kisi organization ${String(organizationId)} answers again`,
      });
    },

    async startGrant(grant, action) {
      try {
        await client.workflow.start(
          WORKFLOW_TYPES.grantAccess,
          grantStart(grant, clock.now(), action),
        );
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    },
  };
}
