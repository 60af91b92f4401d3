import { setTimeout as sleep } from 'node:timers/promises';
import {
  changeGrant,
  createGrant,
  getGrant,
  listGrants,
  listMemberGrants,
  restoreGrant,
  retryGrant,
  revokeGrant,
} from '../../api/grants/schema';
import { whileRemoved } from '../support/while-removed';
import {
  expectProblem,
  NOW,
  SETTLE_WAIT_MS,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
} from './api-under-test';
import { furnish, idOf, type Building } from './fixtures';

let api: ApiUnderTest;
let building: Building;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
});
beforeEach(() => {
  api.clock.time = NOW;
  api.grants.mood = 'prompt';
});
afterAll(() => api.close());

const iso = (ms: number): string => new Date(ms).toISOString();
const HOUR = 3_600_000;

const grant = (
  body: object = {},
  options: { memberId?: string; headers?: Record<string, string>; key?: string } = {},
): Promise<ApiResponse> =>
  api.call(createGrant, {
    params: { id: options.memberId ?? 'mem_1' },
    body: { doorMappingId: building.mappingId, ...body },
    ...(options.headers ? { headers: options.headers } : {}),
    ...(options.key ? { key: options.key } : {}),
  });

describe('POST /v1/members/:id/grants', () => {
  it('answers 201 with the settled grant, and says by whom', async () => {
    const { status, body, headers } = await grant(
      { startsAt: iso(NOW), endsAt: iso(NOW + HOUR), reason: 'Tour' },
      { key: api.keys.booking },
    );
    expect(status).toBe(201);
    expect(headers['location']).toBe(`/v1/grants/${idOf(body)}`);
    expect(body).toMatchObject({
      id: expect.stringMatching(/^grt_[0-9a-f]{32}$/) as string,
      memberId: 'mem_1',
      doorMappingId: building.mappingId,
      source: 'manual',
      status: 'active',
      provisioning: 'in_place',
      settled: true,
      reason: 'Tour',
      createdBy: { type: 'api_key', id: api.keyIds.booking },
    });
    expect((await api.call(getGrant, { params: { id: idOf(body) } })).body).toEqual(body);
  });

  it('takes instants with an offset down to the whole second, in UTC', async () => {
    const { body } = await grant({
      startsAt: '2026-11-24T11:00:00.999+01:00',
      endsAt: '2026-11-24T10:30:59.001Z',
    });
    expect(body).toMatchObject({
      startsAt: '2026-11-24T10:00:00.000Z',
      endsAt: '2026-11-24T10:30:59.000Z',
    });
  });

  it('begins now and has no end unless told', async () => {
    const { body } = await grant();
    expect(body).toMatchObject({ startsAt: iso(NOW - 500), endsAt: null, status: 'active' });
  });

  it('answers 202 with the accepted grant when Kisi is slow, and can be read at once', async () => {
    api.grants.mood = 'slow';
    const { status, body, headers } = await grant();
    expect(status).toBe(202);
    expect(body).toMatchObject({ provisioning: 'pending', revision: 0, settled: false });
    const read = await api.call(getGrant, { params: { id: idOf(body) } });
    expect(read.body).toEqual(body);
    expect(headers['location']).toBe(`/v1/grants/${idOf(body)}`);
  });

  it('counts its wait from the arrival of the request: a slow start is waited for no longer', async () => {
    api.grants.mood = 'slow';
    const start = jest.spyOn(api.grants, 'start').mockImplementationOnce(async () => {
      await sleep(SETTLE_WAIT_MS);
      return 'started';
    });
    const looks = jest.spyOn(api.store.grants, 'getMany');
    const { status, body } = await grant();
    expect(status).toBe(202);
    expect(body).toMatchObject({ settled: false });
    expect(looks.mock.calls).toEqual([[[idOf(body)]]]);
    looks.mockRestore();
    start.mockRestore();
  });

  it('waits for many at once with one query a look, and gives each its own answer', async () => {
    api.grants.mood = 'slow';
    const looks = jest.spyOn(api.store.grants, 'getMany');
    const answers = await Promise.all([...Array(20).keys()].map(() => grant()));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
    expect(new Set(answers.map(({ body }) => idOf(body))).size).toBe(answers.length);
    // One by one they would have looked six times each in 300 ms.
    expect(looks.mock.calls.length).toBeLessThan(answers.length * 2);
    looks.mockRestore();
  });

  it('answers 503 when Temporal is away, and leaves nothing behind', async () => {
    api.grants.mood = 'away';
    const before = await api.call(listGrants);
    const response = await grant();
    expectProblem(response, 'temporal_unavailable');
    expect(response.headers['retry-after']).toBeDefined();
    expect(response.text).not.toContain('secret-host');
    expect((await api.call(listGrants)).body).toEqual(before.body);
  });

  it.each([
    ['an end before the start', { startsAt: iso(NOW + HOUR), endsAt: iso(NOW) }, 'window_invalid'],
    [
      'an end in the second of the start',
      { startsAt: '2026-11-24T12:00:00.100Z', endsAt: '2026-11-24T12:00:00.900Z' },
      'window_invalid',
    ],
    ['a window in the past', { startsAt: iso(NOW - HOUR), endsAt: iso(NOW - 1000) }, 'window_past'],
    ['an end that comes now', { startsAt: iso(NOW - HOUR), endsAt: iso(NOW) }, 'window_past'],
  ] as const)('refuses %s', async (_what, body, code) => {
    expectProblem(await grant(body), code, 'body.endsAt');
  });

  it('refuses instants without a zone and says what to do', async () => {
    const response = await grant({ startsAt: '2026-11-24T10:00:00', endsAt: '2026-11-25' });
    expectProblem(response, 'request_invalid', 'body.endsAt', 'body.startsAt');
    expect(response.text).toContain('add Z for UTC or an offset');
  });

  it.each([
    ['no door', { doorMappingId: undefined }, ['body.doorMappingId']],
    ['what are no instants', { startsAt: 'soon', endsAt: 7 }, ['body.endsAt', 'body.startsAt']],
    ['a day that does not exist', { endsAt: '2026-02-30T10:00:00Z' }, ['body.endsAt']],
    [
      'a reason too long, and an unknown field',
      { reason: 'x'.repeat(501), until: 1 },
      ['body.reason', 'body.until'],
    ],
  ])('refuses %s', async (_what, body, paths) => {
    expectProblem(await grant(body), 'request_invalid', ...paths);
  });

  it('refuses an unknown member and an unknown, an inactive or a disconnected door', async () => {
    expectProblem(await grant({}, { memberId: 'mem_no' }), 'member_not_found');
    const path = 'body.doorMappingId';
    expectProblem(await grant({ doorMappingId: 'dm_no' }), 'door_mapping_unknown', path);
    await api.store.doorMappings.update(building.mappingId, { active: false });
    expectProblem(await grant(), 'door_mapping_inactive', path);
    await api.store.doorMappings.update(building.mappingId, { active: true });
    await whileRemoved(api.store, building.integrationId, async () => {
      expectProblem(await grant(), 'integration_inactive', path);
    });
  });
});

