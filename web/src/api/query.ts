import {
  MutationCache,
  QueryCache,
  QueryClient,
  useInfiniteQuery,
  type QueryKey,
} from '@tanstack/react-query';
import { ApiProblem } from './client';

/** How often what is on the screen is read anew, in ms: while something is under way, and else. */
export const LIVE_MS = { busy: 1_500, calm: 10_000 } as const;

/** Under which the console keeps who is signed in; My Keys keeps nothing there. */
export const SESSION = ['session'] as const;

const TRIES = 2;

/**
 * Whether there is a connection is known only by an answer. Without one nothing waits to be sent later:
 * what somebody pressed, and saw come to nothing, must not happen an hour after.
 */
const networkMode = 'always';

/** One per page. What the API refuses is not asked again; what it did not answer is, twice. */
export function newQueryClient(): QueryClient {
  const onError = (error: Error): void => {
    // Whoever is no longer signed in is to see that at once, and not when it is looked for next.
    if (error instanceof ApiProblem && error.status === 401) {
      void queries.invalidateQueries({ queryKey: SESSION });
    }
  };
  const queries = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      mutations: { networkMode },
      queries: {
        networkMode,
        refetchOnReconnect: true,
        staleTime: 1_000,
        retry: (failures, error) =>
          failures < TRIES && !(error instanceof ApiProblem && isRefusal(error)),
      },
    },
  });
  return queries;
}

function isRefusal({ status }: ApiProblem): boolean {
  return status !== null && status < 500 && status !== 429;
}

/** A page of one of the API's lists. */
export interface ListPage<T> {
  readonly data: readonly T[];
  readonly nextCursor: string | null;
}

/** A list of the API, page by page; `rows` holds all that were read so far. */
export function useList<T>(
  key: QueryKey,
  read: (cursor: string | undefined) => Promise<ListPage<T>>,
  options: {
    /** A function sees the rows that are on the screen. */
    refetchMs?: number | ((rows: readonly T[]) => number);
    enabled?: boolean;
  } = {},
) {
  const { refetchMs = LIVE_MS.calm } = options;
  const query = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    refetchInterval: ({ state }) =>
      typeof refetchMs === 'number'
        ? refetchMs
        : refetchMs(state.data?.pages.flatMap(({ data }) => data) ?? []),
    enabled: options.enabled ?? true,
  });
  return { ...query, rows: query.data?.pages.flatMap(({ data }) => data) };
}
