import type { Connection, QueryFilter } from 'mongoose';
import { date, dateOrNull, documentSchema, given, inBatches, msOrNull } from './documents';
import { findPage, type Page, type PageRequest, type SortKey } from './page';

/**
 * A row at Kisi that is not ours, in a group that leads to a mapped door, as a reconciliation, or a
 * look of a pass, last saw it. Instants in ms, UTC.
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
  /** Rows in one of these groups. */
  groupIds?: readonly number[];
}

/** A foreign row as it is seen at one time. */
export type ForeignRowSight = Omit<SeenForeignRow, 'firstSeenAt' | 'seenAt' | 'organizationId'>;

/** What was seen of rows that are not ours. */
export interface ForeignRowStore {
  /** All that a run has seen in the organization; what it did not see is forgotten. */
  replaceSeen(
    organizationId: number,
    rows: readonly ForeignRowSight[],
    seenAt: number,
  ): Promise<void>;
  /** All that a look has seen of one user in one group; what it did not see there is forgotten. */
  replaceSeenOf(
    holder: { organizationId: number; kisiUserId: number; groupId: number },
    rows: readonly ForeignRowSight[],
    seenAt: number,
  ): Promise<void>;
  /** Of this member in every organization, in order of the id at Kisi. */
  ofMember(memberId: string): Promise<SeenForeignRow[]>;
  /** Those of a member that one Kisi user has in one group, in order of the id at Kisi. */
  ofHolder(
    memberId: string,
    holder: Pick<SeenForeignRow, 'organizationId' | 'kisiUserId' | 'groupId'>,
  ): Promise<SeenForeignRow[]>;
  /** In order of the id at Kisi. */
  list(
    organizationId: number,
    filter: ForeignRowFilter,
    page: PageRequest,
  ): Promise<Page<SeenForeignRow>>;
  count(organizationId: number, filter: ForeignRowFilter): Promise<number>;
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
})
  .index({ organizationId: 1, roleAssignmentId: 1 })
  .index({ memberId: 1 });

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

function toFilter(
  organizationId: number,
  { groupIds, ...equal }: ForeignRowFilter,
): QueryFilter<ForeignRowDoc> {
  const inGroups = groupIds ? [{ groupId: { $in: [...groupIds] } }] : [];
  return { $and: [{ organizationId, ...given(equal) }, ...inGroups] };
}

export function foreignRowStore(connection: Connection): ForeignRowStore {
  const rows = connection.model<ForeignRowDoc>('SeenForeignRow', foreignRowSchema, 'foreignRows');
  const idOf = (organizationId: number, id: number): string =>
    `${String(organizationId)}:${String(id)}`;

  async function put(
    organizationId: number,
    seen: readonly ForeignRowSight[],
    seenAt: number,
  ): Promise<void> {
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
  }

  return {
    async replaceSeen(organizationId, seen, seenAt) {
      await put(organizationId, seen, seenAt);
      await rows.deleteMany({ organizationId, seenAt: { $lt: date(seenAt) } });
    },

    async replaceSeenOf(holder, seen, seenAt) {
      await put(holder.organizationId, seen, seenAt);
      await rows.deleteMany({ ...holder, seenAt: { $lt: date(seenAt) } });
    },

    async ofMember(memberId) {
      const docs = await rows.find({ memberId }).sort({ roleAssignmentId: 1 }).lean();
      return docs.map(toRow);
    },

    async ofHolder(memberId, { organizationId, kisiUserId, groupId }) {
      const holder = { memberId, organizationId, kisiUserId, groupId };
      const docs = await rows.find(holder).sort({ roleAssignmentId: 1 }).lean();
      return docs.map(toRow);
    },

    list: (organizationId, filter, page) =>
      findPage(rows, toFilter(organizationId, filter), BY_ROW, page, toRow),

    count: (organizationId, filter) => rows.countDocuments(toFilter(organizationId, filter)),

    async get(organizationId, roleAssignmentId) {
      const doc = await rows.findById(idOf(organizationId, roleAssignmentId)).lean();
      return doc && toRow(doc);
    },

    async remove(organizationId, roleAssignmentId) {
      await rows.deleteOne({ _id: idOf(organizationId, roleAssignmentId) });
    },
  };
}