describe('Idempotency-Key of a grant', () => {
  const headers = (key: string): { headers: Record<string, string> } => ({
    headers: { 'Idempotency-Key': key },
  });

  it('gives the same answer again, and starts one workflow', async () => {
    const before = api.grants.started.length;
    const first = await grant({ reason: 'A', endsAt: null }, headers('one'));
    api.clock.time += 23 * HOUR;
    const again = await grant({ endsAt: null, reason: 'A' }, headers('one'));
    expect(again.status).toBe(first.status);
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(api.grants.started.length - before).toBe(1);
  });

  it('refuses another body or another member under the same key', async () => {
    await grant({}, headers('two'));
    expectProblem(await grant({ reason: 'B' }, headers('two')), 'idempotency_key_reused');
    const other = await grant({}, { ...headers('two'), memberId: 'mem_2' });
    expectProblem(other, 'idempotency_key_reused');
  });

  it('belongs to the API key that sent it', async () => {
    const first = await grant({}, headers('three'));
    const other = await grant({}, { ...headers('three'), key: api.keys.booking });
    expect(idOf(other.body)).not.toBe(idOf(first.body));
  });

  it('goes on with the same grant when the first attempt died after the start', async () => {
    const insert = jest
      .spyOn(api.store.grants, 'insertAccepted')
      .mockRejectedValueOnce(new Error('the process died here'));
    api.grants.mood = 'slow';
    expectProblem(await grant({}, headers('four')), 'internal_error');
    insert.mockRestore();
    const started = api.grants.started.at(-1);
    const again = await grant({}, headers('four'));
    expect(again.status).toBe(202);
    expect(idOf(again.body)).toBe(started?.id);
    expect(api.grants.started.filter(({ id }) => id === started?.id)).toHaveLength(1);
  });

  it('does not judge a grant again that was accepted before', async () => {
    const finish = jest
      .spyOn(api.store.idempotency, 'finish')
      .mockRejectedValueOnce(new Error('the process died here'));
    expectProblem(await grant({ endsAt: iso(NOW + HOUR) }, headers('five')), 'internal_error');
    finish.mockRestore();
    api.clock.time += 2 * HOUR;
    const again = await grant({ endsAt: iso(NOW + HOUR) }, headers('five'));
    expect(again.status).toBe(201);
    expect(again.body).toMatchObject({ status: 'expired' });
  });

  it('keeps a refusal too', async () => {
    const body = { doorMappingId: 'dm_no' };
    const first = await grant(body, headers('six'));
    const again = await grant(body, headers('six'));
    expect(again.status).toBe(422);
    expect(again.headers['content-type']).toContain('application/problem+json');
    expect(again.body).toEqual(first.body);
  });

  it('tries again after an outage', async () => {
    api.grants.mood = 'away';
    expectProblem(await grant({}, headers('seven')), 'temporal_unavailable');
    api.grants.mood = 'prompt';
    expect((await grant({}, headers('seven'))).status).toBe(201);
  });

  it('refuses a key that is none', async () => {
    const response = await grant({}, headers('two words'));
    expectProblem(response, 'request_invalid', 'headers.Idempotency-Key');
  });
});

