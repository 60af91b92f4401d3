import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import type { NoticeOutcome, OutgoingNotice } from './sender';

export interface MailOptions {
  /** `smtp://` or `smtps://`, with the password. Never log it. */
  smtpUrl: string;
  /** `alerts@example.com` or `Latchkey <alerts@example.com>`. */
  from: string;
  /** Of every step of the exchange, ms. */
  timeoutMs?: number;
}

export interface Mailer {
  send(to: string, notice: OutgoingNotice): Promise<NoticeOutcome>;
  close(): void;
}

const TIMEOUT_MS = 8_000;
/** A server that drips its answers would take as many steps as it likes: the whole mail has so long. */
const WHOLE_MS = 20_000;

/** Sends plain-text mails, each over a connection of its own: there are few, and servers close idle ones. */
export function createMailer({ smtpUrl, from, timeoutMs = TIMEOUT_MS }: MailOptions): Mailer {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const domain = domainOf(from);
  return {
    async send(to, { id, inReplyTo, subject, text }) {
      const inReply = inReplyTo === null ? null : messageId(inReplyTo, domain);
      try {
        await transport.sendMail({
          from,
          to,
          subject: `Latchkey: ${subject}`.replace(/\s+/g, ' '),
          text,
          messageId: messageId(id, domain),
          ...(inReply !== null && { inReplyTo: inReply, references: inReply }),
          // Keeps out-of-office replies away (RFC 3834).
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.timeout(WHOLE_MS),
        });
        return { is: 'sent' };
      } catch (error) {
        return failureOf(error);
      }
    },
    close() {
      transport.close();
    },
  };
}

/** The same for every try, so that mail programs show a notice that was sent twice once. */
function messageId(id: string, domain: string): string {
  return `<${createHash('sha256').update(id).digest('hex').slice(0, 32)}@${domain}>`;
}

function domainOf(from: string): string {
  return /@([^@>\s]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
}

/** The server's own words are left out: they may repeat the login. */
function failureOf(error: unknown): NoticeOutcome {
  const { code, responseCode } = error as { code?: string; responseCode?: number };
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    return unreached('The mail server does not take the login of SMTP_URL.');
  }
  if (responseCode !== undefined) {
    const detail = `The mail server answered ${String(responseCode)}.`;
    return responseCode >= 500 ? { is: 'refused', detail } : unreached(detail);
  }
  return unreached(`The mail server cannot be reached (${code ?? 'no answer'}).`);
}

function unreached(detail: string): NoticeOutcome {
  return { is: 'unreached', detail };
}
