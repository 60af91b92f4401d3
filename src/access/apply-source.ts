import { createHash } from 'node:crypto';
import type {
  ApplySourceInput,
  ApplySourceResult,
  StoreSnapshotsResult,
} from '../contracts/source-activities';
import type { Actor, Grant, GrantSource } from '../domain/grant';
import {
  acceptedGrant,
  followingSource,
  isOver,
  sourceAction,
  type SourceWord,
} from '../domain/grant-life';
import type { Booking, SourceRef } from '../domain/source';
import { askNow, standsAsAsked, type AskedGrant } from '../domain/source-asked';
import type { PlannedGrant } from '../domain/source-grants';
import { wholeSecond } from '../domain/windows';
import type { Acceptance, SourceRecord, SourceStore } from '../store';
import { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import {
  marginOfSpace,
  planSource,
  storedWorld,
  type PlannedDoor,
  type SourceContent,
} from './source-plan';
import { readBooking, readMembership } from './source-snapshots';

/** Grants told at once; each is one message to Temporal. */
const TOLD_AT_ONCE = 10;
const MINUTE = 60_000;

type Deps = Pick<AccessDeps, 'store' | 'messages' | 'clock' | 'log'>;

// ── Storing ─────────────────────────────────────────────────────────────────────────────────────

/**
 * Stores what booking systems sent, oldest first. Whatever is malformed, old or contradicts what
 * stands under its version changes nothing, is logged, and comes back with the reason.
 */
export async function storeSnapshots(
  deps: Deps,
  source: SourceRef,
  messages: readonly unknown[],
): Promise<StoreSnapshotsResult> {
  const result: StoreSnapshotsResult = { stored: 0, ignored: [] };
  for (const message of messages) {
    const why = await storeOne(deps, source, message);
    if (why === null) {
      result.stored += 1;
      continue;
    }
    deps.log.warn({ source, why }, 'A message of a booking system changed nothing');
    result.ignored.push(why);
  }
  return result;
}

/** Why the message changed nothing; `null` when it was stored. */
async function storeOne(deps: Deps, source: SourceRef, message: unknown): Promise<string | null> {
  if (source.kind === 'booking') {
    const { snapshot, fault } = readBooking(message);
    if (fault !== null) return `malformed: ${fault}`;
    const accepted = await deps.store.bookings.accept(source.id, snapshot);
    // A repetition too: an attempt before this one may have died before it told them.
    if (accepted.verdict === 'stored' || accepted.verdict === 'same') {
      await pokeNeighbours(deps, source.id, accepted);
    }
    return whyIgnored(accepted, snapshot.version);
  }
  const { snapshot, fault } = readMembership(message);
  if (fault !== null) return `malformed: ${fault}`;
  return whyIgnored(await deps.store.memberships.accept(source.id, snapshot), snapshot.version);
}

function whyIgnored({ verdict, stands }: Acceptance<unknown>, version: number): string | null {
  const known = `version ${String(stands.version)} is known`;
  switch (verdict) {
    case 'stored':
      return null;
    case 'same':
      return `version ${String(version)} came again with the same content`;
    case 'older':
      return `version ${String(version)} is older: ${known}`;
    case 'reused':
      return `version ${String(version)} came again with other content: ${known}; send a higher version`;
  }
}

/** Has bookings look again whose margin reaches into the time that this one had before, or has now. */
async function pokeNeighbours(
  { store, messages }: Deps,
  id: string,
  { before, stands }: Acceptance<Booking>,
): Promise<void> {
  const found = new Set<string>();
  for (const booking of [before?.content, stands.content]) {
    if (!booking) continue;
    const space = await store.spaces.get(booking.spaceId);
    const { earlyMinutes, lateMinutes } = await marginOfSpace(storedWorld(store), space);
    if (earlyMinutes === 0 && lateMinutes === 0) continue;
    const span = {
      startsAt: booking.startsAt - lateMinutes * MINUTE,
      endsAt: booking.endsAt + earlyMinutes * MINUTE,
    };
    const neighbours = await store.bookings.neighbours(booking.spaceId, span, id);
    for (const neighbour of neighbours) found.add(neighbour.id);
  }
  await Promise.all(
    [...found].map((neighbour) => messages.lookAgainAtSource({ kind: 'booking', id: neighbour })),
  );
}

// ── Applying ────────────────────────────────────────────────────────────────────────────────────

/** The grant that a source means for a member at a mapping: always the same id. */
export function sourceGrantId(
  source: SourceRef,
  { memberId, doorMappingId }: Pick<PlannedGrant, 'memberId' | 'doorMappingId'>,
): string {
  const name = JSON.stringify([source.kind, source.id, memberId, doorMappingId]);
  return `grt_${createHash('sha256').update(name).digest('base64url').slice(0, 22)}`;
}

/**
 * Works out which grants the stored source means now, and tells each that is not as it should be.
 *
 * What will be asked is written down before anybody is told, so that a crash leaves no grant out of
 * sight; each telling carries the order of this reading, so that a late one changes nothing. What is
 * given goes first. Where a grant that goes opens a lock that a new one opens too, it stays until its
 * successor is in place (`successors`); the workflow comes back with `release`.
 */
export async function applySource(deps: Deps, input: ApplySourceInput): Promise<ApplySourceResult> {
  const { source } = input;
  const attempt = new Attempt();
  const kept = keptFor(deps, source);
  const begun = await kept.begin();
  if (begun === null) return { outcome: 'applied', grants: 0, told: 0 };
  const { record, content } = begun;

  const planned = await planSource(storedWorld(deps.store), content);
  const ids = planned.map((grant) => ({ ...grant, grantId: sourceGrantId(source, grant) }));
  const asked = askNow(record.asked, ids.map(withoutDoor));
  if (!(await kept.store.intend(source.id, record.order, asked))) return { outcome: 'again' };

  const untold = asked.filter(({ told }) => !told);
  const given = untold.filter(({ wanted }) => wanted);
  const taken = untold.filter(({ wanted }) => !wanted);
  const speaker: Speaker = { deps, source, order: record.order, attempt };
  if (!(await tellAll(speaker, given))) return { outcome: 'again' };

  if (!input.release) {
    const grantIds = await successorsOf(deps, taken, ids);
    if (grantIds.length > 0) {
      const soFar = asked.map((one) => (one.wanted ? { ...one, told: true } : one));
      await kept.store.intend(source.id, record.order, soFar);
      return { outcome: 'successors', grantIds };
    }
  }
  if (!(await tellAll(speaker, taken))) return { outcome: 'again' };
  const told = asked.map((one) => ({ ...one, told: true }));
  const concluded = await kept.store.conclude(source.id, record.order, record.version, told);
  if (!concluded) return { outcome: 'again' };
  return { outcome: 'applied', grants: planned.length, told: untold.length };
}

function withoutDoor({
  grantId,
  memberId,
  doorMappingId,
  startsAt,
  endsAt,
}: PlannedDoor & { grantId: string }): PlannedGrant & { grantId: string } {
  return { grantId, memberId, doorMappingId, startsAt, endsAt };
}

/** The store that keeps this kind of source. */
function keptFor(
  { store }: Deps,
  { kind, id }: SourceRef,
): {
  store: Pick<SourceStore<unknown>, 'intend' | 'conclude'>;
  begin(): Promise<{ record: SourceRecord<unknown>; content: SourceContent } | null>;
} {
  if (kind === 'booking') {
    return {
      store: store.bookings,
      async begin() {
        const record = await store.bookings.beginApply(id);
        return record && { record, content: { kind, id, content: record.content } };
      },
    };
  }
  return {
    store: store.memberships,
    async begin() {
      const record = await store.memberships.beginApply(id);
      return record && { record, content: { kind, id, content: record.content } };
    },
  };
}

/** Who tells grants: one reading of one source. */
interface Speaker {
  deps: Deps;
  source: SourceRef;
  order: number;
  attempt: Attempt;
}

/** False: the attempt grew old, and another may speak by now. */
async function tellAll(speaker: Speaker, asked: readonly AskedGrant[]): Promise<boolean> {
  for (let next = 0; next < asked.length; next += TOLD_AT_ONCE) {
    const batch = asked.slice(next, next + TOLD_AT_ONCE);
    const told = await Promise.all(batch.map((one) => tell(speaker, one)));
    if (told.includes(false)) return false;
  }
  return true;
}

async function tell(speaker: Speaker, asked: AskedGrant): Promise<boolean> {
  const { deps, source, order, attempt } = speaker;
  const now = deps.clock.now();
  const by: Actor = { type: 'system', id: source.kind };
  const reason = asked.wanted ? null : `The ${source.kind} gives no access here any more.`;
  const word: SourceWord = {
    order,
    startsAt: wholeSecond(asked.startsAt),
    endsAt: asked.endsAt === null ? null : wholeSecond(asked.endsAt),
    wanted: asked.wanted,
  };
  const stored = await deps.store.grants.get(asked.grantId);
  const before = stored ?? newGrant(source, asked, now, by);
  const after = followingSource(before, word, now, by, reason);
  if (!attempt.isYoung) return false;
  const mayStart =
    stored === null ? asked.wanted && !isOver(after, now) : !isOver(after, now) || !isGone(stored);
  const meta = {
    by,
    reason,
    action: stored === null ? 'grant' : sourceAction(before, after),
  } as const;
  await deps.messages.followSource(after, word, meta, mayStart);
  if (stored === null && mayStart) await deps.store.grants.insertAccepted(after);
  return true;
}

/** Nothing is left of it at Kisi, and nothing will come back by itself. */
function isGone(grant: Grant): boolean {
  return grant.provisioning === 'removed' && grant.settled;
}

const GRANT_SOURCE = { booking: 'booking', membership: 'plan' } as const satisfies Record<
  SourceRef['kind'],
  GrantSource
>;

function newGrant(source: SourceRef, asked: AskedGrant, now: number, by: Actor): Grant {
  const { grantId: id, memberId, doorMappingId, startsAt, endsAt } = asked;
  return acceptedGrant(
    {
      id,
      memberId,
      doorMappingId,
      source: GRANT_SOURCE[source.kind],
      sourceId: source.id,
      startsAt: wholeSecond(startsAt),
      endsAt: endsAt === null ? null : wholeSecond(endsAt),
      reason: null,
    },
    now,
    by,
  );
}

// ── Successors ──────────────────────────────────────────────────────────────────────────────────

/**
 * The wanted grants that open a lock which a grant that goes opens for the same member at the same
 * time: taking the old one first would shut a door that stays theirs.
 */
async function successorsOf(
  deps: Deps,
  taken: readonly AskedGrant[],
  wanted: readonly (PlannedDoor & { grantId: string })[],
): Promise<string[]> {
  const going = taken.filter(({ memberId }) => wanted.some((grant) => grant.memberId === memberId));
  if (going.length === 0) return [];
  const mappings = await deps.store.doorMappings.getMany(going.map((one) => one.doorMappingId));
  const locks = lockReader(deps);
  const successors = new Set<string>();
  for (const old of going) {
    const door = mappings.find(({ id }) => id === old.doorMappingId);
    if (!door) continue;
    const opened = await locks(door);
    for (const grant of wanted) {
      if (grant.memberId !== old.memberId || !overlap(grant, old)) continue;
      const alsoOpened = await locks(grant.door);
      if (alsoOpened.some((lock) => opened.includes(lock))) successors.add(grant.grantId);
    }
  }
  return [...successors];
}

/** The locks that a mapping opens, as last seen at Kisi; each mapping is looked up once. */
function lockReader({ store }: Deps): (door: PlannedDoor['door']) => Promise<readonly string[]> {
  const known = new Map<string, Promise<readonly string[]>>();
  return (door) => {
    const reading =
      known.get(door.id) ??
      store.kisiDoors
        .locksOf(door.organizationId, { kind: door.resourceType, id: door.resourceId })
        .then((ids) => (ids ?? []).map((id) => `${String(door.organizationId)}:${String(id)}`));
    known.set(door.id, reading);
    return reading;
  };
}

function overlap(one: PlannedGrant, other: PlannedGrant): boolean {
  return (
    (one.endsAt === null || one.endsAt > other.startsAt) &&
    (other.endsAt === null || other.endsAt > one.startsAt)
  );
}

/** Whether these grants of the source stand as asked, or wait for something that a person must mend. */
export async function areGrantsSettled(
  { store, clock }: Deps,
  source: SourceRef,
  grantIds: readonly string[],
): Promise<boolean> {
  const record = await (source.kind === 'booking' ? store.bookings : store.memberships).get(
    source.id,
  );
  const grants = new Map((await store.grants.getMany(grantIds)).map((grant) => [grant.id, grant]));
  const now = clock.now();
  return (record?.asked ?? [])
    .filter(({ grantId }) => grantIds.includes(grantId))
    .every((asked) => {
      const grant = grants.get(asked.grantId) ?? null;
      return standsAsAsked(asked, grant, now) || grant?.provisioning === 'attention';
    });
}
