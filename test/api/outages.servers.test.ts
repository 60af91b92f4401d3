import { getOutage } from '../../api/outages/schema';
import type { AccessLogEntry, Grant } from '../../src/domain/grant';
import { acceptedGrant } from '../../src/domain/grant-life';
import { expectProblem, NOW, startApi, type ApiUnderTest } from './api-under-test';
import { furnish, type Building } from './fixtures';

const MINUTE = 60_000;
const BY = { type: 'system', id: 'test' } as const;

let api: ApiUnderTest;
let building: Building;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
});
afterAll(() => api.close());

const ask = (
  query: Record<string, string> = {},
  key = api.keys.operator,
): ReturnType<ApiUnderTest['call']> =>
  api.call(getOutage, { params: { id: building.integrationId }, query, key });

/** A grant that began so long before the present, as accepted then. */
async function aWaitingGrant(memberId: string, minutesAgo: number): Promise<Grant> {
  const at = NOW - minutesAgo * MINUTE;
  const accepted = acceptedGrant(
    {
      id: `grt_${String(minutesAgo)}`,
      memberId,
      doorMappingId: building.mappingId,
      source: 'manual',
      sourceId: null,
      startsAt: at,
      endsAt: NOW + 60 * MINUTE,
      reason: null,
    },
    at,
    BY,
  );
  const grant: Grant = { ...accepted, revision: 1, recordNumber: 1 };
  const row: AccessLogEntry = {
    id: `${grant.id}:1`,
    action: 'grant',
    status: 'accepted',
    reason: null,
    problem: null,
    by: BY,
    at,
    grant,
  };
  await api.store.grants.record([row]);
  return grant;
}

interface Report {
  data: { member: { id: string }; isMended: boolean; grant: { id: string } }[];
  nextCursor: string | null;
}

it('says that there was none', async () => {
  expect((await ask()).body).toEqual({ outage: null, data: [], nextCursor: null });
});

it('lists the members, doors and places, a page at a time, and who is helped by now', async () => {
  const { organizationId } = (await api.store.integrations.get(building.integrationId)) ?? {
    organizationId: 0,
  };
  api.clock.time = NOW - 10 * MINUTE;
  await api.store.integrations.recordFault(organizationId, {
    type: 'kisi_unavailable',
    detail: 'Kisi does not answer.',
    nextProbeAt: NOW,
  });
  api.clock.time = NOW;
  const first = await aWaitingGrant('mem_1', 8);
  const second = await aWaitingGrant('mem_2', 5);

  const { body } = await ask({ limit: '1' });
  expect(body).toMatchObject({
    outage: {
      type: 'kisi_unavailable',
      from: new Date(NOW - 10 * MINUTE).toISOString(),
      until: null,
    },
    data: [
      {
        missed: 'start',
        dueAt: new Date(first.startsAt).toISOString(),
        isMended: false,
        member: { id: 'mem_1' },
        door: { doorMappingId: building.mappingId },
        location: { id: 'loc_1', timeZone: 'Europe/Berlin' },
        grant: { id: first.id, provisioning: 'pending' },
      },
    ],
  });
  const { nextCursor } = body as Report;
  const rest = (await ask({ limit: '1', cursor: nextCursor ?? '' })).body as Report;
  expect(rest.data.map(({ grant }) => grant.id)).toEqual([second.id]);

  await api.store.grants.replaceGrant({ ...first, provisioning: 'in_place', recordNumber: 2 });
  await api.store.integrations.clearFault(organizationId);
  const after = (await ask()).body as Report;
  expect(after).toMatchObject({ outage: { until: new Date(NOW).toISOString() } });
  expect(after.data.map(({ isMended }) => isMended)).toEqual([true, false]);
});

it('refuses what it does not know', async () => {
  expectProblem(await ask({ cursor: 'nonsense' }), 'request_invalid', 'query.cursor');
  expectProblem(await ask({}, api.keys.booking), 'scope_missing');
  const unknown = await api.call(getOutage, { params: { id: 'int_nowhere' } });
  expectProblem(unknown, 'integration_not_found');
});
