import { explain, type Explanation } from '../../src/domain/explain';
import type {
  DoorObstacle,
  ExplainedSource,
  ExplainFacts,
  KisiFacts,
  KisiRowFact,
  KisiUserFact,
} from '../../src/domain/explain-facts';
import { Words } from '../../src/domain/explain-words';
import { PROBLEM_TYPES, type Grant, type ProblemType } from '../../src/domain/grant';
import { obstaclesOfLock } from '../../src/domain/unlock-obstacles';
import { aGrant, S } from './fixtures';

const T = Date.UTC(2026, 10, 24, 10);
const HOUR = 3_600 * S;
const DAY = 24 * HOUR;

const REMEDIES = Object.fromEntries(PROBLEM_TYPES.map((type) => [type, `mend ${type}`])) as Record<
  ProblemType,
  string
>;

const USER: Extract<KisiUserFact, { state: 'there' }> = {
  state: 'there',
  id: 17,
  name: 'Ada L.',
  accessEnabled: true,
  confirmed: true,
  madeAs: 'managed',
  hasOtherEmail: false,
};

const ROW: KisiRowFact = {
  roleAssignmentId: 901,
  groupId: 5,
  groupName: 'Room 1 only',
  from: T - HOUR,
  until: T + HOUR,
  ours: true,
};

const inPlace = (change: Partial<Grant> = {}): Grant =>
  aGrant({ startsAt: T - HOUR, endsAt: T + HOUR, provisioning: 'in_place', ...change });

function kisi(change: Partial<KisiFacts> = {}): KisiFacts {
  return {
    silence: null,
    nothingLeft: false,
    user: USER,
    rows: [ROW],
    widerRoles: [],
    obstacles: [],
    ...change,
  };
}

/** All as it must be, unless said otherwise. */
function facts(change: Partial<ExplainFacts> = {}): ExplainFacts {
  return {
    at: T,
    now: T,
    basis: 'live',
    timeZone: 'Europe/Berlin',
    member: { id: 'mem_1', name: 'Ada', hold: null },
    door: {
      doorMappingId: 'dm_1',
      name: 'Meeting Room 1',
      resourceType: 'lock',
      resourceId: 4711,
      active: true,
      isDeleted: false,
      location: { id: 'loc_1', name: 'Mitte' },
      space: { id: 'spc_1', name: 'Room 1' },
    },
    integration: { id: 'int_1', active: true, fault: null, stop: null },
    grants: [inPlace()],
    hidden: null,
    sources: [],
    kisi: kisi(),
    attempts: [],
    remedies: REMEDIES,
    ...change,
  };
}

const nobody = { grants: [], kisi: kisi({ rows: [] }) };

function source(change: Partial<ExplainedSource> = {}): ExplainedSource {
  return {
    kind: 'booking',
    id: 'bkg_1',
    status: 'confirmed',
    startsAt: T - HOUR,
    endsAt: T + HOUR,
    placeId: 'spc_1',
    window: { from: T - HOUR, until: T + HOUR },
    isApplied: true,
    ...change,
  };
}

const codes = ({ reasons }: Explanation, ok?: boolean | null): string[] =>
  reasons.filter((reason) => ok === undefined || reason.ok === ok).map(({ code }) => code);
const bad = (change: Partial<ExplainFacts>): string[] => codes(explain(facts(change)), false);
const verdicts = (change: Partial<ExplainFacts>): [string, string] => {
  const { open, access } = explain(facts(change));
  return [open, access];
};
const reason = (change: Partial<ExplainFacts>, code: string): Explanation['reasons'][number] => {
  const found = explain(facts(change)).reasons.find((one) => one.code === code);
  if (!found) throw new Error(`No ${code} among ${codes(explain(facts(change))).join(', ')}`);
  return found;
};

