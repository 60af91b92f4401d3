import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createEventSender, type EventSender } from '../../src/events/sender';
import {
  createNoticeSender,
  type NoticeSender,
  type OutgoingNotice,
} from '../../src/notices/sender';
import { startMailServer, type MailServer } from '../support/mail-server';
import { startReceiver, type Receiver } from '../support/receiver';

const NOTICE: OutgoingNotice = {
  id: 'kisi_down#1:opened|achn_1',
  inReplyTo: null,
  subject: 'Kisi does not answer: Café\r\nBcc: everybody@example.com',
  text: 'Kisi has not answered for Café & <Bar> since 10:00.\n\nWhat to do: Wait.',
};
const FROM = 'Latchkey <alerts@latchkey.test>';
const TO = { kind: 'email', to: 'desk@example.com' } as const;

let mailServer: MailServer;
let receiver: Receiver;
let webhooks: EventSender;
let sender: NoticeSender;
beforeAll(async () => {
  mailServer = await startMailServer();
  receiver = await startReceiver();
  webhooks = createEventSender({ allowPrivateHosts: true });
  sender = createNoticeSender({ mail: { smtpUrl: mailServer.url, from: FROM }, webhooks });
});
beforeEach(() => {
  mailServer.mails.length = 0;
  mailServer.refusal = null;
  receiver.received.length = 0;
  receiver.answers = [];
});
afterAll(async () => {
  sender.close();
  await webhooks.close();
  await receiver.close();
  await mailServer.stop();
});

describe('a mail', () => {
  it('arrives as plain text, whatever is in its subject', async () => {
    expect(sender.canMail).toBe(true);
    expect(await sender.send(TO, NOTICE)).toEqual({ is: 'sent' });
    expect(mailServer.mails).toMatchObject([
      { from: 'alerts@latchkey.test', to: ['desk@example.com'], text: NOTICE.text },
    ]);
    const { headers } = mailServer.mails[0] ?? { headers: {} };
    expect(headers).toMatchObject({
      from: FROM,
      to: 'desk@example.com',
      'auto-submitted': 'auto-generated',
      'content-type': expect.stringContaining('text/plain') as unknown,
    });
    expect(headers).not.toHaveProperty('bcc');
  });

  it('has the same Message-ID when it is sent again, and answers the one of the opening', async () => {
    await sender.send(TO, NOTICE);
    await sender.send(TO, NOTICE);
    await sender.send(TO, { ...NOTICE, id: 'kisi_down#1:closed|achn_1', inReplyTo: NOTICE.id });
    const [first, again, end] = mailServer.mails.map(({ headers }) => headers);
    expect(first?.['message-id']).toMatch(/^<[0-9a-f]{32}@latchkey\.test>$/);
    expect(again?.['message-id']).toBe(first?.['message-id']);
    expect(end?.['message-id']).not.toBe(first?.['message-id']);
    expect(end?.['in-reply-to']).toBe(first?.['message-id']);
    expect(end?.['references']).toBe(first?.['message-id']);
  });

  it.each([
    [550, 'refused'],
    [451, 'unreached'],
  ] as const)('that the server answers with %i is %s', async (code, is) => {
    mailServer.refusal = code;
    const detail = `The mail server answered ${String(code)}.`;
    expect(await sender.send(TO, NOTICE)).toEqual({ is, detail });
  });

  it('is not sent where there is no server, and none is set up', async () => {
    await mailServer.stop();
    expect(await sender.send(TO, NOTICE)).toMatchObject({ is: 'unreached' });
    await mailServer.start();
    const without = createNoticeSender({ webhooks });
    expect(without.canMail).toBe(false);
    expect(await without.send(TO, NOTICE)).toMatchObject({ is: 'unreached' });
  });

  it('does not wait for a server that says nothing', async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const smtpUrl = `smtp://user:hunter2@127.0.0.1:${String(port)}`;
    const impatient = createNoticeSender({
      mail: { smtpUrl, from: FROM, timeoutMs: 200 },
      webhooks,
    });
    const outcome = await impatient.send(TO, NOTICE);
    expect(outcome).toMatchObject({ is: 'unreached' });
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
    for (const socket of sockets) socket.destroy();
    silent.close();
  });
});

describe('a webhook', () => {
  const send = (format: 'slack' | 'teams') =>
    sender.send({ kind: 'webhook', url: receiver.url, format }, NOTICE);

  it('of Slack gets a text in which nothing is a link or calls anybody', async () => {
    expect(await send('slack')).toEqual({ is: 'sent' });
    expect(receiver.received.map(({ event }) => event)).toEqual([
      {
        text: `*${NOTICE.subject}*\nKisi has not answered for Café &amp; &lt;Bar&gt; since 10:00.\n\nWhat to do: Wait.`,
      },
    ]);
  });

  it('of Teams gets an adaptive card with a block for each line', async () => {
    await send('teams');
    const [{ body } = { body: '' }] = receiver.received;
    const card = JSON.parse(body) as { attachments: { content: { body: object[] } }[] };
    expect(card.attachments[0]?.content.body).toMatchObject([
      { type: 'TextBlock', text: NOTICE.subject },
      { text: 'Kisi has not answered for Café & <Bar> since 10:00.' },
      { text: 'What to do: Wait.' },
    ]);
  });

  it.each([
    [404, 'refused'],
    [302, 'refused'],
    [429, 'unreached'],
    [503, 'unreached'],
  ] as const)('that answers %i is %s', async (status, is) => {
    receiver.answers = [status];
    const detail = `The webhook answered ${String(status)}.`;
    expect(await send('slack')).toEqual({ is, detail });
  });

  it('on a private address is never called', async () => {
    const strict = createEventSender({ allowPrivateHosts: false });
    const careful = createNoticeSender({ webhooks: strict });
    const target = { kind: 'webhook', url: receiver.url, format: 'slack' } as const;
    expect(await careful.send(target, NOTICE)).toMatchObject({ is: 'unreached' });
    expect(receiver.received).toEqual([]);
    await strict.close();
  });
});
