import { useQueries } from '@tanstack/react-query';
import { readDoorMapping } from './batched';
import type { Of } from './client';
import { useLocations, type Location } from './places';

export type DoorMapping = Of<'DoorMapping'>;

/** The zone of what has no location, IANA; the API explains in it too. */
export const NO_ZONE = 'UTC';

/** Names of doors change rarely. Ms. */
const STALE_MS = 30_000;

/** A door as people know it. */
export interface Door {
  readonly id: string;
  /** Its id where there is no mapping. */
  readonly name: string;
  /** `null`: the mapping is deleted. */
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

/** Doors by the ids of their mappings. */
export interface Doors {
  /** `undefined`: it is still asked for, or could not be read. */
  readonly doorOf: (id: string) => Door | undefined;
  /** Why one of them, or its place, could not be read; else `null`. */
  readonly error: unknown;
}

/** Looks doors up with their places: without one there is no zone, and no time can be read or entered. */
export function useDoors(ids: readonly string[]): Doors {
  const { data: locations, error: placesError } = useLocations();
  const unique = [...new Set(ids)];
  const results = useQueries({
    queries: unique.map((id) => ({
      queryKey: ['door-mapping', id, 'if-there'],
      queryFn: () => readDoorMapping(id),
      staleTime: STALE_MS,
    })),
  });
  return {
    doorOf: (id) => {
      const { data: mapping } = results[unique.indexOf(id)] ?? {};
      if (mapping === undefined || locations === undefined) return undefined;
      if (mapping) return doorOf(mapping, locations);
      return { id, name: id, mapping: null, location: null, zone: NO_ZONE };
    },
    error: placesError ?? results.find(({ error }) => error)?.error ?? null,
  };
}
