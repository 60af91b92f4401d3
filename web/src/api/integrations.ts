import { useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, isLimited, type Of } from './client';
import { readAll } from './places';
import { LIVE_MS } from './query';

export type Integration = Of<'Integration'>;
export type Health = Of<'IntegrationHealth'>;

const LIST = ['integrations'];

/** All connections, removed ones included. The API tells operators alone of them. */
export function useIntegrations({ enabled = true }: { enabled?: boolean } = {}) {
  return useQuery({
    enabled,
    queryKey: LIST,
    queryFn: () => readAll((query) => answer(api.GET('/v1/integrations', { params: { query } }))),
    refetchInterval: LIVE_MS.calm,
  });
}

/**
 * From what is known; Kisi is not asked. It is refused (`isLimited`) to who is limited to locations
 * where the connection serves others too, which nothing else tells them.
 */
export function useHealth(id: string) {
  return useQuery({
    queryKey: ['integration-health', id],
    queryFn: () => answer(api.GET('/v1/integrations/{id}/health', { params: { path: { id } } })),
    refetchInterval: ({ state: { error } }) => (isLimited(error) ? false : LIVE_MS.calm),
  });
}

/** Has all that is shown of connections read anew, after one of them was changed. */
export function useRefreshIntegrations(): () => Promise<unknown> {
  const queries = useQueryClient();
  return () =>
    Promise.all([
      queries.invalidateQueries({ queryKey: LIST }),
      queries.invalidateQueries({ queryKey: ['integration-health'] }),
    ]);
}
