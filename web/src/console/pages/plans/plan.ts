import { queryOptions, useQuery } from '@tanstack/react-query';
import { answer, api, type Of } from '../../../api/client';
import { readAll } from '../../../api/places';
import { LIVE_MS, useList } from '../../../api/query';
import { texts } from '../../../texts';

export type Plan = Of<'Plan'>;
export type Membership = Of<'Membership'>;

const MOST_COUNTED = 200;

/** All plans by their name: an installation has few. */
export const allPlans = queryOptions({
  queryKey: ['plans', 'all'],
  queryFn: async () => {
    const all = await readAll((query) => answer(api.GET('/v1/plans', { params: { query } })));
    return all.sort((a, b) => a.name.localeCompare(b.name, texts.locale, { numeric: true }));
  },
});

/** One plan, kept as it is now. */
export function usePlan(id: string) {
  return useQuery({
    queryKey: ['plan', id],
    queryFn: () => answer(api.GET('/v1/plans/{id}', { params: { path: { id } } })),
    refetchInterval: LIVE_MS.calm,
  });
}

/** The memberships that hold a plan, in order of their id. */
export function usePlanMemberships(planId: string) {
  return useList(['memberships', 'plan', planId], (cursor) =>
    answer(api.GET('/v1/memberships', { params: { query: { planId, cursor } } })),
  );
}

/** How many active memberships hold a plan; `isAll`: there are no more than were counted. */
export function useActiveCount(planId: string) {
  return useQuery({
    queryKey: ['memberships', 'plan', planId, 'active'],
    queryFn: async () => {
      const query = { planId, status: 'active', limit: MOST_COUNTED } as const;
      const page = await answer(api.GET('/v1/memberships', { params: { query } }));
      return { count: page.data.length, isAll: page.nextCursor === null };
    },
    refetchInterval: LIVE_MS.calm,
  });
}
