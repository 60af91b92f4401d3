import {
  WorkflowNotFoundError,
  WorkflowExecutionAlreadyStartedError,
  type Client,
} from '@temporalio/client';
import type { AccessMessages } from '../access/deps';
import { passReportedSignal, retryNowSignal } from '../contracts/grant-messages';
import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../contracts/names';
import { lockGroupWantedSignal, pokeSignal, probeNowSignal } from '../contracts/pass-messages';
import type { Clock } from '../clock';
import { grantStart } from './grant-start';

/** What activities and the API tell workflows, over one client. Each is safe to repeat. */
export function createAccessMessages(client: Client, clock: Clock): AccessMessages {
  const taskQueue = TASK_QUEUES.workflows;
  return {
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

    async tellGrant(grantId, report) {
      try {
        await client.workflow
          .getHandle(workflowIds.grant(grantId))
          .signal(passReportedSignal, report);
      } catch (error) {
        // A grant that is closed or was removed has nobody left to be told.
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },

    async askGrantAgain(grantId) {
      try {
        const by = { type: 'system', id: 'reconcile' } as const;
        await client.workflow.getHandle(workflowIds.grant(grantId)).signal(retryNowSignal, { by });
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      }
    },

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
