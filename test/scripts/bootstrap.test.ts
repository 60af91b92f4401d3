import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Workshop } from './support';

const root = join(__dirname, '..', '..');
const workshop = new Workshop();
afterAll(() => workshop.clean());

/** Stands in for npm: writes down how it was called and leaves what a finished install leaves. */
const NPM = `#!/bin/sh
echo "$@" >> npm-calls.log
[ -f npm-fails ] && exit 7
cp package-lock.json node_modules/.package-lock.json
`;

describe('scripts/bootstrap.mjs', () => {
  it('installs what the lockfile asks for, once, and then runs the script', async () => {
    const project = await makeProject();
    expect(await run(project)).toMatchObject({
      code: 5,
      output: expect.stringMatching(/script ran with extra/) as string,
    });
    expect(await run(project)).toMatchObject({ code: 5 });
    expect(await npmCalls(project)).toEqual(['ci --no-audit --no-fund']);
  });

  it('installs again when the lockfile asks for another version', async () => {
    const project = await makeProject();
    await run(project);
    await writeLock(project, '2.0.0');
    await run(project);
    expect(await npmCalls(project)).toHaveLength(2);
  });

  it('takes an optional package that is not there for installed', async () => {
    const project = await makeProject();
    await run(project);
    const lock = JSON.parse(await readFile(join(project, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, unknown>;
    };
    lock.packages['node_modules/other-platform'] = { version: '1.0.0', optional: true };
    await writeFile(join(project, 'package-lock.json'), JSON.stringify(lock));
    await run(project);
    expect(await npmCalls(project)).toHaveLength(1);
  });

  it('stops with a word about it when the install fails', async () => {
    const project = await makeProject();
    await writeFile(join(project, 'npm-fails'), '');
    expect(await run(project)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/npm ci failed/) as string,
    });
  });

  it('refuses a Node that is too old', async () => {
    const project = await makeProject('>=99.1');
    expect(await run(project)).toMatchObject({
      code: 1,
      output: expect.stringMatching(/Node 99\.1 or newer is needed/) as string,
    });
    expect(await npmCalls(project)).toEqual([]);
  });

  it('runs only the scripts that it is for', async () => {
    const project = await makeProject();
    expect(await run(project, 'other')).toMatchObject({
      code: 1,
      output: expect.stringMatching(/Usage: .* start\|test/) as string,
    });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('passes %s on and waits for the end', async (signal) => {
    const project = await makeProject();
    await writeFile(
      join(project, 'scripts', 'start.ts'),
      `const stay = setInterval(() => undefined, 1000);
       process.once('${signal}', () => { console.log('tidied up'); clearInterval(stay); });
       console.log('up');`,
    );
    const child = await spawnBootstrap(project, 'start');
    const done = finish(child);
    await new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        if (chunk.toString().includes('up\n')) resolve();
      });
    });
    child.kill(signal);
    expect(await done).toMatchObject({
      code: 0,
      output: expect.stringMatching(/tidied up/) as string,
    });
  });
});

async function makeProject(node = '>=20.19'): Promise<string> {
  const project = await workshop.folder();
  await mkdir(join(project, 'scripts'));
  await mkdir(join(project, 'node_modules'));
  await copyFile(join(root, 'scripts/bootstrap.mjs'), join(project, 'scripts/bootstrap.mjs'));
  await symlink(join(root, 'node_modules', 'tsx'), join(project, 'node_modules', 'tsx'));
  await writeFile(join(project, 'package.json'), JSON.stringify({ engines: { node } }));
  await writeLock(project, '1.0.0');
  const script = `console.log('script ran with ' + process.argv[2]); process.exitCode = 5;`;
  await writeFile(join(project, 'scripts', 'test.ts'), script);
  return project;
}

async function writeLock(project: string, version: string): Promise<void> {
  const packages = { '': {}, 'node_modules/thing': { version } };
  await writeFile(join(project, 'package-lock.json'), JSON.stringify({ packages }));
}

async function run(project: string, name = 'test'): Promise<{ code: number; output: string }> {
  const bin = await workshop.program('npm', NPM);
  return finish(await spawnBootstrap(project, name, bin));
}

async function spawnBootstrap(project: string, name: string, bin?: string): Promise<ChildProcess> {
  if (bin === undefined) {
    // Installed already: what a finished install leaves is there.
    await copyFile(
      join(project, 'package-lock.json'),
      join(project, 'node_modules', '.package-lock.json'),
    );
  }
  return spawn(process.execPath, ['scripts/bootstrap.mjs', name, 'extra'], {
    cwd: project,
    env: { ...process.env, PATH: `${bin ?? ''}:${process.env['PATH'] ?? ''}` },
  });
}

function finish(child: ChildProcess): Promise<{ code: number; output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ code: code ?? -1, output });
    });
  });
}

async function npmCalls(project: string): Promise<string[]> {
  const log = await readFile(join(project, 'npm-calls.log'), 'utf8').catch(() => '');
  return log.split('\n').filter((line) => line !== '');
}
