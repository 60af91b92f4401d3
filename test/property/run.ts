import { setTimeout as sleep } from 'node:timers/promises';
import type { RequestEntry } from '../../simulator';
import { PRIORITY, workflowIds } from '../../src/contracts/names';
import type { PassRef } from '../../src/domain/door';
import { passKey } from '../../src/domain/door';
import { wholeSecond } from '../../src/domain/windows';
import type { DoorMapping, Member } from '../../src/store';
import type { CommandAnswer, WindowChange } from '../../src/temporal/grant-commands';
import { showInstant } from '../../src/domain/instant';
import type { Stack } from '../support/stack';
import { Judge, type Tally } from './judge';
import { Narrator } from './narrator';
import type { SkippingTime } from '../support/skipping-time';
import { DOORS, MEMBERS, MOST_GRANTS, SLOT_MS, type Act, type Modes, type Moment } from './story';
import type { Story, Via } from './story';
import type { WorkflowReading } from '../support/workflow-reading';

/** So long an Update is waited for in real time before the story goes on without its answer. */
const ANSWER_WITHIN_MS = 1_500;
/** After the last window nothing may be left to do for longer than this. */
const ENDS_WITHIN_MS = 2 * 3_600_000;
const LEAD_MS = 2_000;

interface Door {
  name: string;
  mapping: DoorMapping;
}

interface HeldGrant {
  name: string;
  id: string;
  pass: PassRef;
}

interface Drifted {
  pass: PassRef;
  groupId: number;
  at: number;
}

/** One story told on the long-lived stack, with members and door mappings of its own. */
export class Run {
  readonly narrator = new Narrator();
  readonly #stack: Stack;
  readonly #time: SkippingTime;
  readonly #tally: Tally;
  readonly #log: Stack['deps']['log'];
  readonly #members: Member[] = [];
  readonly #doors: Door[] = [];
  readonly #grants: HeldGrant[] = [];
  readonly #answers: Promise<void>[] = [];
  #judge!: Judge;
  #begin = 0;
  #healAt: number | null = null;
  #drifted: Drifted[] = [];
  #toldUntil = 0;

  constructor(stack: Stack, time: SkippingTime, tally: Tally) {
    this.#stack = stack;
    this.#time = time;
    this.#tally = tally;
    this.#log = stack.deps.log;
  }

  /** @throws Error with the whole story when a promise was broken. */
  async tell({ modes, turns }: Story): Promise<void> {
    try {
      await this.#prepare(modes);
      let slot = 0;
      for (const turn of turns) {
        slot += turn.slots;
        await this.#advance(this.#at({ slot, offsetMs: turn.offsetMs }));
        await this.#act(turn.act);
        await this.#advance(this.#time.now());
      }
      await this.#finish();
    } catch (error) {
      this.#tellRequests();
      const what = error instanceof Error ? error.message : String(error);
      throw new Error(`${what}\n\nThe story:\n${this.narrator.story}`, { cause: error });
    } finally {
      await this.#cleanUp();
    }
  }

  // ── Before and after ────────────────────────────────────────────────────────────────────────

  async #prepare(modes: Modes): Promise<void> {
    const { store, simulator, integration, locks, group } = this.#stack;
    const { organizationId } = integration;
    const otherWindow = { conflict: 'conflict', taken: 'newRow', same: 'newRow' } as const;
    simulator.setSwitches({
      duplicateGrant:
        modes.secondRow === 'unprocessable'
          ? 'unprocessable'
          : {
              sameWindow: modes.secondRow === 'taken' ? 'newRow' : 'conflict',
              otherWindow: otherWindow[modes.secondRow],
            },
      patchWindow: modes.patch,
      expiredRows: modes.expiredRows,
      expiredRowBlocks: modes.expiredRowBlocks,
    });
    await store.integrations.learn(organizationId, { secondRows: 'unknown', patch: 'unknown' });
    if (modes.groupsMissing) this.#removeLockGroups();

    for (let count = 0; count < MEMBERS; count += 1) {
      this.#members.push(await this.#stack.newMember());
    }
    for (const lockId of locks.slice(0, DOORS - 1)) {
      const name = `lock ${String(lockId)}`;
      this.#doors.push({ name, mapping: await this.#stack.lockMapping(lockId) });
    }
    const name = `group ${String(group.id)} (locks ${group.lockIds.join(', ')})`;
    this.#doors.push({ name, mapping: await this.#stack.groupMapping() });

