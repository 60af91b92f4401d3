/**
 * `npm test`: the checks, then every test. The last line is `N passed, N failed`; the exit code is 0 only
 * when nothing failed. `npm run test:long` (`--long`) instead tells the property through the workflows
 * many more stories, see test/property.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const root = join(__dirname, '..');
const LONG_RUNS = '200';

interface Count {
  passed: number;
  failed: number;
}

/** The part of jest's `--json` report that counts. */
const jestReport = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  numRuntimeErrorTestSuites: z.number(),
});

async function main(): Promise<void> {
  const reports = await mkdtemp(join(tmpdir(), 'latchkey-reports-'));
  const isLong = process.argv.includes('--long');
  if (isLong) process.env['LATCHKEY_PROPERTY_RUNS'] ??= LONG_RUNS;
  const counts = isLong
    ? [await jest('workflows', ['--runInBand', 'test/property'], reports)]
    : [
        await check(),
        await jest('unit', ['--maxWorkers=2'], reports),
        await jest('database', ['--maxWorkers=3'], reports),
        // One after the other: side by side on two cores they miss the instants that they wait for.
        await jest('workflows', ['--runInBand'], reports),
        await jest('processes', ['--runInBand'], reports),
      ];
  await rm(reports, { recursive: true, force: true });
  const passed = counts.reduce((sum, count) => sum + count.passed, 0);
  const failed = counts.reduce((sum, count) => sum + count.failed, 0);
  process.exitCode = failed === 0 ? 0 : 1;
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
}

/** Types, lint, format, boundaries and dead code; a fault there counts as one failure. */
async function check(): Promise<Count> {
  const code = await run('npm', ['run', 'check']);
  return { passed: 0, failed: code === 0 ? 0 : 1 };
}

async function jest(project: string, args: string[], reports: string): Promise<Count> {
  const file = join(reports, `${project}.json`);
  const jestArgs = [
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    ...['--selectProjects', project, '--json', '--outputFile', file],
    ...args,
  ];
  const code = await run(process.execPath, jestArgs, (child) => endWhenStuck(child, file));
  const count = await readReport(file);
  // Jest can fail for other reasons than a test: servers that do not start, a configuration fault.
  return code === 0 || count.failed > 0 ? count : { ...count, failed: 1 };
}

/** Jest writes its report when all is done, the teardown too; what keeps it after that will not end. */
const LONGEST_EXIT_MS = 10_000;

/** Ends a jest that something open keeps from exiting, which fails the run; answers how to stop looking. */
function endWhenStuck(child: ChildProcess, report: string): () => void {
  let doneAt: number | null = null;
  const timer = setInterval(() => {
    if (!existsSync(report)) return;
    doneAt ??= Date.now();
    if (Date.now() - doneAt < LONGEST_EXIT_MS) return;
    process.stderr.write(
      'Jest did not exit by itself and was ended: a test left something open.\n',
    );
    child.kill('SIGKILL');
  }, 1_000);
  return () => {
    clearInterval(timer);
  };
}

/** A test that was skipped and a file that could not be loaded have not passed: both count as failed. */
async function readReport(file: string): Promise<Count> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return { passed: 0, failed: 1 };
  const report = jestReport.parse(JSON.parse(text));
  const { numFailedTests, numPendingTests, numTodoTests, numRuntimeErrorTestSuites } = report;
  return {
    passed: report.numPassedTests,
    failed: numFailedTests + numPendingTests + numTodoTests + numRuntimeErrorTestSuites,
  };
}

/** Runs a program in the foreground; answers its exit code, or 1 when a signal ended it. */
function run(
  program: string,
  args: string[],
  watch: (child: ChildProcess) => () => void = () => () => undefined,
): Promise<number> {
  return new Promise((resolve) => {
    // What jest prints with --json is the report, which goes to the file; it is not shown twice.
    const child = spawn(program, args, {
      cwd: root,
      stdio: ['inherit', args.includes('--json') ? 'ignore' : 'inherit', 'inherit'],
      shell: process.platform === 'win32',
    });
    const unwatch = watch(child);
    const forward = (signal: NodeJS.Signals): void => {
      child.kill(signal);
    };
    process.once('SIGINT', forward).once('SIGTERM', forward);
    child.once('error', (error) => {
      unwatch();
      process.stderr.write(`${program} cannot be run: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code) => {
      unwatch();
      process.off('SIGINT', forward).off('SIGTERM', forward);
      resolve(code ?? 1);
    });
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.stdout.write('0 passed, 1 failed\n');
  process.exitCode = 1;
});
