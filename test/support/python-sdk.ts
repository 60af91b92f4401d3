import { cachedFolder } from '../../scripts/servers/cache';
import { findOnPath, runCommand } from '../../scripts/servers/commands';

const VERSION = '1.35.0';

/** A Python that can import Temporal's SDK. */
export interface PythonSdk {
  python: string;
  /** To be set as `PYTHONPATH`. */
  path: string;
}

/**
 * Installs Temporal's Python SDK from PyPI into the cache, once.
 * @throws Error when Python or pip is missing, or the packages cannot be fetched
 */
export async function pythonSdk(cacheDir: string): Promise<PythonSdk> {
  const python = await findOnPath('python3', process.env);
  if (python === undefined) throw new Error('no python3 found');
  const version = await runCommand(
    python,
    ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'],
    { env: process.env },
  );
  const name = `temporalio-${VERSION}-python-${version.trim()}`;
  const path = await cachedFolder(cacheDir, name, async (unfinished) => {
    await runCommand(
      python,
      ['-m', 'pip', 'install', '-q', '--target', unfinished, `temporalio==${VERSION}`],
      { env: process.env },
    );
  });
  return { python, path };
}
