import type { AccessChange } from '../contracts/mapping-change';
import type { SourceRef } from '../domain/source';
import type { Grant } from '../domain/grant';
import { isOver } from '../domain/grant-life';
import { eachItem, type Store } from '../store';

/** Sources and grants in one page; each costs a message to Temporal. */
const PAGE = 50;
/** A booking that has ended may stay open by its late minutes, a day at most. */
const LATEST_END_MS = 24 * 3_600_000;

/** What a change touches: live sources, and live grants by hand. Grants of a source hear of it from that. */
export interface TouchedPage {
  sources: SourceRef[];
  grants: Grant[];
  /** Where to go on; `null` when this was the last page. */
  after: string | null;
}

type MappingChange = Extract<AccessChange, { kind: 'mapping' }>;

/** One list of what may be touched, read page by page. */
interface Stage {
  name: string;
  read(
    after: string | null,
  ): Promise<{ sources?: SourceRef[]; grants?: Grant[]; last: string | null }>;
}

/**
 * One page of all that a change touches. It is read after the change was stored, so that a source
 * which was worked out before it is found, and one which is worked out later has seen it.
 *
 * @param after `<stage>|<id>` as the page before answered, or `null` at the beginning
 */
export async function touchedPage(
  store: Store,
  change: AccessChange,
  after: string | null,
  now: number,
): Promise<TouchedPage> {
  const stages = stagesOf(store, change, now);
  const [name, id] = after === null ? [stages[0]?.name, ''] : splitOnce(after);
  const index = stages.findIndex((stage) => stage.name === name);
  const stage = stages[index];
  if (!stage) return { sources: [], grants: [], after: null };
  const { sources = [], grants = [], last } = await stage.read(id === '' ? null : id);
  const next = stages[index + 1];
  const goOn = last === null ? (next ? `${next.name}|` : null) : `${stage.name}|${last}`;
  return { sources, grants, after: goOn };
}

function splitOnce(after: string): [string, string] {
  const at = after.indexOf('|');
  return [after.slice(0, at), after.slice(at + 1)];
}

function stagesOf(store: Store, change: AccessChange, now: number): Stage[] {
  const ended = now - LATEST_END_MS;
  const bookingsOf = (spaceIds: () => Promise<string[]>): Stage => ({
    name: 'bookings',
    async read(after) {
      const ids = await store.bookings.endingAfter(await spaceIds(), ended, after, PAGE);
      return page('booking', ids);
    },
  });
  const membershipsOf = (
    name: string,
    of: { planIds: string[] } | { locationIds: string[] },
  ): Stage => ({
    name,
    async read(after) {
      const ids = await store.memberships.endingAfter(of, now, after, PAGE);
      return page('membership', ids);
    },
  });

  switch (change.kind) {
    case 'plan':
      return [membershipsOf('memberships', { planIds: [change.planId] })];
    case 'space':
      return [bookingsOf(async () => Promise.resolve([change.spaceId]))];
    case 'location':
      return [bookingsOf(() => spacesOf(store, [change.locationId]))];
    case 'mapping':
      return [
        grantsOf(store, change, now),
        bookingsOf(() => spacesOfChange(store, change)),
        membershipsOf('memberships', { locationIds: change.locationIds }),
        plansOf(store, change.doorMappingId, now),
      ];
  }
}

/**
 * The live grants of the mapping: those by hand, and the sources of the others. A source that another
 * stage lists is left to that, or it would look twice.
 */
function grantsOf(store: Store, change: MappingChange, now: number): Stage {
  return {
    name: 'grants',
    async read(after) {
      const { data, nextCursor } = await store.grants.list(
        { doorMappingId: change.doorMappingId },
        { limit: PAGE, cursor: after },
        now,
      );
      const live = data.filter((grant) => !isOver(grant, now) || grant.provisioning !== 'removed');
      const sources = await unlisted(store, change, live.flatMap(sourceOf), now);
      const grants = live.filter(({ source }) => source === 'manual');
      return { sources, grants, last: nextCursor };
    },
  };
}

/** Those of the sources that are not found by the places of the change, such as in a former space. */
async function unlisted(
  store: Store,
  change: MappingChange,
  sources: readonly SourceRef[],
  now: number,
): Promise<SourceRef[]> {
  const idsOf = (kind: SourceRef['kind']): string[] =>
    sources.filter((source) => source.kind === kind).map(({ id }) => id);
  const [spaceIds, bookings, memberships] = await Promise.all([
    spacesOfChange(store, change),
    store.bookings.getMany(idsOf('booking')),
    store.memberships.getMany(idsOf('membership')),
  ]);
  const listed = new Set([
    ...bookings
      .filter(({ content }) => content && spaceIds.includes(content.spaceId))
      .filter(({ content }) => content && content.endsAt > now - LATEST_END_MS)
      .map(({ id }) => `booking:${id}`),
    ...memberships
      .filter(({ content }) => content && change.locationIds.includes(content.locationId))
      .filter(({ content }) => content && (content.endsAt === null || content.endsAt > now))
      .map(({ id }) => `membership:${id}`),
  ]);
  return sources.filter(({ kind, id }) => !listed.has(`${kind}:${id}`));
}

async function spacesOfChange(store: Store, change: MappingChange): Promise<string[]> {
  return [...new Set([...change.spaceIds, ...(await spacesOf(store, change.locationIds))])];
}

/** Memberships of the plans that list the mapping. */
function plansOf(store: Store, doorMappingId: string, now: number): Stage {
  return {
    name: 'plans',
    async read(after) {
      const planIds: string[] = [];
      for await (const { id } of eachItem((part) => store.plans.list({ doorMappingId }, part))) {
        planIds.push(id);
      }
      if (planIds.length === 0) return { last: null };
      return page('membership', await store.memberships.endingAfter({ planIds }, now, after, PAGE));
    },
  };
}

async function spacesOf(store: Store, locationIds: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const locationId of locationIds) {
    for await (const { id } of eachItem((part) => store.spaces.list({ locationId }, part))) {
      ids.push(id);
    }
  }
  return ids;
}

function page(
  kind: SourceRef['kind'],
  ids: readonly string[],
): { sources: SourceRef[]; last: string | null } {
  const last = ids.length < PAGE ? null : (ids.at(-1) ?? null);
  return { sources: ids.map((id) => ({ kind, id })), last };
}

/** The booking or membership that a grant belongs to. */
export function sourceOf({ source, sourceId }: Grant): SourceRef[] {
  if (source === 'manual' || sourceId === null) return [];
  return [{ kind: source === 'plan' ? 'membership' : 'booking', id: sourceId }];
}
