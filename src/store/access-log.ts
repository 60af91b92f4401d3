import type { Connection } from 'mongoose';
import {
  DOOR_ACTIONS,
  type AccessLogEntry,
  type Actor,
  type GrantSource,
  type LogAction,
  type LoggedLock,
  type LogStatus,
  type Problem,
} from '../domain/grant';
import { STAND_IN, STRANGERS } from '../domain/stand-in';
import {
  actorSchema,
  between,
  date,
  documentSchema,
  given,
  insertMissing,
  partSchema,
  problemSchema,
  searchText,
  startsWith,
  tailsOf,
} from './documents';
import { grantSchema, toGrant, toGrantDoc, type GrantDoc } from './grant-document';
import { findPageOfAny, type Page, type PageRequest, type SortKey } from './page';

export interface AccessLogFilter {
  /** The log of a mapping: its own rows, and those of others that stand in it too. */
  logOf?: string;
  /**
   * With `logOf`: of the others, only rows of these mappings. For who may not see the grants of the rest,
   * and asks by what only those tell.
   */
  othersOf?: readonly string[];
  /** Its own rows alone. */
  doorMappingId?: string;
  grantId?: string;
  memberId?: string;
  source?: GrantSource;
  action?: LogAction;
  status?: LogStatus;
  /**
   * Members whose id begins so, or is one of these, and others whose name at Kisi, or one of its words,
   * begins like that, in any case.
   */
  people?: { start: string; ids: readonly string[] };
  /** Rows written in [from, to); either may be left out. Ms, UTC. */
  from?: number;
  to?: number;
}

export interface AccessLogStore {
  /** Append-only: a row whose id is there already stays as it is. */
  append(entries: readonly AccessLogEntry[]): Promise<void>;
  /** Newest first. */
  list(filter: AccessLogFilter, page: PageRequest): Promise<Page<AccessLogEntry>>;
  /**
   * The row with the highest record number of every grant, in order of grant id. Rows that
   * tell of a door, not of a change of the grant, are left out.
   */
  latestPerGrant(): AsyncIterable<AccessLogEntry>;
  /**
   * Takes the free text out of every row of the member, but for this one: people write names into it.
   * The one change that rows ever see.
   */
  forgetReasons(memberId: string, except: string): Promise<void>;
}

interface AccessLogDoc {
  _id: string;
  action: LogAction;
  status: LogStatus;
  reason: string | null;
  problem: Problem | null;
  by: Actor;
  at: Date;
  /** Copies from `grant`, to filter and sort by. */
  grantId: string;
  doorMappingId: string;
  memberId: string;
  recordNumber: number;
  grant: GrantDoc;
  /** Rows from before it was kept lack it. */
  lock?: LoggedLock | null;
  kisiName?: string | null;
  /** Lower-cased copy of the name from each word on, for search by the beginning of a word. */
  kisiNameTails?: string[];
}

const lockSchema = partSchema<LoggedLock>({
  id: { type: Number, required: true },
  name: { type: String, required: true },
  alsoIn: { type: [String], required: true },
});

const accessLogSchema = documentSchema<AccessLogDoc>({
  _id: { type: String, required: true },
  action: { type: String, required: true },
  status: { type: String, required: true },
  reason: { type: String, default: null },
  problem: { type: problemSchema, default: null },
  by: { type: actorSchema, required: true },
  at: { type: Date, required: true },
  grantId: { type: String, required: true },
  doorMappingId: { type: String, required: true },
  memberId: { type: String, required: true },
  recordNumber: { type: Number, required: true },
  grant: { type: grantSchema(), required: true },
  lock: { type: lockSchema, default: null },
  kisiName: { type: String, default: null },
  kisiNameTails: { type: [String] },
})
  .index({ at: -1, recordNumber: -1, _id: -1 })
  .index({ doorMappingId: 1, at: -1, recordNumber: -1, _id: -1 })
  .index({ 'lock.alsoIn': 1, at: -1, recordNumber: -1, _id: -1 })
  .index({ memberId: 1, at: -1, recordNumber: -1, _id: -1 })
  .index({ grantId: 1, recordNumber: 1 });

const NEWEST_FIRST: readonly SortKey[] = [
  { field: 'at', direction: -1, type: 'date' },
  { field: 'recordNumber', direction: -1, type: 'number' },
  { field: '_id', direction: -1, type: 'string' },
];

function toDoc({ id, grant, at, ...rest }: AccessLogEntry): AccessLogDoc {
  return {
    _id: id,
    ...rest,
    at: date(at),
    grantId: grant.id,
    doorMappingId: grant.doorMappingId,
    memberId: grant.memberId,
    recordNumber: grant.recordNumber,
    grant: toGrantDoc(grant),
    ...(rest.kisiName !== undefined && { kisiNameTails: tailsOf(rest.kisiName) }),
  };
}

function toEntry(doc: AccessLogDoc): AccessLogEntry {
  return {
    id: doc._id,
    action: doc.action,
    status: doc.status,
    reason: doc.reason,
    problem: doc.problem,
    by: doc.by,
    at: doc.at.getTime(),
    grant: toGrant(doc.grant),
    ...(doc.lock && { lock: doc.lock }),
    ...(doc.kisiName && { kisiName: doc.kisiName }),
  };
}

export function accessLogStore(connection: Connection): AccessLogStore {
  const rows = connection.model<AccessLogDoc>('AccessLogEntry', accessLogSchema, 'accessLog');

  return {
    async append(entries) {
      await insertMissing(rows, entries.map(toDoc));
    },

    list({ logOf, othersOf, source, people, from, to, ...equal }, page) {
      const filter = {
        ...given({ ...equal, at: between(from, to) }),
        ...(source && { 'grant.source': source, 'grant._id': { $not: startsWith(STAND_IN) } }),
        ...(people && {
          $or: [
            {
              $and: [{ memberId: startsWith(people.start) }, { memberId: { $not: STRANGERS } }],
            },
            { memberId: { $in: [...people.ids] } },
            { kisiNameTails: startsWith(searchText(people.start)) },
          ],
        }),
      };
      const others = othersOf ? { doorMappingId: { $in: [...othersOf] } } : {};
      const each =
        logOf === undefined
          ? [filter]
          : [
              { $and: [{ doorMappingId: logOf }, filter] },
              { $and: [{ 'lock.alsoIn': logOf }, others, filter] },
            ];
      return findPageOfAny(rows, each, NEWEST_FIRST, page, toEntry);
    },

    async *latestPerGrant() {
      const inOrder = rows
        .find({ action: { $nin: [...DOOR_ACTIONS] } })
        .sort({ grantId: 1, recordNumber: 1 })
        .lean()
        .cursor();
      let last: AccessLogDoc | null = null;
      for await (const row of inOrder) {
        if (last && last.grantId !== row.grantId) yield toEntry(last);
        last = row;
      }
      if (last) yield toEntry(last);
    },

    async forgetReasons(memberId, except) {
      for (const field of ['reason', 'grant.reason']) {
        await rows.updateMany(
          { memberId, [field]: { $nin: [null, except] } },
          { $set: { [field]: null } },
        );
      }
    },
  };
}
