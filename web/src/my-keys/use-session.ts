import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem } from '../api/client';
import * as leaving from './leaving-mark';
import { enter, forget, leave } from './member-api';
import { takeToken } from './token';
import { KEYS } from './use-my-keys';

/** Why nobody is in: nobody came with a token, the session is over, or the member left. */
export type OutBecause = 'none' | 'ended' | 'left';

type State =
  | { is: 'entering'; token: string }
  /** `renewal`: the token that the page around the frame goes on with; `null`: none has to be entered. */
  | { is: 'in'; renewal: string | null }
  | { is: 'leaving' }
  | { is: 'out'; because: OutBecause };

/** Taken before anything else runs, so that the address holds it no longer than it must. */
const first = takeToken();

const LONGEST_PAUSE_MS = 8_000;
/** How what the session hangs on is asked again. */
const UNTIL_ANSWERED = {
  gcTime: 0,
  retryDelay: (failures: number) => Math.min(1_000 * 2 ** failures, LONGEST_PAUSE_MS),
} as const;
const isFramed = window.self !== window.top;
const IN: State = { is: 'in', renewal: null };

/**
 * The member's session: it begins with the token in the address, also when the page around a frame
 * puts a new one there, or with the cookie from before.
 */
export function useSession() {
  const queries = useQueryClient();
  const [state, setState] = useState<State>(() =>
    first !== null
      ? { is: 'entering', token: first }
      : leaving.isUnderWay()
        ? { is: 'leaving' }
        : IN,
  );
  const isIn = state.is === 'in';
  const hasLeft = useRef(false);

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
      // The page around a frame renews the session by itself, also of a member who has left.
      if (token === null || (hasLeft.current && isFramed)) return;
      if (isIn && queries.getQueryData(KEYS) !== undefined) {
        // A tap that is under way is still answered, and the focus stays where it is.
        setState({ is: 'in', renewal: token });
        return;
      }
      forget();
      queries.clear();
      setState({ is: 'entering', token });
    };
    addEventListener('hashchange', look);
    return () => {
      removeEventListener('hashchange', look);
    };
  }, [queries, isIn]);

  const token = tokenOf(state);
  const entering = useQuery({
    queryKey: ['enter', token],
    queryFn: async () => {
      await enter(token ?? '');
      return true;
    },
    enabled: token !== null,
    retry: (_failures, error) => !isRefusal(error),
    ...UNTIL_ANSWERED,
  });
  const { isSuccess, isError } = entering;
  useEffect(() => {
    if (token === null || !(isSuccess || isError)) return;
    // By now the browser has the cookie of who came, or none: before, it still had that of who left.
    leaving.end();
    if (isError) {
      end('ended');
      return;
    }
    // What was read by the session before says nothing of this one, nor of whose it is.
    void queries.invalidateQueries({ queryKey: KEYS }).then(() => {
      setState((now) => (tokenOf(now) === token ? IN : now));
    });
  }, [token, isSuccess, isError, end, queries]);

  const isLeaving = state.is === 'leaving';
  const left = useQuery({
    queryKey: ['leave'],
    queryFn: async () => {
      await leave();
      return true;
    },
    enabled: isLeaving,
    // Until then whoever opens the page in this browser is the member who wants to leave.
    retry: true,
    ...UNTIL_ANSWERED,
  });
  useEffect(() => {
    if (!isLeaving || !left.isSuccess) return;
    leaving.end();
    end('left');
  }, [isLeaving, left.isSuccess, end]);

  useEffect(
    () =>
      leaving.onEndElsewhere(() => {
        setState((now) => (now.is === 'leaving' ? IN : now));
      }),
    [],
  );

  return {
    state: shown(state, (isLeaving ? left : entering).failureCount > 0),
    /** The session is over; one that is being renewed is judged by its new token instead. */
    end: isIn && token !== null ? stay : end,
    /** No keys are shown from now on; the member is out when the API has said so. */
    leave: useCallback(() => {
      hasLeft.current = true;
      leaving.begin();
      forget();
      queries.clear();
      setState({ is: 'leaving' });
    }, [queries]),
  };
}

function stay(): void {
  // Nothing is over yet.
}

/** The token that has to be entered; `null`: none. */
function tokenOf(state: State): string | null {
  if (state.is === 'entering') return state.token;
  return state.is === 'in' ? state.renewal : null;
}

/** What is on its way says whether nobody answers. */
function shown(state: State, isTroubled: boolean) {
  return state.is === 'entering' || state.is === 'leaving'
    ? ({ is: state.is, isTroubled } as const)
    : state;
}

/** A token that the API has judged; anything else may still come right. */
function isRefusal(error: Error): boolean {
  if (!(error instanceof ApiProblem)) return false;
  return error.status !== null && error.status < 500 && error.status !== 429;
}
