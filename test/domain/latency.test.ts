import { firstHour, HOUR_MS, latencyOf, settlementOf } from '../../src/domain/latency';
import type { AccessLogEntry, Grant } from '../../src/domain/grant';
import { aGrant, T } from './fixtures';

describe('firstHour', () => {
  it('goes back whole hours, of which the last is the one that runs', () => {
    expect(firstHour(T, 1)).toBe(T);
    expect(firstHour(T + HOUR_MS - 1, 24)).toBe(T - 23 * HOUR_MS);
  });
});

describe('latencyOf', () => {
  const took = (at: number, ...all: number[]): { at: number; ms: number }[] =>
    all.map((ms) => ({ at, ms }));

  it('has no figure where nothing settled', () => {
    expect(latencyOf([], T, T + 2 * HOUR_MS)).toEqual({
      count: 0,
      p50Ms: null,
      p95Ms: null,
      buckets: [
        { from: T, count: 0, p50Ms: null, p95Ms: null },
        { from: T + HOUR_MS, count: 0, p50Ms: null, p95Ms: null },
      ],
    });
    expect(latencyOf([], T, T).buckets).toEqual([]);
  });

  it('puts each change into its hour, and an unfinished hour is one', () => {
    const all = [
      ...took(T - 1, 9_000),
      ...took(T, 30),
      ...took(T + HOUR_MS - 1, 10),
      ...took(T + HOUR_MS, 20),
      ...took(T + HOUR_MS + 500, 9_000),
    ];
    expect(latencyOf(all, T, T + HOUR_MS + 500)).toEqual({
      count: 3,
      p50Ms: 20,
      p95Ms: 30,
      buckets: [
        { from: T, count: 2, p50Ms: 10, p95Ms: 30 },
        { from: T + HOUR_MS, count: 1, p50Ms: 20, p95Ms: 20 },
      ],
    });
  });

  it('names times that were measured, by the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
    expect(latencyOf(took(T, ...hundred), T, T + 1)).toMatchObject({ p50Ms: 50, p95Ms: 95 });
    expect(latencyOf(took(T, 7), T, T + 1)).toMatchObject({ p50Ms: 7, p95Ms: 7 });
    // Twenty: one in twenty may be slower than p95.
    const twenty = Array.from({ length: 20 }, (_, index) => index + 1);
    expect(latencyOf(took(T, ...twenty), T, T + 1)).toMatchObject({ p50Ms: 10, p95Ms: 19 });
  });
});

describe('settlementOf', () => {
  const row = (
    change: Partial<Grant>,
    status: AccessLogEntry['status'] = 'in_place',
    action: AccessLogEntry['action'] = 'grant',
  ): AccessLogEntry => {
    const grant = aGrant({ id: 'grt_1', revision: 7, changedAt: T, settled: true, ...change });
    return {
      id: 'x',
      action,
      status,
      reason: null,
      problem: null,
      by: grant.createdBy,
      at: T,
      grant,
    };
  };
  const named = { of: 'grt_1:7', doorMappingId: aGrant().doorMappingId };

  it('measures from the acceptance, or from the start where that came later', () => {
    expect(settlementOf(row({ startsAt: T - HOUR_MS, inPlaceAt: T + 400 }))).toEqual({
      ...named,
      kind: 'grant',
      at: T + 400,
      ms: 400,
    });
    expect(settlementOf(row({ startsAt: T + 1_000, inPlaceAt: T + 1_000 }))).toMatchObject({
      kind: 'grant',
      ms: 0,
    });
    expect(settlementOf(row({ startsAt: T + 1_000, inPlaceAt: T + 999 }))).toMatchObject({
      kind: 'ahead',
      ms: 999,
    });
  });

  it('is never negative, whatever the clocks say', () => {
    expect(settlementOf(row({ startsAt: T - 1, inPlaceAt: T - 1 }))).toMatchObject({ ms: 0 });
  });

  it('measures a revoke until it is gone, and no other removal', () => {
    const gone = { removedAt: T + 2_000 };
    expect(settlementOf(row(gone, 'removed', 'revoke'))).toEqual({
      ...named,
      kind: 'revoke',
      at: T + 2_000,
      ms: 2_000,
    });
    expect(settlementOf(row(gone, 'removed', 'expire'))).toBeNull();
    expect(settlementOf(row(gone, 'removing', 'revoke'))).toBeNull();
    expect(settlementOf(row({ removedAt: null }, 'removed', 'revoke'))).toBeNull();
  });

  it('measures nothing that has not settled', () => {
    const inPlace = { startsAt: T, inPlaceAt: T + 1 };
    expect(settlementOf(row({ ...inPlace, settled: false }))).toBeNull();
    expect(settlementOf(row({ startsAt: T, inPlaceAt: null }))).toBeNull();
    expect(settlementOf(row(inPlace, 'pending'))).toBeNull();
  });
});
