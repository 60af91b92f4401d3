import type { z } from 'zod';
import { createDoorMapping } from '../../api/door-mappings/schema';
import {
  getDoorTimeline,
  getMemberTimeline,
  spanOf,
  timelineOut,
} from '../../api/timelines/schema';
import type { Grant } from '../../src/domain/grant';
import { acceptedGrant } from '../../src/domain/grant-life';
import { expectProblem, NOW, startApi, type ApiUnderTest } from './api-under-test';
import { furnish, idOf, type Building } from './fixtures';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const BY = { type: 'system', id: 'test' } as const;
/** The full hour at which the tests begin; the clock is half a second past it. */
const T = NOW - 500;
const iso = (hours: number): string => new Date(T + hours * HOUR).toISOString();
const w = (from: number, until: number): { from: string; until: string } => ({
  from: iso(from),
  until: iso(until),
});

let api: ApiUnderTest;
let building: Building;
let organizationId: number;
/** Another mapping of the same lock, and one of the group. */
let twinId: string;
let groupMappingId: string;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  const { integrationId, lockId, groupId } = building;
  organizationId = (await api.store.integrations.get(integrationId))?.organizationId ?? 0;
  const twin = { integrationId, resourceType: 'lock', resourceId: lockId, locationId: 'loc_1' };
  twinId = idOf((await api.call(createDoorMapping, { body: twin })).body);
  const group = { integrationId, resourceType: 'group', resourceId: groupId, locationId: 'loc_1' };
  groupMappingId = idOf((await api.call(createDoorMapping, { body: group })).body);
});
afterAll(() => api.close());

async function aGrant(
  id: string,
  [from, until]: [number, number | null],
  change: Partial<Grant> = {},
): Promise<void> {
  const accepted = acceptedGrant(
    {
      id,
      memberId: 'mem_1',
      doorMappingId: building.mappingId,
      source: 'booking',
      sourceId: `bkg_${id}`,
      startsAt: T + from * HOUR,
      endsAt: until === null ? null : T + until * HOUR,
      reason: null,
    },
    NOW,
    BY,
  );
  await api.store.grants.replaceGrant({ ...accepted, recordNumber: 1, ...change });
}

type Shown = z.output<typeof timelineOut>;

const ofMember = async (id: string, query: Record<string, string> = {}): Promise<Shown> => {
  const key = api.keys.operator;
  return timelineOut.parse(
    (await api.call(getMemberTimeline, { params: { id }, query, key })).body,
  );
};

const ofDoor = async (id: string, query: Record<string, string> = {}): Promise<Shown> =>
  timelineOut.parse((await api.call(getDoorTimeline, { params: { id }, query })).body);

const idsOf = ({ grants }: Shown): string[] => grants.map(({ grantId }) => grantId);

it('shows a member without grants an empty week', async () => {
  const shown = await ofMember('mem_2');
  expect(shown).toMatchObject({
    from: iso(-24),
    to: iso(7 * 24),
    timeZone: 'UTC',
    grants: [],
    passes: [],
    isComplete: true,
  });
});

it('shows every grant of a member with its whole window, and what they come to at each door', async () => {
  await aGrant('second', [2, 3], { provisioning: 'in_place' });
  await aGrant('first', [1, 2], { doorMappingId: twinId, source: 'manual', sourceId: null });
  await aGrant('plan', [-1_000, null], { doorMappingId: groupMappingId, source: 'plan' });
  await aGrant('revoked', [3, 5], { stops: ['source'], provisioning: 'removed' });
  await aGrant('over', [-2, -1], { provisioning: 'removed' });
  await aGrant('long_over', [-30, -24]);
  await aGrant('far', [7 * 24, 8 * 24]);
  await aGrant('elsewhere', [1, 2], { memberId: 'mem_2' });

  const shown = await ofMember('mem_1');
  expect(shown.timeZone).toBe('Europe/Berlin');
  expect(shown.members).toEqual([{ id: 'mem_1', name: null }]);
  expect(shown.doors).toHaveLength(3);
  expect(shown.doors).toContainEqual({
    doorMappingId: building.mappingId,
    name: 'Front Door',
    resourceType: 'lock',
    resourceId: building.lockId,
    location: { id: 'loc_1', name: 'loc_1', timeZone: 'Europe/Berlin' },
  });
  expect(idsOf(shown)).toEqual(['plan', 'over', 'first', 'second', 'revoked']);
  expect(shown.grants).toContainEqual({
    grantId: 'plan',
    source: 'plan',
    sourceId: 'bkg_plan',
    memberId: 'mem_1',
    doorMappingId: groupMappingId,
    from: iso(-1_000),
    until: null,
    status: 'active',
    provisioning: 'pending',
  });
  expect(shown.grants.map(({ status }) => status)).toEqual([
    'active',
    'expired',
    'scheduled',
    'scheduled',
    'revoked',
  ]);
  const member = { memberId: 'mem_1', organizationId };
  expect(shown.passes).toEqual([
    {
      ...member,
      resourceType: 'group',
      resourceId: building.groupId,
      doorMappingIds: [groupMappingId],
      windows: [w(-24, 7 * 24)],
    },
    {
      ...member,
      resourceType: 'lock',
      resourceId: building.lockId,
      doorMappingIds: [building.mappingId, twinId],
      windows: [w(-2, -1), w(1, 3)],
    },
  ]);
});

