import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { answer, api, type Of } from '../../../api/client';
import { readAll } from '../../../api/places';
import { LIVE_MS } from '../../../api/query';
import { usePost } from '../../../api/repeatable';

export type ApiKey = Of<'ApiKey'>;
export type NewApiKey = Of<'NewApiKey'>;
/** What a person chooses of a key. */
export type KeyChoice = Pick<ApiKey, 'name' | 'scopes' | 'locationIds'>;

const KEY = ['api-keys'];

/** All keys, the latest first; there are never many. */
export function useApiKeys() {
  return useQuery({
    queryKey: KEY,
    queryFn: async () => {
      const keys = await readAll((query) => answer(api.GET('/v1/api-keys', { params: { query } })));
      return keys.sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    },
    refetchInterval: LIVE_MS.calm,
  });
}

function useReadAgain() {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: KEY });
}

export function useCreateKey(onCreated: (key: NewApiKey) => void) {
  const readAgain = useReadAgain();
  return usePost(
    (body: KeyChoice, header) => answer(api.POST('/v1/api-keys', { body, params: { header } })),
    {
      onSuccess: (key) => {
        onCreated(key);
        return readAgain();
      },
    },
  );
}

export function useChangeKey(id: string, onChanged: () => void) {
  const readAgain = useReadAgain();
  return useMutation({
    mutationFn: (body: KeyChoice) =>
      answer(api.PATCH('/v1/api-keys/{id}', { params: { path: { id } }, body })),
    onSuccess: () => {
      onChanged();
      return readAgain();
    },
  });
}

export function useDeleteKey(id: string, onDeleted: () => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => api.DELETE('/v1/api-keys/{id}', { params: { path: { id } } }),
    onSuccess: () => {
      onDeleted();
      // The session too: it may have stood for this key.
      return queries.invalidateQueries();
    },
  });
}
