import { askNow, standsAsAsked, type AskedGrant } from '../../src/domain/source-asked';
import { aGrant, S, T } from './fixtures';

const END = T + 3_600 * S;
const planned = {
  grantId: 'grt_1',
  memberId: 'mem_1',
  doorMappingId: 'dm_1',
  startsAt: T,
  endsAt: END,
  leadsTo: '1:lock:7',
};
const asked = (change: Partial<AskedGrant> = {}): AskedGrant => ({
  ...planned,
  toldOf: '1:lock:7',
  wanted: true,
  told: true,
  ...change,
});

describe('askNow', () => {
  const grant = aGrant({ id: 'grt_1', doorMappingId: 'dm_1', startsAt: T, endsAt: END });
  const ask = (before: AskedGrant[], intended = [planned], standing = [grant], isNew = false) =>
    askNow(before, intended, standing, isNew);

  test('asks what is new, and what has other dates or leads elsewhere', () => {
    expect(ask([], [planned], [])).toEqual([asked({ toldOf: null, told: false })]);
    for (const change of [{ startsAt: T + S }, { endsAt: END + S }, { leadsTo: '1:lock:8' }]) {
      expect(ask([asked()], [{ ...planned, ...change }])).toEqual([
        asked({ ...change, told: false }),
      ]);
    }
  });

  test('tells nobody the same twice, but goes on with what was never told', () => {
    expect(ask([asked()])).toEqual([asked()]);
    expect(ask([asked({ told: false })])).toEqual([asked({ told: false })]);
  });

  test('tells each grant of a new version', () => {
    expect(ask([asked()], [planned], [grant], true)).toEqual([asked({ told: false })]);
    const back = asked({ wanted: false });
    const stopped = { ...grant, stops: ['source' as const] };
    expect(ask([back], [], [stopped], true)).toEqual([{ ...back, told: false }]);
  });

  test('tells a grant again that stands otherwise than asked', () => {
    const moved = { ...grant, endsAt: END + S };
    expect(ask([asked()], [planned], [moved])).toEqual([asked({ told: false })]);
    const back = asked({ wanted: false });
    expect(ask([back], [], [grant])).toEqual([{ ...back, told: false }]);
    expect(ask([asked()], [planned], [])).toEqual([asked()]);
  });

  test('tells a grant again that was asked for another door than it was told of', () => {
    const other = asked({ leadsTo: '1:lock:8', toldOf: '1:lock:7' });
    expect(ask([other], [{ ...planned, leadsTo: '1:lock:8' }])).toEqual([
      { ...other, told: false },
    ]);
  });

  test('takes back what is not meant any more, once', () => {
    const back = asked({ wanted: false, told: false });
    const stopped = { ...grant, stops: ['source' as const] };
    expect(ask([asked()], [])).toEqual([back]);
    expect(ask([back], [])).toEqual([back]);
    expect(ask([{ ...back, told: true }], [], [stopped])).toEqual([{ ...back, told: true }]);
  });

  test('asks again what had been taken back', () => {
    expect(ask([asked({ wanted: false })])).toEqual([asked({ told: false })]);
  });

  test('takes back a grant that it knows nothing of any more, and finds one that it means', () => {
    expect(ask([], [])).toEqual([
      asked({ memberId: grant.memberId, leadsTo: null, toldOf: null, wanted: false, told: false }),
    ]);
    expect(ask([])).toEqual([asked({ toldOf: null, told: false })]);
  });

  test('keeps each of several apart', () => {
    const other = { ...planned, grantId: 'grt_2', memberId: 'mem_2' };
    expect(ask([asked()], [other])).toEqual([
      { ...other, toldOf: null, wanted: true, told: false },
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
