import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { createSimulator, demoApiKey } from '../../simulator';
import type { LoadOptions, LoadReport } from '../support/kisi-load';
import { testServers } from '../support/servers';
import { mostInASecond } from '../support/sliding-second';

/* The limiter between real processes, over the real MongoDB protocol, judged by Kisi's own log. */

const root = join(__dirname, '..', '..');
const LATENCY_MS = 150;
const TIMEOUT_MS = 1_000;
/** Time in which a process may still send, its timeout, and the rest of the slot, with some room. */
const LEASE_MS = 2_000 + TIMEOUT_MS + 1_000 + 2_000;

const simulator = createSimulator();
let kisiUrl: string;
let owner: number;
let processes: LoadProcess[] = [];

beforeAll(async () => {
  kisiUrl = await simulator.listen();
  owner = simulator.state().organizations[0]?.ownerId ?? 0;
  // The limit is judged from the log; a 429 would only hide by how much it was passed.
  simulator.setSwitches({ latencyMs: LATENCY_MS, rateLimit: { enabled: false } });
});

afterEach(() => {
  for (const each of processes) each.child.kill('SIGKILL');
  processes = [];
});

afterAll(async () => {
  await simulator.close();
});

interface LoadProcess {
  child: ChildProcess;
  lines: AsyncIterator<string>;
}

/** Starts a process and waits until it can begin. */
async function start(
  options: Pick<LoadOptions, 'priority' | 'concurrency' | 'pauseMs'> & {
    mongoUri: string;
    durationMs: number;
    stallMs?: number;
  },
): Promise<LoadProcess> {
  const load: LoadOptions = {
    ...options,
    kisiUrl,
    apiKey: demoApiKey,
    owner: `owner:${owner}`,
    timeoutMs: TIMEOUT_MS,
  };
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(root, 'test', 'support', 'kisi-load.ts'), JSON.stringify(load)],
    { cwd: root, stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const reader: Interface = createInterface(child.stdout);
  const started = { child, lines: reader[Symbol.asyncIterator]() };
  processes.push(started);
  expect(await nextLine(started)).toBe('ready');
  return started;
}

async function nextLine({ lines }: LoadProcess): Promise<string> {
  const line = await lines.next();
  if (line.done === true) throw new Error('the process ended before it said anything');
  return line.value;
}

function go({ child }: LoadProcess): void {
  child.stdin?.write('go\n');
}

async function reportOf(each: LoadProcess): Promise<LoadReport> {
  return JSON.parse(await nextLine(each)) as LoadReport;
}

/** When the calls of the key's owner arrived at Kisi, ms. */
function arrivals(since: number): number[] {
  return simulator
    .requests()
    .filter(({ keyOwnerId, arrivedAt }) => keyOwnerId === owner && arrivedAt >= since)
    .map(({ arrivedAt }) => arrivedAt);
}

const worker = { priority: 'backlog', concurrency: 8, pauseMs: 0 } as const;

it('two workers and an API never make more than five calls in a second, and use at least 85 % of them', async () => {
  const mongoUri = testServers().mongoUri('limiter-rate');
  const durationMs = 6_000;
  const started = await Promise.all([
    start({ ...worker, mongoUri, durationMs }),
    start({ ...worker, mongoUri, durationMs }),
    start({ priority: 'interactive', concurrency: 1, pauseMs: 500, mongoUri, durationMs }),
  ]);
  const begin = Date.now();
  started.forEach(go);
  const [first, second, api] = await Promise.all(started.map(reportOf));

  const arrived = arrivals(begin);
  expect(mostInASecond(arrived)).toBeLessThanOrEqual(5);

  const calls = [first, second, api].flatMap((report) => report?.calls ?? []);
  const roundTripMs = calls.reduce((sum, call) => sum + call.durationMs, 0) / calls.length;
  const possible = (5 / (1 + roundTripMs / 1_000)) * (durationMs / 1_000);
  expect(arrived.length).toBeGreaterThanOrEqual(0.85 * possible);
  expect(arrived).toHaveLength(calls.length);

  // A person does not stand behind the workers' backlog of sixteen calls.
  const waits = (report: LoadReport | undefined) =>
    (report?.calls ?? []).map(({ waitMs }) => waitMs).sort((a, b) => a - b);
  const middle = (values: number[]) => values[Math.floor(values.length / 2)] ?? NaN;
  expect(waits(api).length).toBeGreaterThanOrEqual(3);
  expect(middle(waits(api))).toBeLessThan(middle(waits(first)) / 2);
  // What is left at the end was too late and not sent; nothing else went wrong.
  const failures = [first, second, api].flatMap((report) => report?.failures ?? []);
  expect(new Set(failures)).toEqual(new Set(['too_late']));
});

it('a process that stood still with all slots in its hands does not send with them', async () => {
  const mongoUri = testServers().mongoUri('limiter-stall');
  const durationMs = LEASE_MS + 3_000;
  const [stalled, steady] = await Promise.all([
    start({ ...worker, mongoUri, durationMs, stallMs: LEASE_MS }),
    start({ ...worker, mongoUri, durationMs }),
  ]);
  const begin = Date.now();
  go(stalled);
  expect(await nextLine(stalled)).toBe('stalled');
  go(steady);
  const [late, report] = await Promise.all([reportOf(stalled), reportOf(steady)]);

  const arrived = arrivals(begin);
  // The other process had the slots when the leases were over, before the stalled one went on.
  expect(Math.min(...arrived)).toBeLessThan(begin + LEASE_MS);
  expect(mostInASecond(arrived)).toBeLessThanOrEqual(5);
  expect(late.calls.length).toBeGreaterThan(0);
  expect(report.calls.length).toBeGreaterThan(5);
});

it('a process that is killed keeps no slot for longer than its lease', async () => {
  const mongoUri = testServers().mongoUri('limiter-kill');
  const durationMs = LEASE_MS + 4_000;
  const [killed, steady] = await Promise.all([
    start({ ...worker, mongoUri, durationMs, stallMs: 60_000 }),
    start({ ...worker, mongoUri, durationMs }),
  ]);
  const begin = Date.now();
  go(killed);
  expect(await nextLine(killed)).toBe('stalled');
  go(steady);
  killed.child.kill('SIGKILL');
  const report = await reportOf(steady);

  const arrived = arrivals(begin);
  expect(arrived).toHaveLength(report.calls.length);
  // It was killed with all five slots, so that the first call is late, and then all are there.
  expect(Math.min(...arrived)).toBeGreaterThan(begin + TIMEOUT_MS + 1_000);
  expect(arrived.length).toBeGreaterThanOrEqual(10);
  expect(mostInASecond(arrived)).toBeLessThanOrEqual(5);
});
