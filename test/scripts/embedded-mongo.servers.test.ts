import mongoose from 'mongoose';
import { startMongo, type RunningMongo } from '../../scripts/servers/mongo/start-mongo';
import { testServers } from '../support/servers';
import { Workshop } from './support';

jest.setTimeout(180_000);

const workshop = new Workshop();
const running: RunningMongo[] = [];
const LOAD = 100_000;
const WRITERS = 20;
const KILLED_AFTER = 2000;

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

afterAll(() => workshop.clean());

describe('the embedded MongoDB server', () => {
  it('keeps 100,000 documents over a load, a reopening and a kill', async () => {
    const dataDir = await workshop.folder();
    let server = await startEmbedded(dataDir);
    await withDocuments(server, async (documents) => {
      for (let start = 0; start < LOAD; start += 5000) {
        await documents.insertMany(Array.from({ length: 5000 }, (_, index) => make(start + index)));
      }
      await expectWhole(documents, LOAD);
    });
    await server.stop();

    server = await startEmbedded(dataDir);
    await withDocuments(server, async (documents) => {
      await expectWhole(documents, LOAD);
      await documents.updateMany({ _id: { $lt: 1000 } }, { $set: { isChanged: true } });
      killHard(server);
    });
    await server.died;

    server = await startEmbedded(dataDir);
    await withDocuments(server, async (documents) => {
      await expectWhole(documents, LOAD);
      expect(await documents.countDocuments({ isChanged: true })).toBe(1000);
    });
    await server.stop();
  });

  it('loses nothing that it acknowledged when it is killed right after', async () => {
    const dataDir = await workshop.folder();
    const killed = await startEmbedded(dataDir);
    const acknowledged = await withDocuments(killed, (documents) =>
      writeUntilKilled(documents, killed),
    );
    await killed.died;
    expect(acknowledged.length).toBeGreaterThanOrEqual(KILLED_AFTER);

    const server = await startEmbedded(dataDir);
    await withDocuments(server, async (documents) => {
      const kept = new Set((await documents.find().toArray()).map(({ _id }) => _id));
      expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    });
    await server.stop();
  });

  it('speaks as a server that current drivers accept', async () => {
    const server = await startEmbedded(await workshop.folder());
    const connection = await mongoose.createConnection(server.uri).asPromise();
    const greeting = await connection.getClient().db('admin').command({ isMaster: 1 });
    await connection.close();
    expect(greeting['maxWireVersion']).toBe(21);
  });
});

interface Thing {
  _id: number;
  name: string;
  isChanged?: boolean;
}
type Things = ReturnType<typeof mongoose.connection.collection<Thing>>;

function make(id: number): Thing {
  return { _id: id, name: `thing ${id} `.repeat(10) };
}

async function startEmbedded(dataDir: string): Promise<RunningMongo> {
  const env = {
    ...process.env,
    MONGODB_URI: undefined,
    PATH: await pathWithoutMongod(),
    LATCHKEY_SERVER_NOES: JSON.stringify({ 'MongoDB/mongod download': 'switched off' }),
  };
  const { cacheDir } = testServers();
  const server = await startMongo({ dataDir, cacheDir, env, log: () => undefined });
  running.push(server);
  expect(server.how).toMatch(/^embedded/);
  return server;
}

let path: Promise<string> | undefined;
function pathWithoutMongod(): Promise<string> {
  path ??= workshop.pathWithout('mongod');
  return path;
}

async function withDocuments<T>(
  server: RunningMongo,
  use: (documents: Things) => Promise<T>,
): Promise<T> {
  const connection = await mongoose.createConnection(`${server.uri}/durable`).asPromise();
  try {
    return await use(connection.collection<Thing>('things'));
  } finally {
    await connection.close(true);
  }
}

async function expectWhole(documents: Things, count: number): Promise<void> {
  expect(await documents.countDocuments()).toBe(count);
  let sum = 0;
  for await (const { _id, name } of documents.find()) {
    if (name === make(_id).name) sum += _id;
  }
  expect(sum).toBe((count * (count - 1)) / 2);
}

/** Writes from several sides; the kill falls while they write. Answers what was acknowledged. */
async function writeUntilKilled(documents: Things, server: RunningMongo): Promise<number[]> {
  const acknowledged: number[] = [];
  let next = 0;
  const write = async (): Promise<void> => {
    for (;;) {
      const id = next++;
      try {
        await documents.insertOne(make(id));
      } catch {
        return;
      }
      acknowledged.push(id);
      if (acknowledged.length === KILLED_AFTER) killHard(server);
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  return acknowledged;
}

function killHard({ pid }: RunningMongo): void {
  if (pid === undefined) throw new Error('no process to kill');
  process.kill(pid, 'SIGKILL');
}
