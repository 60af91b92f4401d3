import {
  GRANT_STOPS,
  LOG_ACTIONS,
  PROVISIONINGS,
  UNLOCK_OUTCOMES,
  type AccessLogEntry,
  type Grant,
} from '../../src/domain/grant';
import { standInGrant } from '../../src/domain/stand-in';
import { eventTypeOf, payloadOf } from '../../src/domain/outgoing-event';

const AT = Date.UTC(2026, 10, 24, 10);
const BY = { type: 'api_key', id: 'key_1' } as const;
const grant: Grant = {
  id: 'grt_1',
  memberId: 'mem_1',
  doorMappingId: 'dm_1',
  source: 'booking',
  sourceId: 'bkg_1',
  sourceOrder: 1,
  startsAt: AT,
  endsAt: null,
  stops: [...GRANT_STOPS],
  provisioning: 'attention',
  problem: null,
  revision: 7,
  settled: true,
  recordNumber: 9,
  createdAt: AT,
  createdBy: BY,
  changedAt: AT,
  changedBy: BY,
  reason: 'Jane Doe lost her badge',
  inPlaceAt: null,
  removedAt: null,
};
const row = (change: Partial<AccessLogEntry>): AccessLogEntry => ({
  id: 'grt_1:9',
  action: 'grant',
  status: 'in_place',
  reason: 'Jane Doe lost her badge',
  problem: null,
  by: BY,
  at: AT + 500,
  grant,
  ...change,
});

it('tells of what is final at Kisi, and of nothing on the way there', () => {
  const told = ['accepted' as const, ...PROVISIONINGS].map((status) => [
    status,
    eventTypeOf(row({ status })),
  ]);
  expect(Object.fromEntries(told)).toEqual({
    accepted: null,
    pending: null,
    queued: null,
    removing: null,
    in_place: 'grant.in_place',
    removed: 'grant.removed',
    attention: 'grant.attention',
  });
});

it('tells of every unlock, and not of rows that belong to no grant', () => {
  for (const status of UNLOCK_OUTCOMES) {
    expect(eventTypeOf(row({ action: 'unlock', status }))).toBe('door.unlock');
  }
  const silent = LOG_ACTIONS.filter(
    (action) => eventTypeOf(row({ action, status: 'removed' })) === null,
  );
  expect(silent).toEqual(['adopt', 'clear', 'drift']);
});

it('says what happened to a grant without the words that a person wrote', () => {
  const problem = { type: 'kisi_user_taken', detail: 'Another member uses this user.' } as const;
  const entry = row({ action: 'change', status: 'attention', problem });
  expect(payloadOf('grant.attention', entry, 'Meeting Room 1')).toEqual({
    type: 'grant.attention',
    timestamp: '2026-11-24T10:00:00.500Z',
    data: {
      grantId: 'grt_1',
      memberId: 'mem_1',
      doorMappingId: 'dm_1',
      doorName: 'Meeting Room 1',
      source: 'booking',
      sourceId: 'bkg_1',
      revision: 7,
      startsAt: '2026-11-24T10:00:00.000Z',
      endsAt: null,
      stops: ['source', 'admin', 'terminated'],
      action: 'change',
      problem,
    },
  });
});

it('says what became of an unlock, and why', () => {
  const entry = row({ action: 'unlock', status: 'refused', reason: 'The lock is offline.' });
  const { data } = payloadOf('door.unlock', entry, null);
  expect(data).toMatchObject({
    outcome: 'refused',
    reason: 'The lock is offline.',
    doorName: null,
  });
  expect(data).not.toHaveProperty('problem');
});

it('says which door was opened, and of no grant where none was behind it', () => {
  const who = { eventId: 'uuid', memberId: 'mem_1', doorMappingId: 'dm_1' };
  const lock = { id: 4_712, name: 'Meeting Room 1', alsoIn: ['dm_2'] };
  const entry = row({
    action: 'unlock',
    status: 'opened',
    reason: null,
    grant: standInGrant(who, AT, BY),
    lock,
  });
  expect(payloadOf('door.unlock', entry, 'Common Areas').data).toEqual({
    grantId: null,
    memberId: 'mem_1',
    doorMappingId: 'dm_1',
    doorName: 'Common Areas',
    source: null,
    sourceId: null,
    revision: null,
    lockId: 4_712,
    lockName: 'Meeting Room 1',
    outcome: 'opened',
    reason: null,
  });
  const old = payloadOf('door.unlock', row({ action: 'unlock', status: 'opened' }), null).data;
  expect(old).toMatchObject({ grantId: 'grt_1', lockId: null, lockName: null });
});
