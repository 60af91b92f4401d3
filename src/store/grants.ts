import type { Connection, QueryFilter } from 'mongoose';
import {
  GRANT_STATUSES,
  type AccessLogEntry,
  type Grant,
  type GrantSource,
  type GrantStatus,
  type Provisioning,
} from '../domain/grant';
import { MEANT_SO, NOT_IN_PLACE } from '../domain/missing-start';
import type { AccessLogStore } from './access-log';
import { date, given, isDuplicateKey, upsertIfNewer } from './documents';
import { grantSchema, toGrant, toGrantDoc, type GrantDoc } from './grant-document';
import { findPage, type Page, type PageRequest, type SortKey } from './page';

export interface GrantFilter {
  memberId?: string;
  doorMappingId?: string;
  /** Grants at one of these. */
  doorMappingIds?: readonly string[];
  source?: GrantSource;
  sourceId?: string;
  provisioning?: Provisioning;
  /** As `statusAt` derives it at the list's `now`. */
  status?: GrantStatus;
  /** Grants whose window shares an instant with [from, to); either may be left out. Ms, UTC. */
  from?: number;
  to?: number;
}

/** How many grants have this status and this provisioning. */
export interface GrantCount {
  status: GrantStatus;
  provisioning: Provisioning;
  count: number;
}

/** How many grants wait for what, or for somebody. */
export type GrantsWaiting = Record<'pending' | 'queued' | 'removing' | 'attention', number>;

/** The read model of grants. The access log is written first and is what this is rebuilt from. */
export interface GrantStore {
  /** The document as the API accepted it; changes nothing when there is one already. */
  insertAccepted(grant: Grant): Promise<void>;
  /**
   * Appends the rows to the access log, then brings each grant's document to the one in its last row.
   * The same rows twice, or older ones later, change nothing.
   */
  record(entries: readonly AccessLogEntry[]): Promise<void>;
  /** Writes the document unless the stored one has the same or a higher record number. True: written. */
  replaceGrant(grant: Grant): Promise<boolean>;
  get(id: string): Promise<Grant | null>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<Grant[]>;
  /** Newest first (createdAt, then id, both descending). `now` in ms, UTC: decides the status. */
  list(filter: GrantFilter, page: PageRequest, now: number): Promise<Page<Grant>>;
  count(filter: GrantFilter, now: number): Promise<number>;
  /**
   * Grants that ask for access and are not in place, whose start comes no later than `startsBy`, but
   * for those that somebody meant so; in order of start. Instants in ms, UTC.
   */
  notInPlace(
    filter: { startsBy: number; doorMappingIds?: readonly string[] },
    now: number,
    page: PageRequest,
  ): Promise<Page<Grant>>;
  /** Those of these mappings that are not as they should be, by provisioning. `now` in ms, UTC. */
  countWaiting(doorMappingIds: readonly string[], now: number): Promise<GrantsWaiting>;
  /** The member's grants that ask for access now or later (`isWanted`). `now` in ms, UTC. */
  wantedBy(memberId: string, now: number): Promise<Grant[]>;
  /** For metrics; counts of zero are left out. A full scan: keep the answer for some seconds. */
  countByState(now: number): Promise<GrantCount[]>;
  /**
   * Grants whose workflow should be running: not over, or not yet confirmed as removed. In order of
   * id, beginning after `afterId` (`null`: at the first), `limit` at most.
   */
  live(now: number, afterId: string | null, limit: number): Promise<Grant[]>;
  /**
   * Grants at these mappings whose window shares an instant with [from, until) and that were neither in
   * place nor removed before it, and those that were changed in it; in order of start. Ms, UTC.
   */
  touchedBetween(
    doorMappingIds: readonly string[],
    span: { from: number; until: number },
    page: PageRequest,
  ): Promise<Page<Grant>>;
  /** Grants whose window shares an instant with [from, until), ended ones included; in order of start. */
  inSpan(
    of: { memberId?: string; doorMappingIds?: readonly string[] },
    span: { from: number; until: number },
    page: PageRequest,
  ): Promise<Page<Grant>>;
  /** Takes the free text out of every grant of the member, but for this one. */
  forgetReasons(memberId: string, except: string): Promise<void>;
}