describe('changing a grant', () => {
  let id: string;
  beforeEach(async () => {
    id = idOf((await grant({ endsAt: iso(NOW + HOUR) })).body);
  });

  const patch = (body: object): Promise<ApiResponse> =>
    api.call(changeGrant, { params: { id }, body });

  it('changes what is sent and leaves the rest', async () => {
    const { status, body } = await patch({ endsAt: iso(NOW + 2 * HOUR), reason: 'Longer' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      startsAt: iso(NOW - 500),
      endsAt: iso(NOW - 500 + 2 * HOUR),
      changedBy: { type: 'api_key', id: api.keyIds.admin },
      reason: 'Longer',
    });
    expect((await patch({ endsAt: null })).body).toMatchObject({ endsAt: null });
  });

  it('revokes, restores and tries again, each saying by whom and why', async () => {
    const revoked = await api.call(revokeGrant, {
      params: { id },
      body: { reason: 'Lost badge' },
      key: api.keys.operator,
    });
    expect(revoked.status).toBe(200);
    expect(revoked.body).toMatchObject({
      status: 'revoked',
      stops: ['admin'],
      provisioning: 'removed',
      changedBy: { type: 'api_key', id: api.keyIds.operator },
      reason: 'Lost badge',
    });
    const restored = await api.call(restoreGrant, { params: { id } });
    expect(restored.body).toMatchObject({ status: 'active', stops: [], provisioning: 'in_place' });
    expect((await api.call(retryGrant, { params: { id }, body: {} })).status).toBe(200);
    expect(api.grants.messages.slice(-3)).toMatchObject([
      { command: 'revoke', meta: { reason: 'Lost badge', by: { id: api.keyIds.operator } } },
      { command: 'restore', meta: { by: { id: api.keyIds.admin } } },
      { command: 'retryNow' },
    ]);
  });

  it('refuses to restore what is over, and says what to do instead', async () => {
    await api.call(revokeGrant, { params: { id } });
    api.clock.time = NOW + 2 * HOUR;
    const response = await api.call(restoreGrant, { params: { id } });
    expectProblem(response, 'grant_over');
    expect((response.body as { remedy: string }).remedy).toContain('PATCH /v1/grants/:id');
  });

  it('brings an expired grant back with a later end', async () => {
    api.clock.time = NOW + 2 * HOUR;
    const { body } = await patch({ endsAt: iso(NOW + 3 * HOUR) });
    expect(body).toMatchObject({ id, status: 'active' });
  });

  it('answers 202 with the stored grant when nobody answers in time', async () => {
    api.grants.mood = 'slow';
    for (const spec of [revokeGrant, restoreGrant, retryGrant]) {
      const { status, body, headers } = await api.call(spec, { params: { id }, body: {} });
      expect(status).toBe(202);
      expect(body).toMatchObject({ id, settled: false });
      expect(headers['location']).toBe(`/v1/grants/${id}`);
    }
    expect((await patch({ endsAt: null })).status).toBe(202);
  });

  it('answers 503 when Temporal is away', async () => {
    api.grants.mood = 'away';
    expectProblem(await patch({ endsAt: null }), 'temporal_unavailable');
    expectProblem(await api.call(revokeGrant, { params: { id } }), 'temporal_unavailable');
  });

  it('sends a repetition under one Idempotency-Key as the same message', async () => {
    const options = { params: { id }, body: {}, headers: { 'Idempotency-Key': `revoke-${id}` } };
    api.grants.mood = 'away';
    expectProblem(await api.call(revokeGrant, options), 'temporal_unavailable');
    api.grants.mood = 'prompt';
    const finish = jest
      .spyOn(api.store.idempotency, 'finish')
      .mockRejectedValueOnce(new Error('the process died here'));
    expectProblem(await api.call(revokeGrant, options), 'internal_error');
    finish.mockRestore();
    expect((await api.call(revokeGrant, options)).status).toBe(200);
    const [one, two] = api.grants.messages.slice(-2);
    expect(one?.meta.requestId).toBeDefined();
    expect(two?.meta.requestId).toBe(one?.meta.requestId);
  });

  it.each([
    ['nothing to change', {}, ['body']],
    ['only a reason', { reason: 'x' }, ['body']],
    [
      'a start that is null, and a time without a zone',
      { startsAt: null, endsAt: '2026-11-24T10:00' },
      ['body.endsAt', 'body.startsAt'],
    ],
  ])('refuses %s', async (_what, body, paths) => {
    expectProblem(await patch(body), 'request_invalid', ...paths);
  });

  it('refuses an end before the start', async () => {
    expectProblem(await patch({ endsAt: iso(NOW - HOUR) }), 'window_invalid');
  });

  it('refuses a reason that is none', async () => {
    for (const spec of [revokeGrant, restoreGrant, retryGrant]) {
      const response = await api.call(spec, { params: { id }, body: { reason: 7, why: 1 } });
      expectProblem(response, 'request_invalid', 'body.reason', 'body.why');
    }
  });

  it('says when there is no such grant', async () => {
    const params = { id: 'grt_no' };
    for (const spec of [getGrant, revokeGrant, restoreGrant, retryGrant]) {
      expectProblem(await api.call(spec, { params }), 'grant_not_found');
    }
    const changed = await api.call(changeGrant, { params, body: { endsAt: null } });
    expectProblem(changed, 'grant_not_found');
  });
});

