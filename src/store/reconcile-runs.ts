import type { Connection } from 'mongoose';
import {
  date,
  dateOrNull,
  documentSchema,
  msOrNull,
  partSchema,
  retryUpsertRace,
} from './documents';
import { findPage, type Page, type PageRequest, type SortKey } from './page';

/** A role assignment that is not ours. Instants in ms, UTC. */
export interface ForeignRow {
  roleAssignmentId: number;
  /** Kisi's role, e.g. `group_basic`. */
  role: string;
  groupId: number | null;
  kisiUserId: number | null;
  from: number | null;
  until: number | null;
}

/** What one reconciliation of one organization found and did. Instants in ms, UTC. */
export interface ReconcileRun {
  id: string;
  organizationId: number;
  startedAt: number;
  finishedAt: number | null;
  /** Grants that were overdue and told to expire. */
  expired: number;
  /** Workflows that were missing and started. */
  started: number;
  /** Passes told to look because Kisi differed, and groups and users of ours that were put right. */
  repaired: number;
  /** Rows of ours that belonged to no pass and were removed. */
  removed: number;
  /** At most 100 are stored; `count` is the whole number. */
  foreignRows: { count: number; sample: ForeignRow[] };
  /** Removals that would close a door that is open now, and how many doors are open now. */
  plannedRemovals: number;
  openDoors: number;
  /** The guard refused the removals until a person allows them. */
  refused: boolean;
  /** Kisi users of members with grants, not ours to change, whose access is off at Kisi; at most 100. */
  disabledUserIds: number[];
  /** Why nothing was compared, so that the numbers say nothing; `null` when it was. */
  skipped: string | null;
}

export interface ReconcileRunStore {
  /** Inserts or overwrites the run with this id. */
  save(run: ReconcileRun): Promise<void>;
  latest(organizationId: number): Promise<ReconcileRun | null>;
  /** Newest first. Runs are kept for 90 days. */
  list(organizationId: number, page: PageRequest): Promise<Page<ReconcileRun>>;
}

type ForeignRowDoc = Omit<ForeignRow, 'from' | 'until'> & { from: Date | null; until: Date | null };

type ReconcileRunDoc = Omit<
  ReconcileRun,
  'id' | 'startedAt' | 'finishedAt' | 'foreignRows' | 'disabledUserIds' | 'skipped'
> & {
  _id: string;
  /** Runs of an earlier version lack these two. */
  disabledUserIds?: number[];
  skipped?: string | null;
  startedAt: Date;
  finishedAt: Date | null;
  foreignRowCount: number;
  foreignRowSample: ForeignRowDoc[];
};

const SAMPLE_SIZE = 100;
const KEPT_SECONDS = 90 * 86_400;

const foreignRowSchema = partSchema<ForeignRowDoc>({
  roleAssignmentId: { type: Number, required: true },
  role: { type: String, required: true },
  groupId: { type: Number, default: null },
  kisiUserId: { type: Number, default: null },
  from: { type: Date, default: null },
  until: { type: Date, default: null },
});

const reconcileRunSchema = documentSchema<ReconcileRunDoc>({
  _id: { type: String, required: true },
  organizationId: { type: Number, required: true },
  startedAt: { type: Date, required: true },
  finishedAt: { type: Date, default: null },
  expired: { type: Number, required: true },
  started: { type: Number, required: true },
  repaired: { type: Number, required: true },
  removed: { type: Number, required: true },
  foreignRowCount: { type: Number, required: true },
  foreignRowSample: { type: [foreignRowSchema], required: true },
  plannedRemovals: { type: Number, required: true },
  openDoors: { type: Number, required: true },
  refused: { type: Boolean, required: true },
  disabledUserIds: { type: [Number], required: true },
  skipped: { type: String, default: null },
})
  .index({ organizationId: 1, startedAt: -1, _id: -1 })
  .index({ startedAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

const NEWEST_FIRST: readonly SortKey[] = [
  { field: 'startedAt', direction: -1, type: 'date' },
  { field: '_id', direction: -1, type: 'string' },
];

function toRun(doc: ReconcileRunDoc): ReconcileRun {
  return {
    id: doc._id,
    organizationId: doc.organizationId,
    startedAt: doc.startedAt.getTime(),
    finishedAt: msOrNull(doc.finishedAt),
    expired: doc.expired,
    started: doc.started,
    repaired: doc.repaired,
    removed: doc.removed,
    foreignRows: {
      count: doc.foreignRowCount,
      sample: doc.foreignRowSample.map((row) => ({
        ...row,
        from: msOrNull(row.from),
        until: msOrNull(row.until),
      })),
    },
    plannedRemovals: doc.plannedRemovals,
    openDoors: doc.openDoors,
    refused: doc.refused,
    disabledUserIds: doc.disabledUserIds ?? [],
    skipped: doc.skipped ?? null,
  };
}

export function reconcileRunStore(connection: Connection): ReconcileRunStore {
  const runs = connection.model<ReconcileRunDoc>(
    'ReconcileRun',
    reconcileRunSchema,
    'reconcileRuns',
  );

  return {
    async save({ id, startedAt, finishedAt, foreignRows, disabledUserIds, ...rest }) {
      await retryUpsertRace(() =>
        runs.updateOne(
          { _id: id },
          {
            $set: {
              ...rest,
              disabledUserIds: disabledUserIds.slice(0, SAMPLE_SIZE),
              startedAt: date(startedAt),
              finishedAt: dateOrNull(finishedAt),
              foreignRowCount: foreignRows.count,
              foreignRowSample: foreignRows.sample.slice(0, SAMPLE_SIZE).map((row) => ({
                ...row,
                from: dateOrNull(row.from),
                until: dateOrNull(row.until),
              })),
            },
          },
          { upsert: true },
        ),
      );
    },

    async latest(organizationId) {
      const doc = await runs.findOne({ organizationId }).sort({ startedAt: -1, _id: -1 }).lean();
      return doc && toRun(doc);
    },

    list: (organizationId, page) => findPage(runs, { organizationId }, NEWEST_FIRST, page, toRun),
  };
}
