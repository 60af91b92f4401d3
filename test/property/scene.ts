import type { PassRef } from '../../src/domain/door';
import { wholeSecond } from '../../src/domain/windows';
import type { DoorMapping, Member } from '../../src/store';
import type { SkippingTime } from '../support/skipping-time';
import type { Stack } from '../support/stack';
import { Judge, type Tally } from './judge';
import { Narrator } from './narrator';
import { DOORS, MEMBERS, SLOT_MS, type Modes, type Moment } from './story';

const LEAD_MS = 2_000;

interface Door {
  name: string;
  mapping: DoorMapping;
}

export interface HeldGrant {
  name: string;
  id: string;
  pass: PassRef;
}

/** A row that was changed behind the pass's back, until the pass has seen it. */
interface Drifted {
  pass: PassRef;
  groupId: number;
  at: number;
}

/** Where one story is told: the long-lived stack, with members and door mappings of the story's own. */
export interface Scene {
  stack: Stack;
  time: SkippingTime;
  narrator: Narrator;
  judge: Judge;
  members: readonly Member[];
  doors: readonly Door[];
  grants: HeldGrant[];
  drifted: Drifted[];
  /** When the outage ends (ms UTC); `null`: Kisi answers. */
  healAt: number | null;
  /** Updates that were sent; they settle by themselves. */
  answers: Promise<void>[];
  /** Slot 0 of the grid (ms UTC). */
  begin: number;
}

/** Sets Kisi up as the story says, forgets what was learned of it, and makes who takes part. */
export async function openScene(
  stack: Stack,
  time: SkippingTime,
  tally: Tally,
  modes: Modes,
): Promise<Scene> {
  stack.simulator.setSwitches({
    duplicateGrant: duplicateGrant(modes),
    patchWindow: modes.patch,
    expiredRows: modes.expiredRows,
    expiredRowBlocks: modes.expiredRowBlocks,
  });
  const { organizationId } = stack.integration;
  await stack.store.integrations.learn(organizationId, { secondRows: 'unknown', patch: 'unknown' });
  if (modes.groupsMissing) removeLockGroups(stack);

  const members: Member[] = [];
  for (let count = 0; count < MEMBERS; count += 1) members.push(await stack.newMember());
  const doors = await makeDoors(stack);
  const begin = wholeSecond(time.now()) + LEAD_MS;
  const narrator = new Narrator(begin);
  narrator.tell(time.now(), `Kisi: ${JSON.stringify(modes)}`);
  const judge = makeJudge({ stack, time, members, doors }, tally);
  const none = { grants: [], drifted: [], healAt: null, answers: [] };
  return { stack, time, narrator, judge, members, doors, begin, ...none };
}

/** The instant (ms UTC) that a moment of the story is. */
export function instantOf({ time, begin }: Scene, moment: Moment): number {
  return moment === 'now' ? time.now() : begin + moment.slot * SLOT_MS + moment.offsetMs;
}

function duplicateGrant({ secondRow }: Modes) {
  switch (secondRow) {
    case 'conflict':
      return 'conflict';
    case 'unprocessable':
      return 'unprocessable';
    case 'taken':
      return 'newRow';
    case 'same':
      return { sameWindow: 'conflict', otherWindow: 'newRow' } as const;
  }
}

/** Somebody deletes them at the dashboard; that they are gone is found out on first need. */
function removeLockGroups({ simulator, group }: Stack): void {
  const made = simulator.state().groups.filter(({ id }) => id !== group.id);
  for (const { id } of made) simulator.drift({ kind: 'deleteGroup', id });
}

async function makeDoors(stack: Stack): Promise<Door[]> {
  const { locks, group } = stack;
  const doors: Door[] = [];
  for (const lockId of locks.slice(0, DOORS - 1)) {
    doors.push({ name: `lock ${String(lockId)}`, mapping: await stack.lockMapping(lockId) });
  }
  const name = `group ${String(group.id)} (locks ${group.lockIds.join(', ')})`;
  return [...doors, { name, mapping: await stack.groupMapping() }];
}

function makeJudge(
  { stack, time, members, doors }: Pick<Scene, 'stack' | 'time' | 'members' | 'doors'>,
  tally: Tally,
): Judge {
  const opens = new Map(
    doors.map(({ mapping }) => [
      mapping.id,
      mapping.resourceType === 'lock' ? [mapping.resourceId] : stack.group.lockIds,
    ]),
  );
  return new Judge(stack, {
    members,
    lockIds: [...new Set([...opens.values()].flat())],
    leadsTo: (mappingId, lockId) => opens.get(mappingId)?.includes(lockId) ?? false,
    from: time.now(),
    tally,
    skewMs: () => time.skewMs,
  });
}
