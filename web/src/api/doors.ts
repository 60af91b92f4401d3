import { useQueries } from '@tanstack/react-query';
import { readDoorMapping } from './batched';
import type { Of } from './client';
import { useLocations, type Location } from './places';

export type DoorMapping = Of<'DoorMapping'>;

/** The zone of what has no location; the API explains in it too. */
const NO_ZONE = 'UTC';

/** Names of doors change rarely. Ms. */
const STALE_MS = 30_000;

/** A door as people know it. */
export interface Door {
  readonly id: string;
  /** Its id where there is no mapping. */
  readonly name: string;
  /** `null`: the mapping is deleted, or could not be read. */
  readonly mapping: DoorMapping | null;
  readonly location: Location | null;
  /** IANA; of its location. */
  readonly zone: string;
}

/** A mapping with its place. */
export function doorOf(mapping: DoorMapping, locations: readonly Location[]): Door {
  const location = locations.find(({ id }) => id === mapping.locationId) ?? null;
  const { id, name } = mapping;
  return { id, name, mapping, location, zone: location?.timeZone ?? NO_ZONE };
}

/** Looks doors up by the ids of their mappings; answers `undefined` for one that is still asked for. */
export function useDoors(ids: readonly string[]): (id: string) => Door | undefined {
  const { data: locations } = useLocations();
  const unique = [...new Set(ids)];
  const results = useQueries({
    queries: unique.map((id) => ({
      queryKey: ['door-mapping', id, 'if-there'],
      queryFn: () => readDoorMapping(id),
      staleTime: STALE_MS,
    })),
  });
  return (id) => {
    const { data: mapping, isPending = true } = results[unique.indexOf(id)] ?? {};
    if (isPending || locations === undefined) return undefined;
    if (mapping) return doorOf(mapping, locations);
    return { id, name: id, mapping: null, location: null, zone: NO_ZONE };
  };
}
