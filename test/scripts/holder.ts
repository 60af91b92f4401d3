import { spawn } from 'node:child_process';
import { join } from 'node:path';

interface Holder {
  pid: number;
  serverPid: number;
}

const root = join(__dirname, '..', '..');

/** Another Node process that starts a MongoDB and then waits for ever. */
export function startHolder(
  env: NodeJS.ProcessEnv,
  dataDir: string,
  cacheDir: string,
): Promise<Holder> {
  const script = `
    const { startMongo } = require(${JSON.stringify(join(root, 'scripts/servers/mongo/start-mongo.ts'))});
    startMongo({ ...${JSON.stringify({ dataDir, cacheDir })}, env: process.env, log: () => undefined })
      .then((server) => { console.log('pid ' + server.pid); setInterval(() => undefined, 1000); });
  `;
  const child = spawn(process.execPath, ['--import', 'tsx', '-e', script], {
    cwd: root,
    env: { ...process.env, MONGODB_URI: undefined, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return new Promise((resolve, reject) => {
    child.once('exit', () => {
      reject(new Error('the process ended before its server was up'));
    });
    child.stdout.on('data', (chunk: Buffer) => {
      const found = /pid (\d+)/.exec(chunk.toString());
      if (found !== null && child.pid !== undefined) {
        resolve({ pid: child.pid, serverPid: Number(found[1]) });
      }
    });
  });
}
