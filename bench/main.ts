/**
 * `npm run bench`: measures, and prints one table. Nothing here fails for being slow: the machine has a
 * say in every figure, so each row names the load it was measured under.
 */
import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { inHouse, type House } from './house';
import { readOptions } from './options';
import { describeMachine, toMarkdown, type Report } from './report';
import type { Benchmark, BenchContext, Measured, MeasuredRow } from './row';
import { burst } from './rows/burst';
import { compare } from './rows/compare';
import { endLateness } from './rows/end-lateness';
import { explain, explainLive } from './rows/explain';
import { grantCost } from './rows/grant-cost';
import { grantLatency } from './rows/grant-latency';
import { lateRoll } from './rows/late-roll';
import { mappingChange } from './rows/mapping-change';
import { myKeys } from './rows/my-keys';
import { reads } from './rows/reads';
import { sleeping } from './rows/sleeping';
import { snapshots } from './rows/snapshots';
import { syncDoors } from './rows/sync-doors';
import { passLook } from './rows/sync-pass';
import { unlock } from './rows/unlock';
import { startServers } from './servers';

/** Those that share one running product, the ones that leave most behind last. */
const IN_HOUSE: readonly Benchmark<House>[] = [
  grantLatency,
  grantCost,
  unlock,
  explainLive,
  endLateness,
  snapshots,
  burst,
  compare,
];
const ALONE: readonly Benchmark[] = [
  lateRoll,
  mappingChange,
  passLook,
  syncDoors,
  reads,
  myKeys,
  explain,
  sleeping,
];
/** Takes minutes, so only when it is named. */
const ON_REQUEST: readonly string[] = [sleeping.name];
const NAMES = [...IN_HOUSE, ...ALONE].map(({ name }) => name);

/** Enough pairs of a member and a door for all rows, with as few users and groups to make as can be. */
const HOUSE = { members: 30, locks: 24 };
const QUICK_HOUSE = { members: 8, locks: 6 };

const USAGE = `npm run bench -- [--only=<name>[,<name>]] [--quick] [--json=<file>]
  names: ${NAMES.join(', ')} (${ON_REQUEST.join(', ')}: only when named)`;

const log = (line: string): void => void process.stderr.write(`${line}\n`);

async function main(): Promise<void> {
  const { only, quick, json, help } = readOptions(process.argv.slice(2), NAMES);
  if (help) {
    process.stdout.write(`${USAGE}\n`);
    return;
  }
  const isChosen = ({ name }: { name: string }): boolean =>
    only?.includes(name) ?? !ON_REQUEST.includes(name);
  const report: Report = {
    startedAt: new Date().toISOString(),
    quick,
    machine: describeMachine(),
    rows: [],
  };
  const servers = await startServers(log);
  try {
    const context: BenchContext = { servers, quick, log };
    const work = async (): Promise<void> => {
      report.rows.push(...(await measureInHouse(context, IN_HOUSE.filter(isChosen))));
      for (const one of ALONE.filter(isChosen)) {
        report.rows.push(await measure(one, context, context));
      }
    };
    await Promise.race([work(), endOf(servers.died), interrupted()]);
  } finally {
    await servers.close();
  }
  process.stdout.write(`\n${toMarkdown(report)}\n`);
  if (report.rows.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
  if (json !== null) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
}

async function measureInHouse(
  context: BenchContext,
  benchmarks: readonly Benchmark<House>[],
): Promise<MeasuredRow[]> {
  if (benchmarks.length === 0) return [];
  return inHouse(context, context.quick ? QUICK_HOUSE : HOUSE, async (house) => {
    const rows: MeasuredRow[] = [];
    for (const one of benchmarks) rows.push(await measure(one, house, context));
    return rows;
  });
}

async function measure<Needs>(
  benchmark: Benchmark<Needs>,
  needs: Needs,
  { servers }: BenchContext,
): Promise<MeasuredRow> {
  const { name, title, usesTemporal, run } = benchmark;
  log(`\n── ${name}: ${title}`);
  const before = loadavg()[0] ?? 0;
  const began = performance.now();
  // What the others found out is not lost with it.
  const measured: Measured & { failed?: string } = await run(needs).catch((error: unknown) => {
    const failed = error instanceof Error ? error.message : String(error);
    log(`failed: ${failed}`);
    return { figures: [], notes: [], failed };
  });
  return {
    ...measured,
    name,
    title,
    mongo: measured.mongo ?? servers.how.mongo,
    temporal: usesTemporal ? servers.how.temporal : null,
    load: { before, after: loadavg()[0] ?? 0 },
    seconds: (performance.now() - began) / 1_000,
  };
}

async function endOf(died: Promise<string>): Promise<never> {
  throw new Error(await died);
}

function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.once(signal, () => {
        reject(new Error(`Ended by ${signal}; nothing was reported.`));
      });
    }
  });
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
