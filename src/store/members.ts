import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { Actor } from '../domain/grant';
import {
  actorSchema,
  date,
  documentSchema,
  isDuplicateKey,
  partSchema,
  retryUpsertRace,
  startsWith,
} from './documents';
import { DuplicateKey } from './errors';
import { BY_ID, findPage, type Page, type PageRequest } from './page';

/** Keeps every door shut for a member until it is lifted. */
export interface MemberHold {
  reason: string;
  /** Milliseconds since the epoch, UTC. */
  since: number;
  by: Actor;
}

/** Somebody who may be granted access. The id is the host's own. Instants in ms, UTC. */
export interface Member {
  id: string;
  /** As the host wrote it; unique without regard to case. */
  email: string;
  name: string | null;
  hold: MemberHold | null;
  createdAt: number;
  updatedAt: number;
}

export interface MemberStore {
  /** A hold stays as it is. @throws DuplicateKey (`email`) when another member has the address. */
  upsert(member: Pick<Member, 'id' | 'email' | 'name'>): Promise<Member>;
  get(id: string): Promise<Member | null>;
  /** The member who has this address now, in whatever case. */
  byEmail(email: string): Promise<Member | null>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<Member[]>;
  /** In order of id. `search`: the beginning of an id or e-mail address, in any case. */
  list(filter: { search?: string }, page: PageRequest): Promise<Page<Member>>;
  /** A member already on hold keeps `since`. `null`: no such member. */
  setHold(id: string, hold: Pick<MemberHold, 'reason' | 'by'>): Promise<Member | null>;
  /** Also when there was no hold. `null`: no such member. */
  clearHold(id: string): Promise<Member | null>;
}

interface MemberDoc {
  _id: string;
  /** Lower-cased copies: for the unique rule and for search in any case. */
  idLower: string;
  emailLower: string;
  email: string;
  name: string | null;
  hold: { reason: string; since: Date; by: Actor } | null;
  createdAt: Date;
  updatedAt: Date;
}

const holdSchema = partSchema<NonNullable<MemberDoc['hold']>>({
  reason: { type: String, required: true },
  since: { type: Date, required: true },
  by: { type: actorSchema, required: true },
});

const memberSchema = documentSchema<MemberDoc>({
  _id: { type: String, required: true },
  idLower: { type: String, required: true },
  emailLower: { type: String, required: true },
  email: { type: String, required: true },
  name: { type: String, default: null },
  hold: { type: holdSchema, default: null },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
})
  .index({ emailLower: 1 }, { unique: true })
  .index({ idLower: 1 });

function toMember(doc: MemberDoc): Member {
  return {
    id: doc._id,
    email: doc.email,
    name: doc.name,
    hold: doc.hold && { reason: doc.hold.reason, since: doc.hold.since.getTime(), by: doc.hold.by },
    createdAt: doc.createdAt.getTime(),
    updatedAt: doc.updatedAt.getTime(),
  };
}

export function memberStore(connection: Connection, clock: Clock): MemberStore {
  const members = connection.model<MemberDoc>('Member', memberSchema, 'members');

  async function get(id: string): Promise<Member | null> {
    const doc = await members.findById(id).lean();
    return doc && toMember(doc);
  }

  return {
    async upsert({ id, email, name }) {
      const now = date(clock.now());
      try {
        const doc = await retryUpsertRace(() =>
          members
            .findOneAndUpdate(
              { _id: id },
              {
                $set: { email, emailLower: email.toLowerCase(), name, updatedAt: now },
                $setOnInsert: { idLower: id.toLowerCase(), hold: null, createdAt: now },
              },
              { upsert: true, returnDocument: 'after' },
            )
            .lean()
            .orFail(),
        );
        return toMember(doc);
      } catch (error) {
        if (isDuplicateKey(error)) throw new DuplicateKey('email', { cause: error });
        throw error;
      }
    },

    get,

    async byEmail(email) {
      const doc = await members.findOne({ emailLower: email.toLowerCase() }).lean();
      return doc && toMember(doc);
    },

    async getMany(ids) {
      const docs = await members.find({ _id: { $in: [...ids] } }).lean();
      return docs.map(toMember);
    },

    list({ search }, page) {
      const start = search === undefined ? undefined : startsWith(search.toLowerCase());
      const filter = start ? { $or: [{ idLower: start }, { emailLower: start }] } : {};
      return findPage(members, filter, BY_ID, page, toMember);
    },

    async setHold(id, { reason, by }) {
      const now = date(clock.now());
      const begun = await members.updateOne(
        { _id: id, hold: null },
        { $set: { hold: { reason, by, since: now }, updatedAt: now } },
      );
      if (begun.matchedCount === 0) {
        await members.updateOne(
          { _id: id, hold: { $ne: null } },
          { $set: { 'hold.reason': reason, 'hold.by': by, updatedAt: now } },
        );
      }
      return get(id);
    },

    async clearHold(id) {
      await members.updateOne(
        { _id: id, hold: { $ne: null } },
        { $set: { hold: null, updatedAt: date(clock.now()) } },
      );
      return get(id);
    },
  };
}
