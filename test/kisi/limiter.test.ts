import type { Clock } from '../../src/clock';
import { createKisiLimiter, KisiError, KisiTooLate, type KisiLimiter } from '../../src/kisi';
import type { SlotStore } from '../../src/kisi/slots';
import { MemorySlots } from '../support/memory-slots';
import { mostInASecond } from '../support/sliding-second';

const OWNER = 'owner:7';
const TIMEOUT_MS = 8_000;
const backlog = { owners: [OWNER], priority: 'backlog', timeoutMs: TIMEOUT_MS } as const;
const interactive = { ...backlog, priority: 'interactive' } as const;

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

interface CallShape {
  request?: Parameters<KisiLimiter['acquire']>[0];
  roundTripMs?: number;
  /** When within the round trip Kisi sees the request: that moment is logged. */
  arrivesAfterMs?: number;
}

/** One call as the client makes it: a permit, a round trip, the release. */
async function callThrough(
  limiter: KisiLimiter,
  log: number[],
  { request = backlog, roundTripMs = 100, arrivesAfterMs = 0 }: CallShape = {},
): Promise<void> {
  const [permit] = await limiter.acquire(request);
  if (permit?.maySend() !== true) throw new Error('no usable permit');
  log.push(Date.now() + arrivesAfterMs);
  await wait(roundTripMs);
  await permit.release('sent');
}

/** Lets the promise settle within the given fake time, and says how it ended. */
async function settledWithin<T>(promise: Promise<T>, ms: number): Promise<T | Error | 'pending'> {
  let outcome: T | Error | 'pending' = 'pending';
  promise.then(
    (value) => (outcome = value),
    (error: unknown) => (outcome = error as Error),
  );
  await jest.advanceTimersByTimeAsync(ms);
  return outcome;
}

/** A store that answers after a while, as over a slow network. */
function slowed(store: SlotStore, ms: number): SlotStore {
  return {
    serverTime: async () => {
      await wait(ms);
      const time = await store.serverTime();
      await wait(ms / 4);
      return time;
    },
    read: async (owner) => (await wait(ms), store.read(owner)),
    take: async (...call) => {
      await wait(ms);
      const taken = await store.take(...call);
      await wait(ms);
      return taken;
    },
    setFreeAt: async (...call) => (await wait(ms), store.setFreeAt(...call)),
    markInteractive: async (...call) => (await wait(ms), store.markInteractive(...call)),
  };
}

beforeEach(() => {
  jest.useFakeTimers({ now: Date.UTC(2026, 0, 5, 9) });
});

afterEach(() => {
  jest.useRealTimers();
});

