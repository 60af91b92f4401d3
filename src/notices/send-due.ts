import type { Clock } from '../clock';
import { nextTryAt } from '../domain/delivery-retry';
import type { Logger } from '../logging';
import type { Notice, Store, TriedNotice } from '../store';
import type { NoticeOutcome, NoticeSender, OutgoingNotice } from './sender';

export interface SendNoticesDeps {
  store: Store;
  noticeSender: NoticeSender;
  clock: Clock;
  log: Logger;
}

/** Looked at in one turn; the next one goes on after them. */
const TURN = 50;
/**
 * No notice is begun later in a turn. One lasts 20 s at most, so that the activity ends in time
 * (workflows/watch-alerts.ts), and a worker that is shut down ends it first (src/temporal/workers.ts).
 */
const TURN_MS = 5_000;
/** Somebody waits for an alert, so that a mail server is asked again sooner than a subscriber. */
const LONGEST_PAUSE_MS = 10 * 60_000;

/**
 * Sends what a channel is owed, in order. Where it cannot be reached the rest waits with what failed, so
 * that an end is not told before its beginning; what it refused holds nothing up.
 *
 * A worker that dies after sending and before the note of it sends the notice once more.
 *
 * @throws UnknownEncryptionKey, SealBroken where its address cannot be opened
 */
export async function sendDueNotices(
  deps: SendNoticesDeps,
  { channelId }: { channelId: string },
): Promise<void> {
  const { store, clock } = deps;
  const begun = clock.now();
  for (const notice of await store.notices.owed(channelId, TURN)) {
    if (clock.now() - begun >= TURN_MS) return;
    // Read for each: it may have been disabled or deleted since the last one.
    const channel = await store.alertChannels.get(channelId);
    if (!channel) return store.notices.forgetChannel(channelId);
    if (!channel.enabled) return store.notices.skipOwed(channelId);
    if ((notice.nextTryAt ?? 0) > clock.now()) {
      if (notice.isUnreached) return;
      continue;
    }
    const outcome = await send(deps, notice);
    if (outcome.is === 'unreached') return;
  }
}

async function send(
  { store, noticeSender, clock, log }: SendNoticesDeps,
  notice: Notice,
): Promise<NoticeOutcome> {
  const { channelId, noticeId } = notice;
  const target = await store.alertChannels.target(channelId);
  if (!target) return { is: 'refused', detail: 'The channel was deleted.' };
  const outcome = await noticeSender.send(target, outgoing(notice));
  await store.notices.tried(notice, judge(notice, outcome, clock.now()));
  if (outcome.is === 'sent') log.info({ channelId, noticeId }, 'Sent a notice');
  else log.warn({ channelId, noticeId, outcome: outcome.is }, 'A notice was not taken');
  return outcome;
}

function outgoing({ noticeId, channelId, inReplyTo, subject, text }: Notice): OutgoingNotice {
  const at = (id: string): string => `${id}|${channelId}`;
  return {
    id: at(noticeId),
    inReplyTo: inReplyTo === null ? null : at(inReplyTo),
    subject,
    text,
  };
}

function judge(notice: Notice, outcome: NoticeOutcome, now: number): TriedNotice {
  if (outcome.is === 'sent') {
    return { status: 'sent', sentAt: now, nextTryAt: null, error: null, isUnreached: false };
  }
  const tries = { attempts: notice.attempts + 1, askedAt: notice.createdAt };
  const next = nextTryAt(tries, now, Math.random(), LONGEST_PAUSE_MS);
  return {
    status: next === null ? 'failed' : 'owed',
    sentAt: null,
    nextTryAt: next,
    error: outcome.detail,
    isUnreached: outcome.is === 'unreached',
  };
}
