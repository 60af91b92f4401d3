import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { LIVE_MS } from '../api/query';
import { isUnauthenticated, readMyKeys, type MyKeys } from './member-api';
import { serverNow } from './server-clock';
import { useNow } from './use-now';

/** A list that was not read anew for so long is shown with its time, ms. */
const OLD_MS = 45_000;
const LOOK_MS = 5_000;

/** What the keys of whoever is in are kept under. */
export const KEYS = ['my-keys'];

/** The member's keys, read again and again while they are on the screen. */
export function useMyKeys(onSessionOver: (hadKeys: boolean) => void) {
  const query = useQuery({
    queryKey: KEYS,
    queryFn: readMyKeys,
    refetchInterval: ({ state }) => pauseUntilNext(state.data, serverNow()),
  });
  const { data, error, dataUpdatedAt, failureCount } = query;
  // When it was read is noted by this device's clock.
  const now = useNow(LOOK_MS, Date.now);
  const isOver = isUnauthenticated(error);
  useEffect(() => {
    if (isOver) onSessionOver(data !== undefined);
  }, [isOver, data, onSessionOver]);
  return {
    keys: data,
    /** Nobody has answered yet, after at least one attempt. */
    isTroubled: data === undefined && failureCount > 0,
    /** When the list was read, ms UTC, where that is no longer now; else `null`. */
    asOf: data && (failureCount > 0 || now - dataUpdatedAt > OLD_MS) ? dataUpdatedAt : null,
    retry: () => void query.refetch(),
  };
}

/** Soon, where something is under way or is about to begin or end. */
function pauseUntilNext(keys: MyKeys | undefined, now: number): number {
  if (!keys || keys.data.some(({ state }) => state === 'being_set_up')) return LIVE_MS.busy;
  const changes = [
    ...keys.data.flatMap(({ until }) => (until === null ? [] : [until])),
    ...keys.upcoming.map(({ startsAt }) => startsAt),
  ];
  const untilNext = Math.min(...changes.map((at) => Date.parse(at) - now), LIVE_MS.calm);
  return Math.max(untilNext, LIVE_MS.busy);
}
