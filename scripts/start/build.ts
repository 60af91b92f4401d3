import { createHash } from 'node:crypto';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../servers/commands';
import { buildWorkflowBundle } from '../workflow-bundle';

/** What the compiled code depends on. */
const SOURCES = ['src', 'workflows', 'activities', 'api', 'simulator', 'web'];
const SETTINGS = [
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'scripts/workflow-bundle.ts',
  'scripts/start/build.ts',
  // The console shows them.
  'docs/guide.md',
  'docs/booking-systems.md',
];

/** Compiles the project, bundles its workflows and builds its pages, unless `dist` was made from these very sources. */
export async function buildIfNeeded(root: string, log: (line: string) => void): Promise<void> {
  const stamp = join(root, 'dist', '.built-from');
  const sources = await digestOfSources(root);
  if ((await readFile(stamp, 'utf8').catch(() => '')) === sources) return;
  log('Building (once after each change of the code) …');
  // Without a stamp first, so that a build that breaks off is not taken for a whole one.
  await rm(stamp, { force: true });
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await runCommand(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], {
    env: process.env,
    cwd: root,
  });
  await buildWorkflowBundle(root, join(root, 'dist', 'workflow-bundle.js'));
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const config = join(root, 'web', 'vite.config.mts');
  // As `npm run build:web`: the console, then My Keys.
  for (const mode of ['production', 'my-keys']) {
    const args = ['build', '--logLevel', 'warn', '--config', config, '--mode', mode];
    await runCommand(process.execPath, [vite, ...args], { env: process.env, cwd: root });
  }
  await writeFile(stamp, sources);
}

/** All files that `dist` is made from, seen from the root of the project. */
export async function listSources(root: string): Promise<string[]> {
  const files = [...SETTINGS];
  for (const folder of SOURCES) {
    const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => entry.isFile());
    files.push(...paths.map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1)));
  }
  return files.sort();
}

async function digestOfSources(root: string): Promise<string> {
  const digest = createHash('sha256');
  for (const file of await listSources(root)) {
    digest.update(`${file}\n`).update(await readFile(join(root, file)));
  }
  return digest.digest('hex');
}
