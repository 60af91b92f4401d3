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
 * From what is known; Kisi is not asked. `null`: not shown to who asks, who is limited to locations
 * where the connection serves others too, which nothing else tells them. That is an answer, for an error
 * without data would be forgotten whenever it is read anew. `undefined`: not read yet.
 */
export function useHealth(id: string) {
  return useQuery({
    queryKey: ['integration-health', id],
    queryFn: () => readHealth(id),
    refetchInterval: ({ state: { data } }) => (data === null ? false : LIVE_MS.calm),
  });
}

async function readHealth(id: string): Promise<Health | null> {
  try {
    return await answer(api.GET('/v1/integrations/{id}/health', { params: { path: { id } } }));
  } catch (error) {
    if (isLimited(error)) return null;
    throw error;
  }
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
