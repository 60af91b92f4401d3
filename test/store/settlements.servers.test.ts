import type { Settlement } from '../../src/domain/latency';
import { T0, useStore } from './fixtures';

const { store } = useStore();

const settled = (at: number, change: Partial<Settlement> = {}): Settlement => ({
  kind: 'grant',
  of: `grt_${String(at)}:1`,
  doorMappingId: 'dm_1',
  at,
  ms: 12,
  ...change,
});

it('gives the latest first, from an instant on, and no more than asked for', async () => {
  const all = [0, 1, 999, 1_000, 3_600_000].map((ms) => settled(T0 + ms));
  await store().settlements.append(all);
  expect(await store().settlements.since(T0, 10)).toEqual([...all].reverse());
  const since = await store().settlements.since(T0 + 999, 10);
  expect(since.map(({ at }) => at - T0)).toEqual([3_600_000, 1_000, 999]);
  expect(await store().settlements.since(T0, 2)).toEqual(since.slice(0, 2));
});

it('writes down once what is recorded again, and keeps apart what settles at the same moment', async () => {
  const at = T0 + 86_400_000;
  const one = settled(at, { of: 'grt_1:1' });
  const other = settled(at, { of: 'grt_2:1', doorMappingId: null });
  const end = settled(at, { of: 'grt_1:1', kind: 'end' });
  await store().settlements.append([one, other]);
  await store().settlements.append([{ ...one, ms: 99 }, end]);
  await store().settlements.append([]);
  const found = await store().settlements.since(at, 10);
  expect(found).toHaveLength(3);
  expect(found).toEqual(expect.arrayContaining([one, other, end]));
});