const NEWEST_FIRST: readonly SortKey[] = [
  { field: 'createdAt', direction: -1, type: 'date' },
  { field: '_id', direction: -1, type: 'string' },
];

const BY_START: readonly SortKey[] = [
  { field: 'startsAt', direction: 1, type: 'date' },
  { field: '_id', direction: 1, type: 'string' },
];

const grantsSchema = grantSchema()
  .index({ createdAt: -1, _id: -1 })
  .index({ memberId: 1, createdAt: -1, _id: -1 })
  .index({ memberId: 1, endsAt: 1 })
  .index({ doorMappingId: 1, createdAt: -1, _id: -1 })
  .index({ doorMappingId: 1, endsAt: 1 })
  .index({ source: 1, sourceId: 1 })
  .index({ provisioning: 1, createdAt: -1, _id: -1 })
  .index({ endsAt: 1, startsAt: 1 });

/** `statusAt` of src/domain/grant-life.ts, turned into a filter; a test holds the two together. */
function statusFilter(status: GrantStatus, now: number): QueryFilter<GrantDoc> {
  const notOver = { $or: [{ endsAt: null }, { endsAt: { $gt: date(now) } }] };
  switch (status) {
    case 'expired':
      return { endsAt: { $ne: null, $lte: date(now) } };
    case 'revoked':
      return { ...notOver, stops: { $ne: [] } };
    case 'scheduled':
      return { ...notOver, stops: [], startsAt: { $gt: date(now) } };
    case 'active':
      return { ...notOver, stops: [], startsAt: { $lte: date(now) } };
  }
}

/** Windows that share an instant with [from, to). */
function windowFilter({ from, to }: GrantFilter): QueryFilter<GrantDoc>[] {
  const filters: QueryFilter<GrantDoc>[] = [];
  if (from !== undefined)
    filters.push({ $or: [{ endsAt: null }, { endsAt: { $gt: date(from) } }] });
  if (to !== undefined) filters.push({ startsAt: { $lt: date(to) } });
  return filters;
}

function atDoors(doorMappingIds: readonly string[] | undefined): QueryFilter<GrantDoc> {
  return doorMappingIds ? { doorMappingId: { $in: [...doorMappingIds] } } : {};
}

function toFilter(filter: GrantFilter, now: number): QueryFilter<GrantDoc> {
  const { memberId, doorMappingId, source, sourceId, provisioning, status } = filter;
  return {
    $and: [
      given({ memberId, doorMappingId, source, sourceId, provisioning }),
      atDoors(filter.doorMappingIds),
      ...(status === undefined ? [] : [statusFilter(status, now)]),
      ...windowFilter(filter),
    ],
  };
}

