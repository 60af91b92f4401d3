import type { AccessChange } from '../contracts/mapping-change';
import type { Grant, GrantSource } from '../domain/grant';
import { isWanted } from '../domain/grant-life';
import type { SourceRef } from '../domain/source';
import { eachItem, type DoorMapping, type SourceRecord, type Store } from '../store';
import { GRANT_SOURCE, sourceGrantId } from './apply-source';
import {
  planSource,
  readSource,
  storedWorld,
  type SourceContent,
  type SourceWorld,
} from './source-plan';
import { sourceOf, touchedPage } from './touched';

/** Sources that a dry run works out; beyond them it says that there are more. */
const MOST_SOURCES = 500;

/** A change that is only thought of: nothing of it is stored. */
export type IntendedChange =
  /** `after` is `null` when the mapping is deleted. */
  | { kind: 'mapping'; before: DoorMapping; after: DoorMapping | null }
  /** The mappings that the plan would list. */
  | { kind: 'plan'; planId: string; doorMappingIds: readonly string[] };

/** What one member would have, or have no more. Instants in ms since the epoch, UTC. */
export interface AccessShare {
  memberId: string;
  /** The lock or group at Kisi, and the organization that it belongs to. */
  organizationId: number;
  resourceType: DoorMapping['resourceType'];
  resourceId: number;
  doorMappingId: string;
  doorName: string;
  source: GrantSource;
  sourceId: string | null;
  startsAt: number;
  endsAt: number | null;
}

/** What of a share decides whether it gives another one. */
type Access = Pick<
  AccessShare,
  'memberId' | 'organizationId' | 'resourceType' | 'resourceId' | 'startsAt' | 'endsAt'
>;

/** Who gains and who loses; in no particular order. */
export interface AccessEffect {
  gains: AccessShare[];
  loses: AccessShare[];
  /** False: more sources are touched than were worked out. */
  isComplete: boolean;
}

/** The places and mappings that the change touches, for whoever tells sources to look again. */
export function accessChangeOf(change: IntendedChange): AccessChange {
  if (change.kind === 'plan') return { kind: 'plan', planId: change.planId };
  const { before, after } = change;
  const sides = [before, ...(after === null ? [] : [after])];
  return {
    kind: 'mapping',
    doorMappingId: before.id,
    spaceIds: present(sides.map(({ spaceId }) => spaceId)),
    locationIds: present(
      sides.map(({ resourceType, locationId }) => (resourceType === 'group' ? locationId : null)),
    ),
    deleted: after === null,
  };
}

function present(ids: readonly (string | null)[]): string[] {
  return [...new Set(ids.filter((id) => id !== null))];
}

/**
 * Works out who would gain and who would lose a door by the change: every live grant and source that
 * it touches is worked out as things stand and as they would be. Nobody gains or loses what another
 * grant gives them anyway, and nothing that an admin has revoked is counted.
 *
 * @param now ms since the epoch, UTC
 */
export async function effectOf(
  store: Store,
  change: IntendedChange,
  now: number,
): Promise<AccessEffect> {
  const worlds = { before: storedWorld(store), after: changedWorld(storedWorld(store), change) };
  const touched = await allTouched(store, change, now);
  const before: AccessShare[] = [];
  const after: AccessShare[] = [];
  for (const source of touched.sources) {
    const read = await readSource(store, source);
    if (read === null) continue;
    const revoked = await revokedByAdmin(store, read.record);
    const isLive = ({ endsAt }: AccessShare): boolean => endsAt === null || endsAt > now;
    before.push(...(await sharesOf(worlds.before, read.content, revoked)).filter(isLive));
    after.push(...(await sharesOf(worlds.after, read.content, revoked)).filter(isLive));
  }
  if (change.kind === 'mapping') {
    const manual = change.before.active ? touched.grants : [];
    before.push(...manual.map((grant) => manualShare(grant, change.before)));
    if (change.after !== null) {
      const { after: door } = change;
      after.push(...manual.map((grant) => manualShare(grant, door)));
    }
  }
  const others = othersOf(store, touched, now);
  return {
    gains: await notOtherwise(missing(after, before), others),
    loses: await notOtherwise(missing(before, after), others),
    isComplete: touched.isComplete,
  };
}

interface Touched {
  sources: SourceRef[];
  /** Live grants of the changed mapping. */
  grants: Grant[];
  isComplete: boolean;
}

async function allTouched(store: Store, change: IntendedChange, now: number): Promise<Touched> {
  const sources = new Map<string, SourceRef>();
  const grants = new Map<string, Grant>();
  let after: string | null = null;
  do {
    const page = await touchedPage(store, accessChangeOf(change), after, now);
    for (const source of page.sources) sources.set(`${source.kind}:${source.id}`, source);
    for (const grant of page.grants) if (isWanted(grant, now)) grants.set(grant.id, grant);
    after = page.after;
  } while (after !== null && sources.size < MOST_SOURCES);
  return {
    sources: [...sources.values()],
    grants: [...grants.values()],
    isComplete: after === null,
  };
}