describe('the rate', () => {
  it('lets no sliding second hold more than five calls, and uses at least 85 % of what that allows', async () => {
    const store = new MemorySlots();
    const log: number[] = [];
    const roundTripMs = 200;
    const processes = [0, 1, 2].map(() => createKisiLimiter({ store }));
    for (const limiter of processes) {
      for (let n = 0; n < 60; n += 1) {
        void callThrough(limiter, log, {
          roundTripMs,
          arrivesAfterMs: (n * 67) % (roundTripMs + 1),
        });
      }
    }
    await jest.advanceTimersByTimeAsync(20_000);

    expect(mostInASecond(log)).toBe(5);
    expect(log.length).toBeGreaterThanOrEqual(((0.85 * 5) / (1 + roundTripMs / 1_000)) * 20);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(log).toHaveLength(180);
  });

  it('counts the second from the reply, since a request may arrive as late as that', async () => {
    const log: number[] = [];
    const limiter = createKisiLimiter({ store: new MemorySlots() });
    const start = Date.now();
    for (let n = 0; n < 6; n += 1) void callThrough(limiter, log, { roundTripMs: 3_000 });
    await jest.advanceTimersByTimeAsync(10_000);
    expect(log).toHaveLength(6);
    expect((log[5] ?? 0) - start).toBeGreaterThanOrEqual(4_000);
    expect((log[5] ?? 0) - start).toBeLessThan(4_200);
  });

  it('holds although the store is slow and its clock differs from ours', async () => {
    const log: number[] = [];
    const store = new MemorySlots({ skewMs: -3_600_000 });
    const processes = [slowed(store, 5), slowed(store, 60), store].map((each) =>
      createKisiLimiter({ store: each }),
    );
    for (const limiter of processes) {
      for (let n = 0; n < 40; n += 1) {
        void callThrough(limiter, log, { arrivesAfterMs: n % 2 === 0 ? 100 : 0 });
      }
    }
    await jest.advanceTimersByTimeAsync(15_000);
    expect(mostInASecond(log)).toBe(5);
    expect(log.length).toBeGreaterThan(40);
  });

  it('holds although the wall clock of a machine is set back and forth', async () => {
    let step = 0;
    const clock: Clock = { now: () => Date.now() + step };
    const log: number[] = [];
    const store = new MemorySlots();
    const steady = createKisiLimiter({ store });
    const stepping = createKisiLimiter({ store, clock });
    for (let n = 0; n < 60; n += 1) {
      void callThrough(steady, log, { arrivesAfterMs: n % 2 === 0 ? 100 : 0 });
      void callThrough(stepping, log, { arrivesAfterMs: n % 3 === 0 ? 100 : 0 });
    }
    for (const next of [-3_600_000, 5_000, -1_500, 0]) {
      await jest.advanceTimersByTimeAsync(4_300);
      step = next;
    }
    await jest.advanceTimersByTimeAsync(40_000);
    expect(log).toHaveLength(120);
    expect(mostInASecond(log)).toBe(5);
  });

  it('keeps owners apart', async () => {
    const log: number[] = [];
    const limiter = createKisiLimiter({ store: new MemorySlots() });
    for (let n = 0; n < 5; n += 1) void callThrough(limiter, log);
    const other = { ...backlog, owners: ['owner:8'] };
    for (let n = 0; n < 5; n += 1) void callThrough(limiter, log, { request: other });
    await jest.advanceTimersByTimeAsync(50);
    expect(log).toHaveLength(10);
  });

  it('sleeps until a slot is free instead of polling', async () => {
    const store = new MemorySlots();
    const limiter = createKisiLimiter({ store });
    const log: number[] = [];
    for (let n = 0; n < 50; n += 1) void callThrough(limiter, log);
    await jest.advanceTimersByTimeAsync(11_000);
    expect(log).toHaveLength(50);
    expect(store.counts.take).toBe(50);
    expect(store.counts.read).toBeLessThanOrEqual(60);
  });
});

describe('a lease', () => {
  it('ends by time when its process is killed', async () => {
    const store = new MemorySlots();
    const killed = createKisiLimiter({ store });
    for (let n = 0; n < 5; n += 1) void killed.acquire(backlog);
    await jest.advanceTimersByTimeAsync(10);

    const next = createKisiLimiter({ store }).acquire(backlog);
    // Two seconds in which the killed process could still send, its timeout, and the rest.
    expect(await settledWithin(next, 10_900)).toBe('pending');
    expect(await settledWithin(next, 300)).toHaveLength(1);
  });

  it('forbids the send of a process that stood still, before anyone else can take the slot', async () => {
    const store = new MemorySlots();
    const stalled = createKisiLimiter({ store });
    const permits = stalled.acquire(backlog);
    await jest.advanceTimersByTimeAsync(10);
    const [permit] = await permits;
    expect(permit?.maySend()).toBe(true);
    await jest.advanceTimersByTimeAsync(1_900);
    expect(permit?.maySend()).toBe(true);
    await jest.advanceTimersByTimeAsync(100);
    expect(permit?.maySend()).toBe(false);
  });

  it('forbids the send after the machine slept, while the monotonic clock stood still', async () => {
    let slept = 0;
    const clock: Clock = { now: () => Date.now() + slept };
    const limiter = createKisiLimiter({ store: new MemorySlots(), clock });
    const permits = limiter.acquire(backlog);
    await jest.advanceTimersByTimeAsync(10);
    slept = 60_000;
    expect((await permits)[0]?.maySend()).toBe(false);
  });

  it('that ran out takes nothing from its next holder', async () => {
    const store = new MemorySlots();
    const slow = createKisiLimiter({ store }).acquire(backlog);
    await jest.advanceTimersByTimeAsync(12_000);
    const next = createKisiLimiter({ store });
    const mine = Promise.all([0, 1, 2, 3, 4].map(() => next.acquire(backlog)));
    await jest.advanceTimersByTimeAsync(100);
    await mine;

    await (await slow)[0]?.release('unused');
    expect(await settledWithin(next.acquire(backlog), 2_000)).toBe('pending');
  });

  it('is given back at once when nothing was sent', async () => {
    const limiter = createKisiLimiter({ store: new MemorySlots() });
    const held = Promise.all([0, 1, 2, 3, 4].map(() => limiter.acquire(backlog)));
    await jest.advanceTimersByTimeAsync(10);
    const [first] = await held;
    const sixth = limiter.acquire(backlog);
    expect(await settledWithin(sixth, 100)).toBe('pending');
    await first?.[0]?.release('unused');
    expect(await settledWithin(sixth, 10)).toHaveLength(1);
  });
});

