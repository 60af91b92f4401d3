import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { Webhook } from 'standardwebhooks';

/** A request that reached the receiver. */
export interface Received {
  id: string;
  headers: Record<string, string>;
  body: string;
  event: { type: string; timestamp: string; data: Record<string, unknown> };
}

/** A real HTTP server that other systems stand for: it keeps what it was sent and answers as told. */
export interface Receiver {
  readonly url: string;
  readonly received: Received[];
  /** Statuses of the next answers, then 204 for ever; `hang`: no answer at all. */
  answers: (number | 'hang')[];
  /** Of every answer, once `answers` is used up. */
  usual: number | 'hang';
  /** Waits until something like this was received; fails with all that was. */
  until(what: (one: Received) => boolean, timeoutMs?: number): Promise<Received>;
  close(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const receiver = { received, answers: [] as Receiver['answers'], usual: 204 as number | 'hang' };
  const take = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const body = await text(req);
    const headers = req.headers as Record<string, string>;
    const event = JSON.parse(body) as Received['event'];
    received.push({ id: headers['webhook-id'] ?? '', headers, body, event });
    const answer = receiver.answers.shift() ?? receiver.usual;
    if (answer === 'hang') return;
    res.writeHead(answer, answer === 302 ? { Location: '/elsewhere' } : {}).end();
  };
  const server = createServer((req, res) => {
    void take(req, res);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(receiver, {
    url: `http://127.0.0.1:${String(port)}/hooks`,
    async until(what: (one: Received) => boolean, timeoutMs = 20_000) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const found = received.find(what);
        if (found) return found;
        if (Date.now() > deadline) {
          throw new Error(`Nothing of the kind came; received: ${JSON.stringify(received)}`);
        }
        await sleep(25);
      }
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

/** Whether this secret signed the request, judged as a subscriber would. */
export function isSignedBy(secret: string, { body, headers }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch {
    return false;
  }
}
