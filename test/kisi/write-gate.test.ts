import { createKisiClient, KisiStopped, type KisiClient, type WriteGate } from '../../src/kisi';
import { createSimulator, demoApiKey } from '../../simulator';
import { Unlimited } from '../support/unlimited';

const simulator = createSimulator();
let baseUrl: string;
const asked: string[] = [];
let stopped: 'nothing' | 'changes' | 'all' = 'nothing';
let holds = true;
let kisi: KisiClient;

const gate: WriteGate = (kind) => {
  asked.push(kind);
  const isStopped = stopped === 'all' || (stopped === 'changes' && kind === 'change');
  if (isStopped) return Promise.reject(new KisiStopped('stopped'));
  return Promise.resolve(() => holds);
};

beforeAll(async () => {
  baseUrl = await simulator.listen();
});
afterAll(() => simulator.close());
beforeEach(() => {
  simulator.reset();
  simulator.setSwitches({ rateLimit: { enabled: false } });
  asked.length = 0;
  stopped = 'nothing';
  holds = true;
  kisi = createKisiClient({
    baseUrl,
    apiKey: demoApiKey,
    limiter: new Unlimited(),
    owners: ['owner:1'],
    integrator: { name: 'latchkey', contact: 'ops@latchkey.test' },
    writeGate: gate,
  });
});
afterEach(() => kisi.close());

const newUser = (email: string) => ({ email, name: 'Ada', memberId: email, invited: false });
const writes = (): string[] =>
  simulator
    .requests()
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path.replace(/\d+/, ':id')}`);

it('is asked before each write and before no reading', async () => {
  const user = await kisi.createUser(newUser('ada@example.com'));
  await kisi.listLocks();
  await kisi.deleteUser(user.id);
  expect(asked).toEqual(['change', 'removal']);
});

it('lets nothing out that is stopped', async () => {
  const user = await kisi.createUser(newUser('ada@example.com'));
  stopped = 'changes';
  await expect(kisi.createUser(newUser('bob@example.com'))).rejects.toMatchObject({
    kind: 'stopped',
  });
  await expect(kisi.deleteUser(user.id, { partOfChange: true })).rejects.toBeInstanceOf(
    KisiStopped,
  );
  await kisi.deleteUser(user.id);
  stopped = 'all';
  await expect(kisi.deleteUser(user.id)).rejects.toBeInstanceOf(KisiStopped);
  expect(writes()).toEqual(['POST /users', 'DELETE /users/:id']);
});

it('lets nothing out whose leave is over when the bytes would go, and asks again', async () => {
  holds = false;
  await expect(kisi.createUser(newUser('ada@example.com'))).rejects.toMatchObject({
    kind: 'too_late',
  });
  expect(asked).toEqual(['change', 'change', 'change']);
  expect(writes()).toEqual([]);
});

it('is asked once for calls that belong together, while the leave holds', async () => {
  const user = await kisi.createUser(newUser('ada@example.com'));
  asked.length = 0;
  await kisi.withReservedSlots(2, {}, async (reserved) => {
    await reserved.deleteUser(user.id, { partOfChange: true });
    stopped = 'changes';
    await reserved.createUser(newUser('ada@example.com'));
  });
  expect(asked).toEqual(['change']);
  await expect(kisi.createUser(newUser('bob@example.com'))).rejects.toBeInstanceOf(KisiStopped);
});

it('is not asked for a login or an unlock, which give nobody a right', async () => {
  stopped = 'all';
  const user = await kisi.currentUser();
  await kisi.createDeviceLogin({ email: user.email, brand: 'Latchkey', model: 'My Keys' });
  expect(asked).toEqual([]);
});
