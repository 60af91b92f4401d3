import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** The program's full path when a folder of PATH holds it. */
export async function findOnPath(
  program: string,
  env: NodeJS.ProcessEnv,
): Promise<string | undefined> {
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', '.bat'] : [''];
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((part) => part !== '')) {
    for (const ending of endings) {
      const path = join(folder, program + ending);
      if (await isExecutable(path)) return path;
    }
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Runs a program to its end and gives what it printed.
 * @throws Error with the last lines of what it printed, when it fails or takes longer than `timeoutMs`.
 */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: { env: NodeJS.ProcessEnv; cwd?: string; timeoutMs?: number },
): Promise<string> {
  const { timeoutMs = 600_000, ...rest } = options;
  try {
    const { stdout, stderr } = await execFileAsync(program, args, { ...rest, timeout: timeoutMs });
    return stdout + stderr;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    const printed = `${stdout ?? ''}${stderr ?? ''}`.trim().split('\n').slice(-3).join(' ');
    const message = printed === '' ? (error as Error).message : printed;
    throw new Error(`${program} ${args[0] ?? ''} failed: ${message}`, { cause: error });
  }
}
