import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, ApiProblem, type Of } from '../api/client';

/** Who is signed in here, and what they may do. */
export type Session = Of<'Session'>;
type Scope = Session['scopes'][number];

const KEY = ['session'];
const READ_AGAIN_MS = 60_000;

/** The session of this browser; `null` when nobody is signed in, `undefined` while it is asked for. */
export function useSessionQuery() {
  return useQuery({
    queryKey: KEY,
    queryFn: async (): Promise<Session | null> => {
      try {
        return await answer(api.GET('/v1/session'));
      } catch (error) {
        if (error instanceof ApiProblem && error.status === 401) return null;
        throw error;
      }
    },
    refetchInterval: READ_AGAIN_MS,
  });
}

/** The session, on a page that is shown only to whoever is signed in. */
export function useSession(): Session {
  const { data } = useSessionQuery();
  if (!data) throw new Error('This page is shown only to whoever is signed in');
  return data;
}

/** Whether who is signed in has one of these scopes: what they may not do is not offered. */
export function useMay(...scopes: Scope[]): boolean {
  const session = useSession();
  return scopes.some((scope) => session.scopes.includes(scope));
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
    onSuccess: (session) => {
      queries.setQueryData(KEY, session);
    },
  });
}

/** Ends the session and forgets everything that was read with it. */
export function useSignOut() {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE('/v1/session'),
    onSuccess: () => {
      queries.setQueryData(KEY, null);
      queries.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== KEY[0] });
    },
  });
}
