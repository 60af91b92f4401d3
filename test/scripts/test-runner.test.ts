import { spawn } from 'node:child_process';
import { copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Workshop } from './support';

const root = join(__dirname, '..', '..');
const workshop = new Workshop();
afterAll(() => workshop.clean());

const PASSES = `it('a', () => expect(1).toBe(1));`;
const FAILS = `it('b', () => expect(1).toBe(2));`;
const SKIPPED = `it['skip']('c', () => undefined);`;
const NEVER_EXITS = `${PASSES} require('net').createServer().listen(0, '127.0.0.1');`;
const BROKEN = `throw new Error('cannot be loaded');`;

describe('scripts/test.ts', () => {
  it.each([
    [
      'all tests of all projects',
      { unit: PASSES + PASSES, processes: PASSES },
      '5 passed, 0 failed',
      0,
    ],
    ['a failed test', { unit: PASSES + FAILS, processes: PASSES }, '4 passed, 1 failed', 1],
    ['a skipped test as failed', { unit: PASSES, processes: SKIPPED }, '3 passed, 1 failed', 1],
    [
      'a run that something open keeps from exiting',
      { unit: PASSES, processes: NEVER_EXITS },
      '4 passed, 1 failed',
      1,
    ],
    ['a file that cannot be loaded', { unit: PASSES, processes: BROKEN }, '3 passed, 1 failed', 1],
    [
      'a failed check',
      { unit: PASSES, processes: PASSES, check: 'exit 3' },
      '4 passed, 1 failed',
      1,
    ],
  ])('counts %s, in the last line and the exit code', async (_, project, line, code) => {
    const result = await runTests(await makeProject(project));
    expect(result).toEqual({ lastLine: line, code });
  });
});

async function makeProject(project: {
  unit: string;
  processes: string;
  check?: string;
}): Promise<string> {
  const folder = await workshop.folder();
  await mkdir(join(folder, 'scripts'));
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  await copyFile(join(root, 'scripts', 'test.ts'), join(folder, 'scripts', 'test.ts'));
  const scripts = { check: project.check ?? 'exit 0' };
  await writeFile(join(folder, 'package.json'), JSON.stringify({ scripts }));
  const { unit, processes } = project;
  const files = { unit, database: PASSES, workflows: PASSES, processes };
  const projects = Object.keys(files).map((name) => ({
    displayName: name,
    testMatch: [`<rootDir>/${name}.test.js`],
  }));
  await writeFile(
    join(folder, 'jest.config.js'),
    `module.exports = ${JSON.stringify({ projects })}`,
  );
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, `${name}.test.js`), text);
  }
  return folder;
}

function runTests(folder: string): Promise<{ lastLine: string | undefined; code: number | null }> {
  const child = spawn(process.execPath, ['--import', 'tsx', 'scripts/test.ts'], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((resolve) => {
    child.once('close', (code) => {
      resolve({ lastLine: output.trimEnd().split('\n').at(-1), code });
    });
  });
}
