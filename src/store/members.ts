import type { Connection, QueryFilter } from 'mongoose';
import type { Clock } from '../clock';
import type { Actor } from '../domain/grant';
import {
  actorSchema,
  date,
  documentSchema,
  isDuplicateKey,
  msOrNull,
  partSchema,
  retryUpsertRace,
  searchText,
  startsWith,
  tailsOf,
} from './documents';
import { BeingErased, DuplicateKey } from './errors';
import { memberHolds, toHold } from './member-holds';
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
  /** The job of the latest change of the hold, a release included; `null`: it was never changed. */
  holdJobId: string | null;
  createdAt: number;
  updatedAt: number;
}

/** What the host says of a member. */
export type MemberWish = Pick<Member, 'id' | 'email' | 'name'>;

/**
 * What is kept of a member who was erased: the id, so that no late word about it gives access to
 * anybody. Instants in ms, UTC.
 */
export interface Erasure {
  memberId: string;
  /** The job that takes what the member had away. */
  jobId: string;
  erasedAt: number;
  /** Nothing of the member is left but this; `null` while it goes on. */
  doneAt: number | null;
}

/** A member who was erased is no member: every reading but `erasure` and `erasedAmong` leaves them out. */
export interface MemberStore {
  /**
   * A hold stays as it is. One who was erased becomes a new member once that is done.
   * @throws DuplicateKey (`email`) when another member has the address; BeingErased
   */
  upsert(member: MemberWish): Promise<Member>;
  /**
   * The same for what the host said at `saidAt` (ms, UTC) and is written later, maybe again. `null`,
   * and nothing is written: the host said something newer, or had the member erased, since.
   * @throws DuplicateKey (`email`); BeingErased when `saidAt` is not before the erasure
   */
  upsertAsOf(member: MemberWish, saidAt: number): Promise<Member | null>;
  get(id: string): Promise<Member | null>;
  /** The member who has this address now, in whatever case. */
  byEmail(email: string): Promise<Member | null>;
  /** The ids of the members who have these addresses now, by the address in lower case. */
  idsByEmail(emails: readonly string[]): Promise<Map<string, string>>;
  /** Those that exist, in no particular order. */
  getMany(ids: readonly string[]): Promise<Member[]>;
  /** In order of id. `search`: the beginning of an id, an e-mail address or a word of the name. */
  list(
    filter: { search?: string; ids?: readonly string[] },
    page: PageRequest,
  ): Promise<Page<Member>>;
  /**
   * A member already on hold keeps `since`; with the reason that stands nothing is changed at all.
   * `jobId` shows how far a change has come. `null`: no such member.
   */
  setHold(
    id: string,
    hold: Pick<MemberHold, 'reason' | 'by'>,
    jobId?: string,
  ): Promise<Member | null>;
  /** Also when there was no hold: nothing is changed then. `null`: no such member. */
  clearHold(id: string, jobId?: string): Promise<Member | null>;
  /** The passes will be told of this change, whatever happens to who made it. */
  markHoldTold(id: string, jobId: string): Promise<void>;
  /** Some changes of a hold before the instant (ms, UTC) that nobody was told of, oldest first. */
  untoldHolds(before: number): Promise<{ memberId: string; jobId: string }[]>;
  /**
   * Leaves nothing of the member but the id. Again, it answers what the first said. `null`: there is
   * and was no such member.
   */
  erase(id: string, jobId: string): Promise<Erasure | null>;
  /** From now on the id may be used for a new member. */
  finishErasure(id: string): Promise<void>;
  /** `null`: the member was not erased, or is a new one by now. */
  erasure(id: string): Promise<Erasure | null>;
  /** Those of these ids whose members were erased. */
  erasedAmong(ids: readonly string[]): Promise<Set<string>>;
}

export interface MemberDoc {
  _id: string;
  /** Lower-cased copies: for the unique rule and for search in any case. */
  idLower: string;
  emailLower: string;
  email: string;
  name: string | null;
  /** Lower-cased copies of the name from each word on; documents of an earlier version lack it. */
  nameTails?: string[];
  hold: { reason: string; since: Date; by: Actor } | null;
  /** Documents of an earlier version lack all three. */
  holdJobId?: string | null;
  holdChangedAt?: Date | null;
  isHoldUntold?: boolean;
  createdAt: Date;
  updatedAt: Date;
  /**
   * When the host said what stands; a hold does not change it. Documents of an earlier version lack
   * it: `updatedAt` bounds it.
   */
  saidAt?: Date;
  /** Documents of an earlier version lack it. */
  erasure?: { jobId: string; erasedAt: Date; doneAt: Date | null } | null;
}

const erasureSchema = partSchema<NonNullable<MemberDoc['erasure']>>({
  jobId: { type: String, required: true },
  erasedAt: { type: Date, required: true },
  doneAt: { type: Date, default: null },
});

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
  nameTails: { type: [String] },
  hold: { type: holdSchema, default: null },
  holdJobId: { type: String, default: null },
  holdChangedAt: { type: Date, default: null },
  isHoldUntold: { type: Boolean },
  createdAt: { type: Date, required: true },
  updatedAt: { type: Date, required: true },
  saidAt: { type: Date },
  erasure: { type: erasureSchema, default: null },
})
  .index({ emailLower: 1 }, { unique: true })
  .index({ idLower: 1 })
  .index({ nameTails: 1 })
  .index({ isHoldUntold: 1, holdChangedAt: 1 });

function toMember(doc: MemberDoc): Member {
  return {
    id: doc._id,
    email: doc.email,
    name: doc.name,
    hold: toHold(doc),
    holdJobId: doc.holdJobId ?? null,
    createdAt: doc.createdAt.getTime(),
    updatedAt: doc.updatedAt.getTime(),
  };
}

