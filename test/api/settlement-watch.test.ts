import { SettlementWatch, settlementWatchOf } from '../../api/grants/settlement-watch';
import type { Grant } from '../../src/domain/grant';
import { acceptedGrant } from '../../src/domain/grant-life';

const LOOK_EVERY_MS = 50;
const HOUR = 3_600_000;

/** Grants in memory, and every query that was made for them. */
class FakeGrants {
  readonly queries: string[][] = [];
  readonly #grants = new Map<string, Grant>();
  /** What the next query throws. */
  fault: Error | null = null;

  put(id: string, settled: boolean): void {
    this.#grants.set(id, { ...grantOf(id), settled });
  }

  getMany = (ids: readonly string[]): Promise<Grant[]> => {
    this.queries.push([...ids]);
    const { fault } = this;
    this.fault = null;
    if (fault) return Promise.reject(fault);
    return Promise.resolve(ids.flatMap((id) => this.#grants.get(id) ?? []));
  };
}

function grantOf(id: string): Grant {
  const by = { type: 'system', id: 'test' } as const;
  const input = {
    id,
    memberId: 'mem_1',
    doorMappingId: 'dm_1',
    source: 'manual',
    sourceId: null,
    startsAt: 0,
    endsAt: HOUR,
    reason: null,
  } as const;
  return acceptedGrant(input, 0, by);
}

let grants: FakeGrants;
let watch: SettlementWatch;
beforeEach(() => {
  jest.useFakeTimers();
  grants = new FakeGrants();
  watch = new SettlementWatch(grants);
});
afterEach(() => {
  jest.useRealTimers();
});

const inMs = (ms: number): number => performance.now() + ms;
const pass = (ms: number): Promise<void> => jest.advanceTimersByTimeAsync(ms);
const ids = (count: number): string[] => [...Array(count).keys()].map((at) => `grt_${String(at)}`);

describe('the watch for grants to be settled', () => {
  it('makes one query a look, however many wait', async () => {
    const waited = ids(300);
    for (const id of waited) grants.put(id, false);
    const answers = waited.map((id) => watch.untilSettled(id, inMs(2_000)));
    await pass(1_000);
    // The first look begins with the first who waits, and has asked for no other.
    expect(grants.queries[0]).toEqual(['grt_0']);
    expect(grants.queries.slice(1).every((asked) => asked.length === 300)).toBe(true);
    expect(grants.queries).toHaveLength(1 + 1_000 / LOOK_EVERY_MS);

    for (const id of waited) grants.put(id, true);
    await pass(LOOK_EVERY_MS);
    const settled = await Promise.all(answers);
    expect(settled.map((grant) => grant?.id)).toEqual(waited);
    expect(settled.every((grant) => grant?.settled)).toBe(true);
  });

  it('answers each as soon as its own grant is settled, and asks for it no longer', async () => {
    grants.put('grt_0', true);
    grants.put('grt_1', false);
    const prompt = watch.untilSettled('grt_0', inMs(2_000));
    const slow = watch.untilSettled('grt_1', inMs(2_000));
    expect(await prompt).toMatchObject({ id: 'grt_0', settled: true });
    await pass(LOOK_EVERY_MS);
    expect(grants.queries).toEqual([['grt_0'], ['grt_1']]);
    grants.put('grt_1', true);
    await pass(LOOK_EVERY_MS);
    expect(await slow).toMatchObject({ id: 'grt_1', settled: true });
  });

  it('answers with the latest when the time is up, and not before', async () => {
    grants.put('grt_0', false);
    let answered: Grant | null | undefined;
    void watch.untilSettled('grt_0', inMs(2_000)).then((grant) => (answered = grant));
    await pass(1_999);
    expect(answered).toBeUndefined();
    await pass(LOOK_EVERY_MS);
    expect(answered).toMatchObject({ id: 'grt_0', settled: false });
  });

  it('looks once when the time was up before', async () => {
    grants.put('grt_0', false);
    expect(await watch.untilSettled('grt_0', inMs(-1))).toMatchObject({ settled: false });
    grants.put('grt_0', true);
    const again = watch.untilSettled('grt_0', inMs(-1));
    await pass(LOOK_EVERY_MS);
    expect(await again).toMatchObject({ settled: true });
    expect(grants.queries).toEqual([['grt_0'], ['grt_0']]);
  });

  it('answers null where nothing is stored', async () => {
    expect(await watch.untilSettled('grt_no', inMs(0))).toBeNull();
  });

  it('asks once for a grant that two wait for, and answers both', async () => {
    grants.put('grt_0', false);
    const both = [1, 2].map(() => watch.untilSettled('grt_0', inMs(2_000)));
    await pass(LOOK_EVERY_MS);
    expect(grants.queries).toEqual([['grt_0'], ['grt_0']]);
    grants.put('grt_0', true);
    await pass(LOOK_EVERY_MS);
    expect(await Promise.all(both)).toMatchObject([{ settled: true }, { settled: true }]);
  });

  it('reads nothing while nobody waits, and looks again when somebody does', async () => {
    await pass(HOUR);
    expect(grants.queries).toEqual([]);
    grants.put('grt_0', true);
    await watch.untilSettled('grt_0', inMs(2_000));
    await pass(HOUR);
    expect(grants.queries).toHaveLength(1);
    expect(jest.getTimerCount()).toBe(0);
    void watch.untilSettled('grt_0', inMs(2_000));
    expect(grants.queries).toHaveLength(2);
  });

  it('tells those who wait when the store fails, and serves the next', async () => {
    grants.put('grt_0', true);
    grants.fault = new Error('the database is away');
    await expect(watch.untilSettled('grt_0', inMs(2_000))).rejects.toThrow('the database is away');
    const next = watch.untilSettled('grt_0', inMs(2_000));
    await pass(LOOK_EVERY_MS);
    expect(await next).toMatchObject({ settled: true });
  });

  it('is one for all who wait for grants of one store', () => {
    expect(settlementWatchOf(grants)).toBe(settlementWatchOf(grants));
    expect(settlementWatchOf(new FakeGrants())).not.toBe(settlementWatchOf(grants));
  });
});
