import { setTimeout as sleep } from 'node:timers/promises';
import type { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Clock } from '../../src/clock';
import { registerSearchAttributes } from '../../src/temporal/search-attributes-setup';
import { testServers } from './servers';
import { installTestRuntime } from './stack';
import { readWorkflow, type WorkflowReading } from './workflow-reading';

type HistoryEvent = temporal.api.history.v1.IHistoryEvent;

const NAMESPACE = 'default';
const POLL_MS = 10;
const LIST_TRIES = 10;
const SAMPLES = 3;
/** So long in real time may the system work before a test calls it stuck. */
const STUCK_AFTER_MS = 30_000;
/**
 * Timers this near to each other (ms) fire in one move. The test server now and then stops its clock
 * for good when a signal reaches a workflow in the very millisecond in which its timer fires, so no
 * timer is left about to fire while messages are under way.
 */
const TOGETHER_MS = 250;

/** The server's clock or a workflow stands still: the server is of no use any more. */
export class StoodStill extends Error {
  override readonly name = 'StoodStill';
}

/**
 * The time-skipping Temporal server, whose clock stands in for everybody's and moves by the test's
 * word only. It never skips by itself: with several workflows it would skip while a message is under
 * way between two of them. So the test waits until all is quiet, moves the time exactly to the next
 * timer or to an instant of its own, and waits again.
 */
export class SkippingTime {
  readonly clock: Clock;
  readonly temporal: { address: string; namespace: string };
  readonly #env: TestWorkflowEnvironment;
  #offset = 0;
  #latest = 0;
  #skewMs = 0;

  static async start(): Promise<SkippingTime> {
    installTestRuntime();
    const executable = { type: 'existing-path' as const, path: testServers().testServerPath };
    const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
    await registerSearchAttributes(env.connection, NAMESPACE);
    const time = new SkippingTime(env);
    await time.#measure();
    return time;
  }

  private constructor(env: TestWorkflowEnvironment) {
    this.#env = env;
    this.temporal = { address: env.address, namespace: NAMESPACE };
    this.clock = { now: () => this.now() };
  }

  /** ms UTC. Between two moves it goes on as real time does; it never goes back. */
  now(): number {
    this.#latest = Math.max(this.#latest, Date.now() + this.#offset);
    return this.#latest;
  }

  /** So far has this clock ever been from the server's, which workflows tell the time by (ms). */
  get skewMs(): number {
    return this.#skewMs;
  }

  /** Waits until no workflow has anything to do before a timer fires. Answers what is open. */
  async quiet(): Promise<WorkflowReading[]> {
    const deadline = Date.now() + STUCK_AFTER_MS;
    let before: string | null = null;
    for (;;) {
      const open = await this.#readOpen();
      const isQuiet = open.every(({ busyWith }) => busyWith.length === 0);
      const seen = open.map(({ workflowId, length }) => `${workflowId}@${String(length)}`).join();
      // Seen twice the same: nothing was sent from one workflow to another while these were read.
      if (isQuiet && seen === before) return open;
      before = isQuiet ? seen : null;
      if (Date.now() > deadline) throw new StoodStill(JSON.stringify(open, null, 1));
      await sleep(POLL_MS);
    }
  }

  /**
   * Lets the time pass until the instant `at` (ms UTC), stopping at every timer on the way, and a
   * little longer where a timer is about to fire.
   * `afterEach` is called whenever all is quiet.
   */
  async passUntil(
    at: number,
    afterEach: (open: WorkflowReading[]) => Promise<void>,
  ): Promise<void> {
    for (;;) {
      const open = await this.quiet();
      await afterEach(open);
      const timer = nextOf(open);
      const isNear = timer <= this.now() + TOGETHER_MS;
      if (this.now() >= at && !isNear) return;
      await this.#moveTo(timer <= at || isNear ? timer : at);
    }
  }

  /** Passes the time from timer to timer until no workflow is open, at most until `at` (ms UTC). */
  async passUntilAllClosed(
    at: number,
    afterEach: (open: WorkflowReading[]) => Promise<void>,
  ): Promise<WorkflowReading[]> {
    for (;;) {
      const open = await this.quiet();
      await afterEach(open);
      const next = nextOf(open);
      if (open.length === 0 || next > at) return open;
      await this.#moveTo(next);
    }
  }

  async terminateAll(): Promise<void> {
    for (const { workflowId } of await this.#readOpen()) {
      await this.#env.client.workflow.getHandle(workflowId).terminate('The run is over');
    }
  }

  async close(): Promise<void> {
    await this.#env.teardown();
  }

  async #moveTo(at: number): Promise<void> {
    const ahead = at - (await this.#env.currentTimeMs());
    if (ahead <= 0) {
      await sleep(1);
      return;
    }
    // Ours goes first: what a timer starts must not find a clock that says the timer is not due yet.
    this.#offset = at - Date.now();
    const stuck = new AbortController();
    const moved = this.#env.sleep(ahead).then(() => true);
    const isMoved = await Promise.race([
      moved,
      sleep(STUCK_AFTER_MS, false, { signal: stuck.signal }),
    ]);
    stuck.abort();
    if (!isMoved) throw new StoodStill(`The time cannot be moved to ${new Date(at).toISOString()}`);
    await this.#measure();
  }

  /** Takes the sample whose bounds are the narrowest. */
  async #measure(): Promise<void> {
    let narrowest = Number.POSITIVE_INFINITY;
    for (let sample = 0; sample < SAMPLES; sample += 1) {
      const sent = Date.now();
      const server = await this.#env.currentTimeMs();
      const received = Date.now();
      if (received - sent >= narrowest) continue;
      narrowest = received - sent;
      this.#offset = server - Math.round((sent + received) / 2);
    }
    const ahead = Math.max(0, this.#latest - (Date.now() + this.#offset));
    this.#skewMs = Math.max(this.#skewMs, ahead + Math.ceil(narrowest / 2) + 1);
  }

  async #readOpen(): Promise<WorkflowReading[]> {
    const ids = await this.#listOpen();
    return Promise.all(ids.map(async (id) => readWorkflow(id, await this.#historyOf(id))));
  }

  /** The test server cannot list while a workflow begins or ends: its list is not safe for threads. */
  async #listOpen(): Promise<string[]> {
    for (let tries = 1; ; tries += 1) {
      try {
        const { workflowService } = this.#env.connection;
        const { executions } = await workflowService.listOpenWorkflowExecutions({
          namespace: NAMESPACE,
          maximumPageSize: 1_000,
        });
        return executions.map(({ execution }) => execution?.workflowId ?? '').sort();
      } catch (error) {
        if (tries === LIST_TRIES) throw error;
        await sleep(POLL_MS);
      }
    }
  }

  async #historyOf(workflowId: string): Promise<HistoryEvent[]> {
    const history = await this.#env.client.workflow.getHandle(workflowId).fetchHistory();
    return history.events ?? [];
  }
}

/** The last of the timers that fire next, together (ms UTC). */
function nextOf(open: readonly WorkflowReading[]): number {
  const timers = open.map(({ nextTimer }) => nextTimer);
  const first = Math.min(...timers);
  return Math.max(...timers.filter((timer) => timer <= first + TOGETHER_MS), first);
}