describe('the verdict', () => {
  it('is yes with a row that covers, its end not included', () => {
    expect(verdicts({})).toEqual(['yes', 'yes']);
    expect(verdicts({ kisi: kisi({ rows: [{ ...ROW, from: T }] }) })).toEqual(['yes', 'yes']);
    expect(verdicts({ kisi: kisi({ rows: [{ ...ROW, until: T }] }) })).toEqual(['no', 'no']);
    expect(verdicts({ kisi: kisi({ rows: [{ ...ROW, from: null, until: null }] }) })[0]).toBe(
      'yes',
    );
  });

  it('is that of Kisi, whatever is granted here', () => {
    expect(verdicts({ grants: [] })).toEqual(['yes', 'yes']);
    expect(verdicts({ kisi: kisi({ rows: [] }) })).toEqual(['no', 'no']);
  });

  it('is no without a user, and for one whose access is off', () => {
    expect(verdicts({ kisi: kisi({ user: { state: 'missing' }, rows: [] }) })[1]).toBe('no');
    expect(verdicts({ kisi: kisi({ user: { ...USER, accessEnabled: false } }) })[1]).toBe('no');
  });

  it('is unknown where Kisi was not heard, and where a wider role may open', () => {
    const silent = kisi({ silence: 'no answer in time' });
    expect(verdicts({ basis: 'stored', kisi: silent })).toEqual(['unknown', 'unknown']);
    const wider = kisi({ rows: [], widerRoles: ['organization_admin'] });
    expect(verdicts({ kisi: wider })).toEqual(['unknown', 'unknown']);
    expect(verdicts({ kisi: kisi({ widerRoles: ['organization_admin'] }) })[0]).toBe('yes');
  });

  it('is no after a removal that took everything, though Kisi can be asked no more', () => {
    const gone = kisi({ silence: 'not connected', nothingLeft: true, rows: [] });
    expect(verdicts({ basis: 'stored', kisi: gone })).toEqual(['no', 'no']);
  });

  it('of a later time is unknown while its row is on its way or waits for its turn', () => {
    const later = (grant: Partial<Grant>): [string, string] =>
      verdicts({
        at: T + DAY,
        grants: [inPlace({ startsAt: T + DAY, endsAt: T + DAY + HOUR, ...grant })],
        kisi: kisi({ rows: [] }),
      });
    expect(later({ provisioning: 'queued' })[1]).toBe('unknown');
    expect(later({ provisioning: 'pending' })[1]).toBe('unknown');
    const problem = { type: 'kisi_refused', detail: 'no' } as const;
    expect(later({ provisioning: 'pending', problem })[1]).toBe('no');
    expect(later({ provisioning: 'in_place' })[1]).toBe('no');
  });

  it('of the past follows what was recorded', () => {
    expect(verdicts({ basis: 'recorded', kisi: kisi({ rows: [] }) })).toEqual(['yes', 'yes']);
    const pending = [inPlace({ provisioning: 'pending' })];
    expect(verdicts({ basis: 'recorded', grants: pending })).toEqual(['no', 'no']);
    expect(verdicts({ basis: 'recorded', grants: [] })).toEqual(['no', 'no']);
  });
});

describe('what bars a door to which the member has access', () => {
  const lock = {
    configured: true,
    online: true,
    lockedDown: false,
    geofenceRestrictionEnabled: false,
    readerRestrictionEnabled: false,
    timeRestrictionEnabled: false,
  };
  const at = (change: Partial<typeof lock>, barsAll = true): DoorObstacle[] =>
    obstaclesOfLock({ ...lock, ...change }).map((one) => ({ ...one, at: 'Front Door', barsAll }));

  it.each([
    [{ online: false }, 'no'],
    [{ lockedDown: true }, 'no'],
    [{ configured: false }, 'no'],
    [{ geofenceRestrictionEnabled: true }, 'unknown'],
    [{ timeRestrictionEnabled: true }, 'unknown'],
  ] as const)('%j: %s', (change, open) => {
    const obstacles = at(change);
    expect(verdicts({ kisi: kisi({ obstacles }) })).toEqual([open, 'yes']);
    const told = reason({ kisi: kisi({ obstacles }) }, 'obstacle');
    expect(told).toMatchObject({
      ok: false,
      text: expect.stringContaining('Front Door: ') as unknown,
    });
    expect(told.nextStep).toMatchObject({ text: obstacles[0]?.remedy, where: 'Kisi dashboard' });
  });

  it('does not say of a later time what passes within minutes', () => {
    const obstacles = at({ lockedDown: true });
    const later = { at: T + 60 * S, kisi: kisi({ obstacles }) };
    expect(verdicts(later)).toEqual(['unknown', 'yes']);
  });

  it('leaves a group open of which some doors are barred', () => {
    expect(verdicts({ kisi: kisi({ obstacles: at({ online: false }, false) }) })[0]).toBe('yes');
  });

  it('depends where the member has not accepted the invitation', () => {
    const unconfirmed = { kisi: kisi({ user: { ...USER, confirmed: false } }) };
    expect(verdicts(unconfirmed)).toEqual(['unknown', 'yes']);
    expect(reason(unconfirmed, 'kisi_user_unconfirmed').nextStep?.where).toBe(
      'Kisi dashboard > Users > Ada L.',
    );
  });
});

