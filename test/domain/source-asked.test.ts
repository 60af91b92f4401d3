import { askNow, standsAsAsked, type AskedGrant } from '../../src/domain/source-asked';
import { aGrant, S, T } from './fixtures';

const END = T + 3_600 * S;
const planned = {
  grantId: 'grt_1',
  memberId: 'mem_1',
  doorMappingId: 'dm_1',
  startsAt: T,
  endsAt: END,
};
const asked = (change: Partial<AskedGrant> = {}): AskedGrant => ({
  ...planned,
  wanted: true,
  told: true,
  ...change,
});

describe('askNow', () => {
  test('asks what is new, and what has other dates', () => {
    expect(askNow([], [planned])).toEqual([asked({ told: false })]);
    expect(askNow([asked()], [{ ...planned, startsAt: T + S }])).toEqual([
      asked({ startsAt: T + S, told: false }),
    ]);
    expect(askNow([asked()], [{ ...planned, endsAt: END + S }])).toEqual([
      asked({ endsAt: END + S, told: false }),
    ]);
  });

  test('tells nobody the same twice, but goes on with what was never told', () => {
    expect(askNow([asked()], [planned])).toEqual([asked()]);
    expect(askNow([asked({ told: false })], [planned])).toEqual([asked({ told: false })]);
  });

  test('takes back what is not meant any more, once', () => {
    const back = asked({ wanted: false, told: false });
    expect(askNow([asked()], [])).toEqual([back]);
    expect(askNow([back], [])).toEqual([back]);
    expect(askNow([{ ...back, told: true }], [])).toEqual([{ ...back, told: true }]);
  });

  test('asks again what had been taken back', () => {
    expect(askNow([asked({ wanted: false })], [planned])).toEqual([asked({ told: false })]);
  });

  test('keeps each of several apart', () => {
    const other = { ...planned, grantId: 'grt_2', memberId: 'mem_2' };
    expect(askNow([asked()], [other])).toEqual([
      { ...other, wanted: true, told: false },
      asked({ wanted: false, told: false }),
    ]);
  });
});

describe('standsAsAsked', () => {
  const grant = aGrant({ startsAt: T, endsAt: END, settled: true });

  test.each([
    ['as asked', grant, {}, true],
    ['not settled', { ...grant, settled: false }, {}, false],
    ['with other dates', grant, { endsAt: END + S }, false],
    ['with another start', grant, { startsAt: T - S }, false],
    ['with fractions of a second', grant, { startsAt: T + 1, endsAt: END + 999 }, true],
    ['still stopped by its source', { ...grant, stops: ['source' as const] }, {}, false],
    ['stopped by an admin', { ...grant, stops: ['admin' as const] }, {}, true],
    ['open-ended where an end is asked', { ...grant, endsAt: null }, {}, false],
    ['open-ended as asked', { ...grant, endsAt: null }, { endsAt: null }, true],
    ['not stopped where it is taken back', grant, { wanted: false }, false],
    [
      'stopped where it is taken back',
      { ...grant, stops: ['source' as const] },
      { wanted: false },
      true,
    ],
    [
      'being stopped',
      { ...grant, stops: ['source' as const], settled: false },
      { wanted: false },
      false,
    ],
  ])('%s', (_, stored, change, stands) => {
    expect(standsAsAsked(asked(change), stored, T)).toBe(stands);
  });

  test('a grant that is over needs no stop', () => {
    expect(standsAsAsked(asked({ wanted: false }), grant, END)).toBe(true);
  });

  test('a grant that was never started stands when nobody wants it, or its time is over', () => {
    expect(standsAsAsked(asked(), null, END - 1)).toBe(false);
    expect(standsAsAsked(asked(), null, END)).toBe(true);
    expect(standsAsAsked(asked({ endsAt: null }), null, END)).toBe(false);
    expect(standsAsAsked(asked({ wanted: false }), null, T)).toBe(true);
  });
});
