import type { Actor } from '../../src/domain/grant';
import type { Location } from '../../src/store';
import type { ApiDeps } from '../deps';
import { given } from '../http/outcomes';
import { reachTemporal } from '../http/reach-temporal';
import { isSameMargin, wishedMargin } from './margin';

/** What a request says of a location. */
interface LocationWish {
  id: string;
  name: string;
  timeZone: string;
  earlyMinutes?: number | undefined;
  lateMinutes?: number | undefined;
}

/**
 * Stores a location and, where its early or late minutes changed, has its bookings follow. The mark
 * on the record makes a repetition tell them when an earlier attempt could not.
 *
 * @throws ApiProblem when Temporal is away; the location is stored then, and a repetition tells
 */
export async function saveLocation(
  { store, sourceEvents }: ApiDeps,
  { id, name, timeZone, ...wish }: LocationWish,
  by: Actor,
): Promise<Location> {
  const before = await store.locations.get(id);
  const margin = wishedMargin(wish, before?.margin ?? null) ?? undefined;
  const isChange = before !== null && margin !== undefined && !isSameMargin(margin, before.margin);
  const mustTell = isChange || before?.isUntold === true;
  const location = await store.locations.upsert({
    id,
    name,
    timeZone,
    ...given({ margin, isUntold: mustTell ? (true as const) : undefined }),
  });
  if (!mustTell) return location;
  await reachTemporal(() => sourceEvents.changed({ kind: 'location', locationId: id }, by));
  await store.locations.markTold(location);
  return location;
}
