import { existsSync } from 'node:fs';
import { findOnPath } from '../commands';
import { foreignServer, type RunningServer, type ServerOptions } from '../options';
import { firstThatWorks, no, reasonOf, yes, type Answer, type Way } from '../ways';
import { embeddedFolder, startEmbedded } from './embedded';
import { downloadMongod, mongodFolder, startMongod } from './mongod';
import { pingMongo } from './ping';

export interface MongoOptions extends ServerOptions {
  /** Taken when it is free; any free port otherwise. */
  preferredPort?: number;
  /**
   * Nothing need outlive the server: the embedded one then keeps all in memory. Its file is slow with
   * the hundreds of databases of a test run, since every save looks at every collection.
   */
  inMemory?: boolean;
}

export interface RunningMongo extends RunningServer {
  /** Without a database name, except where `MONGODB_URI` carries one. */
  uri: string;
}

const HELP = `Give one of these:
  - MONGODB_URI with the address of a MongoDB of your own, or
  - mongod on PATH, or
  - an internet connection, so that a real mongod can be downloaded, or
  - JDK 17 and Maven (java, javac, mvn on PATH) for the embedded server.`;

/**
 * Finds or fetches a MongoDB and starts it: `MONGODB_URI`, mongod on PATH, a downloaded mongod,
 * the embedded Java server, in this order.
 * @throws NoServerError when none works; Error when the server that `MONGODB_URI` names does not
 *   answer, or when the one that was found does not start.
 */
export function startMongo(options: MongoOptions): Promise<RunningMongo> {
  const ways: Way<RunningMongo>[] = [
    { name: 'MONGODB_URI', attempt: () => useAddress(options) },
    { name: 'mongod on PATH', attempt: () => useMongodOnPath(options) },
    { name: 'mongod download', attempt: () => useDownload(options), rememberNo: true },
    {
      name: 'embedded Java server',
      attempt: () => startEmbedded(options, 'embedded Java server (mongo-java-server 1.47.0)'),
    },
  ];
  return firstThatWorks({ what: 'MongoDB', help: HELP, env: options.env, log: options.log }, ways);
}

async function useAddress({ env }: MongoOptions): Promise<Answer<RunningMongo>> {
  const uri = env['MONGODB_URI'];
  if (uri === undefined || uri === '') return no('not set');
  try {
    await pingMongo(uri, 5000);
  } catch (error) {
    // The URI itself may hold a password, so it is not repeated.
    throw new Error(`The MongoDB of MONGODB_URI does not answer: ${reasonOf(error)}`, {
      cause: error,
    });
  }
  return yes({ uri, ...foreignServer('MONGODB_URI') });
}

async function useMongodOnPath(options: MongoOptions): Promise<Answer<RunningMongo>> {
  const mongod = await findOnPath('mongod', options.env);
  if (mongod === undefined) return no('not there');
  if (hasEmbeddedData(options)) return no(KEEPS_EMBEDDED);
  return yes(await startMongod(mongod, options, `mongod on PATH (${mongod})`));
}

async function useDownload(options: MongoOptions): Promise<Answer<RunningMongo>> {
  if (hasEmbeddedData(options)) return no(KEEPS_EMBEDDED);
  let mongod: string;
  try {
    mongod = await downloadMongod(options.cacheDir);
  } catch (error) {
    return no(reasonOf(error));
  }
  return yes(await startMongod(mongod, options, 'downloaded mongod'));
}

const KEEPS_EMBEDDED = 'the data folder was written by the embedded server';

/** A data folder stays with the server that wrote it, so that a later start finds its data again. */
function hasEmbeddedData({ dataDir }: MongoOptions): boolean {
  return existsSync(embeddedFolder(dataDir)) && !existsSync(mongodFolder(dataDir));
}
