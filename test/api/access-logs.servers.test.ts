import request from 'supertest';
import { createDoorMapping, listAccessLogs } from '../../api/door-mappings/schema';
import { hostCookieName } from '../../api/http/host-cookie';
import { putMember } from '../../api/members/schema';
import { SESSION_COOKIE } from '../../api/session/cookie';
import type { AccessLogEntry, Grant } from '../../src/domain/grant';
import { aGrant, aLogEntry } from '../store/fixtures';
import {
  expectDocumented,
  expectProblem,
  NOW,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
  type CallOptions,
} from './api-under-test';
import { furnish, idOf, type Building } from './fixtures';

const COLUMNS =
  'at,action,status,memberId,memberName,source,sourceId,grantId,startsAt,endsAt,reason,problem,problemDetail,byType,byId,lockId,lockName,doorMappingId,doorMappingName,kisiName';

let api: ApiUnderTest;
let building: Building;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  await api.call(putMember, {
    params: { id: 'mem_2' },
    body: { email: 'grace@navy.example', name: 'Grace Hopper' },
  });
  await api.store.accessLog.append([
    row('grt_1', 1, {}),
    row('grt_1', 2, { action: 'revoke', reason: 'Lost', grant: { stops: ['admin'] } }),
    row('grt_1', 3, { action: 'restore', status: 'in_place' }),
    row('grt_2', 4, {
      status: 'attention',
      problem: { type: 'kisi_refused', detail: 'Kisi refused (422): nobody, says why' },
      grant: { memberId: 'mem_2', source: 'booking', sourceId: 'bk_1', endsAt: null },
    }),
    row('grt_3', 5, { reason: '=HYPERLINK("http://evil.example")', grant: { memberId: 'gone' } }),
  ]);
});
afterAll(() => api.close());

function row(
  grantId: string,
  recordNumber: number,
  { grant, ...fields }: Partial<Omit<AccessLogEntry, 'grant'>> & { grant?: Partial<Grant> },
): AccessLogEntry {
  const full = aGrant({
    id: grantId,
    recordNumber,
    doorMappingId: building.mappingId,
    startsAt: NOW - 500,
    endsAt: NOW + 60_000,
    ...grant,
  });
  return aLogEntry(full, { at: NOW + recordNumber * 1000, ...fields });
}

const params = (): { id: string } => ({ id: building.mappingId });
const list = (query: Record<string, string> = {}): Promise<ApiResponse> =>
  api.call(listAccessLogs, { params: params(), query });
const grantsOf = async (query: Record<string, string>): Promise<string[]> =>
  ((await list(query)).body as { data: { grantId: string }[] }).data.map(({ grantId }) => grantId);

