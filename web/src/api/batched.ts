import { create, windowedFiniteBatchScheduler } from '@yornaath/batshit';
import { answer, api, type Of } from './client';

/** As many ids as one request may name. */
const MOST_IDS = 100;
/** How long ids are gathered, in ms: the rows of a list ask for their names one by one, all at once. */
const GATHER_MS = 10;

/** Reads one record, together with all others that are asked for at about the same time; `null`: it is not there. */
function together<Row extends { id: string }>(
  read: (query: { ids: string; limit: number }) => Promise<{ data: Row[] }>,
): (id: string) => Promise<Row | null> {
  const batch = create({
    fetcher: async (ids: string[]) => (await read({ ids: ids.join(','), limit: MOST_IDS })).data,
    resolver: (rows: Row[], id: string) => rows.find((row) => row.id === id) ?? null,
    scheduler: windowedFiniteBatchScheduler({ windowMs: GATHER_MS, maxBatchSize: MOST_IDS }),
  });
  return (id) => batch.fetch(id);
}

/** What a list needs of a member, such as the name. */
export const readMember = together<Of<'Member'>>((query) =>
  answer(api.GET('/v1/members', { params: { query } })),
);

/** What a list needs of a door, such as its name. */
export const readDoorMapping = together<Of<'DoorMapping'>>((query) =>
  answer(api.GET('/v1/door-mappings', { params: { query } })),
);
