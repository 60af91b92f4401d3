import {
  acceptedGrant,
  askedAgain,
  isFinal,
  followingSource,
  isOver,
  isWanted,
  nextNumber,
  restored,
  sourceAction,
  statusAt,
  windowFault,
  windowOf,
  withStop,
  withWindow,
} from '../../src/domain/grant-life';
import { PROVISIONINGS } from '../../src/domain/grant';
import { aGrant, BY, S, T } from './fixtures';

const END = T + 3_600 * S;

describe('statusAt', () => {
  test.each([
    ['before the start', {}, T - 1, 'scheduled'],
    ['at the start', {}, T, 'active'],
    ['the last millisecond', {}, END - 1, 'active'],
    ['at the end', {}, END, 'expired'],
    ['revoked ahead', { stops: ['admin' as const] }, T - 1, 'revoked'],
    ['revoked', { stops: ['source' as const] }, T, 'revoked'],
    ['terminated', { stops: ['terminated' as const] }, T, 'revoked'],
    ['over and revoked', { stops: ['admin' as const] }, END, 'expired'],
    ['open-ended', { endsAt: null }, T + 1e12, 'active'],
  ])('%s', (_, change, now, status) => {
    expect(statusAt(aGrant(change), now)).toBe(status);
  });
});

test('a grant is wanted until its end, also ahead of its start, unless something stops it', () => {
  expect(isWanted(aGrant(), T - 1)).toBe(true);
  expect(isWanted(aGrant(), END - 1)).toBe(true);
  expect(isWanted(aGrant(), END)).toBe(false);
  expect(isWanted(aGrant({ stops: ['admin'] }), T)).toBe(false);
  expect(isOver(aGrant({ endsAt: null }), T + 1e12)).toBe(false);
  expect(windowOf(aGrant())).toEqual({ from: T, until: END });
});

test('an accepted grant has its dates and its author, and nothing has happened to it yet', () => {
  const accepted = {
    id: 'grt_2',
    memberId: 'mem_2',
    doorMappingId: 'dm_2',
    source: 'booking' as const,
    sourceId: 'bkg_2',
    startsAt: T,
    endsAt: null,
    reason: 'why',
  };
  expect(acceptedGrant(accepted, T - 5, BY)).toMatchObject({
    ...accepted,
    stops: [],
    provisioning: 'pending',
    problem: null,
    revision: 0,
    settled: false,
    recordNumber: 0,
    createdAt: T - 5,
    createdBy: BY,
    changedAt: T - 5,
    changedBy: BY,
    inPlaceAt: null,
    removedAt: null,
  });
});

test('numbers rise over runs by the clock, and within a millisecond by counting', () => {
  expect(nextNumber(5, 1_000)).toBe(1_000);
  expect(nextNumber(1_000, 1_000)).toBe(1_001);
  expect(nextNumber(2_000, 1_000)).toBe(2_001);
});

test('only what can stay as it is counts as final', () => {
  expect(PROVISIONINGS.filter((state) => isFinal(state))).toEqual([
    'queued',
    'in_place',
    'removed',
  ]);
});

describe('windowFault', () => {
  test.each([
    [T, T + S, null],
    [T, null, null],
    [T, T, /later than startsAt/],
    [T + S, T, /later than startsAt/],
    [T + 100, T + 900, /later than startsAt/],
    [Number.NaN, T, /^startsAt is not an instant/],
    [T, Number.NaN, /^endsAt is not an instant/],
    [Number.POSITIVE_INFINITY, null, /^startsAt/],
  ])('%p to %p', (startsAt, endsAt, fault) => {
    const found = windowFault(startsAt, endsAt);
    if (fault === null) expect(found).toBeNull();
    else expect(found).toMatch(fault);
  });
});

describe('changes', () => {
  const settled = aGrant({ settled: true, provisioning: 'in_place', inPlaceAt: T, removedAt: T });

  test('new dates are taken to the whole second, and nothing of the old revision is claimed', () => {
    const changed = withWindow(settled, { startsAt: T + 1_999, endsAt: null }, T + 5, BY, 'why');
    expect(changed).toMatchObject({
      startsAt: T + S,
      endsAt: null,
      revision: T + 5,
      settled: false,
      changedAt: T + 5,
      changedBy: BY,
      reason: 'why',
      inPlaceAt: null,
      removedAt: null,
    });
    expect(withWindow(settled, { startsAt: T, endsAt: END + 1_500 }, T, BY, null).endsAt).toBe(
      END + S,
    );
  });

  test('a stop that stands already changes nothing', () => {
    const stopped = withStop(settled, 'admin', T, BY, null);
    expect(stopped.stops).toEqual(['admin']);
    expect(stopped.revision).toBeGreaterThan(settled.revision);
    expect(withStop(stopped, 'admin', T + 1, BY, null)).toBe(stopped);
  });

  test('restore lifts `admin` and `terminated`, never what its source stopped', () => {
    const all = aGrant({ stops: ['source', 'admin', 'terminated'] });
    expect(restored(all, T, BY, null).stops).toEqual(['source']);
    const none = aGrant();
    expect(restored(none, T, BY, null)).toBe(none);
    const bySource = aGrant({ stops: ['source'] });
    expect(restored(bySource, T, BY, null)).toBe(bySource);
  });

  test('the word of its source moves dates and its own stop at once, and leaves the others', () => {
    const grant = aGrant({ stops: ['admin'], sourceOrder: 4 });
    const word = { order: 5, startsAt: T + 1_234, endsAt: END + 1_999, wanted: false };
    const left = followingSource(grant, word, T + 9, BY, 'cancelled');
    expect(left).toMatchObject({
      startsAt: T + 1_000,
      endsAt: END + 1_000,
      stops: ['admin', 'source'],
      sourceOrder: 5,
      revision: T + 9,
      settled: false,
      reason: 'cancelled',
    });
    expect(sourceAction(grant, left)).toBe('revoke');
    const back = followingSource(left, { ...word, order: 6, wanted: true }, T + 10, BY, null);
    expect(back.stops).toEqual(['admin']);
    expect(sourceAction(left, back)).toBe('restore');
    const open = followingSource(
      back,
      { ...word, order: 7, endsAt: null, wanted: true },
      T,
      BY,
      null,
    );
    expect(open.endsAt).toBeNull();
    expect(sourceAction(back, open)).toBe('change');
  });

  test('an old word of its source changes nothing, and one that says nothing new only its order', () => {
    const grant = aGrant({ sourceOrder: 4 });
    const same = { startsAt: grant.startsAt, endsAt: grant.endsAt, wanted: true };
    expect(followingSource(grant, { ...same, order: 4, wanted: false }, T, BY, null)).toBe(grant);
    expect(followingSource(grant, { ...same, order: 5 }, T + 9, BY, null)).toEqual({
      ...grant,
      sourceOrder: 5,
    });
  });

  test('a word that the door leads elsewhere asks again, whatever else it says', () => {
    const grant = aGrant({ settled: true });
    const { startsAt, endsAt } = grant;
    const word = { order: 5, startsAt, endsAt, wanted: true, anew: true };
    const again = followingSource(grant, word, T + 9, BY, null);
    expect(again).toMatchObject({ revision: T + 9, settled: false, stops: [] });
    expect(sourceAction(grant, again)).toBe('change');
  });

  test('asking again changes the revision alone', () => {
    const again = askedAgain(settled, T + 9, BY, null);
    expect(again).toMatchObject({ startsAt: T, endsAt: END, stops: [], revision: T + 9 });
    expect(again.settled).toBe(false);
  });
});