describe('the order of reasons', () => {
  it('puts causes before what follows, then the unknown, then what is well', () => {
    const hold = { reason: 'unpaid', since: T - HOUR };
    const explained = explain(
      facts({
        member: { id: 'mem_1', name: 'Ada', hold },
        integration: {
          id: 'int_1',
          active: true,
          stop: null,
          fault: { type: 'kisi_unavailable', detail: 'Kisi does not answer.', since: T - HOUR },
        },
        grants: [
          inPlace({ provisioning: 'attention', problem: { type: 'kisi_refused', detail: 'x' } }),
        ],
        kisi: kisi({ rows: [] }),
      }),
    );
    expect(codes(explained, false)).toEqual([
      'member_on_hold',
      'integration_fault',
      'provisioning_problem',
      'kisi_row_missing',
    ]);
    const order = explained.reasons.map(({ ok }) => ok);
    const rank = (ok: boolean | null): number => (ok === false ? 0 : ok === null ? 1 : 2);
    expect(order).toEqual([...order].sort((a, b) => rank(a) - rank(b)));
    expect(explained.summary).toContain('The member is on hold');
  });

  it('gives every reason that is not well its next step', () => {
    const everything = explain(
      facts({
        door: { ...facts().door, isDeleted: true },
        integration: { id: 'int_1', active: false, fault: null, stop: null },
        sources: [source({ status: 'pending' }), source({ id: 'bkg_2', window: null })],
        ...nobody,
      }),
    );
    for (const { ok, nextStep } of everything.reasons) {
      if (ok === false) expect(nextStep).not.toBeNull();
    }
    expect(codes(everything, false)).toEqual([
      'mapping_deleted',
      'integration_removed',
      'booking_pending',
      'booking_elsewhere',
    ]);
  });
});

describe('the door and its connection', () => {
  it('tells of a mapping that is deleted, inactive or unassigned', () => {
    const door = (change: Partial<ExplainFacts['door']>): Partial<ExplainFacts> => ({
      door: { ...facts().door, ...change },
      ...nobody,
    });
    expect(bad(door({ isDeleted: true }))).toEqual(['mapping_deleted', 'no_grant']);
    expect(bad(door({ active: false }))).toEqual(['mapping_inactive', 'no_grant']);
    expect(bad(door({ location: null }))).toEqual(['mapping_unassigned', 'no_grant']);
  });

  it('takes a mapping without a place for no hindrance to what is granted', () => {
    const unassigned = { door: { ...facts().door, location: null, space: null } };
    expect(bad(unassigned)).toEqual([]);
    expect(reason(unassigned, 'mapping_unassigned').ok).toBeNull();
  });

  it('tells a removal instead of the mappings that it made inactive', () => {
    const removed = {
      door: { ...facts().door, active: false },
      integration: { id: 'int_1', active: false, fault: null, stop: null },
      ...nobody,
    };
    expect(bad(removed)).toEqual(['integration_removed', 'no_grant']);
  });

  it.each([
    ['kisi_unavailable', 'GET', '/v1/integrations/int_1/outage'],
    ['kisi_key_refused', 'PATCH', '/v1/integrations/int_1'],
  ] as const)('tells of a fault, %s, with what helps', (type, method, path) => {
    const integration = {
      ...facts().integration,
      fault: { type, detail: 'It is so.', since: T - HOUR },
    };
    const told = reason({ integration }, 'integration_fault');
    expect(told).toMatchObject({ ok: false, nextStep: { call: { method, path } } });
    expect(told.text).toContain('24 Nov 2026, 10:00: It is so.');
  });

  it('takes an emergency stop for a cause only where it holds something back', () => {
    const integration = { ...facts().integration, stop: { reason: 'burglary', since: T } };
    expect(bad({ integration })).toEqual([]);
    expect(reason({ integration }, 'integration_stopped').ok).toBeNull();
    const problem = { type: 'emergency_stop', detail: 'Held back.' } as const;
    const waiting = [inPlace({ provisioning: 'pending', problem })];
    const held = bad({ integration, grants: waiting, kisi: kisi({ rows: [] }) });
    expect(held).toEqual(['integration_stopped', 'kisi_row_missing']);
  });
});

