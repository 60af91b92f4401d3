import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import { date, dateOrNull, documentSchema, idsUnder, msOrNull, retryUpsertRace } from './documents';
/** A role assignment that we made. Instants in ms, UTC. */
export interface KisiRow {
  /** Kisi's id of the role assignment. */
  roleAssignmentId: number;
  organizationId: number;
  passKey: string;
  kisiUserId: number;
  groupId: number;
  /** `null`: from the beginning. */
  from: number | null;
  /** `null`: open-ended. */
  until: number | null;
  createdAt: number;
}

export interface KisiRowStore {
  /** Again with another window: overwritten; `createdAt` stays. */
  put(row: Omit<KisiRow, 'createdAt'>): Promise<void>;
  remove(passKey: string, roleAssignmentId: number): Promise<void>;
  /**
   * It was found to be gone at Kisi without our doing: no list has it any more. `byId` knows it for
   * another day, so that Kisi's event about it, which may be late, still tells who did it.
   */
  markGone(passKey: string, roleAssignmentId: number): Promise<void>;
  /** Under whichever pass it is stored, gone or not; `null`: it is none that we know (any more). */
  byId(organizationId: number, roleAssignmentId: number): Promise<KisiRow | null>;
  /** In order of role assignment id. */
  byPass(passKey: string): Promise<KisiRow[]>;
  /**
   * Gives the pass those of these rows that are stored under another: their user has become its
   * member's. Returns the ids of the rows that it took.
   */
  takeOver(
    organizationId: number,
    passKey: string,
    roleAssignmentIds: readonly number[],
  ): Promise<number[]>;
  /** Every row of one organization, for the reconciliation. */
  allOf(organizationId: number): Promise<KisiRow[]>;
}

interface KisiRowDoc {
  /** `<passKey>|<roleAssignmentId>` */
  _id: string;
  passKey: string;
  organizationId: number;
  roleAssignmentId: number;
  kisiUserId: number;
  groupId: number;
  from: Date | null;
  until: Date | null;
  createdAt: Date;
  goneAt: Date | null;
}

/** How late Kisi still sends an event is not documented. */
const KNOWN_WHEN_GONE_S = 86_400;

const kisiRowSchema = documentSchema<KisiRowDoc>({
  _id: { type: String, required: true },
  passKey: { type: String, required: true },
  organizationId: { type: Number, required: true },
  roleAssignmentId: { type: Number, required: true },
  kisiUserId: { type: Number, required: true },
  groupId: { type: Number, required: true },
  from: { type: Date, default: null },
  until: { type: Date, default: null },
  createdAt: { type: Date, required: true },
  goneAt: { type: Date, default: null },
})
  .index({ organizationId: 1, roleAssignmentId: 1 })
  .index({ goneAt: 1 }, { expireAfterSeconds: KNOWN_WHEN_GONE_S });

function toKisiRow(doc: KisiRowDoc): KisiRow {
  return {
    roleAssignmentId: doc.roleAssignmentId,
    organizationId: doc.organizationId,
    passKey: doc.passKey,
    kisiUserId: doc.kisiUserId,
    groupId: doc.groupId,
    from: msOrNull(doc.from),
    until: msOrNull(doc.until),
    createdAt: doc.createdAt.getTime(),
  };
}

export function kisiRowStore(connection: Connection, clock: Clock): KisiRowStore {
  const rows = connection.model<KisiRowDoc>('KisiRow', kisiRowSchema, 'kisiRows');
  const idOf = (passKey: string, roleAssignmentId: number): string =>
    `${passKey}|${String(roleAssignmentId)}`;

  async function put(row: Omit<KisiRow, 'createdAt'>): Promise<void> {
    const { passKey, roleAssignmentId, organizationId, kisiUserId, groupId, from, until } = row;
    await retryUpsertRace(() =>
      rows.updateOne(
        { _id: idOf(passKey, roleAssignmentId) },
        {
          $set: {
            passKey,
            roleAssignmentId,
            organizationId,
            kisiUserId,
            groupId,
            from: dateOrNull(from),
            until: dateOrNull(until),
            goneAt: null,
          },
          $setOnInsert: { createdAt: date(clock.now()) },
        },
        { upsert: true },
      ),
    );
  }

  return {
    put,

    async takeOver(organizationId, passKey, roleAssignmentIds) {
      const others = await rows
        .find({
          organizationId,
          roleAssignmentId: { $in: [...roleAssignmentIds] },
          passKey: { $ne: passKey },
        })
        .lean();
      for (const doc of others) {
        await put({ ...toKisiRow(doc), passKey });
        await rows.deleteOne({ _id: doc._id });
      }
      return others.map(({ roleAssignmentId }) => roleAssignmentId);
    },

    async remove(passKey, roleAssignmentId) {
      await rows.deleteOne({ _id: idOf(passKey, roleAssignmentId) });
    },

    async markGone(passKey, roleAssignmentId) {
      const goneAt = date(clock.now());
      await rows.updateOne({ _id: idOf(passKey, roleAssignmentId) }, { $set: { goneAt } });
    },

    async byId(organizationId, roleAssignmentId) {
      const doc = await rows.findOne({ organizationId, roleAssignmentId }).lean();
      return doc && toKisiRow(doc);
    },

    async byPass(passKey) {
      const docs = await rows
        .find({ _id: idsUnder(passKey), passKey, goneAt: null })
        .sort({ roleAssignmentId: 1 })
        .lean();
      return docs.map(toKisiRow);
    },

    async allOf(organizationId) {
      const docs = await rows
        .find({ organizationId, goneAt: null })
        .sort({ roleAssignmentId: 1 })
        .lean();
      return docs.map(toKisiRow);
    },
  };
}
