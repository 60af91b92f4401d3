import type { AccessLogEntry, Grant } from '../../src/domain/grant';
import { missedIn, type MissedChange } from '../../src/domain/outage';
import { aGrant, BY, S } from './fixtures';

const T = Date.UTC(2026, 10, 24, 10);
const MINUTE = 60 * S;
const HOUR = 60 * MINUTE;
const OUTAGE = { from: T, until: T + HOUR };

/** The rows of one grant, each `at` with what it changed of the one before. */
function history(...rows: [number, Partial<Grant>][]): AccessLogEntry[] {
  let grant = aGrant({ startsAt: T - 2 * HOUR, endsAt: T + 2 * HOUR, changedAt: T - 3 * HOUR });
  return rows.map(([at, change], index) => {
    grant = { ...grant, ...change, recordNumber: index + 1 };
    return {
      id: `grt_1:${String(index)}`,
      action: 'grant',
      status: 'accepted',
      reason: null,
      problem: null,
      by: BY,
      at,
      grant,
    };
  });
}

const missed = (...rows: [number, Partial<Grant>][]): MissedChange | null =>
  missedIn(OUTAGE, history(...rows));

const BEFORE = T - 3 * HOUR;
const IN_PLACE = { provisioning: 'in_place' } as const;
const PENDING = { provisioning: 'pending' } as const;

describe('a start', () => {
  it('is not missed by what was in place before, be it written ahead', () => {
    expect(missed([BEFORE, IN_PLACE])).toBeNull();
    expect(missed([BEFORE, { ...IN_PLACE, startsAt: T + MINUTE }])).toBeNull();
  });

  it('that comes in the outage is missed, from its own time', () => {
    const startsAt = T + 10 * MINUTE;
    expect(missed([BEFORE, { ...PENDING, startsAt }])).toEqual({
      missed: 'start',
      dueAt: startsAt,
    });
    expect(missed([BEFORE, { ...PENDING, startsAt: OUTAGE.until }])).toBeNull();
    expect(missed([BEFORE, { ...PENDING, endsAt: T }])).toBeNull();
  });

  it('of what is accepted in the outage is due at its acceptance', () => {
    const changedAt = T + 5 * MINUTE;
    expect(missed([changedAt + 20, { ...PENDING, changedAt }])).toEqual({
      missed: 'start',
      dueAt: changedAt,
    });
  });

  it('that waits for its turn is missed as well, and one that came in place in time is not', () => {
    const startsAt = T + 10 * MINUTE;
    expect(missed([BEFORE, { provisioning: 'queued', startsAt }])?.missed).toBe('start');
    expect(missed([BEFORE, { ...PENDING, startsAt }], [T + MINUTE, IN_PLACE])).toBeNull();
    expect(missed([BEFORE, PENDING], [OUTAGE.until + S, IN_PLACE])?.missed).toBe('start');
  });

  it('is not missed by a change of what stands at Kisi, as long as its old window holds', () => {
    const longer = { ...PENDING, endsAt: T + 3 * HOUR, changedAt: T + MINUTE };
    expect(missed([BEFORE, IN_PLACE], [T + MINUTE, longer])).toBeNull();
    const over = { ...IN_PLACE, endsAt: T + 30 * MINUTE };
    expect(missed([BEFORE, over], [T + MINUTE, longer])?.missed).toBe('start');
  });

  it('that something else keeps from happening is none of the outage', () => {
    const hold = { type: 'member_on_hold', detail: '' } as const;
    expect(missed([BEFORE, { provisioning: 'removed', problem: hold }])).toBeNull();
    const away = { type: 'kisi_unavailable', detail: '' } as const;
    expect(missed([BEFORE, { ...PENDING, problem: away }])?.missed).toBe('start');
  });
});

describe('an end', () => {
  it('that was written ahead is not missed', () => {
    expect(missed([BEFORE, { ...IN_PLACE, endsAt: T + 10 * MINUTE }])).toBeNull();
  });

  it('by a revocation in the outage is missed, unless it was carried out before', () => {
    const changedAt = T + 10 * MINUTE;
    const revoked = { stops: ['admin'], provisioning: 'removing', changedAt } as Partial<Grant>;
    expect(missed([BEFORE, IN_PLACE], [changedAt, revoked])).toEqual({
      missed: 'end',
      dueAt: changedAt,
    });
    expect(
      missed(
        [BEFORE, IN_PLACE],
        [BEFORE + S, revoked],
        [BEFORE + 2 * S, { provisioning: 'removed' }],
      ),
    ).toBeNull();
  });

  it('by a revocation just before the outage was noticed is missed too', () => {
    const changedAt = T - 5 * S;
    const revoked = { stops: ['admin'], provisioning: 'removing', changedAt } as Partial<Grant>;
    expect(missed([BEFORE, IN_PLACE], [changedAt, revoked])).toEqual({
      missed: 'end',
      dueAt: changedAt,
    });
  });

  it('that was moved nearer in the outage is missed when it comes', () => {
    const sooner = { ...PENDING, changedAt: T + MINUTE, endsAt: T + 10 * MINUTE };
    expect(missed([BEFORE, IN_PLACE], [T + MINUTE, sooner])).toEqual({
      missed: 'end',
      dueAt: T + 10 * MINUTE,
    });
  });
});

it('says nothing of a grant without rows', () => {
  expect(missedIn(OUTAGE, [])).toBeNull();
});