it('shows who may open a door, through every mapping of it', async () => {
  for (const id of [building.mappingId, twinId]) {
    const shown = await ofDoor(id, { from: iso(0), to: iso(2.5) });
    expect(shown).toMatchObject({ from: iso(0), to: iso(2.5), timeZone: 'Europe/Berlin' });
    expect(idsOf(shown)).toEqual(['elsewhere', 'first', 'second']);
    const windows = shown.passes.map((pass) => [pass.memberId, pass.windows]);
    expect(windows).toEqual([
      ['mem_2', [w(1, 2)]],
      ['mem_1', [w(1, 2.5)]],
    ]);
  }
  const quiet = await ofDoor(groupMappingId, { to: iso(-990) });
  expect(quiet).toMatchObject({
    from: iso(-990 - 8 * 24),
    passes: [{ windows: [w(-1_000, -990)] }],
  });
});

it('gives nothing from when a member is on hold, or the door was deleted', async () => {
  await aGrant('gone', [1, 2], { doorMappingId: 'dm_gone' });
  api.clock.time = T + 2 * HOUR;
  await api.store.members.setHold('mem_1', { reason: 'Unpaid', by: BY }, 'job_1');
  const shown = await ofMember('mem_1');
  api.clock.time = NOW;
  expect(idsOf(shown)).toContain('gone');
  expect(shown.doors.map(({ doorMappingId }) => doorMappingId)).not.toContain('dm_gone');
  expect(shown.passes.map(({ windows }) => windows)).toEqual([[w(-22, 2)], [w(-2, -1), w(1, 2)]]);
});

it('takes a span of 62 days at most, of which either end may be left out', async () => {
  const from = T;
  expect(spanOf({}, NOW)).toEqual({ from: T - DAY, until: T + 7 * DAY });
  expect(spanOf({ from }, NOW)).toEqual({ from, until: from + 8 * DAY });
  expect(spanOf({ to: from }, NOW)).toEqual({ from: from - 8 * DAY, until: from });
  expect(spanOf({ from, to: from + DAY }, NOW)).toEqual({ from, until: from + DAY });

  const params = { id: 'mem_1' };
  const longest = { from: iso(0), to: iso(62 * 24) };
  expect((await ofMember('mem_1', longest)).to).toBe(longest.to);
  for (const to of [iso(62 * 24 + 1), iso(0), iso(-1)]) {
    const response = await api.call(getMemberTimeline, { params, query: { from: iso(0), to } });
    expectProblem(response, 'request_invalid', 'query.to');
  }
  const zoneless = await api.call(getMemberTimeline, { params, query: { from: '2026-11-24' } });
  expectProblem(zoneless, 'request_invalid', 'query.from');
});

it.each([
  ['member', getMemberTimeline, 'member_not_found'],
  ['door', getDoorTimeline, 'door_mapping_not_found'],
] as const)('of a %s is for admins and operators, and of what exists', async (_of, spec, code) => {
  const params = { id: 'nobody_1' };
  expectProblem(await api.call(spec, { params }), code);
  expectProblem(await api.call(spec, { params, key: api.keys.booking }), 'scope_missing');
  expectProblem(await api.call(spec, { params, key: null }), 'unauthenticated');
});
