import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import { date, documentSchema, isDuplicateKey } from './documents';
import type { SecretBox } from './secret-box';

/** A member's own device login at Kisi. Never log it. */
export interface MemberLogin {
  organizationId: number;
  memberId: string;
  /** The Kisi user that it signs in. */
  kisiUserId: number;
  /** Kisi's id of the login. */
  loginId: number;
  secret: string;
}

/**
 * One device login for each member and Kisi organization. Kisi shows its secret once, so that it is
 * kept, sealed. Whoever makes one claims the making first: two would each use up one of the member's
 * places for devices at Kisi (kisi/facts.md §2.8).
 */
export interface MemberLoginStore {
  /** `null`: none is kept. @throws UnknownEncryptionKey, SealBroken */
  get(organizationId: number, memberId: string): Promise<MemberLogin | null>;
  /**
   * Claims the making of a login until `until` (ms, UTC), where none is kept and nobody else makes
   * one. False: there is one, or somebody does.
   */
  claim(organizationId: number, memberId: string, token: string, until: number): Promise<boolean>;
  /** Keeps the login, if the claim is still this one's. False: it is not. */
  keep(login: MemberLogin, token: string): Promise<boolean>;
  /** Gives the claim back. */
  release(organizationId: number, memberId: string, token: string): Promise<void>;
  /** Forgets this login, if it is still the one that is kept. */
  forget(login: Pick<MemberLogin, 'organizationId' | 'memberId' | 'loginId'>): Promise<void>;
  /** Kisi's id of the login that is kept; `null`: none is. */
  loginIdOf(organizationId: number, memberId: string): Promise<number | null>;
  /** Forgets whatever is kept of the member there. */
  forgetMember(organizationId: number, memberId: string): Promise<void>;
  /** Forgets all logins of an organization: with its integration removed, nobody uses them. */
  forgetOrganization(organizationId: number): Promise<void>;
}

interface MemberLoginDoc {
  /** `<organizationId>:<memberId>` */
  _id: string;
  organizationId: number;
  memberId: string;
  /** The three are `null` until a login was made. */
  kisiUserId: number | null;
  loginId: number | null;
  sealedSecret: string | null;
  /** Who makes one, and until when the claim holds; `null`: nobody. */
  claim: string | null;
  claimedUntil: Date | null;
}

const memberLoginSchema = documentSchema<MemberLoginDoc>({
  _id: { type: String, required: true },
  organizationId: { type: Number, required: true },
  memberId: { type: String, required: true },
  kisiUserId: { type: Number, default: null },
  loginId: { type: Number, default: null },
  sealedSecret: { type: String, default: null },
  claim: { type: String, default: null },
  claimedUntil: { type: Date, default: null },
}).index({ organizationId: 1 });

const NOT_CLAIMED = { claim: null, claimedUntil: null };
const NO_LOGIN = { kisiUserId: null, loginId: null, sealedSecret: null };

export function memberLoginStore(
  connection: Connection,
  clock: Clock,
  secrets: SecretBox,
): MemberLoginStore {
  const logins = connection.model<MemberLoginDoc>('MemberLogin', memberLoginSchema, 'memberLogins');
  const idOf = (organizationId: number, memberId: string): string =>
    `${String(organizationId)}:${memberId}`;
  /** What a sealed secret is bound to, so that it cannot be moved to another member. */
  const contextOf = (_id: string): string => `member-login:${_id}`;

  return {
    async get(organizationId, memberId) {
      const doc = await logins.findById(idOf(organizationId, memberId)).lean();
      if (!doc?.sealedSecret || doc.kisiUserId === null || doc.loginId === null) return null;
      const { kisiUserId, loginId } = doc;
      const secret = await secrets.open(doc.sealedSecret, contextOf(doc._id));
      return { organizationId, memberId, kisiUserId, loginId, secret };
    },

    async claim(organizationId, memberId, token, until) {
      const _id = idOf(organizationId, memberId);
      const claimed = { claim: token, claimedUntil: date(until) };
      try {
        await logins.create({ _id, organizationId, memberId, ...NO_LOGIN, ...claimed });
        return true;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
      const taken = await logins.updateOne(
        {
          _id,
          sealedSecret: null,
          $or: [{ claimedUntil: null }, { claimedUntil: { $lte: date(clock.now()) } }],
        },
        { $set: claimed },
      );
      return taken.matchedCount > 0;
    },

    async keep({ organizationId, memberId, kisiUserId, loginId, secret }, token) {
      const _id = idOf(organizationId, memberId);
      const sealedSecret = await secrets.seal(secret, contextOf(_id));
      const kept = await logins.updateOne(
        { _id, claim: token },
        { $set: { kisiUserId, loginId, sealedSecret, ...NOT_CLAIMED } },
      );
      return kept.matchedCount > 0;
    },

    async release(organizationId, memberId, token) {
      await logins.updateOne(
        { _id: idOf(organizationId, memberId), claim: token },
        { $set: NOT_CLAIMED },
      );
    },

    async forget({ organizationId, memberId, loginId }) {
      await logins.updateOne(
        { _id: idOf(organizationId, memberId), loginId },
        { $set: { ...NO_LOGIN, ...NOT_CLAIMED } },
      );
    },

    async loginIdOf(organizationId, memberId) {
      const doc = await logins.findById(idOf(organizationId, memberId)).lean();
      return doc?.loginId ?? null;
    },

    async forgetMember(organizationId, memberId) {
      await logins.deleteOne({ _id: idOf(organizationId, memberId) });
    },

    async forgetOrganization(organizationId) {
      await logins.deleteMany({ organizationId });
    },
  };
}
