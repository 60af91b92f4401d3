import { createHash } from 'node:crypto';
import type { ApplySourceInput, ApplySourceResult } from '../contracts/source-activities';
import type { Actor, Grant, GrantSource } from '../domain/grant';
import {
  acceptedGrant,
  followingSource,
  isOver,
  sourceAction,
  type SourceWord,
} from '../domain/grant-life';
import type { SourceRef } from '../domain/source';
import { askNow, type AskedGrant, type IntendedGrant } from '../domain/source-asked';
import { widened, type PlannedGrant } from '../domain/source-grants';
import { wholeSecond } from '../domain/windows';
import { eachItem, type DoorMapping, type SourceRecord } from '../store';
import { Attempt } from './attempt';
import type { AccessDeps } from './deps';
import {
  marginOfSpace,
  planSource,
  readSource,
  sourcesOf,
  storedWorld,
  type SourceContent,
} from './source-plan';
import { heldBack } from './successors';

/** Grants told at once; each is one message to Temporal. */
const TOLD_AT_ONCE = 10;

type Deps = Pick<AccessDeps, 'store' | 'messages' | 'clock' | 'log'>;

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
 * given goes first. Where a grant that goes opens a lock that a wanted one opens too, it stays until
 * that is in place (`successors`); the workflow comes back to have it released.
 */
export async function applySource(deps: Deps, input: ApplySourceInput): Promise<ApplySourceResult> {
  const { source } = input;
  const attempt = new Attempt();
  const kept = sourcesOf(deps.store, source.kind);
  const begun = await readSource(deps.store, source, 'beginApply');
  if (begun === null) return { outcome: 'applied', grants: 0, told: 0 };
  const { record, content } = begun;

  const planned = await planSource(storedWorld(deps.store), content);
  const intended = planned.map((grant) => ({
    ...grant,
    grantId: sourceGrantId(source, grant),
    leadsTo: leadsTo(grant.door),
  }));
  const standing = await standingGrants(deps, source);
  const isNew = record.askedVersion !== record.version;
  const asked = askNow(record.asked, intended.map(withoutDoor), standing, isNew);
  if (!(await kept.intend(record, asked))) return { outcome: 'again' };

  const untold = asked.filter(({ told }) => !told);
  const taken = untold.filter(({ wanted }) => !wanted);
  const released = record.asked.filter(({ wanted, told }) => told && !wanted);
  const mayGo = [...input.release, ...released.map(({ grantId }) => grantId)];
  const { held, grantIds } = await heldBack(deps, taken, intended, mayGo);
  const speaker: Speaker = { deps, source, order: record.order };
  const now = untold
    .filter(({ grantId }) => !held.includes(grantId))
    .sort((one, other) => Number(other.wanted) - Number(one.wanted));
  try {
    for (const batch of batches(now)) {
      if (!attempt.isYoung) break;
      await Promise.all(batch.map((one) => tell(speaker, one)));
      for (const one of batch) Object.assign(one, { told: true, toldOf: one.leadsTo });
    }
  } finally {
    // However it ended: who was told is not told again, or a large team would never be done.
    if (asked.some(({ told }) => !told)) await kept.intend(record, asked);
  }
  if (now.some(({ told }) => !told)) return { outcome: 'again' };
  if (held.length > 0) return { outcome: 'successors', grantIds, held };
  await pokeNeighbours(deps, record, content);
  if (!(await kept.conclude(record, asked))) return { outcome: 'again' };
  return { outcome: 'applied', grants: planned.length, told: now.length };
}

/** Names what a mapping leads to, so that a change of it is seen. */
function leadsTo({ organizationId, resourceType, resourceId }: DoorMapping): string {
  return `${String(organizationId)}:${resourceType}:${String(resourceId)}`;
}

/** All grants of the source that are stored, whether it still knows of them or not. */
async function standingGrants({ store, clock }: Deps, { kind, id }: SourceRef): Promise<Grant[]> {
  const found: Grant[] = [];
  const filter = { source: GRANT_SOURCE[kind], sourceId: id };
  const grants = eachItem((page) => store.grants.list(filter, page, clock.now()));
  for await (const grant of grants) {
    if (!isOver(grant, clock.now()) || !isGone(grant)) found.push(grant);
  }
  return found;
}

function withoutDoor({
  grantId,
  memberId,
  doorMappingId,
  startsAt,
  endsAt,
  leadsTo,
}: IntendedGrant): IntendedGrant {
  return { grantId, memberId, doorMappingId, startsAt, endsAt, leadsTo };
}

function* batches<Item>(items: readonly Item[]): Generator<Item[]> {
  for (let next = 0; next < items.length; next += TOLD_AT_ONCE) {
    yield items.slice(next, next + TOLD_AT_ONCE);
  }
}

/** Who tells grants: one reading of one source. */
interface Speaker {
  deps: Deps;
  source: SourceRef;
  order: number;
}

/**
 * Tells one grant. One that is not stored may have been started all the same, by an attempt that died
 * or hangs: it is told to stop, and started stopped, so that a late word cannot open it.
 */
async function tell({ deps, source, order }: Speaker, asked: AskedGrant): Promise<void> {
  const now = deps.clock.now();
  const by: Actor = { type: 'system', id: source.kind };
  const reason = asked.wanted ? null : `The ${source.kind} gives no access here any more.`;
  const word: SourceWord = {
    order,
    startsAt: wholeSecond(asked.startsAt),
    endsAt: asked.endsAt === null ? null : wholeSecond(asked.endsAt),
    wanted: asked.wanted,
    anew: asked.wanted && asked.toldOf !== null && asked.toldOf !== asked.leadsTo,
  };
  const stored = await deps.store.grants.get(asked.grantId);
  const before = stored ?? newGrant(source, asked, now, by);
  const after = followingSource(before, word, now, by, reason);
  const isPast = isOver(after, now);
  const mayStart = !isPast || (stored !== null && !isGone(stored));
  const action = stored === null ? 'grant' : sourceAction(before, after);
  await deps.messages.followSource(after, word, { by, reason, action }, mayStart);
  if (stored === null && mayStart) await deps.store.grants.insertAccepted(after);
}

/** Nothing is left of it at Kisi, and nothing will come back by itself. */
function isGone(grant: Grant): boolean {
  return grant.provisioning === 'removed' && grant.settled;
}

/** What grants call a source of this kind. */
export const GRANT_SOURCE = { booking: 'booking', membership: 'plan' } as const satisfies Record<
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

/**
 * Has bookings look again whose margin reaches into the time that this one had before, or has now.
 * Before it is concluded, so that none is forgotten.
 */
async function pokeNeighbours(
  { store, messages }: Deps,
  record: SourceRecord<unknown>,
  source: SourceContent,
): Promise<void> {
  if (source.kind !== 'booking' || record.appliedVersion === record.version) return;
  const world = storedWorld(store);
  const places = [...record.formerPlaces, ...(source.content === null ? [] : [source.content])];
  const found = new Set<string>();
  for (const place of places) {
    const { spaceId } = place;
    const { earlyMinutes, lateMinutes } = await marginOfSpace(world, await world.space(spaceId));
    if (earlyMinutes === 0 && lateMinutes === 0) continue;
    // A neighbour's late minutes reach in at the start, its early ones at the end.
    const span = widened(place, { earlyMinutes: lateMinutes, lateMinutes: earlyMinutes });
    const neighbours = await store.bookings.neighbours(spaceId, span, source.id);
    for (const { id } of neighbours) found.add(id);
  }
  await Promise.all([...found].map((id) => messages.lookAgainAtSource({ kind: 'booking', id })));
}