describe('what gives access', () => {
  it('names every grant that covers, and none that does not', () => {
    const grants = [
      inPlace(),
      inPlace({ id: 'grt_2', source: 'booking', sourceId: 'bkg_9' }),
      inPlace({ id: 'grt_3', source: 'plan', sourceId: 'mbs_9', startsAt: T + HOUR }),
    ];
    const texts = explain(facts({ grants }))
      .reasons.filter(({ code }) => code === 'grant')
      .map(({ text }) => text);
    expect(texts).toHaveLength(2);
    expect(texts.join()).toMatch(/given by hand.*Booking bkg_9/s);
    expect(bad({ grants })).toEqual([]);
  });

  it('tells of one that begins later and one that ended, with the step of its source', () => {
    const later = inPlace({ id: 'grt_l', startsAt: T + HOUR, endsAt: T + 2 * HOUR });
    const muchLater = inPlace({ id: 'grt_m', startsAt: T + DAY, endsAt: T + 2 * DAY });
    const ended = inPlace({ id: 'grt_e', startsAt: T - 2 * HOUR, endsAt: T - HOUR });
    const change = { grants: [muchLater, later, ended], kisi: kisi({ rows: [] }) };
    expect(bad(change)).toEqual(['grant_starts_later', 'grant_ended']);
    expect(reason(change, 'grant_starts_later').nextStep?.call?.path).toBe('/v1/grants/grt_l');
    const booked = { ...later, source: 'booking', sourceId: 'bkg_1' } as const;
    const step = reason({ ...change, grants: [booked] }, 'grant_starts_later').nextStep;
    expect(step?.call).toEqual({ method: 'PUT', path: '/v1/bookings/bkg_1' });
  });

  it('forgets what ended more than a day ago', () => {
    const ended = inPlace({ startsAt: T - 3 * DAY, endsAt: T - DAY - S });
    expect(bad({ grants: [ended], kisi: kisi({ rows: [] }) })).toEqual(['no_grant']);
  });

  it.each([
    ['admin', 'grant_revoked'],
    ['terminated', 'grant_terminated'],
    ['source', 'source_withdrawn'],
  ] as const)('tells of a stop: %s', (stop, code) => {
    const stopped = inPlace({
      stops: [stop],
      provisioning: 'removed',
      source: 'plan',
      sourceId: 'mbs_1',
    });
    expect(bad({ grants: [stopped], kisi: kisi({ rows: [] }) })).toEqual([code]);
    const past = { ...stopped, endsAt: T };
    expect(bad({ grants: [past], kisi: kisi({ rows: [] }) })).toEqual(['no_grant']);
  });

  it('lets a source speak for the grant that it has taken back', () => {
    const stopped = inPlace({ stops: ['source'], source: 'booking', sourceId: 'bkg_1' });
    const change = { ...nobody, grants: [stopped], sources: [source({ status: 'cancelled' })] };
    expect(bad(change)).toEqual(['booking_cancelled']);
  });

  it.each([
    [{ status: 'pending' }, 'booking_pending'],
    [{ status: 'cancelled' }, 'booking_cancelled'],
    [{ window: null }, 'booking_elsewhere'],
    [{ isApplied: false }, 'source_being_applied'],
    [{ kind: 'membership', status: 'paused' }, 'membership_paused'],
    [{ kind: 'membership', status: 'cancelled' }, 'membership_cancelled'],
    [{ kind: 'membership', status: 'active', window: null }, 'membership_of_other_doors'],
  ] as const)('of a source %j: %s', (change, code) => {
    const sources = [source(change)];
    expect(bad({ ...nobody, sources })).toEqual([code]);
    // Beside a grant that covers it is no news.
    expect(bad({ sources })).toEqual([]);
  });

  it('counts a grant that the caller may not see, and tells nothing of it', () => {
    const secret = inPlace({ id: 'grt_h', source: 'booking', sourceId: 'bkg_h' });
    const change = {
      grants: [],
      hidden: { grants: [secret], rows: [ROW] },
      kisi: kisi({ rows: [] }),
    };
    const explained = explain(facts(change));
    expect(explained.access).toBe('yes');
    expect(codes(explained, false)).toEqual([]);
    expect(codes(explained, true)).toContain('kisi_row');
    expect(reason(change, 'grant').text).toContain('at other locations is not shown');
    expect(JSON.stringify(explained)).not.toMatch(/grt_h|bkg_h|Room 1 only|901/);
    // Nor of the window, which the row would tell.
    expect(reason(change, 'kisi_row').text).toBe(
      'Access at Kisi that is not shown to you lets the user in.',
    );
    const recorded = facts({ ...change, basis: 'recorded' });
    expect(explain(recorded).access).toBe('yes');
  });

  it('says that there may be more than it shows, to who may not see all', () => {
    const change = { ...nobody, hidden: { grants: [], rows: [] } };
    expect(bad(change)).toEqual(['no_grant']);
    expect(reason(change, 'no_grant').text).toContain('at other locations is not shown');
    expect(reason(nobody, 'no_grant').text).not.toContain('other locations');
  });

  it('passes over sources of another time, and those whose grants tell', () => {
    const early = { startsAt: T - 3 * HOUR, endsAt: T - 2 * HOUR };
    const sources = [
      source({ ...early, window: null }),
      source({
        ...early,
        status: 'pending',
        window: { from: early.startsAt, until: early.endsAt },
      }),
      source(),
    ];
    expect(bad({ ...nobody, sources })).toEqual(['no_grant']);
  });

  it('tells of at most three of a kind', () => {
    const sources = ['a', 'b', 'c', 'd'].map((id) => source({ id, status: 'pending' }));
    expect(bad({ ...nobody, sources })).toHaveLength(3);
  });
});

