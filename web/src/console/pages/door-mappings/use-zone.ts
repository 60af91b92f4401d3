import { useLocations } from '../../../api/places';
import { browserZone } from '../../../shared/time';

/** The zone (IANA) of a location; that of this browser where there is no location. */
export function useZone(locationId: string | null): string {
  const { data: locations } = useLocations();
  return locations?.find(({ id }) => id === locationId)?.timeZone ?? browserZone;
}