function toErasure({ _id, erasure }: MemberDoc): Erasure | null {
  if (!erasure) return null;
  const { jobId, erasedAt, doneAt } = erasure;
  return { memberId: _id, jobId, erasedAt: erasedAt.getTime(), doneAt: msOrNull(doneAt) };
}

/** Addresses in one query. */
const MOST_AT_ONCE = 500;

/** Stands where an address was: unique, and no address, for it has no `@`. */
const noAddressOf = (id: string): string => `erased:${id}`;

/** What stands was said then or before. */
const notAfter = (said: Date): QueryFilter<MemberDoc> => ({
  $or: [{ saidAt: { $lte: said } }, { saidAt: null, updatedAt: { $lte: said } }],
});

export function memberStore(connection: Connection, clock: Clock): MemberStore {
  const members = connection.model<MemberDoc>('Member', memberSchema, 'members');

  async function get(id: string): Promise<Member | null> {
    const doc = await members.findOne({ _id: id, erasure: null }).lean();
    return doc && toMember(doc);
  }

  async function erasure(id: string): Promise<Erasure | null> {
    const doc = await members.findOne({ _id: id, erasure: { $ne: null } }).lean();
    return doc && toErasure(doc);
  }

  /**
   * Writes where the document meets the condition, which is part of the same operation, or is missing.
   * Where the condition is not met, the insert is refused as a duplicate of the id.
   */
  async function write(
    { id, email, name }: MemberWish,
    saidAt: Date,
    condition: QueryFilter<MemberDoc>,
  ): Promise<Member> {
    const now = date(clock.now());
    const doc = await retryUpsertRace(() =>
      members
        .findOneAndUpdate(
          { ...condition, _id: id, erasure: null },
          {
            $set: {
              email,
              emailLower: email.toLowerCase(),
              name,
              nameTails: tailsOf(name ?? ''),
              updatedAt: now,
              saidAt,
            },
            $setOnInsert: { idLower: id.toLowerCase(), hold: null, createdAt: now },
          },
          { upsert: true, returnDocument: 'after' },
        )
        .lean()
        .orFail(),
    );
    return toMember(doc);
  }

  const isNewer = async (id: string, said: Date): Promise<boolean> =>
    (await members.exists({ _id: id })) !== null &&
    (await members.exists({ _id: id, ...notAfter(said) })) === null;

  return {
    async upsert(wish) {
      const { id } = wish;
      // Somebody new, who has nothing of who had the id before.
      await members.deleteOne({ _id: id, 'erasure.doneAt': { $ne: null } });
      if (await erasure(id)) throw new BeingErased();
      try {
        return await write(wish, date(clock.now()), {});
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        if (await erasure(id)) throw new BeingErased();
        throw new DuplicateKey('email', { cause: error });
      }
    },

    async upsertAsOf(wish, saidAt) {
      const { id } = wish;
      const said = date(saidAt);
      // An erasure that was asked for since stays: it was asked for with this in mind.
      await members.deleteOne({
        _id: id,
        'erasure.doneAt': { $ne: null },
        'erasure.erasedAt': { $lte: said },
      });
      try {
        return await write(wish, said, notAfter(said));
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        const erased = await erasure(id);
        if (erased && erased.erasedAt > saidAt) return null;
        if (erased) throw new BeingErased();
        if (await isNewer(id, said)) return null;
        throw new DuplicateKey('email', { cause: error });
      }
    },

    get,

    async byEmail(email) {
      const doc = await members.findOne({ emailLower: email.toLowerCase() }).lean();
      return doc && toMember(doc);
    },

    async idsByEmail(emails) {
      const wanted = [...new Set(emails.map((email) => email.toLowerCase()))];
      const found = new Map<string, string>();
      for (let start = 0; start < wanted.length; start += MOST_AT_ONCE) {
        const batch = wanted.slice(start, start + MOST_AT_ONCE);
        const docs = await members.find({ emailLower: { $in: batch } }, { emailLower: 1 }).lean();
        for (const { _id, emailLower } of docs) found.set(emailLower, _id);
      }
      return found;
    },

    async getMany(ids) {
      const docs = await members.find({ _id: { $in: [...ids] }, erasure: null }).lean();
      return docs.map(toMember);
    },

    list({ search, ids }, page) {
      const start = search === undefined ? undefined : startsWith(searchText(search));
      const filter = start
        ? { $or: [{ idLower: start }, { emailLower: start }, { nameTails: start }] }
        : {};
      const named = ids && { _id: { $in: [...ids] } };
      return findPage(members, { erasure: null, ...filter, ...named }, BY_ID, page, toMember);
    },

    ...memberHolds(members, clock, get),

    erasure,

    async erase(id, jobId) {
      const now = date(clock.now());
      await members.updateOne(
        { _id: id, erasure: null },
        {
          $set: {
            email: '',
            emailLower: noAddressOf(id),
            name: null,
            nameTails: [],
            hold: null,
            holdJobId: null,
            holdChangedAt: null,
            isHoldUntold: false,
            updatedAt: now,
            erasure: { jobId, erasedAt: now, doneAt: null },
          },
        },
      );
      return erasure(id);
    },

    async finishErasure(id) {
      await members.updateOne(
        { _id: id, erasure: { $ne: null }, 'erasure.doneAt': null },
        { $set: { 'erasure.doneAt': date(clock.now()) } },
      );
    },

    async erasedAmong(ids) {
      const docs = await members
        .find({ _id: { $in: [...ids] }, erasure: { $ne: null } }, { _id: 1 })
        .lean();
      return new Set(docs.map(({ _id }) => _id));
    },
  };
}
