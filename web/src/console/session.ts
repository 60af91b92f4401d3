import { notifications } from '@mantine/notifications';
import { useMutation, useQuery, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { answer, api, ApiProblem, type Of } from '../api/client';
import { SESSION } from '../api/query';
import { texts } from '../texts';

/** Who is signed in here, and what they may do. */
export type Session = Of<'Session'>;
type Scope = Session['scopes'][number];

const READ_AGAIN_MS = 60_000;

/** Nobody is signed in here: nobody was, the session has ended by itself, or it was signed out of. */
export interface SignedOut {
  readonly out: 'never' | 'ended' | 'left';
}

/** The session of this browser; `undefined` while it is asked for. */
export function useSessionQuery() {
  const queries = useQueryClient();
  return useQuery({
    queryKey: SESSION,
    queryFn: async ({ signal }): Promise<Session | SignedOut> => {
      try {
        return await answer(api.GET('/v1/session', { signal }));
      } catch (error) {
        if (!(error instanceof ApiProblem && error.status === 401)) throw error;
        const before = queries.getQueryData<Session | SignedOut>(SESSION) ?? { out: 'never' };
        return 'out' in before ? before : { out: 'ended' };
      }
    },
    refetchInterval: READ_AGAIN_MS,
  });
}

/** The session, on a page that is shown only to whoever is signed in. */
export function useSession(): Session {
  const { data } = useSessionQuery();
  if (!data || 'out' in data) throw new Error('This page is shown only to whoever is signed in');
  return data;
}

/** Whether who is signed in has one of these scopes: what they may not do is not offered. */
export function useMay(...scopes: Scope[]): boolean {
  const session = useSession();
  return scopes.some((scope) => session.scopes.includes(scope));
}

/**
 * As `useMay`, for what concerns the whole installation or all that a member has: the API refuses that
 * to whoever is limited to locations (api/http/location-rules.ts).
 */
export function useMayEverywhere(...scopes: Scope[]): boolean {
  const { locationIds } = useSession();
  return useMay(...scopes) && locationIds === null;
}

/** The ways to sign in here; `undefined` while they are asked for. */
export function useSignInMethods() {
  return useQuery({
    queryKey: ['sign-in-methods'],
    queryFn: () => answer(api.GET('/v1/session/methods')),
    staleTime: Infinity,
  }).data;
}

/** Signs in with an API key, which is sent once and kept nowhere in the browser. */
export function useSignIn() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (apiKey: string) => answer(api.POST('/v1/session', { body: { apiKey } })),
    onSuccess: async (session) => {
      await stopReading(queries);
      // Whoever was here before may have seen more.
      forgetAllElse(queries);
      queries.setQueryData<Session>(SESSION, session);
    },
  });
}

/** Ends the session and forgets everything that was read with it. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE('/v1/session'),
    onSuccess: async () => {
      await stopReading(queries);
      queries.setQueryData<SignedOut>(SESSION, { out: 'left' });
      forgetAllElse(queries);
    },
    onError: () => {
      notifications.show({ color: 'red', message: texts.shell.signOutFailed });
    },
  });
}

/** A read of the session that is on its way would answer how it was before. */
function stopReading(queries: QueryClient): Promise<void> {
  return queries.cancelQueries({ queryKey: SESSION });
}

function forgetAllElse(queries: QueryClient): void {
  queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== SESSION[0] });
}
