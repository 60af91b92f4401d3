import type { z } from 'zod';
import { getOverview, overviewOut } from '../../api/overview/schema';
import type { Grant } from '../../src/domain/grant';
import { acceptedGrant } from '../../src/domain/grant-life';
import type { Settlement } from '../../src/domain/latency';
import { expectProblem, NOW, startApi, type ApiUnderTest } from './api-under-test';
import { furnish, type Building } from './fixtures';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const BY = { type: 'system', id: 'test' } as const;
const iso = (at: number): string => new Date(at).toISOString();

let api: ApiUnderTest;
let building: Building;
let organizationId: number;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  organizationId = (await api.store.integrations.get(building.integrationId))?.organizationId ?? 0;
});
afterAll(() => api.close());

const read = async (key = api.keys.operator): Promise<z.output<typeof overviewOut>> =>
  overviewOut.parse((await api.call(getOverview, { key })).body);

let grants = 0;
async function aStoredGrant(change: Partial<Grant>): Promise<Grant> {
  grants += 1;
  const at = NOW - HOUR + grants;
  const accepted = acceptedGrant(
    {
      id: `grt_${String(grants)}`,
      memberId: 'mem_1',
      doorMappingId: building.mappingId,
      source: 'manual',
      sourceId: null,
      startsAt: NOW - MINUTE,
      endsAt: NOW + 3 * HOUR,
      reason: null,
    },
    at,
    BY,
  );
  const grant: Grant = { ...accepted, revision: 1, recordNumber: 1, ...change };
  await api.store.grants.replaceGrant(grant);
  return grant;
}

it('is empty while nothing is wrong and nothing was done', async () => {
  const overview = await read();
  expect(overview).toMatchObject({
    at: iso(NOW),
    attention: { count: 0, grants: [] },
    integrations: [
      {
        id: building.integrationId,
        name: 'First Coworking',
        state: 'ok',
        since: null,
        fault: null,
      },
    ],
    startsNotInPlace: [],
    foreignRows: { count: 0, rows: [] },
  });
  const { windowHours, from, ...kinds } = overview.latency;
  expect({ windowHours, from }).toEqual({ windowHours: 24, from: '2026-11-23T11:00:00.000Z' });
  for (const kind of Object.values(kinds)) {
    expect(kind).toMatchObject({ count: 0, p50Ms: null, p95Ms: null });
    expect(kind.buckets.map(({ count }) => count)).toEqual(Array.from({ length: 24 }, () => 0));
    expect(kind.buckets[0]?.from).toBe(from);
    expect(kind.buckets[23]?.from).toBe('2026-11-24T10:00:00.000Z');
  }
});

it('names the newest grants that need a person, and counts them all', async () => {
  const stopped = { provisioning: 'attention', stops: ['admin'] } as const;
  const problem = { type: 'kisi_refused', detail: 'Kisi said no.' } as const;
  for (let index = 0; index < 21; index += 1) {
    await aStoredGrant({ ...stopped, stops: ['admin'], problem });
  }
  const newest = await aStoredGrant({ ...stopped, stops: ['admin'], problem, memberId: 'mem_2' });
  await aStoredGrant({ provisioning: 'in_place', settled: true });

  const { attention, startsNotInPlace } = await read();
  expect(attention.count).toBe(22);
  expect(attention.grants).toHaveLength(20);
  expect(attention.grants[0]).toMatchObject({
    member: { id: 'mem_2', name: null },
    door: { doorMappingId: building.mappingId, name: 'Front Door' },
    location: { id: 'loc_1', name: 'loc_1', timeZone: 'Europe/Berlin' },
    grant: { id: newest.id, problem: { ...problem, remedy: expect.any(String) as string } },
  });
  expect(startsNotInPlace).toEqual([]);
});

it('lists the starts that are near or past and not in place, in their order', async () => {
  const near = await aStoredGrant({ startsAt: NOW + HOUR });
  const past = await aStoredGrant({ startsAt: NOW - 2 * HOUR, endsAt: null });
  const gone = await aStoredGrant({ startsAt: NOW, doorMappingId: 'dm_gone' });
  await aStoredGrant({ startsAt: NOW + HOUR + 1_000 });
  await aStoredGrant({ startsAt: NOW - 2 * HOUR, endsAt: NOW });
  await aStoredGrant({ provisioning: 'in_place' });
  await aStoredGrant({ provisioning: 'queued', startsAt: NOW + MINUTE });
  await aStoredGrant({ stops: ['source'] });
  await aStoredGrant({ problem: { type: 'member_on_hold', detail: '' } });

  const { startsNotInPlace } = await read();
  expect(startsNotInPlace.map(({ grant }) => grant.id)).toEqual([past.id, gone.id, near.id]);
  expect(startsNotInPlace[1]).toMatchObject({ door: { name: 'dm_gone' }, location: null });
});

