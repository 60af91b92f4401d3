import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import mongoose from 'mongoose';
import {
  createKisiClient,
  createKisiLimiter,
  type KisiCall,
  type KisiLimiter,
} from '../../src/kisi';
import { SLOTS_PER_OWNER } from '../../src/kisi/slots';
import { createKisiSlots } from '../../src/store/kisi-slots';

/*
 * One process that calls Kisi as a worker or an API does, run by tests as a child. It says `ready`,
 * waits for a line on stdin, makes its calls, and prints a `LoadReport`. Before it stands still it
 * says `stalled`.
 */

export interface LoadOptions {
  mongoUri: string;
  kisiUrl: string;
  apiKey: string;
  owner: string;
  priority: 'interactive' | 'backlog';
  /** How many calls are under way or waiting at a time. */
  concurrency: number;
  /** Pause between a call and the next one, in ms. */
  pauseMs: number;
  /** No call begins after this time, in ms. */
  durationMs: number;
  timeoutMs: number;
  /** Collects all five slots, then stands still for this time (ms) before it sends with any. */
  stallMs?: number;
}

export interface LoadReport {
  calls: KisiCall[];
  /** Kinds of the errors of calls that failed. */
  failures: string[];
}

async function run(options: LoadOptions): Promise<LoadReport> {
  const report: LoadReport = { calls: [], failures: [] };
  const connection = await mongoose.createConnection(options.mongoUri).asPromise();
  const kisi = createKisiClient({
    baseUrl: options.kisiUrl,
    apiKey: options.apiKey,
    limiter: stalling(
      createKisiLimiter({ store: createKisiSlots(connection) }),
      options.stallMs ?? 0,
    ),
    owners: [options.owner],
    integrator: { name: 'latchkey', contact: 'ops@latchkey.test' },
    timeoutMs: options.timeoutMs,
    onCall: (call) => report.calls.push(call),
  });
  process.stdout.write('ready\n');
  for await (const line of createInterface(process.stdin)) {
    if (line === 'go') break;
  }
  const end = Date.now() + options.durationMs;
  const caller = async () => {
    while (Date.now() < end) {
      try {
        await kisi.organization({ priority: options.priority, deadline: end });
      } catch (error) {
        report.failures.push(String((error as { kind?: unknown }).kind ?? error));
      }
      await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, caller));
  await kisi.close();
  await connection.close();
  return report;
}

/** As a long garbage collection or a suspended container: nothing runs, timers included. */
function stalling(limiter: KisiLimiter, stallMs: number): KisiLimiter {
  if (stallMs === 0) return limiter;
  let collected = 0;
  let resume: () => void = () => undefined;
  const stalled = new Promise<void>((resolve) => (resume = resolve));
  return {
    acquire: async (request) => {
      const permits = await limiter.acquire(request);
      collected += 1;
      if (collected === SLOTS_PER_OWNER) {
        // At once, although nothing else of this process runs any more.
        writeSync(process.stdout.fd, 'stalled\n');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs);
        resume();
      }
      await stalled;
      return permits;
    },
  };
}

void run(JSON.parse(process.argv[2] ?? '') as LoadOptions).then((report) => {
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
});