describe('what of it has reached Kisi', () => {
  const waiting = (change: Partial<Grant>): Partial<ExplainFacts> => ({
    grants: [inPlace({ provisioning: 'pending', ...change })],
    kisi: kisi({ rows: [] }),
  });

  it('tells of a problem with its remedy', () => {
    const problem = { type: 'kisi_user_taken', detail: 'It is another’s.' } as const;
    expect(reason(waiting({ problem }), 'provisioning_problem')).toMatchObject({
      text: expect.stringContaining('It is another’s.') as unknown,
      nextStep: { text: 'mend kisi_user_taken', call: { method: 'POST' } },
    });
  });

  it.each([
    [
      'kisi_unavailable',
      {
        integration: {
          ...facts().integration,
          fault: { type: 'kisi_unavailable', detail: '', since: T },
        },
      },
    ],
    ['member_on_hold', { member: { ...facts().member, hold: { reason: '', since: T } } }],
    ['mapping_inactive', { door: { ...facts().door, active: false } }],
    ['mapping_unknown', { door: { ...facts().door, isDeleted: true } }],
    ['integration_inactive', { integration: { ...facts().integration, active: false } }],
  ] as const)(
    'does not tell twice what is told of the member, door or connection: %s',
    (type, change) => {
      const grant = waiting({ problem: { type, detail: 'It is so.' } });
      expect(bad({ ...grant, ...change })).not.toContain('provisioning_problem');
      // Where it is told nowhere else, the grant's word counts.
      expect(bad(grant)).toContain('provisioning_problem');
    },
  );

  it('tells one that is on its way from one that waits for its turn', () => {
    expect(bad(waiting({}))).toEqual(['being_set_up', 'kisi_row_missing']);
    expect(bad(waiting({ provisioning: 'queued' }))).toEqual([]);
    expect(reason(waiting({ provisioning: 'queued' }), 'waits_for_turn').ok).toBeNull();
  });

  it('names a row that is missing although it was in place', () => {
    const told = reason({ kisi: kisi({ rows: [] }) }, 'kisi_row_missing');
    expect(told.text).toContain('removed or changed it there');
    expect(reason(waiting({}), 'kisi_row_missing').text).not.toContain('removed or changed');
  });

  it('tells access that nothing asks for: ours lingers, a foreign one is somebody’s', () => {
    const over = inPlace({ id: 'grt_o', stops: ['admin'], provisioning: 'removing' });
    const lingers = reason({ grants: [over] }, 'access_lingers');
    expect(lingers.text).toContain('it is being removed');
    expect(lingers.nextStep?.call?.path).toBe('/v1/grants/grt_o/revoke');
    expect(lingers.nextStep?.where).toContain('Kisi dashboard');
    const foreign = { grants: [], kisi: kisi({ rows: [{ ...ROW, ours: false }] }) };
    expect(reason(foreign, 'foreign_row').nextStep?.call?.path).toBe(
      '/v1/integrations/int_1/foreign-rows',
    );
  });

  it('asks for the user only where somebody wants one', () => {
    const user = { state: 'missing' } as const;
    expect(bad({ kisi: kisi({ user, rows: [] }) })).toEqual([
      'kisi_user_missing',
      'kisi_row_missing',
    ]);
    expect(bad({ ...nobody, kisi: kisi({ user, rows: [] }) })).toEqual(['no_grant']);
  });

  it('does not take what was stored for what is', () => {
    const silent = { basis: 'stored', kisi: kisi({ silence: 'no answer in time' }) } as const;
    expect(reason(silent, 'kisi_row').ok).toBeNull();
    expect(reason(silent, 'kisi_not_heard').text).toContain('no answer in time');
    expect(bad({ ...silent, kisi: kisi({ silence: 'x', rows: [] }) })).toEqual([]);
  });

  it.each(['managed', 'invited', null] as const)('says where credentials show: %s', (madeAs) => {
    const { ok, nextStep } = reason(
      { kisi: kisi({ user: { ...USER, madeAs } }) },
      'kisi_credentials',
    );
    expect(ok).toBeNull();
    expect(nextStep?.where).toBe('Kisi dashboard > Users > Ada L. > Digital Credentials');
  });
});

