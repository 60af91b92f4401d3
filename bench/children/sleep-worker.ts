import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { systemClock } from '../../src/clock';
import type { KisiActivities, RecordsActivities } from '../../src/contracts/activities';
import { kisiTaskQueue, TASK_QUEUES } from '../../src/contracts/names';
import { passKey, type PassRef } from '../../src/domain/door';
import { createAccessMessages } from '../../src/temporal/messages';
import { serve } from './channel';

/** The one organization of the benchmark. */
const ORGANIZATION_ID = 1;
/** More than any size that is measured: nothing may be evicted while memory is looked at. */
const CACHED = 100_000;

/** How the worker stands. */
export interface SleepAnswer {
  /** Memory of the whole process (resident set), after collecting garbage. */
  rssBytes: number;
  /** Workflows in memory: a grant and its pass are two. */
  cached: number;
  /** Grants that were told that they are in place since this process started. */
  told: number;
}

/**
 * A worker with the real workflows and activities that answer at once: every grant is in place, so that
 * thousands can be brought to sleep without Kisi's five calls a second.
 */
async function main(address: string, namespace: string, bundle: string): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR'), shutdownSignals: [] });
  const connection = await NativeConnection.connect({ address });
  const client = new Client({ connection: await Connection.connect({ address }), namespace });
  const messages = createAccessMessages(client, systemClock);
  const asked = new Map<string, { grantId: string; revision: number }>();
  let told = 0;

  const records: Pick<RecordsActivities, 'holdGrant' | 'recordGrant'> = {
    async holdGrant({ grant, priority }) {
      const pass: PassRef = {
        memberId: grant.memberId,
        organizationId: ORGANIZATION_ID,
        target: { kind: 'lock', id: 1 },
      };
      const key = passKey(pass);
      asked.set(key, { grantId: grant.id, revision: grant.revision });
      await messages.pokePass(pass, priority);
      return { passes: [{ key, pass, mode: 'wanted' }], problem: null, overtaken: false };
    },
    recordGrant: () => Promise.resolve(),
  };
  const kisi: Pick<KisiActivities, 'syncPass'> = {
    async syncPass({ pass, turn }) {
      const wish = asked.get(passKey(pass));
      if (wish) {
        await messages.tellGrant(wish.grantId, {
          passKey: passKey(pass),
          order: turn,
          wishRevision: wish.revision,
          state: 'in_place',
          problem: null,
        });
        told += 1;
      }
      const row = { id: told, userId: told, from: null, until: null, ours: true };
      return {
        outcome: 'synced',
        memory: { groupId: 1, rows: [row], listedAt: Date.now() },
        wakeAt: Date.now() + 86_400_000,
        wakePriority: 5,
        empty: false,
        waitsFor: 'the end of a day, or a poke',
      };
    },
  };

  const shared = { connection, namespace };
  const workflows = await Worker.create({
    ...shared,
    taskQueue: TASK_QUEUES.workflows,
    workflowBundle: { codePath: bundle },
    maxCachedWorkflows: CACHED,
  });
  const workers = [
    workflows,
    await Worker.create({ ...shared, taskQueue: TASK_QUEUES.records, activities: records }),
    await Worker.create({
      ...shared,
      taskQueue: kisiTaskQueue(ORGANIZATION_ID),
      activities: kisi,
    }),
  ];
  const runs = workers.map((worker) => worker.run());
  serve(
    async () => {
      await collectGarbage();
      return {
        rssBytes: process.memoryUsage().rss,
        cached: workflows.getStatus().numCachedWorkflows,
        told,
      } satisfies SleepAnswer;
    },
    async () => {
      for (const worker of workers) worker.shutdown();
      await Promise.all(runs);
    },
  );
}

/** Of the main thread; those of the workflows collect by themselves. */
async function collectGarbage(): Promise<void> {
  globalThis.gc?.();
  await sleep(200);
  globalThis.gc?.();
}

const { TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, WORKFLOW_BUNDLE_PATH } = process.env;
void main(TEMPORAL_ADDRESS ?? '', TEMPORAL_NAMESPACE ?? '', WORKFLOW_BUNDLE_PATH ?? '');
