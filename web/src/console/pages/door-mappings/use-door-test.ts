import { answer, api } from '../../../api/client';
import { usePost } from '../../../api/repeatable';
import { useRefreshMappings } from './mappings';

/** Asks Kisi whether a mapped door or group can be reached. */
export function useDoorTest() {
  const refresh = useRefreshMappings();
  return usePost(
    (id: string, header) =>
      answer(api.POST('/v1/door-mappings/{id}/test', { params: { header, path: { id } } })),
    { onSuccess: () => void refresh() },
  );
}
