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
    desk.restore({ stop: 'source' });
    expect(desk.state().closing).toBe(true);
    desk.restore({});
    expect(desk.state().closing).toBe(false);
    expect(desk.grant.stops).toEqual([]);
  });
});

describe('stops', () => {
  it('are lifted only by whoever set them', () => {
    const desk = settledDesk();
    desk.revoke({ stop: 'source' });
    desk.revoke({});
    expect(desk.grant.stops).toEqual(['source', 'admin']);
    desk.restore({});
    expect(desk.grant.stops).toEqual(['source']);
    desk.restore({ stop: 'source' });
    expect(desk.grant.stops).toEqual([]);
  });

  it('of the source may be lifted after the end, of an admin not', () => {
    const desk = settledDesk();
    desk.revoke({ stop: 'source' });
    jest.setSystemTime(T0 + HOUR);
    expect(desk.faultOfRestore({ stop: 'source' })).toBeNull();
    expect(desk.faultOfRestore({})).toContain('Change its dates');
  });
});

describe('what a grant sleeps for', () => {
  it('is its start, then its end, and nothing when it has none', () => {
    const later = { ...accepted, startsAt: T0 + HOUR, endsAt: T0 + 2 * HOUR };
    const desk = new GrantDesk({ grant: later });
    expect(desk.wakeAt(HOUR)).toBe(T0 + HOUR);
    jest.setSystemTime(T0 + HOUR);
    expect(desk.wakeAt(HOUR)).toBe(T0 + 2 * HOUR);
    const open = new GrantDesk({ grant: { ...accepted, endsAt: null } });
    expect(open.wakeAt(HOUR)).toBeNull();
  });
});

describe('request ids', () => {
  it('are remembered, but not without bound', () => {
    const desk = settledDesk();
    for (let count = 0; count < 200; count += 1) desk.retry({ requestId: `req_${String(count)}` });
    expect(desk.state().seen.length).toBeLessThanOrEqual(50);
    const { revision } = desk.grant;
    desk.retry({ requestId: 'req_199' });
    expect(desk.grant.revision).toBe(revision);
  });
});
