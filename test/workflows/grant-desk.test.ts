import type { PassReport } from '../../src/contracts/grant-messages';
import type { HoldGrantResult } from '../../src/contracts/activities';
import type { Grant } from '../../src/domain/grant';
import { GrantDesk } from '../../workflows/grant-desk';

const T0 = Date.parse('2026-03-01T10:00:00Z');
const HOUR = 3_600_000;
const by = { type: 'api_key', id: 'key_1' } as const;
const pass = { memberId: 'mem_1', organizationId: 1, target: { kind: 'lock' as const, id: 7 } };
const passKey = 'mem_1:lock:7';

const accepted: Grant = {
  id: 'grt_1',
  memberId: 'mem_1',
  doorMappingId: 'dm_1',
  source: 'booking',
  sourceId: 'bkg_1',
  sourceOrder: 0,
  startsAt: T0,
  endsAt: T0 + HOUR,
  stops: [],
  provisioning: 'pending',
  problem: null,
  revision: 0,
  settled: false,
  recordNumber: 0,
  createdAt: T0,
  createdBy: by,
  changedAt: T0,
  changedBy: by,
  reason: null,
  inPlaceAt: null,
  removedAt: null,
};

beforeEach(() => {
  jest.useFakeTimers({ now: T0 });
});
afterEach(() => {
  jest.useRealTimers();
});

const iso = (ms: number): string => new Date(ms).toISOString();
/** What the source of the grant says: the dates as they are. */
const word = (order: number): { order: number; startsAt: string; endsAt: string } => ({
  order,
  startsAt: iso(T0),
  endsAt: iso(T0 + HOUR),
});

function report(desk: GrantDesk, state: PassReport['state'], order = 1): PassReport {
  return { passKey, order, wishRevision: desk.grant.revision, state, problem: null };
}

const answer = (mode: 'wanted' | 'releasing', overtaken = false): HoldGrantResult => ({
  passes: [{ key: passKey, pass, mode }],
  problem: null,
  overtaken,
});

/** A desk whose grant is in place. */
function settledDesk(): GrantDesk {
  const desk = new GrantDesk({ grant: accepted });
  desk.asked(desk.ask(), answer('wanted'));
  desk.hear(report(desk, 'in_place'));
  expect(desk.grant).toMatchObject({ provisioning: 'in_place', settled: true });
  desk.recorded(desk.unrecorded());
  return desk;
}

describe('what a pass tells', () => {
  it('before the answer of the activity that asked it counts once that is there', () => {
    const desk = new GrantDesk({ grant: accepted });
    const asking = desk.ask();
    desk.hear(report(desk, 'in_place', 2));
    desk.hear(report(desk, 'pending', 1));
    expect(desk.grant.settled).toBe(false);
    desk.asked(asking, answer('wanted'));
    expect(desk.grant).toMatchObject({ provisioning: 'in_place', settled: true });
    expect(desk.state().early).toEqual([]);
  });

  it('of a newer wish counts even when an older look tells it', () => {
    const desk = settledDesk();
    const earlier = { ...report(desk, 'attention', 900) };
    desk.hear(earlier);
    jest.setSystemTime(T0 + 1_000);
    desk.revoke({});
    desk.asked(desk.ask(), answer('releasing'));
    desk.hear(report(desk, 'removed', 5));
    expect(desk.grant).toMatchObject({ provisioning: 'removed', settled: true });
    // And one of the wish before changes nothing any more.
    desk.hear({ ...earlier, order: 10_000 });
    expect(desk.grant).toMatchObject({ provisioning: 'removed', settled: true });
  });
});

describe('a run that was reset to before a later revision', () => {
  it('asks again with a revision above all that were written', () => {
    const desk = settledDesk();
    jest.setSystemTime(T0 + 60_000);
    desk.hear(report(desk, 'attention', 7));
    desk.noticeWake();
    const asking = desk.ask();
    desk.asked(asking, answer('wanted', true));
    expect(desk.mustAsk()).toBe(true);
    expect(desk.grant).toMatchObject({ revision: T0 + 60_000, settled: false });
    expect(desk.unrecorded().at(-1)).toMatchObject({ action: 'retry', by: { id: 'reset' } });
    // Asked once more it is the newest, and goes on.
    desk.asked(desk.ask(), answer('wanted'));
    desk.hear(report(desk, 'in_place', 8));
    expect(desk.grant.settled).toBe(true);
  });
});

describe('a cancelled grant', () => {
  it('is done once its pass has let go, and not before', () => {
    const desk = settledDesk();
    desk.cancel();
    expect(desk.grant.stops).toEqual(['admin']);
    desk.asked(desk.ask(), answer('releasing'));
    desk.recorded(desk.unrecorded());
    expect(desk.isDone()).toBe(false);
    desk.hear(report(desk, 'removed', 9));
    desk.recorded(desk.unrecorded());
    expect(desk.isDone()).toBe(true);
  });

  it('stays open when it is restored before it closed, but not when its source restores', () => {
    const desk = settledDesk();
    desk.cancel();
    desk.followSource({ ...word(1), wanted: true });
    expect(desk.state().closing).toBe(true);
    desk.restore({});
    expect(desk.state().closing).toBe(false);
    expect(desk.grant.stops).toEqual([]);
  });
});