describe('priorities', () => {
  it('serve an interactive call before the backlog of the same process', async () => {
    const limiter = createKisiLimiter({ store: new MemorySlots() });
    const backlogLog: number[] = [];
    const interactiveLog: number[] = [];
    for (let n = 0; n < 30; n += 1) void callThrough(limiter, backlogLog);
    await jest.advanceTimersByTimeAsync(500);
    void callThrough(limiter, interactiveLog, { request: interactive });
    await jest.advanceTimersByTimeAsync(700);
    expect(interactiveLog).toHaveLength(1);
    expect(backlogLog.length).toBeLessThan(10);
  });

  it('keep one slot for an interactive call against the backlog of other processes', async () => {
    const store = new MemorySlots();
    const workers = [createKisiLimiter({ store }), createKisiLimiter({ store })];
    const backlogLog: number[] = [];
    for (const worker of workers) {
      for (let n = 0; n < 100; n += 1) void callThrough(worker, backlogLog);
    }
    await jest.advanceTimersByTimeAsync(3_500);
    const api = createKisiLimiter({ store });
    const waits: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const log: number[] = [];
      const asked = Date.now();
      const call = callThrough(api, log, { request: interactive });
      await settledWithin(call, 1_500);
      waits.push((log[0] ?? Infinity) - asked);
    }
    expect(Math.max(...waits)).toBeLessThan(1_300);
  });

  it('leave all five slots to the backlog when nobody waits', async () => {
    const log: number[] = [];
    const limiter = createKisiLimiter({ store: new MemorySlots() });
    for (let n = 0; n < 5; n += 1) void callThrough(limiter, log);
    await jest.advanceTimersByTimeAsync(10);
    expect(log).toHaveLength(5);
  });

  it('are first come first served within one kind', async () => {
    const limiter = createKisiLimiter({ store: new MemorySlots() });
    const order: number[] = [];
    for (let n = 0; n < 12; n += 1) {
      void limiter.acquire(backlog).then(async ([permit]) => {
        order.push(n);
        await permit?.release('sent');
      });
    }
    await jest.advanceTimersByTimeAsync(4_000);
    expect(order).toEqual([...Array(12).keys()]);
  });
});

