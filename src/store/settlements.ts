import type { Connection } from 'mongoose';
import type { Settlement } from '../domain/latency';
import { date, documentSchema, insertMissing } from './documents';

/**
 * How long changes took until Kisi showed them; append-only, for the figures that people look at.
 * Eight days are kept.
 */
export interface SettlementStore {
  /** One that is there already stays as it is. */
  append(settlements: readonly Settlement[]): Promise<void>;
  /** Those that settled at the instant (ms, UTC) or later, latest first, `limit` at most. */
  since(from: number, limit: number): Promise<Settlement[]>;
}

interface SettlementDoc {
  /** `<at as ISO 8601>|<kind>|<of>`: in order of time, so that a span of it is a range of keys. */
  _id: string;
  kind: Settlement['kind'];
  of: string;
  doorMappingId: string | null;
  at: Date;
  ms: number;
}

/** A day more than a week, for whoever compares two of them. */
const KEPT_SECONDS = 8 * 86_400;

const settlementSchema = documentSchema<SettlementDoc>({
  _id: { type: String, required: true },
  kind: { type: String, required: true },
  of: { type: String, required: true },
  doorMappingId: { type: String, default: null },
  at: { type: Date, required: true },
  ms: { type: Number, required: true },
}).index({ at: 1 }, { expireAfterSeconds: KEPT_SECONDS });

function toSettlement({ kind, of, doorMappingId, at, ms }: SettlementDoc): Settlement {
  return { kind, of, doorMappingId, at: at.getTime(), ms };
}

export function settlementStore(connection: Connection): SettlementStore {
  const settlements = connection.model<SettlementDoc>(
    'Settlement',
    settlementSchema,
    'settlements',
  );

  return {
    async append(all) {
      await insertMissing(
        settlements,
        all.map((settlement) => ({
          ...settlement,
          _id: `${date(settlement.at).toISOString()}|${settlement.kind}|${settlement.of}`,
          at: date(settlement.at),
        })),
      );
    },

    async since(from, limit) {
      const docs = await settlements
        .find({ _id: { $gte: date(from).toISOString() } })
        .sort({ _id: -1 })
        .limit(limit)
        .lean();
      return docs.map(toSettlement);
    },
  };
}
