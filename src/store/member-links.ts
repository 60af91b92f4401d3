import type { Connection } from 'mongoose';
import { documentSchema, isDuplicateKey } from './documents';
import { DuplicateKey } from './errors';
import type { MemberMode } from './integration-document';

/** Which Kisi user a member is, in one organization. */
export interface MemberLink {
  organizationId: number;
  memberId: string;
  /** Unique within the organization: two members on one Kisi user would be two writers. */
  kisiUserId: number;
  /**
   * The member's e-mail address, lower-cased, by which the user was found; `null`: not known. When the
   * member has another one by now, the user may be somebody else's.
   */
  email: string | null;
  /** How we made the user; `null`: it was there before, or nobody knows. */
  madeAs: MemberMode | null;
  /** Users that may still hold rows of ours. */
  formerUserIds: number[];
  /** Somebody has switched this user's access off at Kisi, when last looked at: no row opens a door. */
  userDisabled: boolean;
}

export interface MemberLinkStore {
  get(organizationId: number, memberId: string): Promise<MemberLink | null>;
  /**
   * Links the member. One who is linked already keeps that link, which is returned: look at its
   * `kisiUserId`. @throws DuplicateKey (`kisiUserId`) when another member has this Kisi user.
   */
  link(
    organizationId: number,
    memberId: string,
    kisiUserId: number,
    email?: string,
    madeAs?: MemberMode | null,
  ): Promise<MemberLink>;
  /**
   * Moves the member to another Kisi user and the one before into `formerUserIds`. Links a member who
   * had no link. @throws DuplicateKey (`kisiUserId`)
   */
  relink(
    organizationId: number,
    memberId: string,
    kisiUserId: number,
    email?: string,
    madeAs?: MemberMode | null,
  ): Promise<MemberLink>;
  /** Unlinks the member, if the link is still as given. False: it is not. */
  unlink(link: MemberLink): Promise<boolean>;
  /** Once a list has shown that the former user holds no row of ours. */
  dropFormer(organizationId: number, memberId: string, kisiUserId: number): Promise<void>;
  /** What was seen of the user's access at Kisi. False: it was known, or another user is linked by now. */
  setDisabled(organizationId: number, kisiUserId: number, disabled: boolean): Promise<boolean>;
  /** The member who is this Kisi user now, else one who was. */
  byUser(organizationId: number, kisiUserId: number): Promise<MemberLink | null>;
  allOf(organizationId: number): Promise<MemberLink[]>;
  /** The members whose user we made in this way, in order of link; `limit` at most, and how many in all. */
  madeAs(
    organizationId: number,
    mode: MemberMode,
    limit: number,
  ): Promise<{ count: number; memberIds: string[] }>;
  /** The member's links in all organizations. */
  byMember(memberId: string): Promise<MemberLink[]>;
}

interface MemberLinkDoc {
  /** `<organizationId>:<memberId>` */
  _id: string;
  organizationId: number;
  memberId: string;
  kisiUserId: number;
  email: string | null;
  /** Links of an earlier version lack it; their users were managed. */
  madeAs?: MemberMode | null;
  formerUserIds: number[];
  /** Documents of an earlier version lack it. */
  userDisabled?: boolean;
}

const memberLinkSchema = documentSchema<MemberLinkDoc>({
  _id: { type: String, required: true },
  organizationId: { type: Number, required: true },
  memberId: { type: String, required: true },
  kisiUserId: { type: Number, required: true },
  email: { type: String, default: null },
  madeAs: { type: String, default: null },
  formerUserIds: { type: [Number], required: true },
  userDisabled: { type: Boolean },
})
  .index({ organizationId: 1, kisiUserId: 1 }, { unique: true })
  .index({ organizationId: 1, formerUserIds: 1 })
  .index({ memberId: 1 });

function toMemberLink(doc: MemberLinkDoc): MemberLink {
  return {
    organizationId: doc.organizationId,
    memberId: doc.memberId,
    kisiUserId: doc.kisiUserId,
    // Links that were made before addresses were kept have none.
    email: doc.email ?? null,
    madeAs: doc.madeAs ?? null,
    formerUserIds: doc.formerUserIds,
    userDisabled: doc.userDisabled ?? false,
  };
}