describe('what was tried', () => {
  const tap = {
    action: 'unlock' as const,
    status: 'refused' as const,
    reason: 'This door opens only for somebody who is near it.',
    problem: null,
    at: T - 60 * S,
  };
  const failure = {
    action: 'grant' as const,
    status: 'attention' as const,
    reason: null,
    problem: { type: 'kisi_refused' as const, detail: 'Kisi refused (422).' },
    at: T - HOUR,
  };

  it('tells of the last tap and the last failure, and where the log is', () => {
    const attempts = [tap, { ...tap, status: 'opened' as const, at: T - 2 * HOUR }, failure];
    const refused = reason({ attempts }, 'last_unlock');
    expect(refused).toMatchObject({
      ok: null,
      text: expect.stringContaining('near it') as unknown,
    });
    expect(refused.nextStep?.call?.path).toBe('/v1/door-mappings/dm_1/access-logs?memberId=mem_1');
    expect(reason({ attempts }, 'grant_attempt_failed').text).toContain('Kisi refused (422).');
    const opened = reason({ attempts: [{ ...tap, status: 'opened' }] }, 'last_unlock');
    expect(opened).toMatchObject({ ok: true, nextStep: null });
  });

  it('forgets what is older than a day', () => {
    const attempts = [tap, failure].map((one) => ({ ...one, at: T - DAY - S }));
    expect(codes(explain(facts({ attempts })))).not.toContain('last_unlock');
    expect(codes(explain(facts({ attempts })))).not.toContain('grant_attempt_failed');
  });
});

describe('an answer of the past', () => {
  const removed = {
    basis: 'recorded',
    integration: { ...facts().integration, active: false },
    grants: [],
  } as const;

  it('does not call a cause what may have become so since, and asks nothing of Kisi', () => {
    const explained = explain(facts(removed));
    expect(codes(explained, false)).toEqual(['no_grant']);
    expect(codes(explained).filter((code) => code.startsWith('kisi_'))).toEqual([]);
    const told = reason(removed, 'integration_removed');
    expect(told.ok).toBeNull();
    expect(told.text).toMatch(/\(As it is now\.\)$/);
    expect(explained.summary).toMatch(/^As recorded, Ada had no access to Meeting Room 1/);
  });

  it('tells what was not in place then, and sends to the log', () => {
    const problem = { type: 'kisi_unavailable', detail: 'Kisi does not answer.' } as const;
    const grants = [inPlace({ provisioning: 'pending', problem })];
    const told = reason({ basis: 'recorded', grants }, 'provisioning_problem');
    expect(told.text).toContain('not in place at Kisi then: Kisi does not answer.');
    expect(told.nextStep?.call?.path).toContain('/access-logs?memberId=mem_1');
  });
});

describe('words', () => {
  it('names times in the zone of the door, with seconds only where there are any', () => {
    const berlin = new Words('Europe/Berlin');
    expect(berlin.instant(T)).toBe('24 Nov 2026, 11:00');
    expect(berlin.instant(T + 5 * S)).toBe('24 Nov 2026, 11:00:05');
    expect(new Words('America/New_York').instant(T)).toBe('24 Nov 2026, 05:00');
    expect(berlin.span({ from: null, until: null })).toBe('from ever without end');
  });

  it('sums up in words of the verdict', () => {
    expect(explain(facts()).summary).toBe(
      'Ada can open Meeting Room 1 at 24 Nov 2026, 11:00 (Europe/Berlin).',
    );
    const nameless = { member: { id: 'mem_1', name: null, hold: null }, ...nobody };
    expect(explain(facts(nameless)).summary).toBe(
      'mem_1 cannot open Meeting Room 1 at 24 Nov 2026, 11:00 (Europe/Berlin). No booking, membership or grant gives the member access to this door.',
    );
  });
});
