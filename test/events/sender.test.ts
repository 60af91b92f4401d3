import dns, { type LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { createEventSender, type EventSender } from '../../src/events/sender';
import { startReceiver, type Receiver } from '../support/receiver';

let receiver: Receiver;
let sender: EventSender;
let strict: EventSender;
beforeAll(async () => {
  receiver = await startReceiver();
  sender = createEventSender({ allowPrivateHosts: true, timeoutMs: 500 });
  strict = createEventSender({ allowPrivateHosts: false, timeoutMs: 2_000 });
});
afterEach(() => {
  jest.restoreAllMocks();
  receiver.received.length = 0;
});
afterAll(async () => {
  await sender.close();
  await strict.close();
  await receiver.close();
});

const send = (url: string): ReturnType<EventSender['send']> =>
  sender.send(url, { 'webhook-id': 'evt_1' }, '{"type":"t","timestamp":"","data":{}}');

it('posts the body with its headers and tells the status', async () => {
  receiver.answers = [202];
  expect(await send(receiver.url)).toEqual({ is: 'answer', status: 202 });
  expect(receiver.received.map(({ id, event }) => [id, event.type])).toEqual([['evt_1', 't']]);
});

it('does not follow redirects', async () => {
  receiver.answers = [302];
  expect(await send(receiver.url)).toEqual({ is: 'answer', status: 302 });
  expect(receiver.received).toHaveLength(1);
});

it('gives up on a receiver that does not answer', async () => {
  receiver.answers = ['hang'];
  expect(await send(receiver.url)).toEqual({ is: 'none', error: 'timeout' });
});

it('tells when nobody listens', async () => {
  const gone = await startReceiver();
  await gone.close();
  expect(await send(gone.url)).toEqual({ is: 'none', error: 'unreachable' });
});

describe('where private hosts are not allowed', () => {
  let server: Server;
  let port: number;
  let connections = 0;
  beforeAll(async () => {
    server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port } = server.address() as AddressInfo);
  });
  afterAll(() => server.close());

  /** Names resolve to these from now on. */
  function resolveTo(...addresses: LookupAddress[]): void {
    const answer = (_name: string, _options: unknown, done: (...args: unknown[]) => void): void => {
      done(null, addresses);
    };
    jest.spyOn(dns, 'lookup').mockImplementation(answer as unknown as typeof dns.lookup);
  }

  it.each(['https://127.0.0.1', 'https://localhost', 'http://127.0.0.1'])(
    'does not connect to %s',
    async (origin) => {
      const outcome = await strict.send(`${origin}:${String(port)}/`, {}, '{}');
      expect(outcome).toEqual({ is: 'none', error: 'address_refused' });
      expect(connections).toBe(0);
    },
  );

  it('does not connect to a name that leads to a private address, not even beside a public one', async () => {
    const local = { address: '127.0.0.1', family: 4 };
    for (const addresses of [[local], [local, { address: '93.184.216.34', family: 4 }]]) {
      resolveTo(...addresses);
      const outcome = await strict.send(`https://hooks.example.com:${String(port)}/`, {}, '{}');
      expect(outcome).toEqual({ is: 'none', error: 'address_refused' });
    }
    expect(connections).toBe(0);
  });
});
