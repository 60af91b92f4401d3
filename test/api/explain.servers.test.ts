import { explainAccess } from '../../api/explain/schema';
import { putBooking } from '../../api/bookings/schema';
import { expectProblem, NOW, startApi, type ApiUnderTest } from './api-under-test';
import { furnish, type Building } from './fixtures';

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
