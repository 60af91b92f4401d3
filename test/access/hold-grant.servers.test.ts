import { randomUUID } from 'node:crypto';
import { holdGrant } from '../../src/access/hold-grant';
import { passKey, type PassRef } from '../../src/domain/door';
import type { AccessLogEntry, Grant } from '../../src/domain/grant';
import type { DoorMapping } from '../../src/store';
import { whileRemoved } from '../support/while-removed';
import { accessUnderTest, BY, HOUR, type AccessUnderTest } from './access-under-test';

let access: AccessUnderTest;
let mapping: DoorMapping;
let grant: Grant;

beforeEach(async () => {
  access = await accessUnderTest();
  const { integration, lockId } = access;
  mapping = await access.store.doorMappings.insert({
    id: `dm_${randomUUID()}`,
    integrationId: integration.id,
    organizationId: integration.organizationId,
    locationId: null,
    spaceId: null,
    resourceType: 'lock',
    resourceId: lockId,
    name: 'Front Door',
    active: true,
    createdBy: BY,
  });
  const t = access.now();
  grant = {
    id: `grt_${randomUUID()}`,
    memberId: (await access.member()).id,
    doorMappingId: mapping.id,
    source: 'manual',
    sourceId: null,
    sourceOrder: 0,
    startsAt: t,
    endsAt: t + HOUR,
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

const lockPass = (lockId = access.lockId): PassRef => ({
  memberId: grant.memberId,
  organizationId: access.integration.organizationId,
  target: { kind: 'lock', id: lockId },
});

const entry = (of: Grant): AccessLogEntry => ({
  id: `${of.id}:${String(of.recordNumber)}`,
  action: 'grant',
  status: 'accepted',
  reason: null,
  problem: null,
  by: BY,
  at: of.changedAt,
  grant: of,
});

const hold = (of: Grant, wanted = true) =>
  holdGrant(access.deps, {
    entries: [entry(of)],
    grant: of,
    wanted,
    passes: [],
    mayKeep: true,
    priority: 1,
  });

const wishesOf = async (pass: PassRef) =>
  (await access.store.wishes.byPass(passKey(pass))).map(({ revision, wanted }) => ({
    revision,
    wanted,
  }));

test('records, wishes and pokes; the same again changes nothing', async () => {
  const result = await hold(grant);
  await hold(grant);
  expect(result).toEqual({
    passes: [{ key: passKey(lockPass()), pass: lockPass(), mode: 'wanted' }],
    problem: null,
    overtaken: false,
  });
  expect(await access.store.grants.get(grant.id)).toEqual(grant);
  expect(await wishesOf(lockPass())).toEqual([{ revision: 10, wanted: true }]);
  expect(access.messages.pokes).toEqual(
    [1, 2].map(() => ({ pass: lockPass(), priority: 1, fresh: false })),
  );
});

test('an older revision never overwrites a newer wish', async () => {
  await hold({ ...grant, revision: 11, recordNumber: 11 }, false);
  expect(await wishesOf(lockPass())).toEqual([]);
  await hold({ ...grant, revision: 12, recordNumber: 12 });
  await hold({ ...grant, revision: 13, recordNumber: 13 }, false);
  expect(await hold({ ...grant, revision: 12, recordNumber: 12 })).toMatchObject({
    overtaken: true,
  });
  expect(await wishesOf(lockPass())).toEqual([{ revision: 13, wanted: false }]);
});

test('a door that changed: asks the new pass and releases every one it ever asked', async () => {
  await hold(grant);
  const otherLock = access.simulator.state().locks.find(({ id }) => id !== access.lockId)?.id ?? 0;
  const moved = await access.store.doorMappings.insert({
    ...mapping,
    id: `dm_${randomUUID()}`,
    resourceId: otherLock,
  });
  const result = await hold({ ...grant, doorMappingId: moved.id, revision: 11, recordNumber: 11 });
  expect(result.passes.map(({ key, mode }) => [key, mode])).toEqual([
    [passKey(lockPass()), 'releasing'],
    [passKey(lockPass(otherLock)), 'wanted'],
  ]);
  expect(await wishesOf(lockPass())).toEqual([{ revision: 11, wanted: false }]);
  expect(await wishesOf(lockPass(otherLock))).toEqual([{ revision: 11, wanted: true }]);
});

describe('a door that leads nowhere: everything is released, and the grant is told why', () => {
  test('the mapping is inactive', async () => {
    await hold(grant);
    await access.store.doorMappings.update(mapping.id, { active: false });
    const result = await hold({ ...grant, revision: 11, recordNumber: 11 });
    expect(result.problem?.type).toBe('mapping_inactive');
    expect(await wishesOf(lockPass())).toEqual([{ revision: 11, wanted: false }]);
  });

  test('the mapping is unknown', async () => {
    const result = await hold({ ...grant, doorMappingId: 'dm_gone' });
    expect(result).toMatchObject({ passes: [], problem: { type: 'mapping_unknown' } });
  });

  test('the integration is inactive', async () => {
    await whileRemoved(access.store, access.integration.id, async () => {
      expect((await hold(grant)).problem?.type).toBe('integration_inactive');
    });
  });
});

test('what is recorded along the way is measured as well', async () => {
  const now = access.clock.now();
  const done: Grant = { ...grant, provisioning: 'in_place', settled: true, inPlaceAt: now };
  const entries = [{ ...entry(done), status: 'in_place' as const }];
  await holdGrant(access.deps, {
    entries,
    grant: done,
    wanted: true,
    passes: [],
    mayKeep: true,
    priority: 1,
  });
  const [metric] = (await access.deps.metrics.grantInPlaceSeconds.get()).values.filter(
    ({ metricName }) => metricName === 'latchkey_grant_in_place_seconds_count',
  );
  expect(metric?.value).toBe(1);
});
