import type { Connection } from 'mongoose';
import { date, dateOrNull, documentSchema, given, inBatches, msOrNull } from './documents';
import { findPage, type Page, type PageRequest, type SortKey } from './page';

/**
 * A row at Kisi that is not ours, in a group that leads to a mapped door, as a reconciliation last
 * saw it. Instants in ms, UTC.
 */
export interface SeenForeignRow {
  /** Kisi's id of the role assignment. */
  roleAssignmentId: number;
  organizationId: number;
  /** Kisi's role, e.g. `group_basic`. */
  role: string;
  /** `User`, `Team` or `Guest`. */
  assigneeType: string;
  /** `null`: not given to one user. */
  kisiUserId: number | null;
  /** The member who is this user, by the link or else by the e-mail address; `null`: nobody. */
  memberId: string | null;
  groupId: number;
  from: number | null;
  until: number | null;
  /** When Kisi says that it was made. */
  madeAt: number;
  /** Since when and when last it was seen. */
  firstSeenAt: number;
  seenAt: number;
}

export interface ForeignRowFilter {
  memberId?: string;
  groupId?: number;
}

/** What the reconciliations have seen of rows that are not ours. */
export interface ForeignRowStore {
  /** All that a run has seen in the organization; what it did not see is forgotten. */
  replaceSeen(
    organizationId: number,
    rows: readonly Omit<SeenForeignRow, 'firstSeenAt' | 'seenAt' | 'organizationId'>[],
    seenAt: number,
  ): Promise<void>;
  /** In order of the id at Kisi. */
  list(
    organizationId: number,
    filter: ForeignRowFilter,
    page: PageRequest,
  ): Promise<Page<SeenForeignRow>>;
  get(organizationId: number, roleAssignmentId: number): Promise<SeenForeignRow | null>;
  remove(organizationId: number, roleAssignmentId: number): Promise<void>;
}

type ForeignRowDoc = Omit<
  SeenForeignRow,
  'from' | 'until' | 'madeAt' | 'firstSeenAt' | 'seenAt'
> & {
  /** `<organizationId>:<roleAssignmentId>` */
  _id: string;
  from: Date | null;
  until: Date | null;
  madeAt: Date;
  firstSeenAt: Date;
  seenAt: Date;
};

const foreignRowSchema = documentSchema<ForeignRowDoc>({
  _id: { type: String, required: true },
  roleAssignmentId: { type: Number, required: true },
  organizationId: { type: Number, required: true },
  role: { type: String, required: true },
  assigneeType: { type: String, required: true },
  kisiUserId: { type: Number, default: null },
  memberId: { type: String, default: null },
  groupId: { type: Number, required: true },
  from: { type: Date, default: null },
  until: { type: Date, default: null },
  madeAt: { type: Date, required: true },
  firstSeenAt: { type: Date, required: true },
  seenAt: { type: Date, required: true },
}).index({ organizationId: 1, roleAssignmentId: 1 });

const BY_ROW: readonly SortKey[] = [{ field: 'roleAssignmentId', direction: 1, type: 'number' }];

function toRow(doc: ForeignRowDoc): SeenForeignRow {
  return {
    roleAssignmentId: doc.roleAssignmentId,
    organizationId: doc.organizationId,
    role: doc.role,
    assigneeType: doc.assigneeType,
    kisiUserId: doc.kisiUserId,
    memberId: doc.memberId,
    groupId: doc.groupId,
    from: msOrNull(doc.from),
    until: msOrNull(doc.until),
    madeAt: doc.madeAt.getTime(),
    firstSeenAt: doc.firstSeenAt.getTime(),
    seenAt: doc.seenAt.getTime(),
  };
}

export function foreignRowStore(connection: Connection): ForeignRowStore {
  const rows = connection.model<ForeignRowDoc>('SeenForeignRow', foreignRowSchema, 'foreignRows');
  const idOf = (organizationId: number, id: number): string =>
    `${String(organizationId)}:${String(id)}`;

  return {
    async replaceSeen(organizationId, seen, seenAt) {
      await inBatches(seen, (batch) =>
        rows.bulkWrite(
          batch.map((row) => ({
            updateOne: {
              filter: { _id: idOf(organizationId, row.roleAssignmentId) },
              update: {
                $set: {
                  roleAssignmentId: row.roleAssignmentId,
                  organizationId,
                  role: row.role,
                  assigneeType: row.assigneeType,
                  kisiUserId: row.kisiUserId,
                  memberId: row.memberId,
                  groupId: row.groupId,
                  from: dateOrNull(row.from),
                  until: dateOrNull(row.until),
                  madeAt: date(row.madeAt),
                  seenAt: date(seenAt),
                },
                $setOnInsert: { firstSeenAt: date(seenAt) },
              },
              upsert: true,
            },
          })),
          { ordered: false },
        ),
      );
      await rows.deleteMany({ organizationId, seenAt: { $lt: date(seenAt) } });
    },

    list: (organizationId, filter, page) =>
      findPage(rows, { organizationId, ...given(filter) }, BY_ROW, page, toRow),

    async get(organizationId, roleAssignmentId) {
      const doc = await rows.findById(idOf(organizationId, roleAssignmentId)).lean();
      return doc && toRow(doc);
    },

    async remove(organizationId, roleAssignmentId) {
      await rows.deleteOne({ _id: idOf(organizationId, roleAssignmentId) });
    },
  };
}
