import type { Model } from 'mongoose';
import type { Clock } from '../clock';
import { date } from './documents';
import type { Member, MemberDoc, MemberHold, MemberStore } from './members';

type MemberHolds = Pick<MemberStore, 'setHold' | 'clearHold' | 'markHoldTold' | 'untoldHolds'>;

/** Made up for in portions of this size. */
const AT_ONCE = 100;

export function toHold({ hold }: Pick<MemberDoc, 'hold'>): MemberHold | null {
  return hold && { reason: hold.reason, since: hold.since.getTime(), by: hold.by };
}

export function memberHolds(
  members: Model<MemberDoc>,
  clock: Clock,
  get: (id: string) => Promise<Member | null>,
): MemberHolds {
  /** What goes with every change of a hold: who shows it, and that nobody was told yet. */
  const change = (jobId: string | undefined): Partial<MemberDoc> => {
    const now = date(clock.now());
    return {
      updatedAt: now,
      ...(jobId !== undefined && { holdJobId: jobId, holdChangedAt: now, isHoldUntold: true }),
    };
  };

  const isHoldable = async (id: string): Promise<boolean> =>
    (await members.exists({ _id: id, erasure: null })) !== null;

  return {
    async setHold(id, { reason, by }, jobId) {
      for (;;) {
        const begun = await members.updateOne(
          { _id: id, erasure: null, hold: null },
          { $set: { hold: { reason, by, since: date(clock.now()) }, ...change(jobId) } },
        );
        if (begun.matchedCount > 0) return get(id);
        const reworded = await members.updateOne(
          { _id: id, erasure: null, hold: { $ne: null }, 'hold.reason': { $ne: reason } },
          { $set: { 'hold.reason': reason, 'hold.by': by, ...change(jobId) } },
        );
        if (reworded.matchedCount > 0) return get(id);
        const member = await get(id);
        // A release that came between the two is no answer to whoever wants the hold.
        if (member?.hold?.reason === reason || !(await isHoldable(id))) return member;
      }
    },

    async clearHold(id, jobId) {
      await members.updateOne(
        { _id: id, hold: { $ne: null } },
        { $set: { hold: null, ...change(jobId) } },
      );
      return get(id);
    },

    async markHoldTold(id, jobId) {
      await members.updateOne({ _id: id, holdJobId: jobId }, { $set: { isHoldUntold: false } });
    },

    async untoldHolds(before) {
      const docs = await members
        .find({
          isHoldUntold: true,
          $or: [{ holdChangedAt: { $lt: date(before) } }, { holdChangedAt: null }],
        })
        .sort({ holdChangedAt: 1 })
        .limit(AT_ONCE)
        .lean();
      return docs.flatMap(({ _id, holdJobId }) =>
        holdJobId == null ? [] : [{ memberId: _id, jobId: holdJobId }],
      );
    },
  };
}
