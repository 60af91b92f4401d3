import type { Actor } from '../../src/domain/grant';
import type { Space, Store } from '../../src/store';
import type { ApiDeps } from '../deps';
import { named } from '../http/named';
import { given } from '../http/outcomes';
import { ApiProblem } from '../http/problems';
import { reachTemporal } from '../http/reach-temporal';
import { isSameMargin, wishedMargin } from './margin';

/** What a request says of a space. */
interface SpaceWish {
  id: string;
  name: string;
  locationId: string;
  earlyMinutes?: number | null | undefined;
  lateMinutes?: number | null | undefined;
}

/**
 * Stores a space and, where its location or its early or late minutes changed, has its bookings
 * follow. The mark on the record makes a repetition tell them when an earlier attempt could not.
 *
 * @throws ApiProblem when the location is unknown or not served, or when Temporal is away; in the
 *   last case the space is stored, and a repetition tells
 */
export async function saveSpace(
  { store, clock, sourceEvents }: ApiDeps,
  { id, name, locationId, ...wish }: SpaceWish,
  by: Actor,
): Promise<Space> {
  const location = await store.locations.get(locationId);
  if (location === null) {
    throw new ApiProblem('location_unknown', { detail: `No location has the id ${locationId}.` });
  }
  const before = await store.spaces.get(id);
  if (before !== null && before.locationId !== locationId) {
    await takeLocksAlong(store, id, locationId);
  }
  const margin = wishedMargin(wish, before?.margin ?? location.margin);
  const isChange =
    before === null
      ? // Booking systems that signal Temporal may have sent bookings before the space was known.
        (await store.bookings.endingAfter([id], clock.now(), null, 1)).length > 0
      : before.locationId !== locationId ||
        (margin !== undefined && !isSameMargin(margin, before.margin));
  const mustTell = isChange || before?.isUntold === true;
  const space = await store.spaces.upsert({
    id,
    name,
    locationId,
    ...given({ margin, isUntold: mustTell ? (true as const) : undefined }),
  });
  if (!mustTell) return space;
  await reachTemporal(() => sourceEvents.changed({ kind: 'space', spaceId: id }, by));
  await store.spaces.markTold(space);
  return space;
}

/**
 * The locks of a space stand where it stands. They go first: where this is interrupted, a repetition
 * still sees the space at its former location and goes on.
 */
async function takeLocksAlong(store: Store, spaceId: string, locationId: string): Promise<void> {
  const locks = await store.doorMappings.locksOfSpace(spaceId);
  for (const integrationId of new Set(locks.map((lock) => lock.integrationId))) {
    const integration = await store.integrations.get(integrationId);
    if (integration?.active !== true || integration.locationIds.includes(locationId)) continue;
    const location = await store.locations.get(locationId);
    throw new ApiProblem('location_not_served', {
      detail: `A lock of this space belongs to the integration ${named(integration.organizationName, integrationId)}, which does not serve the location ${named(location?.name, locationId)}.`,
    });
  }
  for (const { id } of locks) await store.doorMappings.update(id, { locationId });
}
