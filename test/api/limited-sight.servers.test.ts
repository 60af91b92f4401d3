import type { z } from 'zod';
import { createDoorMapping } from '../../api/door-mappings/schema';
import { getOverview, overviewOut } from '../../api/overview/schema';
import { hostCookieName } from '../../api/http/host-cookie';
import { SESSION_COOKIE } from '../../api/session/cookie';
import { getDoorTimeline, getMemberTimeline, timelineOut } from '../../api/timelines/schema';
import type { Grant } from '../../src/domain/grant';
import { acceptedGrant } from '../../src/domain/grant-life';
import {
  expectProblem,
  NOW,
  startApi,
  type ApiUnderTest,
  type CallOptions,
} from './api-under-test';
import { furnish, idOf, type Building } from './fixtures';

const HOUR = 3_600_000;
const BY = { type: 'system', id: 'test' } as const;

let api: ApiUnderTest;
let building: Building;
/** The lock is at `loc_1`, the group at `loc_2`. */
let groupMappingId: string;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  const { integrationId, groupId, mappingId } = building;
  const locationIds = ['loc_1', 'loc_2'];
  const integration = await api.store.integrations.update(integrationId, { locationIds });
  const organizationId = integration?.organizationId ?? 0;
  const group = { integrationId, resourceType: 'group', resourceId: groupId, locationId: 'loc_2' };
  groupMappingId = idOf((await api.call(createDoorMapping, { body: group })).body);

  await aGrant('at_lock', mappingId, { provisioning: 'attention' });
  await aGrant('at_group', groupMappingId, { provisioning: 'attention' });
  await aGrant('nowhere', 'dm_gone', { provisioning: 'attention' });
  const settled = [mappingId, groupMappingId, groupMappingId, null];
  await api.store.settlements.append(
    settled.map((doorMappingId, index) => ({
      kind: 'grant',
      of: `grt_${String(index)}:1`,
      doorMappingId,
      at: NOW,
      ms: 100,
    })),
  );
  await api.store.lockGroups.put({ organizationId, lockId: building.lockId, groupId: 7_000 });
  const row = { role: 'group_basic', assigneeType: 'User', kisiUserId: 1, memberId: null };
  const rows = [groupId, 7_000].map((inGroup, index) => ({
    ...row,
    roleAssignmentId: 900 + index,
    groupId: inGroup,
    from: null,
    until: null,
    madeAt: NOW,
  }));
  await api.store.foreignRows.replaceSeen(organizationId, rows, NOW);
});
afterAll(() => api.close());

async function aGrant(id: string, doorMappingId: string, change: Partial<Grant>): Promise<void> {
  const accepted = acceptedGrant(
    {
      id,
      memberId: 'mem_1',
      doorMappingId,
      source: 'manual',
      sourceId: null,
      startsAt: NOW - HOUR,
      endsAt: NOW + HOUR,
      reason: null,
    },
    NOW,
    BY,
  );
  await api.store.grants.replaceGrant({ ...accepted, recordNumber: 1, ...change });
}

/** How somebody asks whom an identity provider has limited to these locations. */
async function limitedTo(...locationIds: string[]): Promise<CallOptions> {
  const { token } = await api.store.sessions.create({
    with: 'oidc',
    person: { id: 'p', issuer: 'https://idp.test', name: 'P', scopes: ['admin'], locationIds },
  });
  const Cookie = `${hostCookieName(SESSION_COOKIE, true)}=${token}`;
  return { key: null, headers: { Cookie } };
}

const overview = async (caller: CallOptions): Promise<z.output<typeof overviewOut>> =>
  overviewOut.parse((await api.call(getOverview, caller)).body);

it.each([
  ['loc_1', 'at_lock', 1, 901],
  ['loc_2', 'at_group', 2, 900],
])('the overview of %s shows what is there alone', async (location, grantId, settled, rowId) => {
  const { attention, startsNotInPlace, foreignRows, latency, integrations } = await overview(
    await limitedTo(location),
  );
  expect(attention).toMatchObject({ count: 1, grants: [{ grant: { id: grantId } }] });
  expect(startsNotInPlace.map(({ grant }) => grant.id)).toEqual([grantId]);
  expect(foreignRows).toMatchObject({ count: 1, rows: [{ roleAssignmentId: rowId }] });
  expect(latency.grant.count).toBe(settled);
  expect(integrations).toMatchObject([{ id: building.integrationId, foreignRows: 1 }]);
});

it('the overview shows all to who may see all, and nothing of what is elsewhere', async () => {
  const all = await overview({});
  expect(all).toMatchObject({ attention: { count: 3 }, foreignRows: { count: 2 } });
  expect(all.startsNotInPlace).toHaveLength(3);
  expect(all.latency.grant.count).toBe(4);
  expect(await overview(await limitedTo('loc_1', 'loc_2'))).toMatchObject({
    attention: { count: 2 },
    foreignRows: { count: 2 },
  });
  expect(await overview(await limitedTo('loc_elsewhere'))).toMatchObject({
    attention: { count: 0, grants: [] },
    integrations: [],
    startsNotInPlace: [],
    foreignRows: { count: 0, rows: [] },
    latency: { grant: { count: 0 } },
  });
});

it('the timeline of a member shows the doors that one may see', async () => {
  const ids = async (caller: CallOptions): Promise<string[]> => {
    const call = { ...caller, params: { id: 'mem_1' } };
    const shown = timelineOut.parse((await api.call(getMemberTimeline, call)).body);
    expect(shown.doors.map(({ doorMappingId }) => doorMappingId).sort()).toEqual(
      shown.passes.flatMap(({ doorMappingIds }) => doorMappingIds).sort(),
    );
    return shown.grants.map(({ grantId }) => grantId).sort();
  };
  expect(await ids(await limitedTo('loc_1'))).toEqual(['at_lock']);
  expect(await ids(await limitedTo('loc_2'))).toEqual(['at_group']);
  expect(await ids({})).toEqual(['at_group', 'at_lock', 'nowhere']);
});

it('the timeline of a door elsewhere is not there', async () => {
  const params = { id: building.mappingId };
  const away = await api.call(getDoorTimeline, { ...(await limitedTo('loc_2')), params });
  expectProblem(away, 'door_mapping_not_found');
  const here = await api.call(getDoorTimeline, { ...(await limitedTo('loc_1')), params });
  expect(here.body).toMatchObject({ grants: [{ grantId: 'at_lock' }] });
});
