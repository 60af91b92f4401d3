import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMongo, type RunningMongo } from '../scripts/servers/mongo/start-mongo';
import { startTemporal, type RunningTemporal } from '../scripts/servers/temporal/start-temporal';

export const root = join(__dirname, '..');

/** The run's servers, on a temporary folder that goes with them. */
export interface BenchServers {
  mongo: RunningMongo;
  temporal: RunningTemporal;
  dataDir: string;
  cacheDir: string;
  env: NodeJS.ProcessEnv;
  /** How each was found, for the table. */
  how: { mongo: string; temporal: string };
  /** Resolves with a reason when one of them ends by itself. */
  died: Promise<string>;
  close: () => Promise<void>;
}

/**
 * Starts MongoDB and Temporal in the ways of `npm start`; `BENCH_MONGODB_URI` goes before `MONGODB_URI`.
 * @throws NoServerError
 */
export async function startServers(log: (line: string) => void): Promise<BenchServers> {
  const dataDir = await mkdtemp(join(tmpdir(), 'latchkey-bench-'));
  const given = process.env['BENCH_MONGODB_URI'];
  const env = { ...process.env, ...(given === undefined ? {} : { MONGODB_URI: given }) };
  const cacheDir = join(root, '.cache');
  const options = { dataDir, cacheDir, env, log };
  const mongo = await startMongo(options);
  const temporal = await startTemporal(options).catch(async (error: unknown) => {
    await mongo.stop();
    throw error;
  });
  return {
    mongo,
    temporal,
    dataDir,
    cacheDir,
    env,
    how: { mongo: mongo.how, temporal: describeTemporal(temporal) },
    died: Promise.race([mongo.died, temporal.died]),
    async close() {
      await temporal.stop();
      await mongo.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** The dev server that is started here always gets the two pragmas (scripts/servers/temporal). */
function describeTemporal({ how, pid }: RunningTemporal): string {
  return pid === undefined ? how : `${how}, SQLite file with journal_mode=WAL and synchronous=OFF`;
}

/** The URI of a database of this server. */
export function databaseUri(serverUri: string, name: string): string {
  const uri = new URL(serverUri);
  uri.pathname = `/${name}`;
  return uri.toString();
}