export function grantStore(
  connection: Connection,
  accessLog: Pick<AccessLogStore, 'append'>,
): GrantStore {
  const grants = connection.model<GrantDoc>('Grant', grantsSchema, 'grants');

  function replaceGrant(grant: Grant): Promise<boolean> {
    const { _id, ...fields } = toGrantDoc(grant);
    return upsertIfNewer(() =>
      grants.updateOne(
        { _id, recordNumber: { $lt: grant.recordNumber } },
        { $set: fields },
        { upsert: true },
      ),
    );
  }

  return {
    async insertAccepted(grant) {
      try {
        await grants.create(toGrantDoc(grant));
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    },

    async record(entries) {
      await accessLog.append(entries);
      for (const grant of lastOfEach(entries)) await replaceGrant(grant);
    },

    replaceGrant,

    async get(id) {
      const doc = await grants.findById(id).lean();
      return doc && toGrant(doc);
    },

    async getMany(ids) {
      const docs = await grants.find({ _id: { $in: [...ids] } }).lean();
      return docs.map(toGrant);
    },

    list: (filter, page, now) =>
      findPage(grants, toFilter(filter, now), NEWEST_FIRST, page, toGrant),

    count: (filter, now) => grants.countDocuments(toFilter(filter, now)),

    notInPlace({ startsBy, doorMappingIds }, now, page) {
      const filter: QueryFilter<GrantDoc> = {
        ...atDoors(doorMappingIds),
        provisioning: { $in: [...NOT_IN_PLACE] },
        stops: [],
        startsAt: { $lte: date(startsBy) },
        $or: [{ endsAt: null }, { endsAt: { $gt: date(now) } }],
        'problem.type': { $nin: [...MEANT_SO] },
      };
      return findPage(grants, filter, BY_START, page, toGrant);
    },

    async wantedBy(memberId, now) {
      // The member in each branch, since not every server finds an index for branches without.
      const wanted = { memberId, stops: [] };
      const docs = await grants
        .find({
          $or: [
            { ...wanted, endsAt: null },
            { ...wanted, endsAt: { $gt: date(now) } },
          ],
        })
        .lean();
      return docs.map(toGrant);
    },

    async countWaiting(doorMappingIds, now) {
      const waiting: GrantsWaiting = { pending: 0, queued: 0, removing: 0, attention: 0 };
      const groups = await grants.aggregate<{ _id: keyof GrantsWaiting; count: number }>([
        {
          $match: {
            doorMappingId: { $in: [...doorMappingIds] },
            provisioning: { $in: Object.keys(waiting) },
            // What is over and still stands at Kisi waits as well; what is merely over does not.
            $or: [
              { endsAt: null },
              { endsAt: { $gt: date(now) } },
              { provisioning: { $in: ['removing', 'attention'] } },
            ],
          },
        },
        { $group: { _id: '$provisioning', count: { $sum: 1 } } },
      ]);
      for (const { _id, count } of groups) waiting[_id] = count;
      return waiting;
    },

    async countByState(now) {
      const perStatus = await Promise.all(
        GRANT_STATUSES.map(async (status) => {
          const groups = await grants.aggregate<{ _id: Provisioning; count: number }>([
            { $match: statusFilter(status, now) },
            { $group: { _id: '$provisioning', count: { $sum: 1 } } },
          ]);
          return groups.map((group) => ({ status, provisioning: group._id, count: group.count }));
        }),
      );
      return perStatus.flat();
    },

    async forgetReasons(memberId, except) {
      await grants.updateMany(
        { memberId, reason: { $nin: [null, except] } },
        { $set: { reason: null } },
      );
    },

    touchedBetween(doorMappingIds, { from, until }, page) {
      const [begin, end] = [date(from), date(until)];
      const filter: QueryFilter<GrantDoc> = {
        doorMappingId: { $in: [...doorMappingIds] },
        startsAt: { $lt: end },
        $and: [
          { $or: [{ endsAt: null }, { endsAt: { $gt: begin } }] },
          { $or: [{ removedAt: null }, { removedAt: { $gt: begin } }] },
          {
            $or: [
              { inPlaceAt: null },
              { inPlaceAt: { $gt: begin } },
              { changedAt: { $gte: begin, $lt: end } },
            ],
          },
        ],
      };
      return findPage(grants, filter, BY_START, page, toGrant);
    },

    inSpan(of, { from, until }, page) {
      const whose = { ...given({ memberId: of.memberId }), ...atDoors(of.doorMappingIds) };
      // Each branch whole, since not every server finds an index for branches without.
      const begun = { ...whose, startsAt: { $lt: date(until) } };
      const filter: QueryFilter<GrantDoc> = {
        $or: [
          { ...begun, endsAt: null },
          { ...begun, endsAt: { $gt: date(from) } },
        ],
      };
      return findPage(grants, filter, BY_START, page, toGrant);
    },

    async live(now, afterId, limit) {
      const docs = await grants
        .find({
          $or: [
            { endsAt: null },
            { endsAt: { $gt: date(now) } },
            { provisioning: { $ne: 'removed' } },
          ],
          ...(afterId !== null && { _id: { $gt: afterId } }),
        })
        .sort({ _id: 1 })
        .limit(limit)
        .lean();
      return docs.map(toGrant);
    },
  };
}

/** Of each grant the document with the highest record number. */
function lastOfEach(entries: readonly AccessLogEntry[]): Grant[] {
  const last = new Map<string, Grant>();
  for (const { grant } of entries) {
    const known = last.get(grant.id);
    if (!known || known.recordNumber < grant.recordNumber) last.set(grant.id, grant);
  }
  return [...last.values()];
}
