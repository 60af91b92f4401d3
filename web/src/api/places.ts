import { useQuery } from '@tanstack/react-query';
import { texts } from '../texts';
import { answer, api, type Of } from './client';
import type { ListPage } from './query';

export type Location = Of<'Location'>;

const MOST_PER_PAGE = 200;
/** Places change rarely: they are read anew when a page that names them is opened. */
const STALE_MS = 30_000;

/** Every row of one of the API's lists, for choosing from. */
export async function readAll<T>(
  read: (page: { limit: number; cursor?: string }) => Promise<ListPage<T>>,
): Promise<T[]> {
  const rows: T[] = [];
  let cursor: string | null = null;
  do {
    const page: ListPage<T> = await read({
      limit: MOST_PER_PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    rows.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return rows;
}

/** All locations by their name. */
export function useLocations() {
  return useQuery({
    queryKey: ['locations'],
    queryFn: async () =>
      byName(await readAll((query) => answer(api.GET('/v1/locations', { params: { query } })))),
    staleTime: STALE_MS,
  });
}

/** All spaces by their name, of all locations. */
export function useSpaces() {
  return useQuery({
    queryKey: ['spaces'],
    queryFn: async () =>
      byName(await readAll((query) => answer(api.GET('/v1/spaces', { params: { query } })))),
    staleTime: STALE_MS,
  });
}

function byName<T extends { name: string }>(places: T[]): T[] {
  return places.sort((a, b) => a.name.localeCompare(b.name, texts.locale, { numeric: true }));
}
