import { randomUUID } from 'node:crypto';
import { recordGrant } from '../../src/access/record-grant';
import { wakeDueDeliveries } from '../../src/access/write-events';
import type { AccessLogEntry, Grant, LogAction, LogStatus } from '../../src/domain/grant';
import {
  accessUnderTest,
  BY,
  HOUR,
  MINUTE,
  RecordedMessages,
  type AccessUnderTest,
} from './access-under-test';

let access: AccessUnderTest;
let grant: Grant;

beforeEach(async () => {
  access = await accessUnderTest();
  const t = access.now();
  grant = {
    id: `grt_${randomUUID()}`,
    memberId: 'mem_1',
    doorMappingId: 'dm_1',
    source: 'booking',
    sourceId: 'bkg_1',
    sourceOrder: 0,
    startsAt: t,
    endsAt: t + 24 * HOUR,
    stops: [],
    provisioning: 'pending',
    problem: null,
    revision: 10,
    settled: false,
    recordNumber: 10,
    createdAt: t,
    createdBy: BY,
    changedAt: t,
    changedBy: BY,
    reason: null,
    inPlaceAt: null,
    removedAt: null,
  };
});
afterEach(() => access.close());

let number = 10;
function row(
  status: LogStatus,
  change: Partial<Grant>,
  action: LogAction = 'grant',
): AccessLogEntry {
  number += 1;
  const after = { ...grant, ...change, recordNumber: number };
  const id = `${grant.id}:${String(number)}`;
  return {
    id,
    action,
    status,
    reason: null,
    problem: null,
    by: BY,
    at: access.now(),
    grant: after,
  };
}

const inPlace = (change: Partial<Grant>): AccessLogEntry =>
  row('in_place', { provisioning: 'in_place', settled: true, ...change });

/** Kind and time of what was written down of this test's grant. */
async function settlements(): Promise<[string, number][]> {
  const all = await access.store.settlements.since(grant.createdAt, 50);
  return all.map(({ kind, ms }): [string, number] => [kind, ms]).reverse();
}

async function sums(): Promise<{ count: number; sum: number }> {
  const { values } = await access.deps.metrics.grantInPlaceSeconds.get();
  const of = (suffix: string): number =>
    values
      .filter(({ metricName }) => metricName === `latchkey_grant_in_place_seconds_${suffix}`)
      .reduce((total, { value }) => total + value, 0);
  return { count: of('count'), sum: of('sum') };
}

describe('how long it took until access was in place', () => {
  test('counts from the acceptance when the window is open already', async () => {
    const { changedAt } = grant;
    const startsAt = changedAt - HOUR;
    await recordGrant(access.deps, [inPlace({ startsAt, inPlaceAt: changedAt + 2_000 })]);
    expect(await sums()).toEqual({ count: 1, sum: 2 });
    expect(await settlements()).toEqual([['grant', 2_000]]);
  });

  test('counts from the acceptance when the window is written ahead', async () => {
    const { changedAt } = grant;
    const startsAt = changedAt + 8 * HOUR;
    await recordGrant(access.deps, [inPlace({ startsAt, inPlaceAt: changedAt + 500 })]);
    expect(await sums()).toEqual({ count: 1, sum: 0.5 });
    expect(await settlements()).toEqual([['ahead', 500]]);
  });

  test('counts from the start when that came first, as after a turn in the queue', async () => {
    const startsAt = grant.changedAt + 8 * HOUR;
    await recordGrant(access.deps, [row('queued', { startsAt, provisioning: 'queued' })]);
    await recordGrant(access.deps, [inPlace({ startsAt, inPlaceAt: startsAt + 3_000 })]);
    expect(await sums()).toEqual({ count: 1, sum: 3 });
    expect(await settlements()).toEqual([['grant', 3_000]]);
  });

  test('does not count a window whose turn came before its start, in one batch or in two', async () => {
    const startsAt = grant.changedAt + 8 * HOUR;
    const queued = row('queued', { startsAt, provisioning: 'queued' });
    const turn = { startsAt, inPlaceAt: startsAt - MINUTE };
    await recordGrant(access.deps, [queued, inPlace(turn)]);
    await recordGrant(access.deps, [row('queued', { startsAt, provisioning: 'queued' })]);
    await recordGrant(access.deps, [inPlace(turn)]);
    expect(await sums()).toEqual({ count: 0, sum: 0 });
    expect(await settlements()).toEqual([]);
    // What was queued at an older revision says nothing about this one.
    await recordGrant(access.deps, [row('queued', { startsAt, provisioning: 'queued' })]);
    const changedAt = startsAt - MINUTE - 1_000;
    await recordGrant(access.deps, [inPlace({ ...turn, revision: 11, changedAt })]);
    expect(await sums()).toEqual({ count: 1, sum: 1 });
  });

  test('waits until the change has settled', async () => {
    const inPlaceAt = grant.changedAt + 1_000;
    await recordGrant(access.deps, [inPlace({ inPlaceAt, settled: false })]);
    expect(await sums()).toEqual({ count: 0, sum: 0 });
  });
});

