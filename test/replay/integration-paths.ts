import { TASK_QUEUES, WORKFLOW_TYPES, workflowIds } from '../../src/contracts/names';
import { eventually } from '../support/eventually';
import { connectAgain, removeIntegration } from '../support/removal';
import type { Scene } from './scene';

/**
 * Paths of the integration itself. Nothing can be granted while it is removed, so they are played one
 * by one, and each leaves it connected.
 */
export const INTEGRATION_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.groupMapping()];
    const grant = await stack.grant({ member, mapping, endsAt: null });
    await stack.settled(grant.id);
    await removed(scene, await removeIntegration(stack, 'remove'));
    await scene.keep('integration-removed', workflowIds.removeIntegration(stack.integration.id));
    await connectAgain(stack);
    await stack.until(grant.id, ({ provisioning }) => provisioning === 'in_place', 30_000);
    await scene.keep('integration-woken', workflowIds.wakeIntegration(stack.integration.id));
  },

  async (scene) => {
    const { stack } = scene;
    const [member, mapping] = [await stack.newMember(), await stack.groupMapping()];
    const grant = await stack.grant({ member, mapping });
    await stack.settled(grant.id);
    // The row that leaving takes away is none, so that Kisi itself is asked at once, in vain.
    stack.simulator.setSwitches({ outage: 'unavailable' });
    const jobId = await removeIntegration(stack, 'leave');
    await eventually(
      async () => (await stack.store.jobs.get(jobId))?.message ?? null,
      (message) => message !== null,
      30_000,
    );
    stack.simulator.setSwitches({ outage: 'none' });
    await removed(scene, jobId);
    const id = workflowIds.removeIntegration(stack.integration.id);
    await scene.keep('integration-left-through-an-outage', id);
    await connectAgain(stack);
    await stack.until(grant.id, ({ provisioning }) => provisioning === 'in_place', 30_000);
  },

  async (scene) => {
    const { stack } = scene;
    const workflowId = 'probe-daily-recorded';
    await stack.client.workflow.execute(WORKFLOW_TYPES.probeDaily, {
      workflowId,
      taskQueue: TASK_QUEUES.workflows,
      args: [],
    });
    await scene.keep('probe-daily', workflowId);
  },
];

async function removed({ stack }: Scene, jobId: string): Promise<void> {
  await eventually(
    () => stack.store.jobs.get(jobId),
    (job) => job?.state === 'done',
    60_000,
  );
  await eventually(
    async () => {
      const id = workflowIds.removeIntegration(stack.integration.id);
      return (await stack.client.workflow.getHandle(id).describe()).status.name;
    },
    (status) => status === 'COMPLETED',
  );
}
