import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createSimulator } from '../../simulator';
import { eventually } from '../support/eventually';
import { testServers } from '../support/servers';
import { NpmStart } from './npm-start';
import { Workshop } from './support';

jest.setTimeout(240_000);

const workshop = new Workshop();
const runs: NpmStart[] = [];

afterEach(async () => {
  await Promise.all(runs.splice(0).map((run) => run.end()));
});

afterAll(() => workshop.clean());

const STORY = [
  /could open: no {2,}\S.* has no access/,
  /accepted {2,}after \d+\.\d\d s/,
  /in place at Kisi {2,}after \d+\.\d\d s/,
  /could open: yes {2,}after \d+\.\d\d s/,
  /could open: no {2,}\d+\.\d\d s after the end/,
  /expired {2,}says the API/,
];

describe('npm start', () => {
  it('shows the main job, stays up, ends with Ctrl-C, and finds its data again', async () => {
    const dataDir = await workshop.folder();
    const first = await start(dataDir);
    await first.printed(/Latchkey is up/);
    expectInOrder(first.output, STORY);
    const adminKey = (await first.printed(/Admin API key +(\S+)/))[1] ?? '';
    await expectPages(first);
    expect((await stat(join(dataDir, 'encryption.key'))).mode & 0o777).toBe(0o600);
    const grants = await listGrants(first, adminKey);
    expect(grants).toHaveLength(1);
    const commands = [...first.processes().values()].join('\n');
    for (const part of [/start-dev/, /EmbeddedMongo|mongod/, /simulator/, /all-in-one/]) {
      expect(commands).toMatch(part);
    }

    first.interrupt();
    expect([0, 'SIGINT']).toContain(await first.exit);
    expect([...first.processes().values()]).toEqual([]);

    const second = await start(dataDir);
    await second.printed(/Latchkey is up/);
    expectInOrder(second.output, STORY);
    expect(second.output).toContain(adminKey);
    expect(second.output).not.toContain('Building');
    expect(await listGrants(second, adminKey)).toEqual(expect.arrayContaining(grants));
  });

  it('uses the servers that are named, and fails when Kisi is stopped in the middle of the story', async () => {
    const { mongoUri, temporalAddress, takeNamespace } = testServers();
    const simulator = createSimulator();
    const kisiBaseUrl = await simulator.listen();
    const run = await start(await workshop.folder(), {
      MONGODB_URI: mongoUri('npm_start'),
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_NAMESPACE: await takeNamespace(),
      KISI_BASE_URL: kisiBaseUrl,
    });
    await run.printed(/could open: yes/);
    expect(run.output).toContain('MongoDB: MONGODB_URI');
    expect(run.output).toContain('Temporal: TEMPORAL_ADDRESS');
    expect([...run.processes().values()].join('\n')).not.toMatch(/start-dev|Mongo|simulator/);

    await simulator.close();
    expect(await run.exit).toBe(1);
    expect(run.output).toContain('/_sim/could-open');
    expect(run.output).toContain('was not answered');
    expect(run.output).not.toContain('Latchkey is up');
    expect([...run.processes().values()]).toEqual([]);
  });

  it('ends with an error when one of its processes ends by itself', async () => {
    const run = await start(await workshop.folder());
    await run.printed(/The main job/);
    process.kill(run.processOf(/simulator.main\.js/), 'SIGKILL');
    expect(await run.exit).toBe(1);
    expect(run.output).toMatch(/Simulator ended \(SIGKILL\)/);
    expect([...run.processes().values()]).toEqual([]);
  });

  it('leaves nothing behind when its main process is killed hard', async () => {
    const run = await start(await workshop.folder());
    await run.printed(/The main job/);
    process.kill(run.processOf(/start\.ts/), 'SIGKILL');
    await eventually(
      () => run.processes().size,
      (count) => count === 0,
    );
  });

  it('takes free ports when the usual ones are busy, and a key from the environment', async () => {
    const busy = createServer();
    await new Promise<void>((resolve) => busy.listen(0, '127.0.0.1', resolve));
    const address = busy.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const adminKey = 'a-key-of-the-environment-0';
    const run = await start(await workshop.folder(), {
      PORT: port,
      SIMULATOR_PORT: port,
      TEMPORAL_PORT: port,
      TEMPORAL_UI_PORT: port,
      ADMIN_API_KEY: adminKey,
    });
    const [, url] = await run.printed(/Latchkey is up\.\n +API +(\S+)/);
    for (const name of ['API', 'Temporal', 'Temporal Web', 'Simulated Kisi']) {
      expect(run.output).toContain(`${name}: port ${port} is busy`);
    }
    const headers = { authorization: `Bearer ${adminKey}` };
    expect((await fetch(`${url ?? ''}/v1/members`, { headers })).status).toBe(200);
    expect(run.output).not.toContain(adminKey);
    await new Promise((resolve) => busy.close(resolve));
  });
});

async function start(dataDir: string, env: NodeJS.ProcessEnv = {}): Promise<NpmStart> {
  const run = await NpmStart.start(dataDir, env);
  runs.push(run);
  return run;
}

function expectInOrder(output: string, patterns: RegExp[]): void {
  let rest = output;
  for (const pattern of patterns) {
    expect(rest).toMatch(pattern);
    rest = rest.slice(rest.search(pattern) + 1);
  }
}

async function expectPages({ ports }: NpmStart): Promise<void> {
  const pages = [
    `http://127.0.0.1:${ports.PORT}/docs`,
    `http://127.0.0.1:${ports.TEMPORAL_UI_PORT}`,
    `http://127.0.0.1:${ports.SIMULATOR_PORT}/_sim/state`,
  ];
  for (const page of pages) expect((await fetch(page)).status).toBe(200);
}

async function listGrants({ ports }: NpmStart, adminKey: string): Promise<string[]> {
  const answer = await fetch(`http://127.0.0.1:${ports.PORT}/v1/grants`, {
    headers: { authorization: `Bearer ${adminKey}` },
  });
  const { data } = (await answer.json()) as { data: { id: string }[] };
  return data.map(({ id }) => id);
}
