import { NO_ZONE } from '../../../api/doors';
import { useLocations } from '../../../api/places';

/** The zone (IANA) of a location. */
export function useZone(locationId: string | null): string {
  const { data: locations } = useLocations();
  return locations?.find(({ id }) => id === locationId)?.timeZone ?? NO_ZONE;
}
