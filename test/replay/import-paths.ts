import { randomUUID } from 'node:crypto';
import type { ImportInput } from '../../src/contracts/import-activities';
import { workflowIds } from '../../src/contracts/names';
import { createImports } from '../../src/temporal/imports';
import { eventually } from '../support/eventually';
import type { Scene } from './scene';

type Path = (scene: Scene) => Promise<void>;

/** Paths of imports. */
export const IMPORT_PATHS: readonly Path[] = [
  async (scene) => {
    const jobId = await begin(scene, 2);
    const id = workflowIds.importSources(jobId);
    await scene.stack.client.workflow.getHandle(id).result();
    await scene.keep('import-done', id);
  },

  async (scene) => {
    const { stack } = scene;
    const jobId = await begin(scene, 30);
    const id = workflowIds.importSources(jobId);
    await eventually(
      async () => (await stack.store.jobs.get(jobId))?.done ?? 0,
      (done) => done >= 2,
    );
    await stack.client.workflow.getHandle(id).cancel();
    await eventually(
      async () => (await stack.store.jobs.get(jobId))?.state,
      (state) => state === 'failed',
    );
    await scene.keep('import-cancelled', id);
  },

  async (scene) => {
    const totals = { accepted: 1, older: 0, invalidCount: 0, invalid: [] };
    const jobId = await begin(scene, 2, { carried: { next: 1, done: 1, totals } });
    const id = workflowIds.importSources(jobId);
    await scene.stack.client.workflow.getHandle(id).result();
    await scene.keep('import-carried-over', id);
  },
];

/** Starts an import of so many deletions, one a chunk: they name nobody and open nothing. */
async function begin(
  { stack }: Scene,
  chunks: number,
  more: Pick<ImportInput, 'carried'> = {},
): Promise<string> {
  const jobId = `job_${randomUUID()}`;
  for (let index = 0; index < chunks; index += 1) {
    const items = [{ id: `${jobId}.${String(index)}`, version: 1, deleted: true }];
    await stack.store.imports.put(jobId, index, { kind: 'bookings', firstIndex: index, items });
  }
  const by = { type: 'system', id: 'recorder' } as const;
  await createImports(stack.client).start({ jobId, by, chunks, total: chunks, ...more });
  return jobId;
}