test('measures how long access lasted after a revoke', async () => {
  const removedAt = grant.changedAt + 4_000;
  const removed = row('removed', { provisioning: 'removed', settled: true, removedAt }, 'revoke');
  await recordGrant(access.deps, [removed]);
  const { values } = await access.deps.metrics.grantEndLatenessSeconds.get();
  const sum = values.find(({ metricName }) => metricName?.endsWith('_sum'));
  expect(sum).toMatchObject({ labels: { cause: 'revoke' }, value: 4 });

  // The activity is tried again: the figures of people count what happened once.
  await recordGrant(access.deps, [removed]);
  expect(await settlements()).toEqual([['revoke', 4_000]]);
});

describe('the events of rows', () => {
  const heard = async (id: string): Promise<string[]> => {
    const { data } = await access.store.eventDeliveries.list(id, {}, { limit: 50 });
    return data.map(({ type, status }) => `${type} ${status}`).sort();
  };
  const subscribe = async (id: string, change: object = {}): Promise<void> => {
    await access.store.eventSubscriptions.insert({
      id,
      url: 'https://hooks.example.com/',
      types: ['grant.in_place', 'grant.removed'],
      enabled: true,
      description: null,
      secret: 'whsec_secret',
      createdBy: BY,
      ...change,
    });
  };

  it('stand before the rows do, and once however often it is tried', async () => {
    await subscribe('esub_1');
    const entries = [
      row('pending', {}),
      inPlace({}),
      row('attention', { provisioning: 'attention' }),
      row('removed', { provisioning: 'removed' }, 'revoke'),
    ];
    const dies: typeof access.deps = {
      ...access.deps,
      store: {
        ...access.store,
        grants: { ...access.store.grants, record: () => Promise.reject(new Error('killed')) },
      },
    };
    await expect(recordGrant(dies, entries)).rejects.toThrow('killed');
    expect(await heard('esub_1')).toEqual(['grant.in_place pending', 'grant.removed pending']);
    expect(access.messages.deliveries).toEqual([]);

    await recordGrant(access.deps, entries);
    await recordGrant(access.deps, entries);
    expect(await heard('esub_1')).toEqual(['grant.in_place pending', 'grant.removed pending']);
    expect(access.messages.deliveries).toEqual(['esub_1', 'esub_1']);
  });

  it('go to whoever takes their type, and are kept for whoever is disabled', async () => {
    await subscribe('esub_1', { types: ['grant.removed'] });
    await subscribe('esub_2', { enabled: false });
    await subscribe('esub_3');
    await recordGrant(access.deps, [inPlace({})]);
    expect(await Promise.all(['esub_1', 'esub_2', 'esub_3'].map(heard))).toEqual([
      [],
      ['grant.in_place skipped'],
      ['grant.in_place pending'],
    ]);
    expect(access.messages.deliveries).toEqual(['esub_3']);
  });

  it('wait for the sweep where Temporal does not answer, and hold nothing up', async () => {
    await subscribe('esub_1');
    const entry = inPlace({});
    const messages = new RecordedMessages();
    messages.deliverEvents = () => Promise.reject(new Error('Temporal is away'));
    const deps = { ...access.deps, messages };
    await recordGrant(deps, [entry]);
    expect(await access.store.grants.get(grant.id)).toMatchObject({ provisioning: 'in_place' });
    expect(await wakeDueDeliveries(access.deps)).toEqual({ subscriptions: 1 });
    expect(access.messages.deliveries).toEqual(['esub_1']);
  });
});
