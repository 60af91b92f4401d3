import { createApiKey } from '../../api/api-keys/schema';
import { putBooking } from '../../api/bookings/schema';
import { explainAccess } from '../../api/explain/schema';
import { createGrant } from '../../api/grants/schema';
import { putMember } from '../../api/members/schema';
import { putMembership } from '../../api/memberships/schema';
import { expectProblem, NOW, startApi, type ApiUnderTest } from './api-under-test';
import { furnish, idOf, type Building } from './fixtures';

const iso = (ms: number): string => new Date(ms).toISOString();

let api: ApiUnderTest;
let building: Building;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
});
afterAll(() => api.close());

const ask = (
  query: Record<string, string> = {},
  { id = 'mem_1', key }: { id?: string; key?: string } = {},
): ReturnType<ApiUnderTest['call']> =>
  api.call(explainAccess, {
    params: { id },
    query: { doorMappingId: building.mappingId, ...query },
    ...(key !== undefined && { key }),
  });

it('explains in one call, to operators too: the verdict, its first reason, and the step', async () => {
  const response = await ask({}, { key: api.keys.operator });
  expect(response.status).toBe(200);
  expect(response.body).toMatchObject({
    open: 'no',
    access: 'no',
    basis: 'live',
    timeZone: 'Europe/Berlin',
    member: { id: 'mem_1' },
    door: {
      doorMappingId: building.mappingId,
      resourceId: building.lockId,
      location: { id: 'loc_1' },
      space: { id: 'spc_1' },
    },
    reasons: expect.arrayContaining([
      expect.objectContaining({
        code: 'no_grant',
        ok: false,
        nextStep: expect.objectContaining({
          call: { method: 'POST', path: '/v1/members/mem_1/grants' },
        }) as unknown,
      }),
    ]) as unknown,
    kisi: { silence: null, user: null },
  });
});

it('tells of bookings that nearly give access, in the zone of the door', async () => {
  const booking = {
    version: 1,
    memberIds: ['mem_2'],
    spaceId: 'spc_1',
    startsAt: new Date(NOW - 60_000).toISOString(),
    endsAt: new Date(NOW + 3_600_000).toISOString(),
    status: 'pending',
  };
  await api.call(putBooking, { params: { id: 'bkg_1' }, body: booking });
  const { body } = await ask({}, { id: 'mem_2' });
  const { reasons, sources, summary } = body as Record<
    'reasons' | 'sources',
    { code: string }[]
  > & {
    summary: string;
  };
  expect(reasons[0]?.code).toBe('booking_pending');
  expect(sources).toMatchObject([{ kind: 'booking', id: 'bkg_1', status: 'pending' }]);
  expect(summary).toContain('24 Nov 2026, 10:59 until 24 Nov 2026, 12:00');
});

it('shows a caller who is limited nothing of what the member has elsewhere', async () => {
  const { integrationId, lockId } = building;
  await api.store.integrations.update(integrationId, { locationIds: ['loc_1', 'loc_2'] });
  const integration = await api.store.integrations.get(integrationId);
  // The same door, mapped to another location as well.
  await api.store.doorMappings.insert({
    id: 'dm_elsewhere',
    integrationId,
    organizationId: integration?.organizationId ?? 0,
    locationId: 'loc_2',
    spaceId: null,
    resourceType: 'lock',
    resourceId: lockId,
    name: 'The same door',
    active: true,
    createdBy: { type: 'system', id: 'test' },
  });
  const times = { startsAt: iso(NOW - 60_000), endsAt: iso(NOW + 3_600_000) };
  const booking = { version: 1, memberIds: ['mem_3'], ...times, status: 'confirmed' };
  const membership = { ...booking, planId: 'pln_1', locationId: 'loc_2', status: 'active' };
  await api.store.plans.upsert({ id: 'pln_1', name: 'Resident' });
  await api.call(putMember, { params: { id: 'mem_3' }, body: { email: 'mem_3@example.com' } });
  const body = { ...booking, spaceId: 'spc_2' };
  await api.call(putBooking, { params: { id: 'bkg_elsewhere' }, body });
  await api.call(putMembership, { params: { id: 'msh_elsewhere' }, body: membership });
  const grant = { doorMappingId: 'dm_elsewhere', endsAt: times.endsAt };
  const made = await api.call(createGrant, { params: { id: 'mem_3' }, body: grant });
  const key = await limitedKey(['loc_1']);

  const all = await ask({}, { id: 'mem_3' });
  const secrets = ['bkg_elsewhere', 'msh_elsewhere', 'dm_elsewhere', idOf(made.body), 'spc_2'];
  for (const secret of secrets.slice(0, 4)) expect(all.text).toContain(secret);
  const seen = await ask({}, { id: 'mem_3', key });
  expect(seen.status).toBe(200);
  for (const secret of secrets) expect(seen.text).not.toContain(secret);
  expect(seen.body).toMatchObject({ sources: [], grants: [], attempts: [] });
  expect(seen.text).toContain('at other locations is not shown to you');
});

async function limitedKey(locationIds: string[]): Promise<string> {
  const body = { name: 'Local', scopes: ['operator'], locationIds };
  const made = await api.call(createApiKey, { body });
  return (made.body as { secret: string }).secret;
}

it('asks nobody about an instant that is past, and takes the last seconds for now', async () => {
  const requests = api.simulator.requests().length;
  const past = await ask({ at: new Date(NOW - 3_600_000).toISOString() });
  expect(past.body).toMatchObject({ basis: 'recorded', open: 'no' });
  expect(api.simulator.requests()).toHaveLength(requests);
  const justNow = await ask({ at: new Date(NOW - 3_000).toISOString() });
  expect(justNow.body).toMatchObject({ basis: 'live', at: new Date(NOW).toISOString() });
});

it('explains a mapping that was deleted', async () => {
  const deleted = await api.store.doorMappings.insert({
    id: 'dm_deleted',
    integrationId: building.integrationId,
    organizationId: 1,
    locationId: 'loc_1',
    spaceId: null,
    resourceType: 'lock',
    resourceId: 999_999,
    name: 'Old door',
    active: true,
    createdBy: { type: 'system', id: 'test' },
  });
  await api.store.doorMappings.remove(deleted.id);
  const { body } = await ask({ doorMappingId: deleted.id });
  expect((body as { reasons: { code: string }[] }).reasons[0]?.code).toBe('mapping_deleted');
});

it('refuses what it cannot look at', async () => {
  expectProblem(await ask({}, { id: 'mem_nobody' }), 'member_not_found');
  expectProblem(await ask({ doorMappingId: 'dm_nowhere' }), 'door_mapping_not_found');
  expectProblem(await ask({ at: '2026-11-24T10:00:00' }), 'request_invalid', 'query.at');
  const nothing = await api.call(explainAccess, { params: { id: 'mem_1' } });
  expectProblem(nothing, 'request_invalid', 'query.doorMappingId');
  expectProblem(await ask({}, { key: api.keys.booking }), 'scope_missing');
});