describe('GET /v1/grants and /v1/members/:id/grants', () => {
  let first: string;
  let second: string;
  beforeAll(async () => {
    api.clock.time = NOW;
    api.grants.mood = 'prompt';
    const window = { startsAt: iso(NOW + 100 * HOUR), endsAt: iso(NOW + 101 * HOUR) };
    first = idOf((await grant(window, { memberId: 'mem_2' })).body);
    api.clock.time = NOW + 1000;
    second = idOf((await grant({ ...window, endsAt: null }, { memberId: 'mem_2' })).body);
    await api.call(revokeGrant, { params: { id: second } });
  });

  const ids = async (query: Record<string, string>): Promise<string[]> => {
    const { body } = await api.call(listGrants, { query: { memberId: 'mem_2', ...query } });
    return (body as { data: { id: string }[] }).data.map(({ id }) => id);
  };

  it("lists a member's grants, newest first", async () => {
    const { body } = await api.call(listMemberGrants, { params: { id: 'mem_2' } });
    const listed = (body as { data: { id: string }[] }).data.map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining([second, first]));
    expect(listed.indexOf(second)).toBeLessThan(listed.indexOf(first));
  });

  it('tells a member without grants from one who does not exist', async () => {
    await api.store.members.upsert({ id: 'mem_new', email: 'new@example.com', name: null });
    const none = await api.call(listMemberGrants, { params: { id: 'mem_new' } });
    expect([none.status, none.body]).toEqual([200, { data: [], nextCursor: null }]);
    const unknown = await api.call(listMemberGrants, { params: { id: 'mem_no' } });
    expectProblem(unknown, 'member_not_found');
  });

  it.each([
    ['status', { status: 'scheduled' }, () => [first]],
    ['status and provisioning', { status: 'revoked', provisioning: 'removed' }, () => [second]],
    ['source', { source: 'booking' }, () => []],
    ['mapping', { doorMappingId: 'dm_no' }, () => []],
    ['window', { from: iso(NOW + 100 * HOUR), to: iso(NOW + 100.5 * HOUR) }, () => [second, first]],
    ['what begins later', { from: iso(NOW + 102 * HOUR), status: 'scheduled' }, () => []],
  ] as [string, Record<string, string>, () => string[]][])(
    'filters by %s',
    async (_by, query, expected) => {
      const shown = (await ids(query)).filter((id) => [first, second].includes(id));
      expect(shown).toEqual(expected());
    },
  );

  it('shows what one booking, or one membership, made', async () => {
    const made = await api.store.grants.get(first);
    if (made === null) throw new Error('it was just made');
    const ofSource = { source: 'booking', sourceId: 'bkg_1' } as const;
    await api.store.grants.insertAccepted({ ...made, id: 'grt_of_booking', ...ofSource });
    expect(await ids(ofSource)).toEqual(['grt_of_booking']);
    expect(await ids({ ...ofSource, source: 'plan' })).toEqual([]);
    expect(await ids({ ...ofSource, sourceId: 'bkg_2' })).toEqual([]);
  });

  it('pages without losing or repeating one', async () => {
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = { limit: '2', ...(cursor === null ? {} : { cursor }) };
      const { body } = await api.call(listGrants, { query });
      const page = body as { data: { id: string }[]; nextCursor: string | null };
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.nextCursor;
    } while (cursor !== null);
    const all = await api.call(listGrants, { query: { limit: '200' } });
    expect(seen).toEqual((all.body as { data: { id: string }[] }).data.map(({ id }) => id));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('refuses filters that are none, all at once', async () => {
    const query = {
      status: 'open',
      provisioning: 'x',
      source: 'x',
      from: '2026-11-24',
      limit: '0',
    };
    const response = await api.call(listGrants, { query });
    expectProblem(
      response,
      'request_invalid',
      'query.from',
      'query.limit',
      'query.provisioning',
      'query.source',
      'query.status',
    );
  });

  it('refuses a span that ends before it begins', async () => {
    const query = { from: iso(NOW + HOUR), to: iso(NOW) };
    expectProblem(await api.call(listGrants, { query }), 'request_invalid', 'query.to');
  });
});
