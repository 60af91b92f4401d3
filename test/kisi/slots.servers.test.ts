import { randomUUID } from 'node:crypto';
import mongoose, { type Connection } from 'mongoose';
import type { SlotStore } from '../../src/kisi';
import { createKisiSlots } from '../../src/store/kisi-slots';
import { testServers } from '../support/servers';

/* The slots in MongoDB, used from two connections at once as two processes would. */

let connections: Connection[] = [];
let stores: [SlotStore, SlotStore];
let owner: string;

beforeAll(async () => {
  const uri = testServers().mongoUri('kisi-slots');
  const open = () => mongoose.createConnection(uri).asPromise();
  const [first, second] = await Promise.all([open(), open()]);
  connections = [first, second];
  stores = [createKisiSlots(first), createKisiSlots(second)];
  for (const model of Object.values(first.models)) {
    await model.createCollection();
    await model.syncIndexes();
  }
});

afterAll(async () => {
  await Promise.all(connections.map((connection) => connection.close()));
});

beforeEach(() => {
  owner = `owner:${randomUUID()}`;
});

const lease = (now: number, until: number) => ({ token: randomUUID(), now, until });

/** Lets both connections try at once, ten times each. */
async function race(now: number, until: number): Promise<boolean[]> {
  return Promise.all(
    [...Array(20).keys()].map((n) => stores[n % 2 === 0 ? 0 : 1].take(owner, 3, lease(now, until))),
  );
}

it('give a slot that was never used to exactly one of many', async () => {
  const taken = await race(1_000, 5_000);
  expect(taken.filter(Boolean)).toHaveLength(1);
});

it('give a slot that became free to exactly one of many, and not a moment earlier', async () => {
  await stores[0].take(owner, 3, lease(1_000, 5_000));
  expect((await race(4_999, 9_000)).filter(Boolean)).toHaveLength(0);
  expect((await race(5_000, 9_000)).filter(Boolean)).toHaveLength(1);
});

it('let only the holder move the end of a lease', async () => {
  const mine = lease(1_000, 5_000);
  await stores[0].take(owner, 0, mine);
  const moved = { token: mine.token, freeAt: 2_000 };
  await expect(stores[1].setFreeAt(owner, 0, { token: randomUUID(), freeAt: 1 })).resolves.toBe(
    false,
  );
  await expect(stores[1].setFreeAt(owner, 0, moved)).resolves.toBe(true);
  await expect(stores[1].read(owner)).resolves.toEqual({
    slots: [{ name: 0, freeAt: 2_000 }],
    interactiveUntil: 0,
  });
  await stores[1].take(owner, 0, lease(2_000, 8_000));
  await expect(stores[0].setFreeAt(owner, 0, moved)).resolves.toBe(false);
});

it('keep the latest word on interactive calls that wait', async () => {
  await Promise.all(
    [4_000, 9_000, 6_000, 9_000, 1_000].map((until, n) =>
      stores[n % 2 === 0 ? 0 : 1].markInteractive(owner, until),
    ),
  );
  await expect(stores[0].read(owner)).resolves.toEqual({ slots: [], interactiveUntil: 9_000 });
});

it('keep owners and the turn apart', async () => {
  await stores[0].take(owner, 'turn', lease(1_000, 5_000));
  await expect(stores[0].read(owner)).resolves.toEqual({ slots: [], interactiveUntil: 0 });
  await expect(stores[0].take(owner, 'turn', lease(4_000, 9_000))).resolves.toBe(false);
  await expect(stores[0].take(`${owner}0`, 'turn', lease(4_000, 9_000))).resolves.toBe(true);
});

it('tell the time of the server', async () => {
  const before = Date.now();
  const time = await stores[0].serverTime();
  // The test's MongoDB runs on this machine.
  expect(time).toBeGreaterThanOrEqual(before - 50);
  expect(time).toBeLessThanOrEqual(Date.now() + 50);
});
