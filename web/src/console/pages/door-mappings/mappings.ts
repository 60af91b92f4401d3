import { useQueryClient } from '@tanstack/react-query';
import { answer, api, type Of } from '../../../api/client';
import { useList } from '../../../api/query';
import type { Filters } from './filters';

export type DoorMapping = Of<'DoorMapping'>;

/** The door mappings that the filters leave. */
export function useMappings(filters: Filters) {
  const { search, locationId, resourceType, integrationId, unassigned, inactive } = filters;
  const typed = search.trim();
  const query = {
    ...(typed !== '' && { search: typed }),
    ...(locationId !== null && { locationId }),
    ...(resourceType !== null && { resourceType }),
    ...(integrationId !== null && { integrationId }),
    ...(unassigned && { unassigned: 'true' as const }),
    ...(inactive && { active: 'false' as const }),
  };
  return useList(['door-mappings', 'list', query], (cursor) =>
    answer(
      api.GET('/v1/door-mappings', {
        params: { query: { ...query, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
}

/** Has all that is shown of door mappings read anew, after one of them was changed. */
export function useRefreshMappings(): () => Promise<unknown> {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['door-mappings'] }),
      queries.invalidateQueries({ queryKey: ['door-mapping'] }),
    ]);
}