/** The stored world with the change in it. */
function changedWorld(world: SourceWorld, change: IntendedChange): SourceWorld {
  if (change.kind === 'plan') {
    const { planId, doorMappingIds } = change;
    return {
      ...world,
      plan: async (id) =>
        id === planId ? { id, doorMappingIds: [...doorMappingIds] } : world.plan(id),
    };
  }
  const { before, after } = change;
  const replaced = (
    doors: DoorMapping[],
    belongs: (door: DoorMapping) => boolean,
  ): DoorMapping[] => [
    ...doors.filter(({ id }) => id !== before.id),
    ...(after !== null && belongs(after) ? [after] : []),
  ];
  return {
    ...world,
    locksOfSpace: async (spaceId) =>
      replaced(
        await world.locksOfSpace(spaceId),
        (door) => door.resourceType === 'lock' && door.spaceId === spaceId,
      ),
    groupsOfLocation: async (locationId) =>
      replaced(
        await world.groupsOfLocation(locationId),
        (door) => door.resourceType === 'group' && door.locationId === locationId,
      ),
    mappings: async (ids) => replaced(await world.mappings(ids), (door) => ids.includes(door.id)),
  };
}

async function sharesOf(
  world: SourceWorld,
  source: SourceContent,
  revoked: ReadonlySet<string>,
): Promise<AccessShare[]> {
  const planned = await planSource(world, source);
  return planned
    .filter((grant) => grant.door.active && !revoked.has(sourceGrantId(source, grant)))
    .map(({ door, memberId, startsAt, endsAt }) => ({
      ...doorShare(door),
      memberId,
      source: GRANT_SOURCE[source.kind],
      sourceId: source.id,
      startsAt,
      endsAt,
    }));
}

async function revokedByAdmin(
  store: Store,
  { asked }: SourceRecord<unknown>,
): Promise<Set<string>> {
  const grants = await store.grants.getMany(asked.map(({ grantId }) => grantId));
  return new Set(
    grants
      .filter(({ stops }) => stops.includes('admin') || stops.includes('terminated'))
      .map(({ id }) => id),
  );
}

function manualShare(grant: Grant, door: DoorMapping): AccessShare {
  const { memberId, startsAt, endsAt } = grant;
  return { ...doorShare(door), memberId, source: 'manual', sourceId: null, startsAt, endsAt };
}

function doorShare({
  id,
  name,
  organizationId,
  resourceType,
  resourceId,
}: DoorMapping): Pick<
  AccessShare,
  'doorMappingId' | 'doorName' | 'organizationId' | 'resourceType' | 'resourceId'
> {
  return { doorMappingId: id, doorName: name, organizationId, resourceType, resourceId };
}

/** The shares of one side that no share of the other side gives as well. */
function missing(shares: readonly AccessShare[], other: readonly AccessShare[]): AccessShare[] {
  return shares.filter((share) => !other.some((one) => gives(one, share)));
}

/** Whether what one share gives covers the other: same member, same resource, the whole window. */
function gives(one: Access, share: AccessShare): boolean {
  return (
    one.memberId === share.memberId &&
    one.organizationId === share.organizationId &&
    one.resourceType === share.resourceType &&
    one.resourceId === share.resourceId &&
    one.startsAt <= share.startsAt &&
    (one.endsAt === null || (share.endsAt !== null && one.endsAt >= share.endsAt))
  );
}

type OtherShares = (memberId: string) => Promise<Access[]>;

/** What a member's other live grants give: those that the change does not touch. */
function othersOf(store: Store, touched: Touched, now: number): OtherShares {
  const grantIds = new Set(touched.grants.map(({ id }) => id));
  const sources = new Set(touched.sources.map(({ kind, id }) => `${kind}:${id}`));
  const isTouched = (grant: Grant): boolean =>
    grantIds.has(grant.id) || sourceOf(grant).some(({ kind, id }) => sources.has(`${kind}:${id}`));

  const known = new Map<string, ReturnType<OtherShares>>();
  const read: OtherShares = async (memberId) => {
    const live = (await wantedGrants(store, memberId, now)).filter((grant) => !isTouched(grant));
    const doors = await store.doorMappings.getMany(live.map((grant) => grant.doorMappingId));
    return live.flatMap(({ doorMappingId, startsAt, endsAt }) => {
      const door = doors.find(({ id }) => id === doorMappingId);
      return door?.active ? [{ ...doorShare(door), memberId, startsAt, endsAt }] : [];
    });
  };
  return (memberId) => {
    const reading = known.get(memberId) ?? read(memberId);
    known.set(memberId, reading);
    return reading;
  };
}

async function wantedGrants(store: Store, memberId: string, now: number): Promise<Grant[]> {
  const found: Grant[] = [];
  for (const status of ['active', 'scheduled'] as const) {
    const grants = eachItem((page) => store.grants.list({ memberId, status }, page, now));
    for await (const grant of grants) found.push(grant);
  }
  return found;
}

async function notOtherwise(
  shares: readonly AccessShare[],
  others: OtherShares,
): Promise<AccessShare[]> {
  const kept: AccessShare[] = [];
  for (const share of shares) {
    const given = await others(share.memberId);
    if (!given.some((other) => gives(other, share))) kept.push(share);
  }
  return kept;
}
