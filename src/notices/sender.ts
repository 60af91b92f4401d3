import type { ChannelTarget } from '../domain/alert-channel';
import type { NoticeText } from '../domain/alert-words';
import type { EventSender } from '../events/sender';
import { createMailer, type MailOptions } from './mailer';
import { webhookBody } from './webhook-body';

/** A notice as it is sent to one channel. */
export interface OutgoingNotice extends NoticeText {
  /** The same for every try at this channel, and for no other. */
  id: string;
  /** The id of the notice that this one answers at the same channel. */
  inReplyTo: string | null;
}

/**
 * `refused`: the receiver wants no such notice. `unreached`: it heard nothing, or wants it later. The
 * detail is a sentence for people and holds no secret.
 */
export type NoticeOutcome = { is: 'sent' } | { is: 'refused' | 'unreached'; detail: string };

export interface NoticeSender {
  /** Whether there is a mail server. */
  readonly canMail: boolean;
  /** Sends once; takes 20 s at most. */
  send(target: ChannelTarget, notice: OutgoingNotice): Promise<NoticeOutcome>;
  close(): void;
}

export interface NoticeSenderOptions {
  /** Absent: no mail can be sent. */
  mail?: MailOptions | undefined;
  /** Posts to webhooks, never to a private host. It is the caller's to close. */
  webhooks: Pick<EventSender, 'send'>;
}

export function createNoticeSender({ mail, webhooks }: NoticeSenderOptions): NoticeSender {
  const mailer = mail ? createMailer(mail) : null;

  async function post(
    { url, format }: Extract<ChannelTarget, { kind: 'webhook' }>,
    notice: OutgoingNotice,
  ): Promise<NoticeOutcome> {
    const headers = { 'content-type': 'application/json', 'user-agent': 'Latchkey' };
    const outcome = await webhooks.send(url, headers, webhookBody(format, notice));
    if (outcome.is === 'none') return { is: 'unreached', detail: UNANSWERED[outcome.error] };
    const { status } = outcome;
    if (status >= 200 && status < 300) return { is: 'sent' };
    const isLater = status >= 500 || status === 408 || status === 429;
    return {
      is: isLater ? 'unreached' : 'refused',
      detail: `The webhook answered ${String(status)}.`,
    };
  }

  return {
    canMail: mailer !== null,
    async send(target, notice) {
      if (target.kind === 'webhook') return post(target, notice);
      if (!mailer) return { is: 'unreached', detail: 'No mail server is set up (SMTP_URL).' };
      return mailer.send(target.to, notice);
    },
    close() {
      mailer?.close();
    },
  };
}

const UNANSWERED = {
  timeout: 'The webhook did not answer within 10 s.',
  address_refused: 'The webhook leads to an address that is not public.',
  unreachable: 'The webhook cannot be reached.',
} as const;
