import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { PRIORITY, workflowIds } from '../../src/contracts/names';
import type { PassRef } from '../../src/domain/door';
import { showInstant } from '../../src/domain/instant';
import { wholeSecond } from '../../src/domain/windows';
import type { CommandAnswer, WindowChange } from '../../src/temporal/grant-commands';
import { instantOf, type HeldGrant, type Scene } from './scene';
import { MOST_GRANTS, SLOT_MS, type Act, type Via } from './story';

/** So long an Update is waited for in real time before the story goes on without its answer. */
const ANSWER_WITHIN_MS = 1_500;

type ActOf<Kind extends Act['do']> = Extract<Act, { do: Kind }>;
type Command = 'changeWindow' | 'revoke' | 'restore';

/** Does what the story says somebody does, or Kisi suffers, at this moment. */
export async function perform(scene: Scene, act: Act): Promise<void> {
  switch (act.do) {
    case 'grant':
      return grant(scene, act);
    case 'change':
      return change(scene, act);
    case 'revoke':
    case 'restore': {
      const held = pick(scene, act.grant);
      if (held) await command(scene, held, act.via, act.do);
      return;
    }
    case 'lose':
      lose(scene, act);
      return;
    case 'throttle':
      throttle(scene, act);
      return;
    case 'outage':
      beginOutage(scene, act);
      return;
    case 'drift':
      return drift(scene, act);
  }
}

// ── Whoever gives and takes access ────────────────────────────────────────────────────────────

function pick({ grants }: Scene, index: number): HeldGrant | undefined {
  return grants[index % Math.max(1, grants.length)];
}

async function grant(scene: Scene, act: ActOf<'grant'>): Promise<void> {
  const { stack, narrator, time, grants } = scene;
  const member = scene.members[act.member];
  const door = scene.doors[act.door];
  if (!member || !door || grants.length === MOST_GRANTS) return;
  const startsAt = wholeSecond(instantOf(scene, act.from));
  const endsAt = act.lengthMs === null ? null : startsAt + act.lengthMs;
  const name = `grant ${String(grants.length + 1)}`;
  const span = `${narrator.when(startsAt)} to ${narrator.when(endsAt)}`;
  narrator.tell(time.now(), `${name}: ${member.id} at ${door.name}, ${span}`);
  const { mapping } = door;
  const { id } = await stack.grant({ member, mapping, startsAt, endsAt });
  const { organizationId } = stack.integration;
  const target = { kind: mapping.resourceType, id: mapping.resourceId };
  const pass = { memberId: member.id, organizationId, target };
  grants.push({ name: `${name} (${id})`, id, pass });
}

async function change(scene: Scene, act: ActOf<'change'>): Promise<void> {
  const held = pick(scene, act.grant);
  if (!held) return;
  const dates: WindowChange = {};
  if (act.from !== null) dates.startsAt = wholeSecond(instantOf(scene, act.from));
  if (act.until === 'open') dates.endsAt = null;
  else if (act.until !== null) dates.endsAt = wholeSecond(instantOf(scene, act.until));
  await command(scene, held, act.via, 'changeWindow', dates);
}

/** Sends it, and waits a while for the answer where there is one. */
export async function command(
  scene: Scene,
  { id, name }: HeldGrant,
  via: Via,
  what: Command,
  dates: WindowChange = {},
): Promise<void> {
  const { narrator, time } = scene;
  const told = Object.entries(dates).map(
    ([field, at]) => ` ${field} ${narrator.when(at as number | null)}`,
  );
  narrator.tell(time.now(), `${what} ${name} by ${via}${told.join()}`);
  if (via === 'update') await update(scene, id, what, dates);
  else await signal(scene, id, what, dates);
}

async function update(scene: Scene, id: string, what: Command, dates: WindowChange): Promise<void> {
  const { commands } = scene.stack;
  const answering: Promise<CommandAnswer> =
    what === 'changeWindow' ? commands.changeWindow(id, dates, {}) : commands[what](id, {});
  const answer = answering.then(({ outcome }) => {
    scene.narrator.tell(scene.time.now(), `   the update is ${outcome}`);
  });
  scene.answers.push(answer);
  await Promise.race([answer, sleep(ANSWER_WITHIN_MS)]);
}

