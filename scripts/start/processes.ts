import { join } from 'node:path';
import { spawnServer, type ChildServer } from '../servers/child';
import { waitUntilReady } from '../servers/wait-for';

/** One of our own compiled processes, answering on HTTP. */
export interface AppProcess extends ChildServer {
  url: string;
}

interface AppOptions {
  name: string;
  /** The compiled file, below `dist`. */
  file: string;
  root: string;
  dataDir: string;
  port: number;
  /** The route that answers 200 once it serves. */
  readyPath: string;
  env: NodeJS.ProcessEnv;
}

/** Workers finish what they have begun before they end. */
const STOP_GRACE_MS = 30_000;

/** Starts one and waits until it serves. */
export async function startApp(options: AppOptions): Promise<AppProcess> {
  const { name, file, root, dataDir, port, readyPath, env } = options;
  const server = await spawnServer(process.execPath, [join(root, 'dist', file)], {
    name,
    env,
    cwd: root,
    logFile: join(dataDir, 'logs', `${name.toLowerCase().replaceAll(' ', '-')}.log`),
    stopGraceMs: STOP_GRACE_MS,
  });
  const url = `http://127.0.0.1:${port}`;
  try {
    await waitUntilReady(name, server, () => expectOk(url + readyPath));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { ...server, url };
}

async function expectOk(url: string): Promise<void> {
  const { status } = await fetch(url, { signal: AbortSignal.timeout(3000) });
  if (status !== 200) throw new Error(`${url} answers ${status}`);
}
