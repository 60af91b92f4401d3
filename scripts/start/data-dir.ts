import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Takes the data folder for this process alone: two sets of servers on one folder would spoil it.
 * Answers how to give it back.
 * @throws Error when another `npm start` has it.
 */
export async function takeDataDir(dataDir: string): Promise<() => Promise<void>> {
  await mkdir(dataDir, { recursive: true });
  const file = join(dataDir, 'npm-start.pid');
  const owner = Number(await readFile(file, 'utf8').catch(() => 'none'));
  if (owner !== process.pid && isRunning(owner)) {
    throw new Error(
      `${dataDir} is in use by another npm start (process ${owner}). End that one, or set DATA_DIR (and PORT) for this one. If process ${owner} is something else, delete ${file}.`,
    );
  }
  await writeFile(file, String(process.pid));
  return () => rm(file, { force: true });
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as somebody else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