export function memberLinkStore(connection: Connection): MemberLinkStore {
  const links = connection.model<MemberLinkDoc>('MemberLink', memberLinkSchema, 'memberLinks');
  const idOf = (organizationId: number, memberId: string): string =>
    `${String(organizationId)}:${memberId}`;

  async function get(organizationId: number, memberId: string): Promise<MemberLink | null> {
    const doc = await links.findById(idOf(organizationId, memberId)).lean();
    return doc && toMemberLink(doc);
  }

  async function link(
    organizationId: number,
    memberId: string,
    kisiUserId: number,
    email?: string,
    madeAs: MemberMode | null = null,
  ): Promise<MemberLink> {
    const doc: MemberLinkDoc = {
      _id: idOf(organizationId, memberId),
      organizationId,
      memberId,
      kisiUserId,
      email: email?.toLowerCase() ?? null,
      madeAs,
      formerUserIds: [],
    };
    try {
      await links.create(doc);
      return toMemberLink(doc);
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const existing = await get(organizationId, memberId);
      if (existing) return existing;
      throw new DuplicateKey('kisiUserId', { cause: error });
    }
  }

  const asGiven = (known: MemberLink) => ({
    _id: idOf(known.organizationId, known.memberId),
    kisiUserId: known.kisiUserId,
    formerUserIds: known.formerUserIds,
  });

  /** Moves the link if it still names the former user. False: it does not. */
  async function move(
    from: MemberLink,
    kisiUserId: number,
    email: string | undefined,
    madeAs: MemberMode | null,
  ): Promise<boolean> {
    const former = new Set([...from.formerUserIds, from.kisiUserId]);
    former.delete(kisiUserId);
    try {
      const moved = await links.updateOne(asGiven(from), {
        $set: {
          kisiUserId,
          email: email?.toLowerCase() ?? null,
          madeAs,
          formerUserIds: [...former],
          userDisabled: false,
        },
      });
      return moved.matchedCount > 0;
    } catch (error) {
      if (isDuplicateKey(error)) throw new DuplicateKey('kisiUserId', { cause: error });
      throw error;
    }
  }

  return {
    get,
    link,

    async relink(organizationId, memberId, kisiUserId, email, madeAs = null) {
      const wantedEmail = email?.toLowerCase() ?? null;
      for (;;) {
        const present = await link(organizationId, memberId, kisiUserId, email, madeAs);
        if (present.kisiUserId === kisiUserId && present.email === wantedEmail) return present;
        await move(present, kisiUserId, email, madeAs);
      }
    },

    async unlink(known) {
      const gone = await links.deleteOne(asGiven(known));
      return gone.deletedCount > 0;
    },

    async dropFormer(organizationId, memberId, kisiUserId) {
      await links.updateOne(
        { _id: idOf(organizationId, memberId) },
        { $pull: { formerUserIds: kisiUserId } },
      );
    },

    async setDisabled(organizationId, kisiUserId, disabled) {
      const changed = await links.updateOne(
        { organizationId, kisiUserId, userDisabled: disabled ? { $ne: true } : true },
        { $set: { userDisabled: disabled } },
      );
      return changed.modifiedCount > 0;
    },

    async byUser(organizationId, kisiUserId) {
      const doc =
        (await links.findOne({ organizationId, kisiUserId }).lean()) ??
        (await links.findOne({ organizationId, formerUserIds: kisiUserId }).lean());
      return doc && toMemberLink(doc);
    },

    async byMember(memberId) {
      const docs = await links.find({ memberId }).sort({ _id: 1 }).lean();
      return docs.map(toMemberLink);
    },

    async madeAs(organizationId, mode, limit) {
      const filter = { organizationId, madeAs: mode };
      const [count, docs] = await Promise.all([
        links.countDocuments(filter),
        links.find(filter, { memberId: 1 }).sort({ _id: 1 }).limit(limit).lean(),
      ]);
      return { count, memberIds: docs.map(({ memberId }) => memberId) };
    },

    async allOf(organizationId) {
      const docs = await links.find({ organizationId }).sort({ _id: 1 }).lean();
      return docs.map(toMemberLink);
    },
  };
}
