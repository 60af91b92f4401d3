import { setTimeout as sleep } from 'node:timers/promises';
import { Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import type { KisiActivities, RecordsActivities } from '../contracts/activities';
import type { AlertRecordsActivities, NoticeActivities } from '../contracts/alert-activities';
import type { EventActivities } from '../contracts/event-activities';
import { kisiTaskQueue, TASK_QUEUES } from '../contracts/names';
import type { Logger } from '../logging';
import { MOST_ALERT_CHANNELS, MOST_EVENT_SUBSCRIPTIONS, type Store } from '../store';

/**
 * Looks of passes at once, for each organization and worker. Kisi takes five calls a second, so more
 * would only wait for a slot until their attempt is too old to send; Temporal keeps the rest in
 * order of priority.
 */
const KISI_CONCURRENCY = 8;
/** Subscriptions and channels of alerts that send at once, for each worker: all that there may be, so that none waits for another. */
const EVENTS_CONCURRENCY = MOST_EVENT_SUBSCRIPTIONS + MOST_ALERT_CHANNELS;
/** How often new integrations are looked for, each of which gets a task queue of its own. */
const LOOK_FOR_ORGANIZATIONS_MS = 1_000;
/**
 * How long a workflow task waits for the worker that remembers its workflow. After a crash nobody
 * comes for it, and a revoke must not wait for the SDK's 10 s; a busy worker reads the history again.
 */
const STICKY_MS = 3_000;
/** Longer than an attempt lasts, so that a running call to Kisi ends before the worker does. */
const SHUTDOWN_GRACE_MS = 25_000;

export interface AccessWorkersOptions {
  connection: NativeConnection;
  namespace: string;
  /** The workflow code: a bundle that was built ahead. */
  workflowBundlePath: string;
  activities: {
    records: RecordsActivities & AlertRecordsActivities;
    kisi: KisiActivities;
    events: EventActivities & NoticeActivities;
  };
  store: Store;
  log: Logger;
  /** Default 25 s. */
  shutdownGraceTimeMs?: number;
}

/** All Temporal workers of one process. */
export interface AccessWorkers {
  /** Resolves after `shutdown`, rejects when a worker fails. */
  readonly done: Promise<void>;
  /** Whether every worker polls. */
  isRunning(): boolean;
  /** Lets what runs finish, then ends. */
  shutdown(): Promise<void>;
}

/** Starts the workers for workflows, records and events, and one for each connected organization. */
export async function startAccessWorkers(options: AccessWorkersOptions): Promise<AccessWorkers> {
  const { connection, namespace, workflowBundlePath, activities, store, log } = options;
  const shared = {
    connection,
    namespace,
    shutdownGraceTime: options.shutdownGraceTimeMs ?? SHUTDOWN_GRACE_MS,
    // Else the SDK keeps heartbeats back for up to 8 of their 10 s (activities/beating.ts).
    maxHeartbeatThrottleInterval: 1_000,
  };

  const workers = new Map<string, Worker>();
  const runs = new Set<Promise<void>>();
  let ending = false;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject: (reason: unknown) => void) => {
    fail = reject;
  });

  const add = async (worker: WorkerOptions): Promise<void> => {
    const made = await Worker.create({ ...shared, ...worker });
    workers.set(worker.taskQueue, made);
    runs.add(made.run().catch(fail));
  };
  await add({
    taskQueue: TASK_QUEUES.workflows,
    workflowBundle: { codePath: workflowBundlePath },
    stickyQueueScheduleToStartTimeout: STICKY_MS,
  });
  await add({ taskQueue: TASK_QUEUES.records, activities: activities.records });
  await add({
    taskQueue: TASK_QUEUES.events,
    activities: activities.events,
    maxConcurrentActivityTaskExecutions: EVENTS_CONCURRENCY,
  });

  const addOrganizations = async (): Promise<void> => {
    for (const organizationId of await store.integrations.organizationIds()) {
      const taskQueue = kisiTaskQueue(organizationId);
      if (workers.has(taskQueue)) continue;
      await add({
        taskQueue,
        activities: activities.kisi,
        maxConcurrentActivityTaskExecutions: KISI_CONCURRENCY,
      });
      log.info({ organizationId }, 'Serving the provider calls of an organization');
    }
  };
  const stop = new AbortController();
  const watching = (async () => {
    while (!stop.signal.aborted) {
      try {
        await addOrganizations();
      } catch (error) {
        log.warn({ err: error }, 'Integrations cannot be read; trying again');
      }
      await sleep(LOOK_FOR_ORGANIZATIONS_MS, undefined, { signal: stop.signal }).catch(
        () => undefined,
      );
    }
  })();

  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    done: Promise.race([failed, finished]),
    isRunning: () =>
      !ending && [...workers.values()].every((worker) => worker.getState() === 'RUNNING'),
    async shutdown() {
      ending = true;
      stop.abort();
      await watching;
      for (const worker of workers.values()) {
        if (worker.getState() === 'RUNNING') worker.shutdown();
      }
      await Promise.all(runs);
      finish();
    },
  };
}
