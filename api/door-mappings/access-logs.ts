import type { z } from 'zod';
import type { AccessLogEntry } from '../../src/domain/grant';
import {
  eachItem,
  type AccessLogFilter,
  type Page,
  type PageRequest,
  type Store,
} from '../../src/store';
import { given } from '../http/outcomes';
import type { listAccessLogs } from './schema';

/** A row with the name that the member has now; `null`: none, or erased. */
export interface NamedEntry {
  entry: AccessLogEntry;
  memberName: string | null;
}

type LogQuery = z.output<(typeof listAccessLogs)['query']>;

/** The rows of one mapping that a request asks for. */
export async function filterOf(
  store: Store,
  doorMappingId: string,
  query: LogQuery,
): Promise<AccessLogFilter> {
  const { memberId, grantId, source, action, status, from, to, search } = query;
  return {
    doorMappingId,
    ...given({ memberId, grantId, source, action, status, from, to }),
    ...(search !== undefined && {
      members: { idStart: search, ids: await membersFound(store, search) },
    }),
  };
}

/** One page of the log, newest first, with the members' names. */
export async function readLog(
  store: Store,
  filter: AccessLogFilter,
  page: PageRequest,
): Promise<Page<NamedEntry>> {
  const { data, nextCursor } = await store.accessLog.list(filter, page);
  const ids = [...new Set(data.map(({ grant }) => grant.memberId))];
  const members = await store.members.getMany(ids);
  const names = new Map(members.map(({ id, name }) => [id, name]));
  return {
    data: data.map((entry) => ({ entry, memberName: names.get(entry.grant.memberId) ?? null })),
    nextCursor,
  };
}

async function membersFound(store: Store, search: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of eachItem((page) => store.members.list({ search }, page), 500)) {
    ids.push(id);
  }
  return ids;
}
