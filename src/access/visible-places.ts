import { eachItem, type Store } from '../store';
import { doorsAt } from './visible-doors';

/**
 * Filters of lists for a caller who may see these locations; `null`: all, and nothing is filtered.
 * Ids are looked up first, so that the database can page through what is left.
 */
export async function seenDoors(
  store: Pick<Store, 'doorMappings'>,
  locationIds: readonly string[] | null,
): Promise<{ doorMappingIds?: string[] }> {
  if (locationIds === null) return {};
  return { doorMappingIds: (await doorsAt(store, locationIds)).map(({ id }) => id) };
}

/** @param asked only spaces of this location, where it may be seen; left out: of all that may be */
export async function seenSpaces(
  { spaces }: Pick<Store, 'spaces'>,
  seen: readonly string[] | null,
  asked?: string,
): Promise<{ spaceIds?: string[] }> {
  const locationIds =
    asked === undefined ? seen : (seen ?? [asked]).filter((locationId) => locationId === asked);
  if (locationIds === null) return {};
  const spaceIds: string[] = [];
  for await (const { id } of eachItem((page) => spaces.list({ locationIds }, page))) {
    spaceIds.push(id);
  }
  return { spaceIds };
}

/** Integrations that serve none but these locations: what they tell of is nobody else's. */
export async function seenIntegrations(
  { integrations }: Pick<Store, 'integrations'>,
  locationIds: readonly string[] | null,
): Promise<{ integrationIds?: string[] }> {
  if (locationIds === null) return {};
  const integrationIds: string[] = [];
  for await (const one of eachItem((page) => integrations.list(page, locationIds))) {
    if (one.locationIds.every((id) => locationIds.includes(id))) integrationIds.push(one.id);
  }
  return { integrationIds };
}

export function seenLocations(locationIds: readonly string[] | null): {
  locationIds?: readonly string[];
} {
  return locationIds === null ? {} : { locationIds };
}