describe('waiting', () => {
  async function occupied() {
    const limiter = createKisiLimiter({ store: new MemorySlots() });
    const held = Promise.all([0, 1, 2, 3, 4].map(() => limiter.acquire(backlog)));
    await jest.advanceTimersByTimeAsync(10);
    await held;
    return limiter;
  }

  it('ends with KisiTooLate at the deadline', async () => {
    const limiter = await occupied();
    const call = limiter.acquire({ ...backlog, deadline: Date.now() + 700 });
    expect(await settledWithin(call, 690)).toBe('pending');
    expect(await settledWithin(call, 20)).toBeInstanceOf(KisiTooLate);
  });

  it('does not begin after the deadline, even where a slot is free', async () => {
    const store = new MemorySlots();
    const limiter = createKisiLimiter({ store });
    const late = { ...backlog, deadline: Date.now() - 1 };
    await expect(limiter.acquire(late)).rejects.toBeInstanceOf(KisiTooLate);
    await expect(limiter.acquire({ ...late, count: 2 })).rejects.toBeInstanceOf(KisiTooLate);
    expect(store.counts.take).toBe(0);
  });

  it('ends with the reason of the signal', async () => {
    const limiter = await occupied();
    const abort = new AbortController();
    const call = limiter.acquire({ ...backlog, signal: abort.signal });
    const reason = new Error('cancelled');
    abort.abort(reason);
    expect(await settledWithin(call, 1)).toBe(reason);
    await expect(limiter.acquire({ ...backlog, signal: abort.signal })).rejects.toBe(reason);
  });

  it('says that nothing was sent when the store fails, and works again after it', async () => {
    const store = new MemorySlots();
    let broken = true;
    const limiter = createKisiLimiter({
      store: {
        serverTime: () => store.serverTime(),
        read: (owner) => (broken ? Promise.reject(new Error('no primary')) : store.read(owner)),
        take: (...call) => store.take(...call),
        setFreeAt: (...call) => store.setFreeAt(...call),
        markInteractive: (...call) => store.markInteractive(...call),
      },
    });
    const failed = await settledWithin(limiter.acquire(backlog), 10);
    expect(failed).toEqual(new Error('no primary'));
    expect(failed).not.toBeInstanceOf(KisiError);
    broken = false;
    expect(await settledWithin(limiter.acquire(backlog), 10)).toHaveLength(1);
  });
});

describe('several slots', () => {
  it('are collected before the first is used', async () => {
    const limiter = createKisiLimiter({ store: new MemorySlots() });
    for (let n = 0; n < 4; n += 1) void callThrough(limiter, []);
    await jest.advanceTimersByTimeAsync(10);
    const pair = limiter.acquire({ ...backlog, count: 2 });
    expect(await settledWithin(pair, 900)).toBe('pending');
    expect(await settledWithin(pair, 400)).toHaveLength(2);
  });

  it('stay usable while the calls before them take their full timeout', async () => {
    const limiter = createKisiLimiter({ store: new MemorySlots() });
    const pair = limiter.acquire({ ...backlog, count: 2 });
    await jest.advanceTimersByTimeAsync(10);
    const [, second] = await pair;
    await jest.advanceTimersByTimeAsync(TIMEOUT_MS);
    expect(second?.maySend()).toBe(true);
  });

  it('do not block each other when several processes collect at once', async () => {
    const store = new MemorySlots();
    const log: number[] = [];
    let done = 0;
    for (let n = 0; n < 4; n += 1) {
      const limiter = createKisiLimiter({ store });
      void limiter.acquire({ ...backlog, count: 4 }).then(async (permits) => {
        for (const permit of permits) {
          log.push(Date.now());
          await wait(50);
          await permit.release('sent');
        }
        done += 1;
      });
    }
    await jest.advanceTimersByTimeAsync(9_000);
    expect(done).toBe(4);
    expect(mostInASecond(log)).toBeLessThanOrEqual(5);
  });

  it('may be of several owners, one of each', async () => {
    const store = new MemorySlots();
    const limiter = createKisiLimiter({ store });
    const log: number[] = [];
    const unknown = { ...backlog, owners: ['owner:8', OWNER] };
    for (let n = 0; n < 5; n += 1) void callThrough(limiter, log, { request: unknown });
    await jest.advanceTimersByTimeAsync(10);
    expect(log).toHaveLength(5);
    for (const owners of [[OWNER], ['owner:8']]) {
      const call = limiter.acquire({ ...backlog, owners });
      expect(await settledWithin(call, 500)).toBe('pending');
    }
  });

  it('are refused beyond four, which backlog could never collect while somebody waits', async () => {
    const limiter = createKisiLimiter({ store: new MemorySlots() });
    await expect(limiter.acquire({ ...backlog, count: 5 })).rejects.toThrow(RangeError);
    await expect(limiter.acquire({ ...backlog, owners: [] })).rejects.toThrow(RangeError);
  });
});
