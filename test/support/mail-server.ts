import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer } from 'smtp-server';

/** A mail as the server took it. */
export interface ReceivedMail {
  from: string;
  to: string[];
  /** By name in lower case, unfolded. */
  headers: Record<string, string>;
  /** Decoded. */
  text: string;
}

/** A real SMTP server: it keeps what it takes, and can be away or refuse. */
export interface MailServer {
  readonly url: string;
  readonly mails: ReceivedMail[];
  /** SMTP code that recipients are refused with; `null`: they are taken. */
  refusal: number | null;
  /** Goes away; connections are refused. */
  stop(): Promise<void>;
  /** Comes back at the same port. */
  start(): Promise<void>;
  /** Waits for so many mails; fails with all that came. */
  until(count: number, timeoutMs?: number): Promise<ReceivedMail[]>;
}

export async function startMailServer(): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  let running: SMTPServer | null = null;
  let port = 0;
  const mailServer: MailServer = {
    url: '',
    mails,
    refusal: null,
    async stop() {
      const server = running;
      running = null;
      if (server)
        await new Promise<void>((resolve) => {
          server.close(resolve);
        });
    },
    async start() {
      const server = new SMTPServer({
        authOptional: true,
        disabledCommands: ['AUTH', 'STARTTLS'],
        disableReverseLookup: true,
        onRcptTo(_address, _session, done) {
          const code = mailServer.refusal;
          done(code === null ? null : Object.assign(new Error('not here'), { responseCode: code }));
        },
        onData(stream, session, done) {
          const { mailFrom, rcptTo } = session.envelope;
          void text(stream).then((raw) => {
            const to = rcptTo.map(({ address }) => address);
            mails.push({ from: mailFrom ? mailFrom.address : '', to, ...parse(raw) });
            done();
          });
        },
      });
      const inner = server.listen(port, '127.0.0.1');
      await once(inner, 'listening');
      ({ port } = inner.address() as AddressInfo);
      running = server;
    },
    async until(count, timeoutMs = 20_000) {
      const deadline = Date.now() + timeoutMs;
      while (mails.length < count) {
        if (Date.now() > deadline) {
          throw new Error(`${String(count)} mails did not come, but ${JSON.stringify(mails)}`);
        }
        await sleep(25);
      }
      return mails;
    },
  };
  await mailServer.start();
  return Object.assign(mailServer, { url: `smtp://127.0.0.1:${String(port)}` });
}

function parse(raw: string): Pick<ReceivedMail, 'headers' | 'text'> {
  const split = raw.indexOf('\r\n\r\n');
  const lines = raw
    .slice(0, split)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [name = '', ...value] = line.split(': ');
      return [name.toLowerCase(), value.join(': ')];
    }),
  );
  const body = raw.slice(split + 4).trim();
  const isQuoted = headers['content-transfer-encoding'] === 'quoted-printable';
  return { headers, text: (isQuoted ? unquoted(body) : body).replace(/\r\n/g, '\n') };
}

function unquoted(body: string): string {
  const joined = body.replace(/=\r\n/g, '');
  const bytes = joined.replace(/=([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
