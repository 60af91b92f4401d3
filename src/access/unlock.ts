import { setTimeout as sleep } from 'node:timers/promises';
import { PRIORITY } from '../contracts/names';
import type { AccessLogEntry, Grant, UnlockOutcome } from '../domain/grant';
import { keysAt, rightOf, type Key } from '../domain/my-keys';
import { CONTRADICTIONS, unlockReason, type UnlockReason } from '../domain/unlock-reasons';
import type { Member } from '../store';
import type { AccessMessages } from './deps';
import { askToOpen, type AskDeps, type Heard } from './ask-to-open';
import { readKnownLock } from './known-lock';
import { lookAtChange } from './list-lag';
import { readMemberDoors, type DoorForMember, type MemberDoors } from './my-keys';
import { wakeDeliveries, writeEvents } from './write-events';

export interface UnlockDeps extends AskDeps {
  messages: Pick<AccessMessages, 'pokePass' | 'deliverEvents' | 'startProber'>;
}

/** One tap on Unlock. */
export interface Tap {
  /** The same for every repetition of the tap. */
  attemptId: string;
  member: Member;
  lockId: number;
  /** Where the member is, if the member lets us know. */
  location?: { latitude: number; longitude: number };
}

/** What became of a tap that was allowed. */
export interface UnlockResult {
  outcome: UnlockOutcome;
  lockId: number;
  /** `null`: it opened, and there is nothing more to say. */
  reason: UnlockReason | null;
  /** ms, UTC. */
  at: number;
}

/** Our own rule says no; Kisi was not asked. */
export class TapRefused extends Error {
  override readonly name = 'TapRefused';

  constructor(
    readonly because: 'not_held' | 'on_hold' | 'not_yet',
    /** In words for the member. */
    readonly detail: string,
  ) {
    super(`The tap is refused: ${because}.`);
  }
}

/** A person waits: then there is no answer. */
const PATIENCE_MS = 6_000;
const LOOK_MS = 100;

/**
 * Opens a door in the member's own name at Kisi, if the member may open it now. A repetition of a tap
 * never opens again: it hears what the first one heard.
 *
 * @throws TapRefused; NotConnected when the integration was removed a moment ago
 */
export async function unlockDoor(deps: UnlockDeps, tap: Tap): Promise<UnlockResult> {
  const { store, clock } = deps;
  const now = clock.now();
  const doors = await readMemberDoors(store, tap.member.id, now);
  const { key, right, door } = await mustBeOpenNow(deps, tap, doors, now);

  // Begun before Kisi hears of it, so that its event always finds the attempt.
  const isFirst = await store.unlockAttempts.begin(tap.attemptId, {
    memberId: tap.member.id,
    lockId: tap.lockId,
    doorMappingId: right.doorMappingId,
  });
  if (!isFirst) return hearOfFirst(deps, tap);
  const heard = await askToOpen(deps, {
    member: tap.member,
    door,
    key,
    location: tap.location,
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  const result: UnlockResult = {
    outcome: heard.outcome,
    lockId: tap.lockId,
    reason: heard.reason,
    at: clock.now(),
  };
  await writeDown(deps, tap, { right, door }, heard);
  await store.unlockAttempts.end(tap.attemptId, result);
  await lookWhereItContradicts(deps, { door, doors, key, right }, heard);
  return result;
}

interface Allowed {
  key: Key;
  /** The grant that gives the right. */
  right: Grant;
  door: DoorForMember;
}

async function mustBeOpenNow(
  deps: UnlockDeps,
  tap: Tap,
  doors: MemberDoors,
  now: number,
): Promise<Allowed> {
  const { keys, upcoming } = keysAt({ grants: doors.grants, onHold: false }, now);
  const isTapped = ({ lockId }: { lockId: number }): boolean => lockId === tap.lockId;
  const key = keys.find(isTapped);
  const later = upcoming.find(isTapped);
  const right = (key && rightOf(key, now)) ?? later?.reasons[0];
  if (!right) throw new TapRefused('not_held', 'You have no key for this door.');
  const door = doors.door(tap.lockId);
  const refuse = async (because: TapRefused['because'], detail: string): Promise<never> => {
    await writeDown(
      deps,
      tap,
      { right, door },
      { outcome: 'refused', reason: { detail }, code: null },
    );
    throw new TapRefused(because, detail);
  };
  if (tap.member.hold) return refuse('on_hold', 'Your access is on hold.');
  if (!key) {
    const from = new Date(later?.from ?? now).toISOString();
    return refuse('not_yet', `Your key for this door opens from ${from} on.`);
  }
  return { key, right, door };
}

/** Whoever began the tap asks Kisi; when it has died, nobody knows what became of it. */
async function hearOfFirst({ store, clock }: UnlockDeps, tap: Tap): Promise<UnlockResult> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  while (!signal.aborted) {
    const result = await store.unlockAttempts.result(tap.attemptId);
    if (result !== null) return result as UnlockResult;
    await sleep(LOOK_MS);
  }
  return {
    outcome: 'no_answer',
    lockId: tap.lockId,
    reason: unlockReason('outcome_unknown'),
    at: clock.now(),
  };
}

/** The id of a tap's row in the access log. */
export function tapEntryId(attemptId: string): string {
  return `unlock:${attemptId}`;
}

/** One row of the access log, and its event; the grant that gives the right names mapping and member. */
async function writeDown(
  deps: UnlockDeps,
  tap: Tap,
  { right, door }: Pick<Allowed, 'right' | 'door'>,
  {
    outcome,
    reason,
    code,
  }: Pick<Heard, 'outcome' | 'code'> & { reason: { detail: string } | null },
): Promise<void> {
  const said = code === null ? '' : ` (Kisi: ${code})`;
  const { id, name, mappingIds } = await readKnownLock(
    deps.store,
    door.organizationId,
    door.lockId,
  );
  const entry: AccessLogEntry = {
    // Kisi's event about it is written under the same id: whichever comes first is the one row.
    id: tapEntryId(tap.attemptId),
    action: 'unlock',
    status: outcome,
    reason: reason && `${reason.detail}${said}`,
    problem: null,
    by: { type: 'member', id: tap.member.id },
    at: deps.clock.now(),
    grant: right,
    lock: { id, name, alsoIn: mappingIds.filter((own) => own !== right.doorMappingId) },
  };
  const subscriptionIds = await writeEvents(deps, [entry]);
  await deps.store.accessLog.append([entry]);
  // The member stands at the door and does not wait for it.
  void wakeDeliveries(deps, subscriptionIds);
}

/** Kisi says that there is no access although its row is held to be in place: the pass looks anew. */
async function lookWhereItContradicts(
  deps: UnlockDeps,
  { door, doors, key, right }: Allowed & { doors: MemberDoors },
  { reason }: Heard,
): Promise<void> {
  if (!reason || key.state !== 'open' || !CONTRADICTIONS.includes(reason.code)) return;
  const target = doors.targetOf(right);
  if (!target) return;
  const { organizationId } = door;
  const pass = { memberId: right.memberId, organizationId, target };
  try {
    await lookAtChange(deps, pass, PRIORITY.due);
  } catch (error) {
    // The member has an answer, and the reconciliation will find the difference.
    deps.log.warn({ err: error, organizationId }, 'A pass could not be told to look');
  }
}
