import { join } from 'node:path';
import { spawnServer } from '../scripts/servers/child';
import { findOnPath, runCommand } from '../scripts/servers/commands';
import { pingMongo } from '../scripts/servers/mongo/ping';
import { freePort } from '../scripts/servers/ports';
import { waitUntilReady } from '../scripts/servers/wait-for';
import type { BenchServers } from './servers';

const SECANTUS = 'secantusd-rs';
const EMBEDDED = 'embedded Java server';

/** A MongoDB for reads, which are only worth measuring where there are indexes. */
export interface IndexedMongo {
  uri: string;
  how: string;
  hasIndexes: boolean;
  /** How to get one with indexes. */
  advice: string;
  close: () => Promise<void>;
}

/**
 * The run's MongoDB where it has indexes; else SecantusDB's `secantusd-rs` (GPL-2.0, a process of its
 * own) where that is on PATH; else the embedded server, which accepts indexes and ignores them.
 */
export async function indexedMongo(
  servers: BenchServers,
  log: (line: string) => void,
): Promise<IndexedMongo> {
  const { mongo, env, dataDir } = servers;
  const advice = `set BENCH_MONGODB_URI, or put mongod or ${SECANTUS} on PATH, for 100,000 grants.`;
  const ours = { uri: mongo.uri, how: mongo.how, advice, close: () => Promise.resolve() };
  if (!mongo.how.startsWith(EMBEDDED)) return { ...ours, hasIndexes: true };
  const program = await findOnPath(SECANTUS, env);
  if (program === undefined) return { ...ours, hasIndexes: false };

  log(`MongoDB with indexes: ${program}`);
  const [version = SECANTUS] = (await runCommand(program, ['--version'], { env })).split('\n');
  const port = await freePort();
  const server = await spawnServer(
    program,
    ['--port', String(port), '--storage-path', join(dataDir, 'secantus')],
    { name: SECANTUS, env, logFile: join(dataDir, 'logs', 'secantus.log') },
  );
  const uri = `mongodb://127.0.0.1:${String(port)}`;
  try {
    await waitUntilReady(SECANTUS, server, () => pingMongo(uri, 1_000));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { uri, how: `${version} on PATH`, hasIndexes: true, advice, close: server.stop };
}
