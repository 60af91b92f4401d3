import { useQuery } from '@tanstack/react-query';
import type { Of } from '../../../api/client';
import { NO_ZONE } from '../../../api/doors';
import { useLocations, useSpaces, type Location } from '../../../api/places';
import { LIVE_MS } from '../../../api/query';
import { browserZone } from '../../../shared/time';
import { allPlans } from '../plans/plan';

/** A booking or a membership: what both answer. */
export type Source = Of<'Booking'> | Of<'Membership'>;
export type SourceKind = 'booking' | 'membership';

const STALE_MS = 30_000;

/** How soon to look again, in ms: soon while one is on its way, which what needs a person is not. */
export function lookAgainMs(sources: readonly Source[]): number {
  return sources.every(isCalm) ? LIVE_MS.calm : LIVE_MS.busy;
}

function isCalm({ settled, acceptedVersion, appliedVersion, doors }: Source): boolean {
  if (settled || acceptedVersion !== appliedVersion) return settled;
  const has = (...states: string[]) =>
    doors.some(({ provisioning }) => provisioning !== null && states.includes(provisioning));
  return has('attention') && !has('pending', 'removing');
}

/** The names and zones of places, by their ids; the id stands for a name that is not known. */
export function usePlaceNames() {
  const { data: locations = [] } = useLocations();
  const { data: spaces = [] } = useSpaces();
  const spaceOf = (id: string | null) => spaces.find((space) => space.id === id);
  const locationOf = (id: string | null) => locations.find((location) => location.id === id);
  return {
    spaces,
    locations,
    spaceName: (id: string): string => spaceOf(id)?.name ?? id,
    locationName: (id: string): string => locationOf(id)?.name ?? id,
    /** `null`: the space is not known here. */
    locationOfSpace: (id: string | null): string | null => spaceOf(id)?.locationId ?? null,
    /** How many minutes doors open before a booking of the space and shut after it; `null`: not known. */
    marginOf: (spaceId: string | null): { early: number; late: number } | null => {
      const space = spaceOf(spaceId);
      const location = locationOf(space?.locationId ?? null);
      if (!space || !location) return null;
      return {
        early: space.earlyMinutes ?? location.earlyMinutes,
        late: space.lateMinutes ?? location.lateMinutes,
      };
    },
    /** The zone (IANA) of all locations; that of this browser where they have several. */
    commonZone: commonZoneOf(locations),
    /** IANA. */
    zoneOf: (locationId: string | null): string => locationOf(locationId)?.timeZone ?? NO_ZONE,
  };
}

function commonZoneOf(locations: readonly Location[]): string {
  const [zone, ...others] = new Set(locations.map(({ timeZone }) => timeZone));
  return zone === undefined || others.length > 0 ? browserZone : zone;
}

/** All plans by name, for choosing from and for their names. */
export function usePlans() {
  const { data: plans = [] } = useQuery({ ...allPlans, staleTime: STALE_MS });
  return {
    plans,
    planName: (id: string): string => plans.find((plan) => plan.id === id)?.name ?? id,
  };
}
