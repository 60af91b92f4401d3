import type { Connection } from 'mongoose';
import {
  DOOR_ACTIONS,
  type AccessLogEntry,
  type Actor,
  type GrantSource,
  type LogAction,
  type LogStatus,
  type Problem,
} from '../domain/grant';
import {
  actorSchema,
  between,
  date,
  documentSchema,
  given,
  insertMissing,
  problemSchema,
  startsWith,
} from './documents';
import { grantSchema, toGrant, toGrantDoc, type GrantDoc } from './grant-document';
import { findPage, type Page, type PageRequest, type SortKey } from './page';

export interface AccessLogFilter {
  doorMappingId?: string;
  grantId?: string;
  memberId?: string;
  source?: GrantSource;
  action?: LogAction;
  status?: LogStatus;
  /** Members whose id begins so, or is one of these. */
  members?: { idStart: string; ids: readonly string[] };
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
}

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
})
  .index({ at: -1, recordNumber: -1, _id: -1 })
  .index({ doorMappingId: 1, at: -1, recordNumber: -1, _id: -1 })
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
  };
}

export function accessLogStore(connection: Connection): AccessLogStore {
  const rows = connection.model<AccessLogDoc>('AccessLogEntry', accessLogSchema, 'accessLog');

  return {
    async append(entries) {
      await insertMissing(rows, entries.map(toDoc));
    },

    list({ doorMappingId, grantId, memberId, source, action, status, members, from, to }, page) {
      const filter = {
        ...given({ doorMappingId, grantId, memberId, action, status, at: between(from, to) }),
        ...(source && { 'grant.source': source }),
        ...(members && {
          $or: [{ memberId: startsWith(members.idStart) }, { memberId: { $in: [...members.ids] } }],
        }),
      };
      return findPage(rows, filter, NEWEST_FIRST, page, toEntry);
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