describe('stops', () => {
  it('are lifted only by whoever set them', () => {
    const desk = settledDesk();
    desk.followSource({ ...word(1), wanted: false });
    desk.revoke({});
    expect(desk.grant.stops).toEqual(['source', 'admin']);
    desk.followSource({ ...word(2), wanted: true });
    expect(desk.grant.stops).toEqual(['admin']);
    desk.restore({});
    expect(desk.grant.stops).toEqual([]);
  });

  it('of the source cannot be lifted by Restore, which says why', () => {
    const desk = settledDesk();
    desk.followSource({ ...word(1), wanted: false });
    expect(desk.faultOfRestore()).toMatchObject({ type: 'source_stopped' });
    desk.restore({});
    expect(desk.grant.stops).toEqual(['source']);
    expect(desk.unrecorded().at(-1)).toMatchObject({ action: 'restore', status: 'refused' });
  });

  it('of an admin cannot be lifted after the end', () => {
    const desk = settledDesk();
    desk.revoke({});
    jest.setSystemTime(T0 + HOUR);
    expect(desk.faultOfRestore()).toMatchObject({ type: 'grant_over' });
  });
});

describe('the word of its source', () => {
  it('moves the dates and lifts the stop in one revision', () => {
    const desk = settledDesk();
    desk.followSource({ ...word(1), wanted: false });
    const { revision } = desk.grant;
    desk.followSource({ ...word(2), endsAt: iso(T0 + 2 * HOUR), wanted: true });
    expect(desk.grant).toMatchObject({ stops: [], endsAt: T0 + 2 * HOUR, sourceOrder: 2 });
    expect(desk.grant.revision).toBeGreaterThan(revision);
    expect(desk.unrecorded().at(-1)).toMatchObject({ action: 'restore', status: 'accepted' });
  });

  it('changes nothing when it is older, or says nothing new', () => {
    const desk = settledDesk();
    desk.followSource({ ...word(5), wanted: true });
    const { revision } = desk.grant;
    desk.followSource({ ...word(4), wanted: false });
    desk.followSource({ ...word(6), wanted: true });
    expect(desk.grant).toMatchObject({ revision, stops: [], sourceOrder: 6 });
  });

  it('is refused and noted when it is malformed', () => {
    const desk = settledDesk();
    desk.followSource({ order: 1, startsAt: 'soon', endsAt: null, wanted: true });
    expect(desk.unrecorded().at(-1)).toMatchObject({ action: 'change', status: 'refused' });
  });

  it('alone gives the dates: an admin cannot', () => {
    const desk = settledDesk();
    expect(desk.faultOfChange({ endsAt: null })).toMatchObject({ type: 'follows_source' });
  });
});

describe('a door that the next pass opens too', () => {
  const next = { ...pass, target: { kind: 'group' as const, id: 9 } };
  const nextKey = 'mem_1:group:9';
  const movedDesk = (): GrantDesk => {
    const desk = settledDesk();
    desk.retry({});
    expect(desk.ask().input.mayKeep).toBe(true);
    desk.asked(desk.ask(), {
      passes: [
        { key: passKey, pass, mode: 'kept' },
        { key: nextKey, pass: next, mode: 'wanted' },
      ],
      problem: null,
      overtaken: false,
    });
    return desk;
  };

  it('is kept until its successor is in place, and let go then', () => {
    const desk = movedDesk();
    desk.hear(report(desk, 'in_place', 5));
    expect(desk.grant.settled).toBe(false);
    expect(desk.mustAsk()).toBe(false);
    desk.hear({ ...report(desk, 'in_place', 1), passKey: nextKey });
    expect(desk.mustAsk()).toBe(true);
    expect(desk.ask().input.mayKeep).toBe(false);
    desk.asked(desk.ask(), {
      passes: [
        { key: passKey, pass, mode: 'releasing' },
        { key: nextKey, pass: next, mode: 'wanted' },
      ],
      problem: null,
      overtaken: false,
    });
    expect(desk.mustAsk()).toBe(false);
    expect(desk.grant.settled).toBe(false);
    desk.hear(report(desk, 'removed', 6));
    expect(desk.grant).toMatchObject({ provisioning: 'in_place', settled: true });
  });

  it('is let go after a minute although its successor is not in place', () => {
    const desk = movedDesk();
    expect(desk.wakeAt(15 * 60_000)).toBe(T0 + 60_000);
    jest.setSystemTime(T0 + 60_000);
    expect(desk.mustAsk()).toBe(true);
    expect(desk.ask().input.mayKeep).toBe(false);
  });
});
