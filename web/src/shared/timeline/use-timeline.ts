import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { answer, api } from '../../api/client';
import { useLocations } from '../../api/places';
import { LIVE_MS } from '../../api/query';
import type { Timeline } from './groups';
import type { ShownSpan } from './span';

/** Whose timeline it is. */
export type TimelineOf =
  { readonly kind: 'member'; readonly id: string } | { readonly kind: 'door'; readonly id: string };

interface AskedSpan {
  from?: string;
  to?: string;
}

function readTimeline({ kind, id }: TimelineOf, query: AskedSpan): Promise<Timeline> {
  const params = { path: { id }, query };
  return answer(
    kind === 'member'
      ? api.GET('/v1/members/{id}/timeline', { params })
      : api.GET('/v1/door-mappings/{id}/timeline', { params }),
  );
}

/**
 * The zone (IANA) of a timeline: that of the only location, or of the doors that are opened from
 * yesterday until in a week; `undefined` while it is looked up.
 */
export function useTimelineZone(of: TimelineOf) {
  const locations = useLocations();
  const zones = new Set(locations.data?.map(({ timeZone }) => timeZone));
  const [only] = zones;
  const isPlain = zones.size === 1;
  const { data, error } = useQuery({
    queryKey: ['timeline', of, 'zone'],
    queryFn: () => readTimeline(of, {}),
    enabled: locations.data !== undefined && !isPlain,
    staleTime: Infinity,
  });
  return { zone: isPlain ? only : data?.timeZone, error: locations.error ?? error };
}

/**
 * What was, is and will be granted in the span, kept as it is now; `null`: the span is not known. While
 * another span is read, the one before is still there whole.
 */
export function useTimeline(of: TimelineOf, span: ShownSpan | null) {
  const from = toIso(span?.from);
  const to = toIso(span?.until);
  return useQuery({
    queryKey: ['timeline', of, from, to],
    queryFn: async () => ({ timeline: await readTimeline(of, { from, to }), span }),
    enabled: span !== null,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      data?.timeline.grants.some(isUnderWay) === true ? LIVE_MS.busy : LIVE_MS.calm,
  });
}

function isUnderWay({ provisioning }: Timeline['grants'][number]): boolean {
  return provisioning === 'pending' || provisioning === 'removing';
}

function toIso(at: number | undefined): string | undefined {
  return at === undefined ? undefined : new Date(at).toISOString();
}
