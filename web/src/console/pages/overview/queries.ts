import { useQuery } from '@tanstack/react-query';
import { answer, api, type Of } from '../../../api/client';
import { LIVE_MS } from '../../../api/query';

export type Overview = Of<'Overview'>;
export type NamedGrant = Of<'NamedGrant'>;
export type Alert = Of<'Alert'>;

const ALERTS_SHOWN = 20;
const STEPS_STALE_MS = 5_000;

export function useOverview() {
  return useQuery({
    queryKey: ['overview'],
    queryFn: () => answer(api.GET('/v1/overview')),
    refetchInterval: LIVE_MS.calm,
  });
}

export function useOpenAlerts() {
  const query = { open: 'true', limit: ALERTS_SHOWN } as const;
  return useQuery({
    queryKey: ['alerts', query],
    queryFn: () => answer(api.GET('/v1/alerts', { params: { query } })),
    refetchInterval: LIVE_MS.calm,
  });
}

/** Whether there is anything yet of what the first steps make. */
export function useFirstSteps() {
  return useQuery({
    queryKey: ['first-steps'],
    queryFn: async () => {
      const one = { params: { query: { limit: 1 } } };
      const [mappings, plans, grants] = await Promise.all([
        answer(api.GET('/v1/door-mappings', one)),
        answer(api.GET('/v1/plans', { params: { query: { limit: 200 } } })),
        answer(api.GET('/v1/grants', one)),
      ]);
      return {
        hasMapping: mappings.data.length > 0,
        hasPlanWithDoor: plans.data.some(({ doorMappingIds }) => doorMappingIds.length > 0),
        hasGrant: grants.data.length > 0,
      };
    },
    staleTime: STEPS_STALE_MS,
    // A house that is set up stays so.
    refetchInterval: ({ state: { data } }) => (data?.hasGrant === true ? false : LIVE_MS.calm),
  });
}
