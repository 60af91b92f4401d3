import type { ExplainedSource } from '../domain/explain-facts';
import type { Grant } from '../domain/grant';
import type { Booking, Membership } from '../domain/source';
import { contains, overlaps } from '../domain/windows';
import type { DoorMapping, SourceRecord, Store } from '../store';
import { planSource, storedWorld, type SourceContent } from './source-plan';
import { seenLocations, seenSpaces } from './visible-places';

/** What lies further from the instant has nothing to do with it. Ms. */
const NEAR_MS = 24 * 3_600_000;
/** Of one member; who has more is told of these. */
const MOST_GRANTS = 100;
const MOST_SOURCES = 200;

/**
 * The mappings by which this door opens: those of the same lock or group, and for a lock those of
 * the groups that held it when last seen, without inactive ones. The mapping itself first.
 */
export async function leadingMappings(store: Store, mapping: DoorMapping): Promise<DoorMapping[]> {
  const { organizationId, resourceType, resourceId } = mapping;
  const target = { kind: resourceType, id: resourceId };
  const groupIds =
    resourceType === 'lock' ? await store.kisiDoors.groupsWith(organizationId, [resourceId]) : [];
  const found = await Promise.all([
    store.doorMappings.byResource(organizationId, target),
    ...groupIds.map((id) => store.doorMappings.byResource(organizationId, { kind: 'group', id })),
  ]);
  const others = found.flat().filter(({ id, active }) => active && id !== mapping.id);
  return [mapping, ...others];
}

/**
 * The member's grants at these mappings that may have to do with the instant: all that last until
 * now or later, and those that the mapping was asked for lately.
 */
export async function readGrants(
  store: Store,
  memberId: string,
  doorMappingIds: readonly string[],
  at: number,
  now: number,
): Promise<Grant[]> {
  const near = { from: at - NEAR_MS };
  const perMapping = await Promise.all(
    doorMappingIds.map((doorMappingId) =>
      store.grants.list({ memberId, doorMappingId, ...near }, { limit: MOST_GRANTS }, now),
    ),
  );
  return perMapping.flatMap(({ data }) => data);
}

/**
 * The member's bookings and memberships about the instant, with what they mean at the door.
 *
 * @param locationIds all that the caller may see; `null`: every location
 */
export async function readSources(
  store: Store,
  memberId: string,
  doors: readonly DoorMapping[],
  at: number,
  locationIds: readonly string[] | null,
): Promise<ExplainedSource[]> {
  const about = { memberId, from: at - NEAR_MS, to: at + NEAR_MS };
  const page = { limit: MOST_SOURCES };
  const seen = await seenSpaces(store, locationIds);
  const [bookings, memberships] = await Promise.all([
    store.bookings.list({ ...about, ...seen }, page),
    store.memberships.list({ memberId, ...seenLocations(locationIds) }, page),
  ]);
  const meaning = meaningAt(store, memberId, doors, at);
  return Promise.all([
    ...near(bookings.data, at).map(async ({ record, content }): Promise<ExplainedSource> => {
      const wouldBe: Booking = { ...content, status: 'confirmed' };
      return {
        ...common(record, content),
        kind: 'booking',
        status: content.status,
        placeId: content.spaceId,
        window: await meaning({ kind: 'booking', id: record.id, content: wouldBe }),
      };
    }),
    ...near(memberships.data, at).map(async ({ record, content }): Promise<ExplainedSource> => {
      const wouldBe: Membership = { ...content, status: 'active' };
      return {
        ...common(record, content),
        kind: 'membership',
        status: content.status,
        placeId: content.planId,
        window: await meaning({ kind: 'membership', id: record.id, content: wouldBe }),
      };
    }),
  ]);
}

/** Works out which access to these doors a source means: about the instant, else any. */
function meaningAt(
  store: Store,
  memberId: string,
  doors: readonly DoorMapping[],
  at: number,
): (source: SourceContent) => Promise<ExplainedSource['window']> {
  const world = storedWorld(store);
  const ids = new Set(doors.map(({ id }) => id));
  return async (source) => {
    const windows = (await planSource(world, source))
      .filter((grant) => grant.memberId === memberId && ids.has(grant.doorMappingId))
      .map(({ startsAt, endsAt }) => ({ from: startsAt, until: endsAt }));
    return windows.find((window) => contains(window, at)) ?? windows[0] ?? null;
  };
}

interface Dated {
  startsAt: number;
  endsAt: number | null;
}

/** Those that are not deleted and have to do with the instant. */
function near<Content extends Dated>(
  records: readonly SourceRecord<Content>[],
  at: number,
): { record: SourceRecord<Content>; content: Content }[] {
  const about = { from: at - NEAR_MS, until: at + NEAR_MS };
  return records.flatMap((record) => {
    const { content } = record;
    const isNear =
      content !== null && overlaps({ from: content.startsAt, until: content.endsAt }, about);
    return isNear ? [{ record, content }] : [];
  });
}

function common(
  { id, version, appliedVersion }: SourceRecord<unknown>,
  { startsAt, endsAt }: Dated,
): Pick<ExplainedSource, 'id' | 'startsAt' | 'endsAt' | 'isApplied'> {
  return { id, startsAt, endsAt, isApplied: version === appliedVersion };
}
