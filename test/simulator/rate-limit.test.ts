import { SlidingWindow } from '../../simulator/rate-limit';
import type { Bench } from './support';
import { closeBenches, makeUser, deviceSecret, seeded, startBench } from './support';

/** A base clock that only the test moves: the rate limit goes by it. */
class ManualClock {
  constructor(private at: number) {}
  now(): number {
    return this.at;
  }
  advance(ms: number): void {
    this.at += ms;
  }
}

describe('the sliding window', () => {
  it('lets five through in any second, not in each calendar second', () => {
    const rate = new SlidingWindow();
    const take = (at: number): number => rate.take('k', 5, at);
    expect([700, 750, 800, 850, 990].map(take)).toEqual([0, 0, 0, 0, 0]);
    // A counter per calendar second would let these in.
    expect(take(1000)).toBe(700);
    expect(take(1699)).toBe(1);
    expect(take(1700)).toBe(0);
    expect(take(1701)).toBe(49);
    expect(rate.take('another', 5, 1701)).toBe(0);
  });
});

describe('the rate limit of the simulated Kisi', () => {
  let bench: Bench;
  let clock: ManualClock;
  const statuses = async (count: number, key?: string | null): Promise<number[]> => {
    const found: number[] = [];
    for (let n = 0; n < count; n += 1) {
      found.push((await bench.call('GET', '/user', key === undefined ? {} : { key })).status);
    }
    return found;
  };

  beforeEach(async () => {
    clock = new ManualClock(Date.parse('2030-01-01T00:00:00Z'));
    bench = await startBench({ clock });
    await makeUser(bench, 'ann@members.test');
  });
  afterEach(closeBenches);

  it('is shared by all keys of a user, and another user has their own', async () => {
    bench.simulator.drift({ kind: 'addKey', userId: seeded.owner, secret: 'second-key' });
    const member = await deviceSecret(bench, 'ann@members.test');
    bench.simulator.setSwitches({ rateLimit: { enabled: true } });
    expect(await statuses(3)).toEqual([200, 200, 200]);
    expect(await statuses(3, 'second-key')).toEqual([200, 200, 429]);
    expect(await statuses(1)).toEqual([429]);
    expect(await statuses(1, member)).toEqual([200]);
    clock.advance(999);
    expect(await statuses(1)).toEqual([429]);
    clock.advance(1);
    expect(await statuses(6)).toEqual([200, 200, 200, 200, 200, 429]);
  });

  it('is per address without a valid key', async () => {
    bench.simulator.setSwitches({ rateLimit: { enabled: true } });
    expect(await statuses(6, 'wrong')).toEqual([401, 401, 401, 401, 401, 429]);
    expect(await statuses(1)).toEqual([200]);
  });

  it('does not do what it refuses', async () => {
    bench.simulator.setSwitches({ rateLimit: { enabled: true, perSecond: 1 } });
    await statuses(1);
    const body = { user: { email: 'bob@members.test' } };
    expect((await bench.call('POST', '/users', { body })).status).toBe(429);
    expect(bench.simulator.state().users.map(({ email }) => email)).not.toContain(
      'bob@members.test',
    );
  });

  it('says when to come back, and in JSON, only when switched so', async () => {
    bench.simulator.setSwitches({ rateLimit: { enabled: true, perSecond: 1 } });
    await statuses(1);
    const plain = await bench.call('GET', '/user');
    expect(plain).toMatchObject({ status: 429, body: { code: '000429' } });
    expect(plain.headers.get('Retry-After')).toBeNull();
    bench.simulator.setSwitches({ rateLimit: { retryAfter: true, jsonBody: false } });
    const other = await bench.call('GET', '/user');
    expect(other).toMatchObject({ status: 429, body: 'Retry later\n' });
    expect(other.headers.get('Retry-After')).toBe('1');
    bench.simulator.setSwitches({ rateLimit: { enabled: false } });
    expect(await statuses(8)).toEqual(Array(8).fill(200));
  });

  it('leaves the time of the simulator out of it', async () => {
    bench.simulator.setSwitches({ rateLimit: { enabled: true, perSecond: 1 } });
    await statuses(1);
    bench.simulator.setClock({ advanceMs: 3_600_000 });
    expect(await statuses(1)).toEqual([429]);
  });
});