describe('GET /v1/door-mappings/:id/access-logs', () => {
  it('shows newest first who did what, with the grant as it was then', async () => {
    api.clock.time = NOW + 3_600_000;
    const { data } = (await list({ grantId: 'grt_1' })).body as { data: { action: string }[] };
    expect(data.map(({ action }) => action)).toEqual(['restore', 'revoke', 'grant']);
    expect(data[1]).toMatchObject({
      id: 'grt_1:2',
      action: 'revoke',
      memberId: 'mem_1',
      memberName: null,
      source: 'manual',
      reason: 'Lost',
      by: { type: 'api_key' },
      grant: { status: 'revoked', stops: ['admin'] },
    });
  });

  it('shows a failed attempt with its problem, and the name and source behind it', async () => {
    const { body } = await list({ status: 'attention' });
    expect((body as { data: unknown[] }).data).toMatchObject([
      {
        memberId: 'mem_2',
        memberName: 'Grace Hopper',
        source: 'booking',
        sourceId: 'bk_1',
        problem: { type: 'kisi_refused' },
      },
    ]);
  });

  it.each([
    [{ memberId: 'mem_2' }, ['grt_2']],
    [{ source: 'booking' }, ['grt_2']],
    [{ source: 'plan' }, []],
    [{ action: 'revoke' }, ['grt_1']],
    [{ grantId: 'grt_3' }, ['grt_3']],
    [{ to: new Date(NOW + 2000).toISOString() }, ['grt_1']],
    [{ from: new Date(NOW + 3500).toISOString() }, ['grt_3', 'grt_2']],
    [{ search: 'hopp' }, ['grt_2']],
    [{ search: 'Grace@Na' }, ['grt_2']],
    [{ search: 'MEM_2' }, ['grt_2']],
    [{ search: 'gon' }, ['grt_3']],
    [{ search: 'nobody' }, []],
    [{ search: 'mem', source: 'booking' }, ['grt_2']],
  ] as [Record<string, string>, string[]][])('filters by %j', async (query, grantIds) => {
    expect(await grantsOf(query)).toEqual(grantIds);
  });

  it('goes on page by page, with the filters that hold', async () => {
    const first = (await list({ limit: '2', search: 'mem' })).body as {
      data: { id: string }[];
      nextCursor: string;
    };
    const query = { limit: '2', search: 'mem', cursor: first.nextCursor };
    const second = (await list(query)).body as { data: { id: string }[]; nextCursor: null };
    const ids = [...first.data, ...second.data].map(({ id }) => id);
    expect(ids).toEqual(['grt_2:4', 'grt_1:3', 'grt_1:2', 'grt_1:1']);
    expect(second.nextCursor).toBeNull();
  });

  it('refuses filters that are none, and an unknown mapping', async () => {
    const query = {
      action: 'paint',
      format: 'xml',
      from: '2026-11-24T10:00:00',
      search: ' ',
      source: 'whim',
      status: 'fine',
    };
    const faults = Object.keys(query).map((name) => `query.${name}`);
    expectProblem(await list(query), 'request_invalid', ...faults);
    for (const format of ['json', 'csv']) {
      const unknown = { params: { id: 'dm_no' }, query: { format } };
      expectProblem(await api.call(listAccessLogs, unknown), 'door_mapping_not_found');
    }
  });
});

const lines = (response: ApiResponse): string[] => response.text.split('\r\n');

