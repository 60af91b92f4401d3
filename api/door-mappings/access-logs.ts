import type { z } from 'zod';
import { seenDoors } from '../../src/access/visible-places';
import type { AccessLogEntry } from '../../src/domain/grant';
import { memberIdOf } from '../../src/domain/stand-in';
import {
  eachItem,
  type AccessLogFilter,
  type DoorMapping,
  type Page,
  type PageRequest,
  type Store,
} from '../../src/store';
import type { Caller } from '../http/operation';
import { given } from '../http/outcomes';
import type { listAccessLogs } from './schema';

/** A row with what its ids are called now. */
export interface NamedEntry {
  entry: AccessLogEntry;
  /** `null`: somebody at Kisi who is no member. */
  memberId: string | null;
  /** `null`: no name, or erased. */
  memberName: string | null;
  /** The mapping whose grant it was; `null`: one that the caller may not see. */
  mapping: DoorMapping | null;
}

/** The rows of one mapping that a request asks for. */
export interface AskedLog {
  doorMappingId: string;
  filter: AccessLogFilter;
  /** The locations that the caller may see; `null`: all. */
  locationIds: readonly string[] | null;
}

type LogQuery = z.output<(typeof listAccessLogs)['query']>;

export async function askedLog(
  store: Store,
  doorMappingId: string,
  query: LogQuery,
  { locationIds }: Pick<Caller, 'locationIds'>,
): Promise<AskedLog> {
  const { memberId, grantId, source, action, status, from, to, search } = query;
  const filter = {
    logOf: doorMappingId,
    ...given({ memberId, grantId, source, action, status, from, to }),
    // Whether a row that is shown without its grant matches would tell of the grant.
    ...((grantId !== undefined || source !== undefined) && {
      ...given({ othersOf: (await seenDoors(store, locationIds)).doorMappingIds }),
    }),
    ...(search !== undefined && {
      people: { start: search, ids: await membersFound(store, search) },
    }),
  };
  return { doorMappingId, filter, locationIds };
}

/** One page of the log, newest first, with names. */
export async function readLog(
  store: Store,
  log: AskedLog,
  page: PageRequest,
): Promise<Page<NamedEntry>> {
  const { data, nextCursor } = await store.accessLog.list(log.filter, page);
  const [members, mappings] = await Promise.all([
    store.members.getMany(unique(data.map(({ grant }) => grant.memberId))),
    readMappings(store, log, unique(data.map(({ grant }) => grant.doorMappingId))),
  ]);
  const names = new Map(members.map(({ id, name }) => [id, name]));
  return {
    data: data.map((entry) => ({
      entry,
      memberId: memberIdOf(entry.grant, names.has(entry.grant.memberId)),
      memberName: names.get(entry.grant.memberId) ?? null,
      mapping: mappings.get(entry.grant.doorMappingId) ?? null,
    })),
    nextCursor,
  };
}

/**
 * Those that the caller may see: whose the log is, theirs are its rows; the grants of a group elsewhere
 * are not.
 */
async function readMappings(
  store: Store,
  { doorMappingId, locationIds }: AskedLog,
  ids: readonly string[],
): Promise<Map<string, DoorMapping>> {
  const found = await Promise.all(ids.map((id) => store.doorMappings.getEvenDeleted(id)));
  const isSeen = ({ id, locationId }: DoorMapping): boolean =>
    id === doorMappingId || locationIds === null || locationIds.includes(locationId ?? '');
  return new Map(
    found.flatMap((mapping) => (mapping && isSeen(mapping) ? [[mapping.id, mapping]] : [])),
  );
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

async function membersFound(store: Store, search: string): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of eachItem((page) => store.members.list({ search }, page), 500)) {
    ids.push(id);
  }
  return ids;
}
