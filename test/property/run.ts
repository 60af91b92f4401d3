import type { RequestEntry } from '../../simulator';
import { workflowIds } from '../../src/contracts/names';
import { passKey } from '../../src/domain/door';
import { wholeSecond } from '../../src/domain/windows';
import type { SkippingTime } from '../support/skipping-time';
import type { Stack } from '../support/stack';
import type { WorkflowReading } from '../support/workflow-reading';
import { command, perform } from './acts';
import type { Tally } from './judge';
import { instantOf, openScene, type Scene } from './scene';
import { SLOT_MS, type Story, type Turn } from './story';

/** After the last window nothing may be left to do for longer than this. */
const ENDS_WITHIN_MS = 2 * 3_600_000;

/**
 * Tells one story on the stack, judging all the while.
 * @throws Error with the whole story when a promise was broken; its cause is the breach
 */
export async function tell(
  { stack, time, tally }: { stack: Stack; time: SkippingTime; tally: Tally },
  { modes, turns }: Story,
): Promise<void> {
  const scene = await openScene(stack, time, tally, modes);
  await new Run(scene).play(turns);
}

/** One story on its way. */
class Run {
  readonly #scene: Scene;
  readonly #log: Stack['deps']['log'];
  #toldUntil: number;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#log = scene.stack.deps.log;
    this.#toldUntil = scene.time.now();
  }

  async play(turns: readonly Turn[]): Promise<void> {
    const { stack, time, narrator, begin } = this.#scene;
    stack.deps.log = this.#listeningLog();
    try {
      await this.#advance(begin);
      let slot = 0;
      for (const turn of turns) {
        slot += turn.slots;
        await this.#advance(instantOf(this.#scene, { slot, offsetMs: turn.offsetMs }));
        await perform(this.#scene, turn.act);
        await this.#advance(time.now());
      }
      await this.#end();
      await this.#expectNothingLeft();
    } catch (error) {
      this.#noteRequests();
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`${what}\n\nThe story:\n${narrator.story}`, { cause: error });
    } finally {
      await this.#cleanUp();
    }
  }

  /** The counted gaps of the replace fallback are logged as they are counted. */
  #listeningLog(): Stack['deps']['log'] {
    const { members, time, narrator, judge } = this.#scene;
    const warn = (details: { passKey?: string; gapMs?: number }, text: string): void => {
      const { passKey: key, gapMs } = details;
      const member = members.find(({ id }) => key?.startsWith(`${id}:`));
      if (member && gapMs !== undefined) {
        const now = time.now();
        narrator.tell(now, `replaced a row of ${member.id} with a gap of ${String(gapMs)} ms`);
        judge.excuseGap(member.id, now - gapMs, now);
      }
      this.#log.warn(details, text);
    };
    return new Proxy(this.#log, {
      get: (target, name): unknown => (name === 'warn' ? warn : Reflect.get(target, name)),
    });
  }

  // ── Time ────────────────────────────────────────────────────────────────────────────────────

  async #advance(at: number): Promise<void> {
    const scene = this.#scene;
    const { time, stack, narrator, healAt } = scene;
    const look = (open: WorkflowReading[]): Promise<void> => this.#look(open);
    if (healAt !== null && healAt <= at) {
      await time.passUntil(healAt, look);
      scene.healAt = null;
      stack.simulator.setSwitches({ outage: 'none' });
      narrator.tell(time.now(), 'Kisi answers again');
    }
    await time.passUntil(at, look);
  }

  /** All is quiet: what has passed can be judged. */
  async #look(open: readonly WorkflowReading[]): Promise<void> {
    const { time, judge, healAt, drifted } = this.#scene;
    const now = time.now();
    const hasFailed = this.#noteRequests();
    if (hasFailed || healAt !== null || (await this.#isBlocked())) judge.noteTrouble(now);
    for (const one of drifted.filter((candidate) => this.#isSeen(candidate, open))) {
      this.#scene.drifted = this.#scene.drifted.filter((other) => other !== one);
      judge.endDrift(one.pass.memberId, now);
    }
    await judge.judgeUntil(now);
  }

  async #isBlocked(): Promise<boolean> {
    const { store, integration } = this.#scene.stack;
    const found = await store.integrations.get(integration.id);
    return found?.fault != null;
  }

  /** Whether the pass has seen what was changed behind its back, and nothing failed since; or has ended. */
  #isSeen(
    { pass, groupId, at }: Scene['drifted'][number],
    open: readonly WorkflowReading[],
  ): boolean {
    if (!open.some(({ workflowId }) => workflowId === workflowIds.pass(pass))) return true;
    const calls = this.#scene.stack.simulator.requests(at);
    const failed = calls.findLastIndex(isFailed);
    return calls.slice(failed + 1).some((call) => isListOf(call, groupId));
  }

  /** Tells the calls that Kisi has got since the last time. Answers whether one of them failed. */
  #noteRequests(): boolean {
    const { stack, time, narrator } = this.#scene;
    const calls = stack.simulator.requests(this.#toldUntil);
    this.#toldUntil = time.now() + 1;
    for (const call of calls) {
      if (call.method === 'GET' && call.status === 200) continue;
      const done = call.doneStatus === null ? '' : `, done ${String(call.doneStatus)}`;
      const told = call.status === null ? call.outcome : String(call.status);
      narrator.tell(call.arrivedAt, `   ${call.method} ${call.path}: ${told}${done}`);
    }
    return calls.some(isFailed);
  }

  // ── The end ─────────────────────────────────────────────────────────────────────────────────

  /** Everything is healed, what has no end gets one, and the time passes until every workflow ended. */
  async #end(): Promise<void> {
    const { stack, time, narrator, grants, answers, healAt } = this.#scene;
    stack.simulator.clearFaults();
    if (healAt !== null) await this.#advance(healAt);
    for (const [index, grant] of grants.entries()) {
      const { startsAt, endsAt } = await stack.read(grant.id);
      if (endsAt !== null) continue;
      if (index % 2 === 0) {
        narrator.tell(time.now(), `cancel the workflow of ${grant.name}`);
        await stack.client.workflow.getHandle(workflowIds.grant(grant.id)).cancel();
      } else {
        const soon = Math.max(startsAt, wholeSecond(time.now())) + SLOT_MS;
        await command(this.#scene, grant, 'update', 'changeWindow', { endsAt: soon });
      }
    }
    await this.#advance(time.now());
    const ends = await Promise.all(grants.map(async ({ id }) => (await stack.read(id)).endsAt));
    const last = Math.max(time.now(), ...ends.map((endsAt) => endsAt ?? 0));
    const open = await time.passUntilAllClosed(last + ENDS_WITHIN_MS, (seen) => this.#look(seen));
    await Promise.all(answers);
    if (open.length > 0) throw new Error(`Workflows never end: ${JSON.stringify(open, null, 1)}`);
  }

  async #expectNothingLeft(): Promise<void> {
    const { stack, members, grants } = this.#scene;
    const left = members.flatMap((member) =>
      stack.rowsOf(member).map((row) => `${member.id} has a row at Kisi: ${JSON.stringify(row)}`),
    );
    for (const { id, name, pass } of grants) {
      const { provisioning, settled } = await stack.read(id);
      if (provisioning !== 'removed' || !settled) {
        left.push(`${name} is over but ${provisioning}, ${settled ? '' : 'not '}settled`);
      }
      const intents = await stack.store.intents.byPass(passKey(pass));
      if (intents.length > 0) left.push(`${name} has intents: ${JSON.stringify(intents)}`);
    }
    if (left.length > 0) throw new Error(`Something is left:\n${left.join('\n')}`);
  }

  /** So that the next story finds everything as new, even when this one failed half-way. */
  async #cleanUp(): Promise<void> {
    const { stack, time, answers } = this.#scene;
    const { simulator, deps, store, integration } = stack;
    simulator.clearFaults();
    simulator.setSwitches({ outage: 'none' });
    await time.terminateAll();
    await Promise.allSettled(answers);
    await store.integrations.clearFault(integration.organizationId);
    deps.log = this.#log;
  }
}

/** Kisi's own trouble; what it refuses for a reason is none. */
function isFailed({ status }: RequestEntry): boolean {
  return status === null || status === 429 || status >= 500;
}

function isListOf({ method, path, query }: RequestEntry, groupId: number): boolean {
  const isList = method === 'GET' && path === '/role_assignments';
  return isList && new URLSearchParams(query).get('applies_to_id') === String(groupId);
}
