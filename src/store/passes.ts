import type { Connection, QueryFilter } from 'mongoose';
import type { Clock } from '../clock';
import { passKey as keyOf, type PassRef } from '../domain/door';
import type { Problem } from '../domain/grant';
import {
  date,
  dateOrNull,
  documentSchema,
  msOrNull,
  problemSchema,
  upsertIfNewer,
} from './documents';
import { passRefSchema } from './pass-document';

/** What a pass has last made known about itself. Instants in ms, UTC. */
export interface PassRecord {
  pass: PassRef;
  /** Rises over the runs of the pass; an older one never overwrites a newer. */
  turn: number;
  /** Why the pass waits for its integration; `null` when it does not. */
  blocked: Problem | null;
  /** Access that nobody is granted any more is still at Kisi. */
  removalDue: boolean;
  /** The earliest start that is not yet written to Kisi; `null`: none. */
  nextStartAt: number | null;
  /** Job of the latest change of the member's hold that the look has read; `null`: there was none. */
  holdJobId: string | null;
  /** Each wish was told what the look has seen; false: it looks again first, or saw nothing. */
  told: boolean;
}

export interface StoredPass extends PassRecord {
  passKey: string;
  updatedAt: number;
  /** When the prober poked it; `null`: never since it last made itself known. */
  pokedAt: number | null;
  /** When Kisi last said that something else than the pass has changed its rows; `null`: never. */
  changedAt: number | null;
}

export interface PassStore {
  /** False: a later turn is stored, nothing was written. */
  save(record: PassRecord): Promise<boolean>;
  get(passKey: string): Promise<StoredPass | null>;
  /** Every pass of the member that ever looked, in order of its key; some may have ended. */
  byMember(memberId: string): Promise<PassRef[]>;
  /**
   * Blocked passes of one organization in the order in which they are to be helped: removals, starts
   * that are due at `now`, starts within the hour, the rest. With `notPokedSince` those that were
   * poked at or after that instant are left out, so that a prober can go on; with `lookedSince` those of
   * them alone that have not looked since they were poked. With `stopped` those are left out that an
   * emergency stop of this reach holds back whatever they try.
   */
  blocked(
    organizationId: number,
    options: {
      now: number;
      limit: number;
      notPokedSince?: number;
      lookedSince?: number;
      stopped?: 'all' | 'changes';
    },
  ): Promise<StoredPass[]>;
  /**
   * Marks it as poked, and as one that has not looked since until it makes itself known again. One that
   * has done so since it was read may have looked by this very poke, and been blocked anew.
   */
  markPoked(read: Pick<StoredPass, 'passKey' | 'turn'>, at: number): Promise<void>;
  /** Kisi says that something else has changed its rows. Does nothing where it is not stored. */
  markChanged(passKey: string, at: number): Promise<void>;
  remove(passKey: string): Promise<void>;
}

interface PassDoc {
  /** The pass key. */
  _id: string;
  pass: PassRef;
  organizationId: number;
  memberId: string;
  turn: number;
  blocked: Problem | null;
  removalDue: boolean;
  nextStartAt: Date | null;
  /** Documents of an earlier version lack these. */
  holdJobId?: string | null;
  told?: boolean;
  changedAt?: Date | null;
  lastPokedAt?: Date | null;
  pokedAt: Date | null;
  updatedAt: Date;
}

const passSchema = documentSchema<PassDoc>({
  _id: { type: String, required: true },
  pass: { type: passRefSchema, required: true },
  organizationId: { type: Number, required: true },
  memberId: { type: String, required: true },
  turn: { type: Number, required: true },
  blocked: { type: problemSchema, default: null },
  removalDue: { type: Boolean, required: true },
  nextStartAt: { type: Date, default: null },
  holdJobId: { type: String, default: null },
  told: { type: Boolean },
  pokedAt: { type: Date, default: null },
  changedAt: { type: Date, default: null },
  lastPokedAt: { type: Date, default: null },
  updatedAt: { type: Date, required: true },
})
  .index({ organizationId: 1, 'blocked.type': 1, removalDue: 1, nextStartAt: 1 })
  .index({ memberId: 1 });

const HOUR_MS = 3_600_000;

