import { workflowIds } from '../../src/contracts/names';
import { createDoorSync } from '../../src/temporal/door-sync';
import { eventually } from '../support/eventually';
import { statusOf } from '../workflows/support';
import type { Scene } from './scene';

/** Paths of a sync of doors, played one by one, since an integration has one sync at a time. */
export const DOOR_PATHS: readonly ((scene: Scene) => Promise<void>)[] = [
  async (scene) => {
    await start(scene, 'job_synced');
    await ended(scene, 'done');
    await scene.keep('doors-synced', idOf(scene));
  },

  async (scene) => {
    const { stack } = scene;
    stack.simulator.setSwitches({ outage: 'unavailable' });
    await start(scene, 'job_waiting');
    await eventually(
      async () => (await stack.store.jobs.get('job_waiting'))?.message ?? null,
      (message) => message !== null,
    );
    stack.simulator.setSwitches({ outage: 'none' });
    await ended(scene, 'done');
    await scene.keep('doors-synced-through-an-outage', idOf(scene));
  },

  async (scene) => {
    const { stack } = scene;
    stack.simulator.addFault({ kind: 'answerBefore', status: 401 });
    await start(scene, 'job_refused');
    await ended(scene, 'failed');
    stack.simulator.clearFaults();
    await scene.keep('doors-sync-refused', idOf(scene));
  },

  async (scene) => {
    const { stack } = scene;
    stack.simulator.setSwitches({ outage: 'unavailable' });
    await start(scene, 'job_cancelled');
    await eventually(
      async () => (await stack.store.jobs.get('job_cancelled'))?.message ?? null,
      (message) => message !== null,
    );
    await stack.client.workflow.getHandle(idOf(scene)).cancel();
    await ended(scene, 'failed');
    stack.simulator.setSwitches({ outage: 'none' });
    await scene.keep('doors-sync-cancelled', idOf(scene));
  },
];

const idOf = ({ stack }: Scene): string => workflowIds.syncDoors(stack.integration.id);

async function start({ stack }: Scene, jobId: string): Promise<void> {
  const { id: integrationId, organizationId } = stack.integration;
  const by = { type: 'api_key', id: 'key_tester' } as const;
  const input = { jobId, integrationId, organizationId, by, includeDeleted: false };
  await createDoorSync(stack.client).start(input);
}

async function ended(scene: Scene, state: 'done' | 'failed'): Promise<void> {
  const { stack } = scene;
  await eventually(
    () => statusOf(stack, idOf(scene)),
    (status) => status !== 'RUNNING',
    30_000,
  );
  const { data } = await stack.store.jobs.list({ kind: 'sync' }, { limit: 1 });
  if (data[0]?.state !== state) throw new Error(`The sync is ${data[0]?.state ?? 'not there'}`);
}
