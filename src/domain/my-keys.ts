import type { Grant, Problem, ProblemType, Window } from './grant';
import { isWanted, windowOf } from './grant-life';
import { contains, union } from './windows';

/** A grant of the member, with the doors that it leads to. */
export interface GrantAtDoors {
  grant: Grant;
  /** Whether the door mapping and its integration are active. */
  active: boolean;
  /** Kisi's ids of the locks that the mapping stands for. */
  lockIds: readonly number[];
}

/**
 * `open`: a grant that covers now is in place at Kisi. `being_set_up`: it is on its way there.
 * `attention`: it waits for somebody, or for Kisi.
 */
export const KEY_STATES = ['open', 'being_set_up', 'attention'] as const;
export type KeyState = (typeof KEY_STATES)[number];

/** A door that the member may open now. Instants in ms since the epoch, UTC. */
export interface Key {
  lockId: number;
  /** The end of the continuous access, over all grants that overlap or touch; `null`: open-ended. */
  until: number | null;
  state: KeyState;
  /** Why it is in `attention`; `null` in the other states, and where nobody has said why. */
  problem: Problem | null;
  /** The grants that this access consists of, those that cover now first, then in order of start. */
  reasons: Grant[];
}

/** A door that opens later: the first span of access that has not begun. */
export interface UpcomingKey {
  lockId: number;
  from: number;
  until: number | null;
  reasons: Grant[];
}

export interface MyKeys {
  keys: Key[];
  upcoming: UpcomingKey[];
}

/**
 * What a member can open now, and what later: each door once, whatever and however many sources open
 * it. Only live grants count (no stop, mapping and integration active); on hold, nothing opens.
 * @param now ms since the epoch, UTC
 */
export function keysAt(
  member: { grants: readonly GrantAtDoors[]; onHold: boolean },
  now: number,
): MyKeys {
  const found: MyKeys = { keys: [], upcoming: [] };
  if (member.onHold) return found;
  for (const [lockId, grants] of grantsByLock(member.grants, now)) {
    const spans = union(grants.map(windowOf));
    const present = spans.find((span) => contains(span, now));
    if (present) found.keys.push(keyOf(lockId, present, grants, now));
    const next = spans.find(({ from }) => from > now);
    if (next) {
      const reasons = within(next, grants);
      found.upcoming.push({ lockId, from: next.from, until: next.until, reasons });
    }
  }
  return found;
}

/** Which grant gives the right to open this door now: one that is in place before one that is not. */
export function rightOf({ reasons }: Key, now: number): Grant | null {
  const covering = reasons.filter((grant) => contains(windowOf(grant), now));
  return covering.find(isInPlace) ?? covering[0] ?? null;
}

function grantsByLock(grants: readonly GrantAtDoors[], now: number): Map<number, Grant[]> {
  const byLock = new Map<number, Grant[]>();
  for (const { grant, active, lockIds } of grants) {
    if (!active || !isWanted(grant, now)) continue;
    for (const lockId of new Set(lockIds)) {
      byLock.set(lockId, [...(byLock.get(lockId) ?? []), grant]);
    }
  }
  return byLock;
}

function keyOf(lockId: number, span: Window, grants: readonly Grant[], now: number): Key {
  const reasons = within(span, grants);
  const covering = reasons.filter((grant) => contains(windowOf(grant), now));
  const state = stateOf(covering);
  const problem = state === 'attention' ? (covering.find(hasProblem)?.problem ?? null) : null;
  return { lockId, until: span.until, state, problem, reasons };
}

/** Kisi lets in by any row, so that the best of the grants decides. */
function stateOf(covering: readonly Grant[]): KeyState {
  if (covering.some(isInPlace)) return 'open';
  return covering.some(isOnItsWay) ? 'being_set_up' : 'attention';
}

/** Problems that pass by themselves, or that a live grant only bears until its pass has looked again. */
const PASSING: readonly ProblemType[] = [
  'group_missing',
  'member_on_hold',
  'mapping_inactive',
  'integration_inactive',
];

function isOnItsWay({ provisioning, problem }: Grant): boolean {
  return provisioning !== 'attention' && (problem === null || PASSING.includes(problem.type));
}

/**
 * The grants inside one span of a union, of which each lies in one only, in order of start: what
 * covers now comes before what has not begun, and what is over was left out before.
 */
function within(span: Window, grants: readonly Grant[]): Grant[] {
  return grants
    .filter(({ startsAt }) => contains(span, startsAt))
    .sort((a, b) => a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1));
}

function isInPlace({ provisioning }: Grant): boolean {
  return provisioning === 'in_place';
}

function hasProblem({ problem }: Grant): boolean {
  return problem !== null;
}
