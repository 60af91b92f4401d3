import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { linearRegression } from 'simple-statistics';
import { grantStateQuery } from '../../src/contracts/grant-messages';
import { WORKFLOW_TYPES, workflowIds } from '../../src/contracts/names';
import type { Grant } from '../../src/domain/grant';
import { grantStart } from '../../src/temporal/grant-start';
import { buildWorkflowBundle } from '../../scripts/workflow-bundle';
import { startChild, type BenchChild } from '../children/channel';
import type { SleepAnswer } from '../children/sleep-worker';
import { acceptedGrant } from '../../src/domain/grant-life';
import { wholeSecond } from '../house';
import { inTurns } from '../in-turns';
import { takeNamespace } from '../namespace';
import type { Benchmark } from '../row';
import { root } from '../servers';
import { percentiles } from '../statistics';

const DAY = 86_400_000;
const AT_ONCE = 50;
const LOOK_MS = 1_000;
const MB = 1024 ** 2;
const BY = { type: 'system', id: 'bench' } as const;

/** Memory of a worker for grants that wait, and how fast one wakes whose worker forgot it. */
export const sleeping: Benchmark = {
  name: 'sleeping',
  title: 'Waiting grants in one worker',
  usesTemporal: true,
  async run({ servers, quick, log }) {
    const { address } = servers.temporal;
    const namespace = await takeNamespace(address);
    const bundle = join(servers.dataDir, 'workflow-bundle.js');
    await buildWorkflowBundle(root, bundle);
    const connection = await Connection.connect({ address });
    const client = new Client({ connection, namespace });
    const startWorker = (): Promise<BenchChild<object, SleepAnswer>> =>
      startChild('sleep-worker', workerEnv(servers.env, address, namespace, bundle), [
        '--expose-gc',
      ]);
    let worker = await startWorker();
    try {
      const sizes = quick ? [50, 100, 200] : [500, 1_000, 2_000];
      const empty = await worker.ask({});
      const points: [number, number][] = [];
      const ids: string[] = [];
      for (const size of sizes) {
        log(`Bringing ${String(size)} grants to sleep …`);
        const more = Array.from({ length: size - ids.length }, (_, i) => i + ids.length);
        await inTurns(more, AT_ONCE, async (index) => {
          const grant = grantOf(index);
          await client.workflow.start(WORKFLOW_TYPES.grantAccess, grantStart(grant, Date.now()));
          ids.push(grant.id);
        });
        points.push([size, (await whenAsleep(worker, size)).rssBytes]);
      }
      const { m: each } = linearRegression(points);

      await worker.stop();
      worker = await startWorker();
      const woken = ids.slice(0, quick ? 20 : 200);
      log(`Waking ${String(woken.length)} grants in a worker that has none of them …`);
      const times = await wake(client, woken);
      return {
        figures: [
          { name: 'worker with none', value: empty.rssBytes / MB, unit: 'MB' },
          ...points.map(([size, bytes]) => ({
            name: `worker with ${String(size)}`,
            value: bytes / MB,
            unit: 'MB' as const,
          })),
          { name: 'for each sleeping grant with its pass', value: each, unit: 'bytes' },
          { name: 'for 10,000 of them, by the line', value: (10_000 * each) / MB, unit: 'MB' },
          { name: 'for 50,000 of them, by the line', value: (50_000 * each) / MB, unit: 'MB' },
          ...percentiles('waking one from its history', times, 'ms'),
        ],
        notes: [
          'resident memory of the whole process after a collection, all workflows cached; the slope of the line through the three sizes. A worker in production caches as many as its heap allows (the SDK decides) and reads the rest from their histories.',
          'waking is a query to a grant that no worker has in memory, one at a time.',
        ],
        mongo: 'takes no part',
      };
    } finally {
      await worker.stop();
      await connection.close();
    }
  },
};

function workerEnv(
  env: NodeJS.ProcessEnv,
  address: string,
  namespace: string,
  bundle: string,
): NodeJS.ProcessEnv {
  return {
    ...env,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    WORKFLOW_BUNDLE_PATH: bundle,
  };
}

/** In place, far from its end, with a member of its own. */
function grantOf(index: number): Grant {
  const now = wholeSecond(Date.now());
  const grant = {
    id: `grt_${String(index)}`,
    memberId: `mem_${String(index)}`,
    doorMappingId: 'dm_bench',
    source: 'manual' as const,
    sourceId: null,
    startsAt: now,
    endsAt: now + DAY,
    reason: null,
  };
  return acceptedGrant(grant, now, BY);
}

/** The worker once every grant was told that it is in place, and the last of them has settled. */
async function whenAsleep(
  worker: BenchChild<object, SleepAnswer>,
  size: number,
): Promise<SleepAnswer> {
  for (;;) {
    const { told, cached } = await worker.ask({});
    if (told >= size && cached >= 2 * size) break;
    await sleep(LOOK_MS);
  }
  await sleep(5 * LOOK_MS);
  return worker.ask({});
}

/** How long each took to answer a query, in ms. */
async function wake(client: Client, grantIds: readonly string[]): Promise<number[]> {
  const times: number[] = [];
  for (const id of grantIds) {
    const began = performance.now();
    const state = await client.workflow.getHandle(workflowIds.grant(id)).query(grantStateQuery);
    times.push(performance.now() - began);
    if (!state.grant.settled) throw new Error(`The grant ${id} was not asleep yet.`);
  }
  return times;
}
