import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import { date, documentSchema, isDuplicateKey } from './documents';

/** Which door a tap is about, so that Kisi's event of it is known when it comes. */
export interface AttemptedTap {
  memberId: string;
  lockId: number;
  /** The mapping whose log tells of it. */
  doorMappingId: string;
}

/**
 * Each tap on Unlock once. Whoever begins an attempt is the only one to ask Kisi: a repetition waits
 * for what the first one hears, since every unlock that Kisi takes opens the door anew.
 */
export interface UnlockAttemptStore {
  /** True: this call began it, and no other ever will. */
  begin(id: string, tap: AttemptedTap): Promise<boolean>;
  /** Keeps what became of it, as JSON. The first word stays. */
  end(id: string, result: object): Promise<void>;
  /** What became of it; `null`: nothing yet, or whoever began it died. */
  result(id: string): Promise<unknown>;
  /**
   * The attempt of this member at this lock that began nearest to `at`, within `withinMs` of it. It is
   * this event's from then on, and of no other. `null`: there is none.
   */
  claimForEvent(
    event: { uuid: string; at: number } & Pick<AttemptedTap, 'memberId' | 'lockId'>,
    withinMs: number,
  ): Promise<{ id: string; doorMappingId: string } | null>;
}

interface UnlockAttemptDoc {
  _id: string;
  /** JSON text; `null`: under way. */
  result: string | null;
  memberId: string | null;
  lockId: number | null;
  doorMappingId: string | null;
  /** Kisi's event about it; `null`: none has come. */
  eventUuid: string | null;
  createdAt: Date;
}

/** As long as an `Idempotency-Key` is remembered. The TTL index is housekeeping only. */
const KEPT_S = 48 * 3_600;

const unlockAttemptSchema = documentSchema<UnlockAttemptDoc>({
  _id: { type: String, required: true },
  result: { type: String, default: null },
  memberId: { type: String, default: null },
  lockId: { type: Number, default: null },
  doorMappingId: { type: String, default: null },
  eventUuid: { type: String, default: null },
  createdAt: { type: Date, required: true },
})
  .index({ createdAt: 1 }, { expireAfterSeconds: KEPT_S })
  .index({ memberId: 1, createdAt: 1 });

export function unlockAttemptStore(connection: Connection, clock: Clock): UnlockAttemptStore {
  const attempts = connection.model<UnlockAttemptDoc>(
    'UnlockAttempt',
    unlockAttemptSchema,
    'unlockAttempts',
  );

  return {
    async begin(id, tap) {
      try {
        await attempts.create({
          _id: id,
          result: null,
          ...tap,
          eventUuid: null,
          createdAt: date(clock.now()),
        });
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

    async claimForEvent({ uuid, at, memberId, lockId }, withinMs) {
      const docs = await attempts
        .find({
          memberId,
          lockId,
          eventUuid: { $in: [null, uuid] },
          createdAt: { $gte: date(at - withinMs), $lte: date(at + withinMs) },
        })
        .lean();
      // An event that comes again has the attempt that it had.
      const distance = ({ createdAt, eventUuid }: UnlockAttemptDoc): number =>
        eventUuid === uuid ? -1 : Math.abs(createdAt.getTime() - at);
      for (const { _id, doorMappingId } of docs.sort((a, b) => distance(a) - distance(b))) {
        if (doorMappingId === null) continue;
        const claimed = await attempts.updateOne(
          { _id, eventUuid: { $in: [null, uuid] } },
          { $set: { eventUuid: uuid } },
        );
        if (claimed.matchedCount > 0) return { id: _id, doorMappingId };
      }
      return null;
    },
  };
}
