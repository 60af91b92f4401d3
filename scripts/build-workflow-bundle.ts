/** Second half of `npm run build`: the workflow code as one file, which workers load. */
import { join } from 'node:path';
import { buildWorkflowBundle } from './workflow-bundle';

const root = join(__dirname, '..');

buildWorkflowBundle(root, join(root, 'dist', 'workflow-bundle.js')).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
