import { useQuery } from '@tanstack/react-query';
import { answer, api, type Of } from './client';
import { LIVE_MS } from './query';

export type Job = Of<'Job'>;

/** A job as it is now, looked at again until it has ended. `null`: there is none to look at. */
export function useJob(id: string | null) {
  return useQuery({
    queryKey: ['job', id],
    queryFn: () => answer(api.GET('/v1/jobs/{id}', { params: { path: { id: id ?? '' } } })),
    enabled: id !== null,
    refetchInterval: ({ state: { data } }) =>
      data === undefined || data.state === 'running' ? LIVE_MS.busy : false,
  });
}
