import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { findOnPath, runCommand } from './commands';
import type { ServerOptions } from './options';
import { firstThatWorks, no, reasonOf, yes, type Answer, type Way } from './ways';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const PLAYWRIGHT_CLI = join('node_modules', 'playwright-core', 'cli.js');
/** Without a network it says no long before; with a slow one it may take its time. */
const DOWNLOAD_TIMEOUT_MS = 300_000;

const HELP = `Give one of these:
  - CHROMIUM_PATH with the path of a Chromium or Chrome, or
  - chromium or google-chrome on PATH, or
  - an internet connection, so that Playwright's own can be downloaded, or
  - a Debian whose apt may install it (as root).`;

interface BrowserOptions extends Pick<ServerOptions, 'cacheDir' | 'env' | 'log'> {
  /** The project's folder. */
  root: string;
}

/**
 * Finds or fetches a Chromium: `CHROMIUM_PATH`, the PATH, Playwright's own download, Debian's apt.
 * @returns the path of its program
 * @throws NoServerError when none works
 */
export function findChromium(options: BrowserOptions): Promise<string> {
  const { env, log } = options;
  const ways: Way<string>[] = [
    { name: 'CHROMIUM_PATH', attempt: () => namedByVariable(env) },
    { name: 'on PATH', attempt: () => onPath(env) },
    { name: 'Playwright’s download', rememberNo: true, attempt: () => download(options) },
    { name: 'apt', rememberNo: true, attempt: () => install(env) },
  ];
  return firstThatWorks({ what: 'Chromium', help: HELP, env, log }, ways);
}

async function namedByVariable(env: NodeJS.ProcessEnv): Promise<Answer<string>> {
  const path = env['CHROMIUM_PATH'];
  if (path === undefined || path === '') return no('not set');
  // Named and not there: another one must not take its place in silence.
  await access(path);
  return yes(path);
}

async function onPath(env: NodeJS.ProcessEnv): Promise<Answer<string>> {
  for (const program of PROGRAMS) {
    const path = await findOnPath(program, env);
    if (path !== undefined) return yes(path);
  }
  return no('not there');
}

async function download({ root, cacheDir, env }: BrowserOptions): Promise<Answer<string>> {
  const browsers = join(cacheDir, 'browsers');
  const withFolder = { ...env, PLAYWRIGHT_BROWSERS_PATH: browsers };
  try {
    const cli = join(root, PLAYWRIGHT_CLI);
    const timeoutMs = DOWNLOAD_TIMEOUT_MS;
    await runCommand(process.execPath, [cli, 'install', 'chromium'], {
      env: withFolder,
      timeoutMs,
    });
    const say = 'console.log(require("playwright-core").chromium.executablePath())';
    const path = await runCommand(process.execPath, ['-e', say], { env: withFolder, cwd: root });
    await access(path.trim());
    return yes(path.trim());
  } catch (error) {
    return no(reasonOf(error));
  }
}

async function install(env: NodeJS.ProcessEnv): Promise<Answer<string>> {
  if (process.getuid?.() !== 0) return no('not root');
  if ((await findOnPath('apt-get', env)) === undefined) return no('not a Debian');
  try {
    await runCommand('apt-get', ['update', '-qq'], { env });
    const quietly = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive' } };
    await runCommand('apt-get', ['install', '-y', '-qq', 'chromium'], quietly);
  } catch (error) {
    return no(reasonOf(error));
  }
  return onPath(env);
}
