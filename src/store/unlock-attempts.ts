import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import { date, documentSchema, isDuplicateKey } from './documents';

/**
 * Each tap on Unlock once. Whoever begins an attempt is the only one to ask Kisi: a repetition waits
 * for what the first one hears, since every unlock that Kisi takes opens the door anew.
 */
export interface UnlockAttemptStore {
  /** True: this call began it, and no other ever will. */
  begin(id: string): Promise<boolean>;
  /** Keeps what became of it, as JSON. The first word stays. */
  end(id: string, result: object): Promise<void>;
  /** What became of it; `null`: nothing yet, or whoever began it died. */
  result(id: string): Promise<unknown>;
}

interface UnlockAttemptDoc {
  _id: string;
  /** JSON text; `null`: under way. */
  result: string | null;
  createdAt: Date;
}

/** As long as an `Idempotency-Key` is remembered. The TTL index is housekeeping only. */
const KEPT_S = 48 * 3_600;

const unlockAttemptSchema = documentSchema<UnlockAttemptDoc>({
  _id: { type: String, required: true },
  result: { type: String, default: null },
  createdAt: { type: Date, required: true },
}).index({ createdAt: 1 }, { expireAfterSeconds: KEPT_S });

export function unlockAttemptStore(connection: Connection, clock: Clock): UnlockAttemptStore {
  const attempts = connection.model<UnlockAttemptDoc>(
    'UnlockAttempt',
    unlockAttemptSchema,
    'unlockAttempts',
  );

  return {
    async begin(id) {
      try {
        await attempts.create({ _id: id, result: null, createdAt: date(clock.now()) });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    async end(id, result) {
      await attempts.updateOne(
        { _id: id, result: null },
        { $set: { result: JSON.stringify(result) } },
      );
    },

    async result(id) {
      const doc = await attempts.findById(id).lean();
      return doc?.result == null ? null : (JSON.parse(doc.result) as unknown);
    },
  };
}