function toPass(doc: PassDoc): StoredPass {
  return {
    passKey: doc._id,
    pass: doc.pass,
    turn: doc.turn,
    blocked: doc.blocked,
    removalDue: doc.removalDue,
    nextStartAt: msOrNull(doc.nextStartAt),
    holdJobId: doc.holdJobId ?? null,
    told: doc.told ?? false,
    pokedAt: msOrNull(doc.pokedAt),
    changedAt: msOrNull(doc.changedAt ?? null),
    updatedAt: doc.updatedAt.getTime(),
  };
}

/** Which blocked passes are helped first. Each holds what the ones before it leave over. */
function ranks(now: number): QueryFilter<PassDoc>[] {
  const soon = now + HOUR_MS;
  return [
    { removalDue: true },
    { removalDue: false, nextStartAt: { $ne: null, $lte: date(now) } },
    { removalDue: false, nextStartAt: { $gt: date(now), $lte: date(soon) } },
    { removalDue: false, $or: [{ nextStartAt: null }, { nextStartAt: { $gt: date(soon) } }] },
  ];
}

/** Passes that have something to do while the organization is stopped. */
function notHeldBack(stopped: 'all' | 'changes'): QueryFilter<PassDoc> {
  const others: QueryFilter<PassDoc> = { 'blocked.type': { $ne: 'emergency_stop' } };
  return stopped === 'all' ? others : { $or: [others, { removalDue: true }] };
}

/** Never, or before the instant (ms UTC). */
function isBefore(field: 'pokedAt' | 'lastPokedAt', at: number): QueryFilter<PassDoc> {
  return { $or: [{ [field]: null }, { [field]: { $lt: date(at) } }] };
}

export function passStore(connection: Connection, clock: Clock): PassStore {
  const passes = connection.model<PassDoc>('Pass', passSchema, 'passes');

  return {
    save({ pass, turn, blocked, removalDue, nextStartAt, holdJobId, told }) {
      return upsertIfNewer(() =>
        passes.updateOne(
          { _id: keyOf(pass), turn: { $lte: turn } },
          {
            $set: {
              pass,
              organizationId: pass.organizationId,
              memberId: pass.memberId,
              turn,
              blocked,
              removalDue,
              nextStartAt: dateOrNull(nextStartAt),
              holdJobId,
              told,
              // It has looked: if it is blocked now, the next prober must poke it.
              pokedAt: null,
              updatedAt: date(clock.now()),
            },
          },
          { upsert: true },
        ),
      );
    },

    async get(passKey) {
      const doc = await passes.findById(passKey).lean();
      return doc && toPass(doc);
    },

    async byMember(memberId) {
      const docs = await passes.find({ memberId }, { pass: 1 }).sort({ _id: 1 }).lean();
      return docs.map(({ pass }) => pass);
    },

    async blocked(organizationId, { now, limit, notPokedSince, lookedSince, stopped }) {
      const found: StoredPass[] = [];
      for (const rank of ranks(now)) {
        if (found.length >= limit) break;
        const candidates: QueryFilter<PassDoc>[] = [
          { organizationId, blocked: { $ne: null } },
          rank,
        ];
        if (notPokedSince !== undefined) candidates.push(isBefore('lastPokedAt', notPokedSince));
        if (lookedSince !== undefined) candidates.push(isBefore('pokedAt', lookedSince));
        if (stopped !== undefined) candidates.push(notHeldBack(stopped));
        const docs = await passes
          .find({ $and: candidates })
          .sort({ nextStartAt: 1, updatedAt: 1, _id: 1 })
          .limit(limit - found.length)
          .lean();
        found.push(...docs.map(toPass));
      }
      return found;
    },

    async markPoked({ passKey, turn }, at) {
      await passes.updateOne({ _id: passKey }, { $set: { lastPokedAt: date(at) } });
      await passes.updateOne({ _id: passKey, turn }, { $set: { pokedAt: date(at) } });
    },

    async markChanged(passKey, at) {
      await passes.updateOne({ _id: passKey }, { $set: { changedAt: date(at) } });
    },

    async remove(passKey) {
      await passes.deleteOne({ _id: passKey });
    },
  };
}