it('counts what settled in the last 24 hours, as it was written down, by the hour', async () => {
  const settled = (kind: Settlement['kind'], at: number, ms: number): Settlement => ({
    kind,
    of: `grt_${String(at)}:1`,
    doorMappingId: building.mappingId,
    at,
    ms,
  });
  const begin = Date.UTC(2026, 10, 23, 11);
  await api.store.settlements.append([
    settled('grant', begin - 1, 60_000),
    settled('grant', begin, 100),
    settled('grant', NOW - 2, 300),
    settled('grant', NOW, 200),
    settled('ahead', NOW, 5_000),
    settled('revoke', NOW - HOUR, 700),
    settled('end', NOW - HOUR, 0),
  ]);
  const { latency } = await read();
  expect(latency.grant).toMatchObject({ count: 3, p50Ms: 200, p95Ms: 300 });
  expect(latency.grant.buckets[0]).toEqual({ from: iso(begin), count: 1, p50Ms: 100, p95Ms: 100 });
  expect(latency.grant.buckets[23]).toMatchObject({ count: 2, p50Ms: 200, p95Ms: 300 });
  expect(latency.ahead).toMatchObject({ count: 1, p50Ms: 5_000 });
  expect(latency.revoke).toMatchObject({ count: 1, p95Ms: 700 });
  expect(latency.revoke.buckets[22]).toMatchObject({ count: 1 });
  expect(latency.end).toMatchObject({ count: 1, p50Ms: 0 });
});

it('shows what others made at Kisi', async () => {
  const rows = Array.from({ length: 23 }, (_, index) => ({
    roleAssignmentId: 900 + index,
    role: 'group_basic',
    assigneeType: 'User',
    kisiUserId: 4_000 + index,
    memberId: null,
    groupId: building.groupId,
    from: null,
    until: null,
    madeAt: NOW - HOUR,
  }));
  await api.store.foreignRows.replaceSeen(organizationId, rows, NOW);
  const { foreignRows, integrations } = await read();
  expect(integrations).toMatchObject([{ foreignRows: 23 }]);
  expect(foreignRows.count).toBe(23);
  expect(foreignRows.rows).toHaveLength(20);
  expect(foreignRows.rows[0]).toMatchObject({
    integrationId: building.integrationId,
    roleAssignmentId: 900,
    adoptionRefused: 'member_unknown',
  });
});

it('tells how a connection is doing: in trouble, stopped, or removed', async () => {
  const state = async (): Promise<unknown> => (await read(api.keys.admin)).integrations[0];
  await api.store.integrations.recordFault(organizationId, {
    type: 'kisi_unavailable',
    detail: 'Kisi does not answer.',
    nextProbeAt: NOW,
  });
  const fault = { type: 'kisi_unavailable', detail: 'Kisi does not answer.' };
  expect(await state()).toMatchObject({ state: 'fault', since: iso(NOW), fault });

  api.clock.time = NOW + 1_000;
  await api.store.integrations.setEmergencyStop(building.integrationId, {
    includeRemovals: false,
    reason: 'Drill',
    by: BY,
  });
  expect(await state()).toMatchObject({ state: 'stopped', since: iso(NOW + 1_000), fault });

  api.clock.time = NOW + 2_000;
  await api.store.integrations.beginRemoval(building.integrationId, {
    mode: 'remove',
    jobId: 'job_1',
    by: BY,
  });
  expect(await state()).toMatchObject({
    state: 'removed',
    since: iso(NOW + 2_000),
    foreignRows: 0,
  });
});

it('is for admins and operators, and takes no filter', async () => {
  expectProblem(await api.call(getOverview, { key: null }), 'unauthenticated');
  expectProblem(await api.call(getOverview, { key: api.keys.booking }), 'scope_missing');
  const filtered = await api.call(getOverview, { query: { colour: 'red' } });
  expectProblem(filtered, 'request_invalid', 'query.colour');
});
