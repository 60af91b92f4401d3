import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useState } from 'react';
import { ApiProblem } from '../api/client';
import { enter, forget, leave } from './member-api';
import { takeToken } from './token';

/** Why nobody is in: nobody came with a token, the session is over, or the member left. */
export type OutBecause = 'none' | 'ended' | 'left';

type State = { is: 'entering'; token: string } | { is: 'in' } | { is: 'out'; because: OutBecause };

/** Taken before anything else runs, so that the address holds it no longer than it must. */
const first = takeToken();

const LONGEST_PAUSE_MS = 8_000;

/**
 * The member's session: it begins with the token in the address, also when the page around a frame
 * puts a new one there, or with the cookie from before.
 */
export function useSession() {
  const queries = useQueryClient();
  const [state, setState] = useState<State>(() =>
    first === null ? { is: 'in' } : { is: 'entering', token: first },
  );

  const end = useCallback(
    (because: OutBecause) => {
      forget();
      queries.clear();
      setState({ is: 'out', because });
    },
    [queries],
  );

  useEffect(() => {
    const look = (): void => {
      const token = takeToken();
      if (token === null) return;
      forget();
      queries.clear();
      setState({ is: 'entering', token });
    };
    addEventListener('hashchange', look);
    return () => {
      removeEventListener('hashchange', look);
    };
  }, [queries]);

  const token = state.is === 'entering' ? state.token : null;
  const entering = useQuery({
    queryKey: ['enter', token],
    queryFn: async () => {
      await enter(token ?? '');
      return true;
    },
    enabled: token !== null,
    gcTime: 0,
    // Without a connection it is tried too: whether there is one is known only by an answer.
    networkMode: 'always',
    retry: (_failures, error) => !isRefusal(error),
    retryDelay: (failures) => Math.min(1_000 * 2 ** failures, LONGEST_PAUSE_MS),
  });
  const { isSuccess, isError } = entering;
  useEffect(() => {
    if (token === null) return;
    if (isSuccess) setState({ is: 'in' });
    if (isError) end('ended');
  }, [token, isSuccess, isError, end]);

  return {
    state:
      state.is === 'entering'
        ? ({ is: 'entering', isTroubled: entering.failureCount > 0 } as const)
        : state,
    end,
    /** Also where nobody answers: the member sees at once that the page shows no keys any more. */
    leave: useCallback(() => {
      void leave().catch(() => undefined);
      end('left');
    }, [end]),
  };
}

/** A token that the API has judged; anything else may still come right. */
function isRefusal(error: Error): boolean {
  if (!(error instanceof ApiProblem)) return false;
  return error.status !== null && error.status < 500 && error.status !== 429;
}
