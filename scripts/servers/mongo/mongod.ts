import { existsSync } from 'node:fs';
import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { DryMongoBinary } from 'mongodb-memory-server-core';
import { MongoBinaryDownload } from 'mongodb-memory-server-core/lib/util/MongoBinaryDownload';
import {
  ResolveConfigVariables,
  setDefaultValue,
} from 'mongodb-memory-server-core/lib/util/resolveConfig';
import { cachedFolder } from '../cache';
import { spawnServer } from '../child';
import { pickPort } from '../ports';
import type { RunningServer } from '../options';
import { waitUntilReady } from '../wait-for';
import { pingMongo } from './ping';
import type { MongoOptions, RunningMongo } from './start-mongo';

/** Where a real mongod keeps its files; another engine's files lie elsewhere. */
export function mongodFolder(dataDir: string): string {
  return join(dataDir, 'mongodb');
}

/** Starts the given mongod on the run's data folder. */
export async function startMongod(
  mongod: string,
  options: MongoOptions,
  how: RunningServer['how'],
): Promise<RunningMongo> {
  const folder = mongodFolder(options.dataDir);
  await mkdir(folder, { recursive: true });
  const port = await pickPort(options.preferredPort, 'MongoDB', options.log);
  const server = await spawnServer(
    mongod,
    ['--dbpath', folder, '--port', String(port), '--bind_ip', '127.0.0.1'],
    { name: 'mongod', env: options.env, logFile: join(options.dataDir, 'logs', 'mongodb.log') },
  );
  const uri = `mongodb://127.0.0.1:${port}`;
  try {
    await waitUntilReady('mongod', server, () => pingMongo(uri, 1000));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { uri, how, pid: server.pid, stop: server.stop, died: server.died };
}

/**
 * The real mongod that mongodb-memory-server downloads (its default version, wiredTiger engine).
 * The variables `MONGOMS_…` of that library (mirror, version) hold here too.
 * @throws Error when it cannot be downloaded.
 */
export async function downloadMongod(cacheDir: string): Promise<string> {
  // One attempt: without the internet each further one only costs seconds.
  setDefaultValue(ResolveConfigVariables.MAX_RETRIES, '1');
  const folder = await cachedFolder(cacheDir, 'mongod', async (unfinished) => {
    const download = { ...(await DryMongoBinary.generateOptions()), downloadDir: unfinished };
    const downloaded = await new MongoBinaryDownload(download).getMongodPath();
    await rename(downloaded, join(unfinished, 'mongod'));
  });
  const mongod = join(folder, 'mongod');
  if (!existsSync(mongod)) throw new Error(`${folder} holds no mongod; delete it to try again`);
  return mongod;
}
