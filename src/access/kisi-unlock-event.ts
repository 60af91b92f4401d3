import type { AccessLogEntry, Actor, Grant, LoggedLock, UnlockOutcome } from '../domain/grant';
import { linesInLogs } from '../domain/opening-lines';
import { standInGrant, strangerId } from '../domain/stand-in';
import { reasonOfKisi } from '../domain/unlock-reasons';
import { contains } from '../domain/windows';
import type { DoorMapping, Integration } from '../store';
import { actorOfKisi, type EventFollowed, type KisiEvent, type KisiEventDeps } from './kisi-event';
import { readKnownLock } from './known-lock';
import { tapEntryId } from './unlock';
import { wakeDeliveries, writeEvents } from './write-events';

/** A tap of ours and Kisi's event of it are no further apart than this. */
const TAP_WITHIN_MS = 10_000;

/** One line of the log to be written. */
interface Line {
  mapping: DoorMapping;
  /** `null`: none of the member's leads there. */
  grant: Grant | null;
}

/**
 * Writes who opened which door, or tried to, into the log of each mapping that leads to the lock: for a
 * member those of their grants, for anybody else, and for a member without one, all. The lock's own
 * mappings tell of each opening, whichever mapping it came through. A tap on My Keys has its row already,
 * or will have it under the id that is written here.
 */
export async function followUnlockEvent(
  deps: KisiEventDeps,
  integration: Integration,
  event: KisiEvent,
): Promise<EventFollowed> {
  const { store } = deps;
  const lockId = event.objectId;
  const mappings = lockId === null ? [] : await mappingsOf(deps, integration, lockId);
  if (lockId === null || mappings.length === 0) return { ignored: 'door_not_mapped' };
  const memberId = await memberOf(deps, integration, event);
  const lines = await linesFor(deps, event, mappings, memberId);
  const tap =
    memberId === null
      ? null
      : await store.unlockAttempts.claimForEvent(
          { uuid: event.uuid, at: event.at, memberId, lockId },
          TAP_WITHIN_MS,
        );
  const heard = tap && (await store.unlockAttempts.result(tap.id));
  // Where the tap heard nothing, only the event knows whether the door opened: that is news.
  const isNews = isNoAnswer(heard);
  const { name, mappingIds } = await readKnownLock(store, integration.organizationId, lockId);
  const tapped = isNews ? undefined : mappings.find(({ id }) => id === tap?.doorMappingId);
  const entries = linesInLogs(lines, mappingIds, tapped).map(({ alsoIn, ...line }) => {
    const isOfTap = tap !== null && tapped?.id === line.mapping.id;
    const id = isOfTap ? tapEntryId(tap.id) : `unlock:${event.uuid}:${line.mapping.id}`;
    return entryOf(event, id, line, { id: lockId, name, alsoIn }, memberId);
  });
  const ofTap = tap && !isNews ? tapEntryId(tap.id) : null;
  if (memberId !== null) await tellSubscribers(deps, entries, ofTap);
  await store.accessLog.append(entries);
  return { ignored: null };
}

async function mappingsOf(
  { store }: KisiEventDeps,
  { organizationId }: Integration,
  lockId: number,
): Promise<DoorMapping[]> {
  const groupIds = await store.kisiDoors.groupsWith(organizationId, [lockId]);
  const found = await Promise.all([
    store.doorMappings.byResource(organizationId, { kind: 'lock', id: lockId }),
    ...groupIds.map((id) => store.doorMappings.byResource(organizationId, { kind: 'group', id })),
  ]);
  return found.flat();
}

async function memberOf(
  { store }: KisiEventDeps,
  { organizationId }: Integration,
  { actor }: KisiEvent,
): Promise<string | null> {
  if (actor.type !== 'User' || actor.id === null) return null;
  const link = await store.memberLinks.byUser(organizationId, actor.id);
  return link?.memberId ?? null;
}

async function linesFor(
  { store }: KisiEventDeps,
  { at }: KisiEvent,
  mappings: readonly DoorMapping[],
  memberId: string | null,
): Promise<Line[]> {
  const wanted = memberId === null ? [] : await store.grants.wantedBy(memberId, at);
  const isLive = (grant: Grant): boolean =>
    contains({ from: grant.startsAt, until: grant.endsAt }, at);
  const grants = wanted.sort((a, b) => Number(isLive(b)) - Number(isLive(a)));
  const lines = mappings.map((mapping) => ({
    mapping,
    grant: grants.find(({ doorMappingId }) => doorMappingId === mapping.id) ?? null,
  }));
  const ofGrants = lines.filter(({ grant }) => grant !== null);
  return ofGrants.length > 0 ? ofGrants : lines;
}

function entryOf(
  event: KisiEvent,
  id: string,
  { mapping, grant }: Line,
  lock: LoggedLock,
  memberId: string | null,
): AccessLogEntry {
  const { actor } = event;
  const by: Actor = memberId === null ? actorOfKisi(event) : { type: 'member', id: memberId };
  const who = {
    eventId: event.uuid,
    memberId: memberId ?? strangerId(actor.type, actor.id),
    doorMappingId: mapping.id,
  };
  return {
    id,
    action: 'unlock',
    status: (event.success ? 'opened' : 'refused') satisfies UnlockOutcome,
    reason: reasonOf(event),
    problem: null,
    by,
    at: event.at,
    grant: grant ?? standInGrant(who, event.at, by),
    lock,
    ...(memberId === null && actor.name !== null && { kisiName: actor.name }),
  };
}

function reasonOf({ success, errorCode }: KisiEvent): string | null {
  if (success) return null;
  const code = errorCode === null ? '' : ` (Kisi: ${errorCode})`;
  return `${reasonOfKisi(errorCode).detail}${code}`;
}

function isNoAnswer(result: unknown): boolean {
  return (
    typeof result === 'object' &&
    result !== null &&
    'outcome' in result &&
    result.outcome === 'no_answer'
  );
}

/**
 * Subscribers hear of a member's opening once, whatever mappings lead to the door: of a tap of ours by
 * the tap's own row, which they may have heard of already. Of people who are no members they hear
 * nothing: their names stay here.
 */
async function tellSubscribers(
  deps: KisiEventDeps,
  entries: readonly AccessLogEntry[],
  ofTap: string | null,
): Promise<void> {
  const told = ofTap === null ? entries[0] : entries.find(({ id }) => id === ofTap);
  if (told) await wakeDeliveries(deps, await writeEvents(deps, [told]));
}