    this.#begin = wholeSecond(this.#time.now()) + LEAD_MS;
    this.narrator.begin(this.#begin);
    this.#judge = this.#makeJudge();
    this.#stack.deps.log = this.#listeningFor(this.#log);
    this.#toldUntil = this.#time.now();
    await this.#advance(this.#begin);
    this.narrator.tell(this.#time.now(), `Kisi: ${JSON.stringify(modes)}`);
  }

  /** Somebody deletes them at the dashboard; that they are gone is found out on first need. */
  #removeLockGroups(): void {
    const { simulator } = this.#stack;
    const made = simulator.state().groups.filter(({ id }) => id !== this.#stack.group.id);
    for (const { id } of made) simulator.drift({ kind: 'deleteGroup', id });
  }

  #makeJudge(): Judge {
    const { group } = this.#stack;
    const opens = new Map(
      this.#doors.map(({ mapping }) => [
        mapping.id,
        mapping.resourceType === 'lock' ? [mapping.resourceId] : group.lockIds,
      ]),
    );
    return new Judge(this.#stack, {
      members: this.#members,
      lockIds: [...new Set([...opens.values()].flat())],
      leadsTo: (mappingId, lockId) => opens.get(mappingId)?.includes(lockId) ?? false,
      from: this.#time.now(),
      tally: this.#tally,
      skewMs: () => this.#time.skewMs,
    });
  }

  /** The counted gaps of the replace fallback are logged as they are counted. */
  #listeningFor(log: Stack['deps']['log']): Stack['deps']['log'] {
    const warn = (details: { passKey?: string; gapMs?: number }, text: string): void => {
      const { passKey: key, gapMs } = details;
      const member = this.#members.find(({ id }) => key?.startsWith(`${id}:`));
      if (member && gapMs !== undefined) {
        const now = this.#time.now();
        this.narrator.tell(now, `replaced a row of ${member.id} with a gap of ${String(gapMs)} ms`);
        this.#judge.excuseGap(member.id, now - gapMs, now);
      }
      log.warn(details, text);
    };
    return new Proxy(log, {
      get: (target, name): unknown => (name === 'warn' ? warn : Reflect.get(target, name)),
    });
  }

  /** Everything is healed, what has no end gets one, and then nothing may be left anywhere. */
  async #finish(): Promise<void> {
    const { simulator } = this.#stack;
    simulator.clearFaults();
    if (this.#healAt !== null) await this.#advance(this.#healAt);
    for (const [index, { id, name }] of this.#grants.entries()) {
      const { startsAt, endsAt } = await this.#stack.read(id);
      if (endsAt !== null) continue;
      const cancels = index % 2 === 0;
      this.narrator.tell(this.#time.now(), `the end: ${cancels ? 'cancel' : 'end'} ${name}`);
      if (cancels) {
        await this.#stack.client.workflow.getHandle(workflowIds.grant(id)).cancel();
      } else {
        const soon = Math.max(startsAt, wholeSecond(this.#time.now())) + SLOT_MS;
        await this.#send(id, 'update', 'changeWindow', { endsAt: soon });
      }
    }
    const grants = await Promise.all(this.#grants.map(({ id }) => this.#stack.read(id)));
    const last = Math.max(this.#time.now(), ...grants.map(({ endsAt }) => endsAt ?? 0));
    const open = await this.#time.passUntilAllClosed(last + ENDS_WITHIN_MS, (seen) =>
      this.#look(seen),
    );
    await Promise.all(this.#answers);
    if (open.length > 0) throw new Error(`Workflows never end: ${JSON.stringify(open, null, 1)}`);
    await this.#expectNothingLeft();
  }

  async #expectNothingLeft(): Promise<void> {
    const { store } = this.#stack;
    const faults: string[] = [];
    for (const member of this.#members) {
      for (const row of this.#stack.rowsOf(member)) {
        faults.push(`${member.id} still has a row at Kisi: ${JSON.stringify(row)}`);
      }
    }
    for (const { id, name, pass } of this.#grants) {
      const { provisioning, settled } = await store.grants
        .get(id)
        .then((grant) => grant ?? never(id));
      if (provisioning !== 'removed' || !settled) {
        faults.push(`${name} is over but ${provisioning}, ${settled ? '' : 'not '}settled`);
      }
      const intents = await store.intents.byPass(passKey(pass));
      if (intents.length > 0) faults.push(`${name}: intents are left: ${JSON.stringify(intents)}`);
    }
    if (faults.length > 0) throw new Error(`Something is left:\n${faults.join('\n')}`);
  }

  /** So that the next run finds everything as new, even when this one failed half-way. */
  async #cleanUp(): Promise<void> {
    const { simulator, deps, store, integration } = this.#stack;
    simulator.clearFaults();
    simulator.setSwitches({ outage: 'none' });
    await this.#time.terminateAll();
    await Promise.allSettled(this.#answers);
    await store.integrations.clearFault(integration.organizationId);
    deps.log = this.#log;
  }

  // ── Time ────────────────────────────────────────────────────────────────────────────────────

  #at(moment: Moment): number {
    if (moment === 'now') return this.#time.now();
    return this.#begin + moment.slot * SLOT_MS + moment.offsetMs;
  }

  async #advance(at: number): Promise<void> {
    const look = (open: WorkflowReading[]): Promise<void> => this.#look(open);
    if (this.#healAt !== null && this.#healAt <= at) {
      await this.#time.passUntil(this.#healAt, look);
      this.#healAt = null;
      this.#stack.simulator.setSwitches({ outage: 'none' });
      this.narrator.tell(this.#time.now(), 'Kisi answers again');
    }
    await this.#time.passUntil(at, look);
  }

  /** All is quiet: what has passed can be judged. */
  async #look(open: readonly WorkflowReading[]): Promise<void> {
    const now = this.#time.now();
    this.#tellRequests();
    const { simulator, store, integration } = this.#stack;
    const fault = await store.integrations.get(integration.id).then((found) => found?.fault);
    const scripted = simulator.faults().some(({ hits, script }) => hits < (script.count ?? 1));
    if (this.#healAt !== null || fault || scripted) this.#judge.noteTrouble(now);
    for (const drifted of this.#drifted) {
      if (this.#isSeen(drifted, open)) {
        this.#drifted = this.#drifted.filter((other) => other !== drifted);
        this.#judge.endDrift(drifted.pass.memberId, now);
      }
    }
    await this.#judge.judgeUntil(now);
  }

  /** Whether the pass has seen what was changed behind its back, and nothing failed since; or has ended. */
  #isSeen({ pass, groupId, at }: Drifted, open: readonly WorkflowReading[]): boolean {
    if (!open.some(({ workflowId }) => workflowId === workflowIds.pass(pass))) return true;
    const calls = this.#stack.simulator.requests(at);
    const failed = calls.findLastIndex(
      ({ status }) => status === null || status === 429 || status >= 500,
    );
    return calls.slice(failed + 1).some((call) => isListOf(call, groupId));
  }

  #tellRequests(): void {
    const now = this.#time.now();
    for (const call of this.#stack.simulator.requests(this.#toldUntil)) {
      if (call.method === 'GET' && call.status === 200) continue;
      const done = call.doneStatus === null ? '' : `, done ${String(call.doneStatus)}`;
      const told = call.status === null ? call.outcome : String(call.status);
      this.narrator.tell(call.arrivedAt, `   ${call.method} ${call.path}: ${told}${done}`);
    }
    this.#toldUntil = now + 1;
  }

  // ── What somebody does ──────────────────────────────────────────────────────────────────────

  async #act(act: Act): Promise<void> {
    const { simulator } = this.#stack;
    const now = this.#time.now();
    switch (act.do) {
      case 'grant':
        return this.#grant(act);
      case 'change':
        return this.#change(act);
      case 'revoke':
      case 'restore': {
        const grant = this.#pick(act.grant);
        if (grant) await this.#command(grant, act.via, act.do);
        return;
      }
      case 'lose': {
        const { when, method, count, skip } = act;
        const kind = when === 'before' ? 'dropBefore' : 'dropAfter';
        simulator.addFault({ kind, method, path: '/role_assignments*', count, skip });
        this.narrator.tell(now, `the connection will drop ${when} a ${method} (${String(count)}x)`);
        return;
      }
      case 'throttle': {
        const headers: Record<string, string> = act.retryAfter ? { 'Retry-After': '3' } : {};
        const { method, count } = act;
        simulator.addFault({ kind: 'answerBefore', status: 429, method, count, headers });
        this.narrator.tell(now, `Kisi will answer 429 to a ${method} (${String(count)}x)`);
        return;
      }
      case 'outage':
        if (this.#healAt !== null) return;
        simulator.setSwitches({ outage: act.how });
        this.#healAt = now + act.forMs;
        this.narrator.tell(now, `Kisi is away (${act.how}) for ${String(act.forMs)} ms`);
        return;
      case 'drift':
        return this.#drift(act);
    }
  }

  #pick(index: number): HeldGrant | undefined {
    return this.#grants[index % Math.max(1, this.#grants.length)];
  }

  async #grant(act: Extract<Act, { do: 'grant' }>): Promise<void> {
    const member = this.#members[act.member];
    const door = this.#doors[act.door];
    if (!member || !door || this.#grants.length === MOST_GRANTS) return;
    const startsAt = wholeSecond(this.#at(act.from));
    const endsAt = act.lengthMs === null ? null : startsAt + act.lengthMs;
    const name = `grant ${String(this.#grants.length + 1)}`;
    const span = `${this.narrator.when(startsAt)} to ${this.narrator.when(endsAt)}`;
    this.narrator.tell(this.#time.now(), `${name}: ${member.id} at ${door.name}, ${span}`);
    const { mapping } = door;
    const { id } = await this.#stack.grant({ member, mapping, startsAt, endsAt });
    const { organizationId } = this.#stack.integration;
    const target = { kind: mapping.resourceType, id: mapping.resourceId };
    this.#grants.push({
      name: `${name} (${id})`,
      id,
      pass: { memberId: member.id, organizationId, target },
    });
  }

  async #change(act: Extract<Act, { do: 'change' }>): Promise<void> {
    const grant = this.#pick(act.grant);
    if (!grant) return;
    const dates: WindowChange = {};
    if (act.from !== null) dates.startsAt = wholeSecond(this.#at(act.from));
    if (act.until === 'open') dates.endsAt = null;
    else if (act.until !== null) dates.endsAt = wholeSecond(this.#at(act.until));
    await this.#command(grant, act.via, 'changeWindow', dates);
  }

  async #command(
    { id, name }: HeldGrant,
    via: Via,
    what: 'changeWindow' | 'revoke' | 'restore',
    dates: WindowChange = {},
  ): Promise<void> {
    const told = Object.entries(dates).map(
      ([field, at]) => ` ${field} ${this.narrator.when(at as number | null)}`,
    );
    this.narrator.tell(this.#time.now(), `${what} ${name} by ${via}${told.join()}`);
    await this.#send(id, via, what, dates);
  }

  async #send(
    id: string,
    via: Via,
    what: 'changeWindow' | 'revoke' | 'restore',
    dates: WindowChange,
  ): Promise<void> {
    const { commands } = this.#stack;
    if (via === 'signal') {
      await this.#signal(id, what, dates);
      return;
    }
    const answering: Promise<CommandAnswer> =
      what === 'changeWindow' ? commands.changeWindow(id, dates, {}) : commands[what](id, {});
    const answer = answering.then(({ outcome }) => {
      this.narrator.tell(this.#time.now(), `   the update is ${outcome}`);
    });
    this.#answers.push(answer);
    await Promise.race([answer, sleep(ANSWER_WITHIN_MS)]);
  }

  /** As a booking system or an operator does; a grant whose workflow is closed does not hear it. */
  async #signal(id: string, what: string, { startsAt, endsAt }: WindowChange): Promise<void> {
    const message = {
      ...(startsAt === undefined ? {} : { startsAt: showInstant(startsAt) }),
      ...(endsAt === undefined ? {} : { endsAt: endsAt === null ? null : showInstant(endsAt) }),
    };
    try {
      await this.#stack.client.workflow.getHandle(workflowIds.grant(id)).signal(what, message);
    } catch {
      this.narrator.tell(this.#time.now(), '   nobody hears the signal');
    }
  }

  /** Somebody at the dashboard; then the pass is told to look, as the reconciliation does. */
  async #drift(act: Extract<Act, { do: 'drift' }>): Promise<void> {
    const { simulator } = this.#stack;
    const passes = this.#grants.map(({ pass }) => pass);
    const candidates = await Promise.all(passes.map((pass) => this.#rowsOfPass(pass)));
    const rows = candidates.flat();
    const found = rows[act.row % Math.max(1, rows.length)];
    if (!found) return;
    const { row, pass } = found;
    const now = this.#time.now();
    this.#judge.excuseDrift(pass.memberId, now);
    this.#drifted.push({ pass, groupId: row.groupId, at: now });
    this.narrator.tell(now, `somebody changes row ${String(row.id)} at the dashboard: ${act.how}`);
    if (act.how === 'delete') {
      simulator.drift({ kind: 'deleteRow', id: row.id });
    } else {
      const end = row.until === null ? now + 5 * SLOT_MS : Date.parse(row.until);
      const from = row.from === null ? now : Date.parse(row.from);
      const validUntil =
        act.how === 'lengthen' ? end + 3 * SLOT_MS : Math.max(from + 1_000, end - SLOT_MS);
      simulator.drift({ kind: 'editRow', id: row.id, validUntil });
    }
    await this.#stack.deps.messages.pokePass(pass, PRIORITY.reconcile, true);
  }

  async #rowsOfPass(pass: PassRef) {
    const { store, integration } = this.#stack;
    const member = this.#members.find(({ id }) => id === pass.memberId);
    if (!member) return [];
    const made =
      pass.target.kind === 'lock'
        ? await store.lockGroups.get(integration.organizationId, pass.target.id)
        : { groupId: pass.target.id };
    return this.#stack
      .rowsOf(member)
      .filter(({ groupId }) => groupId === made?.groupId)
      .map((row) => ({ row, pass }));
  }
}

function never(id: string): never {
  throw new Error(`There is no grant ${id} in the read model`);
}

function isListOf({ method, path, query }: RequestEntry, groupId: number): boolean {
  const isList = method === 'GET' && path === '/role_assignments';
  return isList && new URLSearchParams(query).get('applies_to_id') === String(groupId);
}
