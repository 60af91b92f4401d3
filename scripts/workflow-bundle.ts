import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

/** Bundles `workflows/index.ts` of the project at `root` into one file that workers load. */
export async function buildWorkflowBundle(root: string, file: string): Promise<void> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', 'index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  await mkdir(dirname(file), { recursive: true });
  // Written under another name first: a worker that starts meanwhile never loads half a bundle.
  await writeFile(`${file}.unfinished`, code);
  await rename(`${file}.unfinished`, file);
}
