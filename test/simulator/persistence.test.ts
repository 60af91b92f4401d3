import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSimulator } from '../../simulator';
import { readEnvironment } from '../../simulator/environment';
import { closeBenches, makeUser, rowBody, seeded, startBench } from './support';

let folder: string;
let dataFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
  dataFile = join(folder, 'data', 'simulator.json');
});
afterEach(async () => {
  await closeBenches();
  rmSync(folder, { recursive: true });
});

describe('the data file', () => {
  it('brings back records, history, ids, switches and clock', async () => {
    const first = await startBench({ dataFile });
    const user = await makeUser(first, 'ann@members.test');
    const at = first.simulator.setClock({ now: Date.parse('2031-01-01T00:00:00Z'), frozen: true });
    const { id } = await first.done('POST', '/role_assignments', { body: rowBody(user) });
    first.simulator.setClock({ advanceMs: 60_000 });
    await first.done('DELETE', `/role_assignments/${id}`);
    first.simulator.setSwitches({ patchWindow: 'refused' });
    const before = first.simulator.state();
    await first.simulator.close();

    const second = await startBench({ dataFile });
    expect(second.simulator.state()).toEqual(before);
    expect(second.simulator.switches().patchWindow).toBe('refused');
    const open = (ms: number): boolean =>
      second.simulator.couldOpen({ userId: user, lockId: seeded.frontDoor, at: ms }).open;
    expect([at - 1, at, at + 59_999, at + 60_000].map(open)).toEqual([false, true, true, false]);
    const next = await second.done('POST', '/role_assignments', { body: rowBody(user) });
    expect(next.id).toBe(id + 1);
  });

  it('holds a change before it is answered, so that a killed simulator forgets nothing', async () => {
    const first = await startBench({ dataFile });
    const users = await Promise.all(
      Array.from({ length: 20 }, (_, n) => makeUser(first, `m${n}@members.test`)),
    );
    // Not closed: a second simulator reads what the first has written so far.
    const second = createSimulator({ dataFile });
    expect(second.state().users.map(({ id }) => id)).toEqual(expect.arrayContaining(users));
    expect(readdirSync(join(folder, 'data'))).toEqual(['simulator.json']);
    expect(statSync(dataFile).mode & 0o777).toBe(0o600);
  });

  it('refuses a file that it cannot read, and leaves it as it is', () => {
    for (const [text, message] of [
      ['{', 'is not JSON'],
      ['{"version":7}', 'has another format'],
    ] as const) {
      const broken = join(folder, 'broken.json');
      writeFileSync(broken, text);
      expect(() => createSimulator({ dataFile: broken })).toThrow(message);
      expect(readFileSync(broken, 'utf8')).toBe(text);
    }
  });
});

describe('the environment', () => {
  it('has defaults', () => {
    expect(readEnvironment({})).toEqual({
      port: 3100,
      host: '127.0.0.1',
      apiKey: 'simulated-kisi-demo-api-key',
      dataFile: join('.data', 'simulator.json'),
    });
    expect(readEnvironment({ DATA_DIR: '/d' }).dataFile).toBe(join('/d', 'simulator.json'));
    expect(readEnvironment({ SIMULATOR_DATA_FILE: '/f.json' }).dataFile).toBe('/f.json');
  });

  it('names a wrong variable', () => {
    expect(() => readEnvironment({ SIMULATOR_PORT: 'many' })).toThrow('SIMULATOR_PORT');
  });
});

describe('the process', () => {
  const running: ChildProcess[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) child.kill('SIGKILL');
  });

  const start = async (
    variables: Record<string, string> = {},
  ): Promise<{ child: ChildProcess; url: string }> => {
    const root = join(__dirname, '../..');
    const child = spawn(process.execPath, ['--import', 'tsx', join(root, 'simulator/main.ts')], {
      cwd: root,
      env: {
        PATH: process.env['PATH'],
        DATA_DIR: folder,
        SIMULATOR_PORT: '0',
        SIMULATOR_API_KEY: 'my-key',
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.push(child);
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const exited = once(child, 'exit').then(() => 'exited');
    for (;;) {
      const url = /at (http:\S+),/.exec(output)?.[1];
      if (url !== undefined) return { child, url };
      const next = await Promise.race([exited, once(child.stdout, 'data')]);
      if (next === 'exited') throw new Error(output);
    }
  };

  it('serves, stops cleanly on SIGTERM, and finds its data again after a kill', async () => {
    const headers = { Authorization: 'KISI-LOGIN my-key', 'Content-Type': 'application/json' };
    const first = await start();
    const made = await fetch(`${first.url}/users`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ user: { email: 'ann@members.test' } }),
    });
    expect(made.status).toBe(200);
    first.child.kill('SIGKILL');
    await once(first.child, 'exit');

    const second = await start();
    const found = await fetch(`${second.url}/users?email=ann@members.test`, { headers });
    expect(await found.json()).toHaveLength(1);
    second.child.kill('SIGTERM');
    expect(await once(second.child, 'exit')).toEqual([0, null]);
  });

  it('ends with an error that names a wrong variable', async () => {
    await expect(start({ SIMULATOR_PORT: 'many' })).rejects.toThrow('SIMULATOR_PORT');
  });
});
