import type { Connection } from 'mongoose';
import { date, dateOrNull, documentSchema, idsUnder, msOrNull, retryUpsertRace } from './documents';
/**
 * Written before a role assignment is created, so that a row whose answer was lost can be told from
 * a foreign one. Instants in ms, UTC.
 */
export interface Intent {
  /** Unique within the pass. */
  id: string;
  passKey: string;
  organizationId: number;
  kisiUserId: number;
  groupId: number;
  from: number | null;
  until: number | null;
  /** Role assignments that were listed before: none of them can be the answer. */
  existingRowIds: number[];
  at: number;
}

export interface IntentStore {
  /** The same id again changes nothing: the first instant is the one that counts. */
  put(intent: Intent): Promise<void>;
  /** Oldest first. */
  byPass(passKey: string): Promise<Intent[]>;
  /** Of one organization, in no particular order; there are few at any time. */
  allOf(organizationId: number): Promise<Intent[]>;
  remove(passKey: string, ids: readonly string[]): Promise<void>;
}

interface IntentDoc {
  /** `<passKey>|<intentId>` */
  _id: string;
  passKey: string;
  intentId: string;
  organizationId: number;
  kisiUserId: number;
  groupId: number;
  from: Date | null;
  until: Date | null;
  existingRowIds: number[];
  at: Date;
}

const intentSchema = documentSchema<IntentDoc>({
  _id: { type: String, required: true },
  passKey: { type: String, required: true },
  intentId: { type: String, required: true },
  organizationId: { type: Number, required: true },
  kisiUserId: { type: Number, required: true },
  groupId: { type: Number, required: true },
  from: { type: Date, default: null },
  until: { type: Date, default: null },
  existingRowIds: { type: [Number], required: true },
  at: { type: Date, required: true },
});

function toIntent(doc: IntentDoc): Intent {
  return {
    id: doc.intentId,
    passKey: doc.passKey,
    organizationId: doc.organizationId,
    kisiUserId: doc.kisiUserId,
    groupId: doc.groupId,
    from: msOrNull(doc.from),
    until: msOrNull(doc.until),
    existingRowIds: doc.existingRowIds,
    at: doc.at.getTime(),
  };
}

export function intentStore(connection: Connection): IntentStore {
  const intents = connection.model<IntentDoc>('Intent', intentSchema, 'intents');
  const idOf = (passKey: string, intentId: string): string => `${passKey}|${intentId}`;

  return {
    async put({ id, passKey, from, until, at, ...rest }) {
      await retryUpsertRace(() =>
        intents.updateOne(
          { _id: idOf(passKey, id) },
          {
            $setOnInsert: {
              passKey,
              intentId: id,
              ...rest,
              from: dateOrNull(from),
              until: dateOrNull(until),
              at: date(at),
            },
          },
          { upsert: true },
        ),
      );
    },

    async byPass(passKey) {
      const docs = await intents
        .find({ _id: idsUnder(passKey), passKey })
        .sort({ at: 1, _id: 1 })
        .lean();
      return docs.map(toIntent);
    },

    async allOf(organizationId) {
      return (await intents.find({ organizationId }).lean()).map(toIntent);
    },

    async remove(passKey, ids) {
      await intents.deleteMany({ _id: { $in: ids.map((id) => idOf(passKey, id)) } });
    },
  };
}