/** As an operator does; a grant whose workflow is closed does not hear it. */
async function signal(
  { stack, narrator, time }: Scene,
  id: string,
  what: Command,
  { startsAt, endsAt }: WindowChange,
): Promise<void> {
  const message = {
    ...(startsAt === undefined ? {} : { startsAt: showInstant(startsAt) }),
    ...(endsAt === undefined ? {} : { endsAt: endsAt === null ? null : showInstant(endsAt) }),
  };
  const handle = stack.client.workflow.getHandle(workflowIds.grant(id));
  try {
    await handle.signal(what, message);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    narrator.tell(time.now(), '   nobody hears the signal');
  }
}

// ── What Kisi suffers ─────────────────────────────────────────────────────────────────────────

function lose({ stack, narrator, time }: Scene, act: ActOf<'lose'>): void {
  const { when, method, count, skip } = act;
  const kind = when === 'before' ? 'dropBefore' : 'dropAfter';
  stack.simulator.addFault({ kind, method, path: '/role_assignments*', count, skip });
  const what = `the connection will drop ${when} a ${method} (${String(count)}x)`;
  narrator.tell(time.now(), what);
}

function throttle({ stack, narrator, time }: Scene, act: ActOf<'throttle'>): void {
  const { method, count, retryAfter } = act;
  const headers: Record<string, string> = retryAfter ? { 'Retry-After': '3' } : {};
  stack.simulator.addFault({ kind: 'answerBefore', status: 429, method, count, headers });
  narrator.tell(time.now(), `Kisi will answer 429 to a ${method} (${String(count)}x)`);
}

function beginOutage(scene: Scene, { how, forMs }: ActOf<'outage'>): void {
  if (scene.healAt !== null) return;
  const now = scene.time.now();
  scene.stack.simulator.setSwitches({ outage: how });
  scene.healAt = now + forMs;
  scene.narrator.tell(now, `Kisi is away (${how}) for ${String(forMs)} ms`);
}

/** Somebody at the dashboard; then the pass is told to look, as the reconciliation does. */
async function drift(scene: Scene, act: ActOf<'drift'>): Promise<void> {
  const { stack, time, narrator, judge } = scene;
  const rows = await rowsOfAllPasses(scene);
  const found = rows[act.row % Math.max(1, rows.length)];
  if (!found) return;
  const { row, pass } = found;
  const now = time.now();
  judge.excuseDrift(pass.memberId, now);
  scene.drifted.push({ pass, groupId: row.groupId, at: now });
  narrator.tell(now, `somebody changes row ${String(row.id)} at the dashboard: ${act.how}`);
  if (act.how === 'delete') {
    stack.simulator.drift({ kind: 'deleteRow', id: row.id });
  } else {
    const end = row.until === null ? now + 5 * SLOT_MS : Date.parse(row.until);
    const from = row.from === null ? now : Date.parse(row.from);
    const validUntil =
      act.how === 'lengthen' ? end + 3 * SLOT_MS : Math.max(from + 1_000, end - SLOT_MS);
    stack.simulator.drift({ kind: 'editRow', id: row.id, validUntil });
  }
  await stack.deps.messages.pokePass(pass, PRIORITY.reconcile, true);
}

interface PassRow {
  row: ReturnType<Scene['stack']['rowsOf']>[number];
  pass: PassRef;
}

async function rowsOfAllPasses({ stack, members, grants }: Scene): Promise<PassRow[]> {
  const { organizationId } = stack.integration;
  const rows: PassRow[] = [];
  for (const { pass } of grants) {
    const member = members.find(({ id }) => id === pass.memberId);
    const { kind, id } = pass.target;
    const groupId =
      kind === 'group' ? id : (await stack.store.lockGroups.get(organizationId, id))?.groupId;
    const held = member ? stack.rowsOf(member).filter((row) => row.groupId === groupId) : [];
    rows.push(...held.map((row) => ({ row, pass })));
  }
  return rows;
}
