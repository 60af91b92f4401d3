import type { Connection } from 'mongoose';
import type { Clock } from '../clock';
import type { NoticeText } from '../domain/alert-words';
import { date, dateOrNull, documentSchema, insertMissing, msOrNull } from './documents';

/**
 * `owed`: to be sent, for the first time or again. `failed`: given up after a day. `skipped`: the
 * channel was disabled.
 */
export const NOTICE_STATUSES = ['owed', 'sent', 'failed', 'skipped'] as const;
export type NoticeStatus = (typeof NOTICE_STATUSES)[number];

/** One message on its way to one channel. Instants in ms, UTC. */
export interface Notice extends NoticeText {
  noticeId: string;
  channelId: string;
  /** The notice that this one answers, such as the one of the opening. */
  inReplyTo: string | null;
  status: NoticeStatus;
  /** Tries so far. */
  attempts: number;
  createdAt: number;
  /** `null` unless it is owed. */
  nextTryAt: number | null;
  /** The last try did not reach the channel at all, so that others would not either. */
  isUnreached: boolean;
  /** Why the last try failed, for people; `null`: it did not. */
  error: string | null;
  sentAt: number | null;
}

export type NewNotice = Pick<
  Notice,
  'noticeId' | 'channelId' | 'inReplyTo' | 'subject' | 'text' | 'createdAt'
>;

/** What became of a try. */
export type TriedNotice = Pick<Notice, 'error' | 'isUnreached' | 'nextTryAt' | 'sentAt'> & {
  status: Exclude<NoticeStatus, 'skipped'>;
};

/** Notices are kept for 90 days after they were written. */
export interface NoticeStore {
  /** Writes them down; one that is there already stays as it is. */
  record(notices: readonly NewNotice[]): Promise<void>;
  /** What a channel is owed, in the order in which it came. */
  owed(channelId: string, limit: number): Promise<Notice[]>;
  /** Of enabled channels or not: those that are owed something. */
  channelsOwed(): Promise<string[]>;
  /** Writes a try down, unless the notice was skipped or sent meanwhile. */
  tried(notice: Pick<Notice, 'noticeId' | 'channelId'>, outcome: TriedNotice): Promise<void>;
  /** What became of these notices at every channel. */
  of(noticeIds: readonly string[]): Promise<Notice[]>;
  /** A disabled channel is owed nothing. */
  skipOwed(channelId: string): Promise<void>;
  forgetChannel(channelId: string): Promise<void>;
}

type NoticeDoc = Omit<Notice, 'createdAt' | 'nextTryAt' | 'sentAt'> & {
  /** `<noticeId>|<channelId>` */
  _id: string;
  createdAt: Date;
  nextTryAt: Date | null;
  sentAt: Date | null;
};

const KEPT_SECONDS = 90 * 86_400;

const noticeSchema = documentSchema<NoticeDoc>({
  _id: { type: String, required: true },
  noticeId: { type: String, required: true },
  channelId: { type: String, required: true },
  inReplyTo: { type: String, default: null },
  subject: { type: String, required: true },
  text: { type: String, required: true },
  status: { type: String, required: true },
  attempts: { type: Number, required: true },
  createdAt: { type: Date, required: true },
  nextTryAt: { type: Date, default: null },
  isUnreached: { type: Boolean, required: true },
  error: { type: String, default: null },
  sentAt: { type: Date, default: null },
})
  .index({ channelId: 1, status: 1, createdAt: 1 })
  .index({ noticeId: 1 })
  .index({ createdAt: 1 }, { expireAfterSeconds: KEPT_SECONDS });

type NoticeKey = Pick<Notice, 'noticeId' | 'channelId'>;

function idOf({ noticeId, channelId }: NoticeKey): string {
  return `${noticeId}|${channelId}`;
}

function toNotice(doc: NoticeDoc): Notice {
  const { noticeId, channelId, inReplyTo, subject, text, status, attempts } = doc;
  return {
    noticeId,
    channelId,
    inReplyTo,
    subject,
    text,
    status,
    attempts,
    isUnreached: doc.isUnreached,
    error: doc.error,
    createdAt: doc.createdAt.getTime(),
    nextTryAt: msOrNull(doc.nextTryAt),
    sentAt: msOrNull(doc.sentAt),
  };
}

export function noticeStore(connection: Connection, clock: Clock): NoticeStore {
  const notices = connection.model<NoticeDoc>('Notice', noticeSchema, 'notices');

  return {
    async record(fresh) {
      const now = date(clock.now());
      await insertMissing(
        notices,
        fresh.map((notice) => ({
          ...notice,
          _id: idOf(notice),
          createdAt: date(notice.createdAt),
          status: 'owed' as const,
          attempts: 0,
          nextTryAt: now,
          isUnreached: false,
          error: null,
          sentAt: null,
        })),
      );
    },

    async owed(channelId, limit) {
      const docs = await notices
        .find({ channelId, status: 'owed' })
        .sort({ createdAt: 1, _id: 1 })
        .limit(limit)
        .lean();
      return docs.map(toNotice);
    },

    async channelsOwed() {
      const groups = await notices.aggregate<{ _id: string }>([
        { $match: { status: 'owed' } },
        { $group: { _id: '$channelId' } },
      ]);
      return groups.map(({ _id }) => _id);
    },

    async tried(notice, { nextTryAt, sentAt, ...outcome }) {
      await notices.updateOne(
        { _id: idOf(notice), status: 'owed' },
        {
          $set: { ...outcome, nextTryAt: dateOrNull(nextTryAt), sentAt: dateOrNull(sentAt) },
          $inc: { attempts: 1 },
        },
      );
    },

    async of(noticeIds) {
      if (noticeIds.length === 0) return [];
      const docs = await notices
        .find({ noticeId: { $in: [...noticeIds] } })
        .sort({ createdAt: 1, _id: 1 })
        .lean();
      return docs.map(toNotice);
    },

    async skipOwed(channelId) {
      await notices.updateMany(
        { channelId, status: 'owed' },
        { $set: { status: 'skipped', nextTryAt: null } },
      );
    },

    async forgetChannel(channelId) {
      await notices.deleteMany({ channelId });
    },
  };
}
