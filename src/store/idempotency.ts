import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import { containing, date, documentSchema, isDuplicateKey } from './documents';
/** Names one request: the caller's key, the route, and the `Idempotency-Key` header. */
export interface IdempotencyRef {
  keyId: string;
  route: string;
  idempotencyKey: string;
}

export type IdempotencyState =
  /** The first of its kind: the given `resourceId` is now bound to it. */
  | { state: 'fresh'; resourceId: string }
  /** Begun before and never finished: go on with this id, whatever id was given now. */
  | { state: 'unfinished'; resourceId: string }
  /** Finished: answer the same again. */
  | { state: 'done'; resourceId: string; status: number; body: unknown }
  /** The same key came with another request. */
  | { state: 'mismatch' };

/** Records of POSTs, kept for 48 hours. */
export interface IdempotencyStore {
  begin(
    ref: IdempotencyRef,
    request: { requestHash: string; resourceId: string },
  ): Promise<IdempotencyState>;
  /** `body` is what the client was sent, as JSON. The first answer stays. */
  finish(ref: IdempotencyRef, answer: { status: number; body: unknown }): Promise<void>;
  /**
   * Forgets the stored answers that name this id. Who repeats such a request has it carried out again
   * with the same resource id, which tells how things are now.
   */
  forgetAnswersWith(id: string): Promise<void>;
}

interface IdempotencyDoc {
  /** The three parts of the reference, each percent-encoded, joined by ':'. */
  _id: string;
  requestHash: string;
  resourceId: string;
  state: 'begun' | 'done';
  status: number | null;
  /** JSON text: an answer may hold keys that MongoDB would read as paths or operators. */
  body: string | null;
  createdAt: Date;
}

const KEPT_MS = 48 * 3_600_000;

// The TTL index is housekeeping only: not every server removes by it, so `begin` looks at the age.
const idempotencySchema = documentSchema<IdempotencyDoc>({
  _id: { type: String, required: true },
  requestHash: { type: String, required: true },
  resourceId: { type: String, required: true },
  state: { type: String, required: true },
  status: { type: Number, default: null },
  body: { type: String, default: null },
  createdAt: { type: Date, required: true },
}).index({ createdAt: 1 }, { expireAfterSeconds: KEPT_MS / 1_000 });

function stateOf(doc: IdempotencyDoc, requestHash: string): IdempotencyState {
  if (doc.requestHash !== requestHash) return { state: 'mismatch' };
  const { resourceId, status, body } = doc;
  if (doc.state === 'begun' || status === null || body === null) {
    return { state: 'unfinished', resourceId };
  }
  return { state: 'done', resourceId, status, body: JSON.parse(body) as unknown };
}

export function idempotencyStore(connection: Connection, clock: Clock): IdempotencyStore {
  const records = connection.model<IdempotencyDoc>(
    'IdempotencyRecord',
    idempotencySchema,
    'idempotency',
  );
  const idOf = ({ keyId, route, idempotencyKey }: IdempotencyRef): string =>
    [keyId, route, idempotencyKey].map(encodeURIComponent).join(':');

  /** False: there is a record already. */
  async function insert(doc: IdempotencyDoc): Promise<boolean> {
    try {
      await records.create(doc);
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  return {
    async begin(ref, { requestHash, resourceId }) {
      const now = clock.now();
      const fresh: IdempotencyDoc = {
        _id: idOf(ref),
        requestHash,
        resourceId,
        state: 'begun',
        status: null,
        body: null,
        createdAt: date(now),
      };
      for (;;) {
        if (await insert(fresh)) return { state: 'fresh', resourceId };
        const known = await records.findById(fresh._id).lean();
        if (known && known.createdAt.getTime() > now - KEPT_MS) return stateOf(known, requestHash);
        // Too old: as good as absent. Remove just that record and try again.
        if (known) await records.deleteOne({ _id: known._id, createdAt: known.createdAt });
      }
    },

    async finish(ref, { status, body }) {
      await records.updateOne(
        { _id: idOf(ref), state: 'begun' },
        { $set: { state: 'done', status, body: JSON.stringify(body ?? null) } },
      );
    },

    async forgetAnswersWith(id) {
      await records.updateMany(
        { state: 'done', body: containing(JSON.stringify(id)) },
        { $set: { state: 'begun', status: null, body: null } },
      );
    },
  };
}
