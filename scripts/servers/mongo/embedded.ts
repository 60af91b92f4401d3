import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { cachedFolder } from '../cache';
import { spawnServer } from '../child';
import { findOnPath, runCommand } from '../commands';
import { pickPort } from '../ports';
import { waitUntilReady } from '../wait-for';
import { reasonOf, no, yes, type Answer } from '../ways';
import { pingMongo } from './ping';
import type { MongoOptions, RunningMongo } from './start-mongo';

const OLDEST_JAVA = 17;
const LAUNCHER = join(__dirname, 'EmbeddedMongo.java');
const POM = join(__dirname, 'pom.xml');

/** Where the embedded server keeps its file. */
export function embeddedFolder(dataDir: string): string {
  return join(dataDir, 'mongo-java');
}

/** The embedded Java server: JDK 17, and Maven for the first time. */
export async function startEmbedded(
  options: MongoOptions,
  how: string,
): Promise<Answer<RunningMongo>> {
  const program = await prepareEmbedded(options);
  return program.yes ? yes(await run(program.found, options, how)) : program;
}

/** How to run the embedded server: `java -cp classPath EmbeddedMongo PORT FILE`; without a file in memory. */
export interface EmbeddedProgram {
  java: string;
  classPath: string;
}

/** Finds Java, and fetches and builds the server unless the cache has it. */
export async function prepareEmbedded(
  options: Pick<MongoOptions, 'cacheDir' | 'env' | 'log'>,
): Promise<Answer<EmbeddedProgram>> {
  const jdk = await findJava(options.env);
  if (!jdk.yes) return jdk;
  const classPath = await fetchEmbedded(options, jdk.found);
  if (!classPath.yes) return classPath;
  return yes({ java: jdk.found.java, classPath: classPath.found });
}

interface Jdk {
  java: string;
  javac: string;
}

async function findJava(env: NodeJS.ProcessEnv): Promise<Answer<Jdk>> {
  const home = env['JAVA_HOME'];
  const path = [...(home === undefined ? [] : [join(home, 'bin')]), env['PATH'] ?? ''];
  const lookup = { ...env, PATH: path.join(delimiter) };
  const java = await findOnPath('java', lookup);
  const javac = await findOnPath('javac', lookup);
  if (java === undefined || javac === undefined) return no(`no JDK ${OLDEST_JAVA} found`);
  const version = await runCommand(java, ['-version'], { env });
  const major = Number(/version "(\d+)/.exec(version)?.[1] ?? 0);
  if (major < OLDEST_JAVA) return no(`Java ${major} found, ${OLDEST_JAVA} or newer is needed`);
  return yes({ java, javac });
}

async function fetchEmbedded(
  options: Pick<MongoOptions, 'cacheDir' | 'env' | 'log'>,
  jdk: Jdk,
): Promise<Answer<string>> {
  const { cacheDir, env, log } = options;
  // The folder's name follows what is built, so that a changed launcher is built anew.
  const sources = [await readFile(LAUNCHER), await readFile(POM)];
  const digest = createHash('sha256').update(Buffer.concat(sources)).digest('hex').slice(0, 12);
  const name = `mongo-java-server-${digest}`;
  const maven = await findOnPath('mvn', env);
  if (maven === undefined && !existsSync(join(cacheDir, name))) return no('no Maven (mvn) found');
  try {
    const folder = await cachedFolder(cacheDir, name, async (unfinished) => {
      log('MongoDB: fetching the embedded Java server from Maven Central (about 20 s) …');
      await build(maven ?? 'mvn', jdk.javac, unfinished, env);
    });
    return yes([join(folder, 'classes'), join(folder, 'jars', '*')].join(delimiter));
  } catch (error) {
    return no(reasonOf(error));
  }
}

async function build(
  maven: string,
  javac: string,
  folder: string,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const options = { env, cwd: folder };
  await copyFile(POM, join(folder, 'pom.xml'));
  await runCommand(
    maven,
    ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=jars'],
    options,
  );
  await runCommand(
    javac,
    ['-nowarn', '-cp', join('jars', '*'), '-d', 'classes', LAUNCHER],
    options,
  );
}

async function run(
  program: EmbeddedProgram,
  options: MongoOptions,
  how: string,
): Promise<RunningMongo> {
  const folder = embeddedFolder(options.dataDir);
  const isInMemory = options.inMemory === true;
  if (!isInMemory) await mkdir(folder, { recursive: true });
  const port = await pickPort(options.preferredPort, 'MongoDB', options.log);
  const file = isInMemory ? [] : [join(folder, 'data.mv')];
  const server = await spawnServer(
    program.java,
    [
      isInMemory ? '-Xmx2g' : '-Xmx512m',
      ...['-cp', program.classPath, 'EmbeddedMongo', String(port), ...file],
    ],
    {
      name: 'Embedded MongoDB',
      env: options.env,
      logFile: join(options.dataDir, 'logs', 'mongodb.log'),
    },
  );
  const uri = `mongodb://127.0.0.1:${port}`;
  try {
    await waitUntilReady('Embedded MongoDB', server, () => pingMongo(uri, 1000));
  } catch (error) {
    await server.stop();
    throw error;
  }
  return { uri, how, pid: server.pid, stop: server.stop, died: server.died };
}
