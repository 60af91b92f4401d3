import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import mongoose from 'mongoose';
import { prepareEmbedded } from '../../scripts/servers/mongo/embedded';
import { startMongo, type RunningMongo } from '../../scripts/servers/mongo/start-mongo';
import { NoServerError } from '../../scripts/servers/ways';
import { eventually } from '../support/eventually';
import { testServers } from '../support/servers';
import { startHolder } from './holder';
import { isAlive, md5, Workshop } from './support';

// Servers are fetched through real mirrors and indexes, and started.
jest.setTimeout(180_000);

const workshop = new Workshop();
const running: RunningMongo[] = [];
let cacheDir: string;
let path: string;
let unreachable: string;

beforeAll(async () => {
  cacheDir = testServers().cacheDir;
  path = await workshop.pathWithout('mongod');
  unreachable = (await workshop.fileServer(() => undefined)).url;
});

beforeEach(() => {
  useMirror(unreachable);
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

afterAll(async () => {
  useMirror(undefined);
  await workshop.clean();
});

describe('way 1: MONGODB_URI', () => {
  it('takes the server that is named, and leaves it running', async () => {
    const own = await start({});
    const named = await start({ MONGODB_URI: own.uri });
    expect(named.how).toBe('MONGODB_URI');
    await named.stop();
    await expectToServe(own.uri);
  });

  it('ends the search when that server does not answer, without repeating the password', async () => {
    const starting = start({ MONGODB_URI: 'mongodb://someone:secret@127.0.0.1:1' });
    await expect(starting).rejects.toThrow(/MONGODB_URI does not answer/);
    await expect(starting).rejects.not.toThrow(/secret/);
  });
});

describe('way 2: mongod on PATH', () => {
  it('starts it on a folder of its own and ends it with the run', async () => {
    const bin = await workshop.program('mongod', await mongodScript());
    const dataDir = await workshop.folder();
    const server = await start({ PATH: `${bin}:${path}` }, { dataDir });
    expect(server.how).toBe(`mongod on PATH (${join(bin, 'mongod')})`);
    expect(existsSync(join(dataDir, 'mongodb', 'data.mv'))).toBe(true);
    await expectToServe(server.uri);
    await server.stop();
    expect(isAlive(server.pid)).toBe(false);
  });

  it('says what mongod said when it does not start', async () => {
    const bin = await workshop.program('mongod', '#!/bin/sh\necho "no room on the disk"; exit 3\n');
    const starting = start({ PATH: `${bin}:${path}` });
    await expect(starting).rejects.toThrow(/mongod ended \(code 3\)[^]*no room on the disk/);
  });

  it('leaves a data folder to the server that wrote it', async () => {
    const dataDir = await workshop.folder();
    const first = await start({}, { dataDir });
    await first.stop();
    const bin = await workshop.program('mongod', await mongodScript());
    const second = await start({ PATH: `${bin}:${path}` }, { dataDir });
    expect(second.how).toMatch(/^embedded/);
  });
});

describe('way 3: a downloaded mongod', () => {
  it('downloads it once, checks its sum, and starts it from the cache after that', async () => {
    const archive = await mongodArchive();
    const mirror = await workshop.fileServer((asked) => mirrorAnswer(asked, archive));
    useMirror(mirror.url);
    const cache = await workshop.folder();
    const first = await start({}, { cacheDir: cache });
    expect(first.how).toBe('downloaded mongod');
    await expectToServe(first.uri);
    const { length } = mirror.asked;
    expect(length).toBe(2);
    const second = await start({}, { cacheDir: cache });
    expect(second.how).toBe('downloaded mongod');
    expect(mirror.asked).toHaveLength(length);
  });

  it.each([
    ['breaks off', { breakOff: true }],
    ['has a wrong sum', { sum: 'd41d8cd98f00b204e9800998ecf8427e' }],
  ])('goes on to the next way when the download %s, and keeps nothing of it', async (_, fault) => {
    const archive = await mongodArchive();
    const mirror = await workshop.fileServer((asked) => mirrorAnswer(asked, archive, fault));
    useMirror(mirror.url);
    const cache = await workshop.folder();
    const server = await start({}, { cacheDir: cache });
    expect(server.how).toMatch(/^embedded/);
    expect((await readdir(cache)).filter((name) => name.includes('mongod'))).toEqual([]);
  });

  it('is asked once per run when it cannot be reached', async () => {
    const mirror = await workshop.fileServer(() => undefined);
    useMirror(mirror.url);
    const env = { ...process.env, PATH: path, LATCHKEY_SERVER_NOES: undefined };
    const run = async (): Promise<void> => {
      const dataDir = await workshop.folder();
      await startTracked({ dataDir, cacheDir, env, log: () => undefined });
    };
    await run();
    expect(mirror.asked.length).toBeGreaterThan(0);
    const { length } = mirror.asked;
    await run();
    expect(mirror.asked).toHaveLength(length);
  });
});

describe('way 4: the embedded Java server', () => {
  it('is fetched and built by two runs at once without harm', async () => {
    const cache = await workshop.folder();
    const servers = await Promise.all([
      start({}, { cacheDir: cache }),
      start({}, { cacheDir: cache }),
    ]);
    for (const server of servers) {
      expect(server.how).toBe('embedded Java server (mongo-java-server 1.47.0)');
      await expectToServe(server.uri);
    }
    expect(await readdir(cache)).toHaveLength(1);
  });

  it('needs no Maven once it is in the cache', async () => {
    const server = await start({ PATH: await workshop.pathWithout('mongod', 'mvn') });
    expect(server.how).toMatch(/^embedded/);
  });

  it('tells which way was taken and why not the earlier ones', async () => {
    const lines: string[] = [];
    await start({}, { log: (line) => lines.push(line) });
    expect(lines.join('\n')).toMatch(
      /MongoDB: embedded Java server \(MONGODB_URI: not set; mongod on PATH: not there; mongod download: .+404/,
    );
  });

  it('takes a free port when the usual one is busy, and says so', async () => {
    const other = await start({});
    const busy = Number(new URL(other.uri).port);
    const lines: string[] = [];
    const server = await start({}, { preferredPort: busy, log: (line) => lines.push(line) });
    expect(new URL(server.uri).port).not.toBe(String(busy));
    expect(lines.join('\n')).toContain(`port ${busy} is busy`);
  });
});

describe('no way at all', () => {
  it('lists the four ways with their reasons and what would help', async () => {
    const starting = start(
      { PATH: await workshop.pathWithout('mongod', 'java', 'javac') },
      { cacheDir: await workshop.folder() },
    );
    await expect(starting).rejects.toThrow(NoServerError);
    await expect(starting).rejects.toThrow(
      /1\. MONGODB_URI: not set\n.*2\. mongod on PATH: not there\n.*3\. mongod download: .*\n.*4\. embedded Java server: no JDK 17 found\n[^]*JDK 17 and Maven/,
    );
  });
});

/** mongodb-memory-server reads its own variables from the process. */
function useMirror(url: string | undefined): void {
  delete process.env['MONGOMS_DOWNLOAD_MIRROR'];
  delete process.env['MONGOMS_USE_HTTP'];
  if (url === undefined) return;
  process.env['MONGOMS_DOWNLOAD_MIRROR'] = url;
  process.env['MONGOMS_USE_HTTP'] = 'true';
}

type StartOptions = Parameters<typeof startMongo>[0];

/** Ways 1 to 3 are off, unless `env` or the mirror switches one on. */
async function start(
  env: NodeJS.ProcessEnv,
  options: Partial<StartOptions> = {},
): Promise<RunningMongo> {
  const off = { MONGODB_URI: undefined, LATCHKEY_SERVER_NOES: undefined };
  return startTracked({
    dataDir: options.dataDir ?? (await workshop.folder()),
    cacheDir,
    log: () => undefined,
    ...options,
    env: { ...process.env, PATH: path, ...off, ...env },
  });
}

async function startTracked(options: StartOptions): Promise<RunningMongo> {
  const server = await startMongo(options);
  running.push(server);
  return server;
}

async function expectToServe(uri: string): Promise<void> {
  const connection = await mongoose.createConnection(`${uri}/ways`).asPromise();
  const things = connection.collection('things');
  await things.insertOne({ name: 'door' });
  expect(await things.countDocuments({ name: 'door' })).toBeGreaterThan(0);
  await connection.close();
}

/** A program that behaves as mongod towards its caller: its arguments, its folder, its port. */
async function mongodScript(): Promise<string> {
  const program = await prepareEmbedded({ cacheDir, env: process.env, log: () => undefined });
  if (!program.yes) throw new Error(program.reason);
  const { java, classPath } = program.found;
  return `#!/bin/sh
while [ $# -gt 0 ]; do
  case "$1" in
    --dbpath) folder="$2";;
    --port) port="$2";;
    --bind_ip) [ "$2" = 127.0.0.1 ] || exit 2;;
    *) exit 2;;
  esac
  shift 2
done
exec '${java}' -cp '${classPath}' EmbeddedMongo "$port" "$folder/data.mv"
`;
}

async function mongodArchive(): Promise<Buffer> {
  const folder = await workshop.folder();
  const bin = await workshop.program('mongod', await mongodScript());
  await mkdir(join(folder, 'mongodb-test'));
  await rename(bin, join(folder, 'mongodb-test', 'bin'));
  execFileSync('tar', ['-czf', 'archive.tgz', 'mongodb-test'], { cwd: folder });
  return readFile(join(folder, 'archive.tgz'));
}

function mirrorAnswer(
  asked: string,
  archive: Buffer,
  fault: { breakOff?: boolean; sum?: string } = {},
): { body: Buffer | string; breakOff?: boolean } {
  if (asked.endsWith('.md5')) return { body: fault.sum ?? md5(archive) };
  return { body: archive, breakOff: fault.breakOff ?? false };
}

it('ends its server even when the process that started it is killed hard', async () => {
  const holder = await startHolder({ PATH: path }, await workshop.folder(), cacheDir);
  expect(isAlive(holder.serverPid)).toBe(true);
  process.kill(holder.pid, 'SIGKILL');
  await eventually(
    () => isAlive(holder.serverPid),
    (alive) => !alive,
  );
});