describe('an access log as CSV', () => {
  it.each([
    ['format=csv', { format: 'csv' }, {}],
    ['Accept: text/csv', {}, { Accept: 'text/csv' }],
  ])('comes for %s, all of it, whatever the limit', async (_how, query, headers) => {
    const response = await api.call(listAccessLogs, {
      params: params(),
      query: { ...query, limit: '1' },
      headers,
    });
    expect(response.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(response.headers['content-disposition']).toBe(
      `attachment; filename=access-log-${building.mappingId}.csv`,
    );
    const [header, ...rows] = lines(response);
    const doorName = (await api.store.doorMappings.get(building.mappingId))?.name ?? '';
    expect(header).toBe(COLUMNS);
    expect(rows).toHaveLength(6);
    expect(rows[1]).toBe(
      `${new Date(NOW + 4000).toISOString()},grant,attention,mem_2,Grace Hopper,booking,bk_1,grt_2,${new Date(NOW - 500).toISOString()},,,kisi_refused,"Kisi refused (422): nobody, says why",api_key,key_admin,,,${building.mappingId},${doorName},`,
    );
    expect(rows.at(-1)).toBe('');
  });

  it('is JSON for whoever takes anything, and where the address says so', async () => {
    const anything = await api.call(listAccessLogs, {
      params: params(),
      headers: { Accept: '*/*' },
    });
    expect(anything.headers['content-type']).toContain('application/json');
    const said = await api.call(listAccessLogs, {
      params: params(),
      query: { format: 'json' },
      headers: { Accept: 'text/csv' },
    });
    expect(said.headers['content-type']).toContain('application/json');
  });

  it('filters, and disarms what a spreadsheet would run', async () => {
    const response = await list({ format: 'csv', grantId: 'grt_3' });
    const [, only, end] = lines(response);
    expect(only).toContain(`,"'=HYPERLINK(""http://evil.example"")",`);
    expect(end).toBe('');
    expect(lines(await list({ format: 'csv', source: 'plan' }))).toEqual([COLUMNS, '']);
  });

  it('runs over more rows than are read at once, each once', async () => {
    const doorMappingId = building.mappingId;
    const many = Array.from({ length: 1_203 }, (_, index) =>
      row('grt_many', 100 + index, { grant: { doorMappingId, source: 'plan', sourceId: 'ms_1' } }),
    );
    await api.store.accessLog.append(many);
    const [, ...rows] = lines(await list({ format: 'csv', source: 'plan' }));
    const instants = rows.slice(0, -1).map((line) => line.split(',')[0]);
    expect(new Set(instants).size).toBe(1_203);
    expect(instants).toEqual([...instants].sort().reverse());
  });

  it('needs a key, and a cursor that is ours', async () => {
    const path = `/v1/door-mappings/${building.mappingId}/access-logs?format=csv`;
    const keyless = await request(api.app).get(path);
    expectDocumented(listAccessLogs, keyless);
    expectProblem(keyless, 'unauthenticated');
    expectProblem(await list({ format: 'csv', cursor: 'abc' }), 'request_invalid', 'query.cursor');
  });
});

describe('who opened which door', () => {
  const through = 'Common Areas';
  let groupMappingId: string;
  beforeAll(async () => {
    const { integrationId, groupId, lockId, mappingId } = building;
    await api.store.integrations.update(integrationId, { locationIds: ['loc_1', 'loc_2'] });
    const made = await api.call(createDoorMapping, {
      body: {
        integrationId,
        resourceType: 'group',
        resourceId: groupId,
        locationId: 'loc_2',
        name: through,
      },
    });
    groupMappingId = idOf(made.body);
    const lock = { id: lockId, name: 'Front Door', alsoIn: [mappingId] };
    await api.store.accessLog.append([
      row('grt_g', 1, {
        id: 'unlock:1',
        action: 'unlock',
        status: 'opened',
        lock,
        grant: { memberId: 'mem_2', doorMappingId: groupMappingId, reason: 'Secret' },
      }),
    ]);
  });
  const read = async (
    id: string,
    options: CallOptions = {},
    filter: Record<string, string> = {},
  ): Promise<unknown[]> => {
    const query = { action: 'unlock', ...filter };
    const response = await api.call(listAccessLogs, { params: { id }, query, ...options });
    return (response.body as { data: unknown[] }).data;
  };

  it("stands in the group's log with the door, and in the door's with the group", async () => {
    for (const id of [groupMappingId, building.mappingId]) {
      expect(await read(id)).toMatchObject([
        {
          lock: { id: building.lockId, name: 'Front Door' },
          memberId: 'mem_2',
          doorMappingId: groupMappingId,
          doorMappingName: through,
          grantId: 'grt_g',
          source: 'manual',
        },
      ]);
    }
    expect(JSON.stringify(await read(building.mappingId))).not.toContain('alsoIn');
    const [, line] = lines(await list({ format: 'csv', action: 'unlock' }));
    expect(line).toContain(`,${String(building.lockId)},Front Door,${groupMappingId},${through}`);
  });

  it('shows the opening, not the grant, to who may see the door alone', async () => {
    const { token } = await api.store.sessions.create({
      with: 'oidc',
      person: {
        id: 'p',
        issuer: 'https://idp.test',
        name: 'P',
        scopes: ['admin'],
        locationIds: ['loc_1'],
      },
    });
    const Cookie = `${hostCookieName(SESSION_COOKIE, true)}=${token}`;
    const limited = { key: null, headers: { Cookie } };
    const seen = await read(building.mappingId, limited);
    expect(seen).toMatchObject([
      {
        lock: { id: building.lockId },
        memberId: 'mem_2',
        doorMappingId: null,
        doorMappingName: null,
        grantId: null,
        source: null,
        sourceId: null,
        grant: null,
      },
    ]);
    expect(JSON.stringify(seen)).not.toMatch(/Secret|grt_g|Common/);
    // Nor does a filter tell what the row does not.
    for (const filter of [{ source: 'manual' }, { grantId: 'grt_g' }]) {
      expect(await read(building.mappingId, {}, filter)).toHaveLength(1);
      expect(await read(building.mappingId, limited, filter)).toEqual([]);
    }
    expect(await read(building.mappingId, limited, { memberId: 'mem_2' })).toEqual(seen);
    const params = { id: groupMappingId };
    expectProblem(await api.call(listAccessLogs, { params, ...limited }), 'door_mapping_not_found');
  });
});

it('can still be read after the mapping was deleted', async () => {
  await api.store.doorMappings.remove(building.mappingId);
  expect(await grantsOf({ source: 'booking' })).toEqual(['grt_2']);
  const { status } = await list({ format: 'csv' });
  expect(status).toBe(200);
});
