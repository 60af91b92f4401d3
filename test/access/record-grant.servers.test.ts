import { randomUUID } from 'node:crypto';
import { recordGrant } from '../../src/access/record-grant';
import type { AccessLogEntry, Grant, LogAction, LogStatus } from '../../src/domain/grant';
import { accessUnderTest, BY, HOUR, MINUTE, type AccessUnderTest } from './access-under-test';

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
  });

  test('counts from the acceptance when the window is written ahead', async () => {
    const { changedAt } = grant;
    const startsAt = changedAt + 8 * HOUR;
    await recordGrant(access.deps, [inPlace({ startsAt, inPlaceAt: changedAt + 500 })]);
    expect(await sums()).toEqual({ count: 1, sum: 0.5 });
  });

  test('counts from the start when that came first, as after a turn in the queue', async () => {
    const startsAt = grant.changedAt + 8 * HOUR;
    await recordGrant(access.deps, [row('queued', { startsAt, provisioning: 'queued' })]);
    await recordGrant(access.deps, [inPlace({ startsAt, inPlaceAt: startsAt + 3_000 })]);
    expect(await sums()).toEqual({ count: 1, sum: 3 });
  });

  test('does not count a window whose turn came before its start, in one batch or in two', async () => {
    const startsAt = grant.changedAt + 8 * HOUR;
    const queued = row('queued', { startsAt, provisioning: 'queued' });
    const turn = { startsAt, inPlaceAt: startsAt - MINUTE };
    await recordGrant(access.deps, [queued, inPlace(turn)]);
    await recordGrant(access.deps, [row('queued', { startsAt, provisioning: 'queued' })]);
    await recordGrant(access.deps, [inPlace(turn)]);
    expect(await sums()).toEqual({ count: 0, sum: 0 });
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
  await recordGrant(access.deps, [
    row('removed', { provisioning: 'removed', settled: true, removedAt }, 'revoke'),
  ]);
  const { values } = await access.deps.metrics.grantEndLatenessSeconds.get();
  const sum = values.find(({ metricName }) => metricName?.endsWith('_sum'));
  expect(sum).toMatchObject({ labels: { cause: 'revoke' }, value: 4 });
});
