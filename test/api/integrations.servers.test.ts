import {
  approveReconcile,
  createIntegration,
  getIntegration,
  getIntegrationHealth,
  listIntegrations,
  listKisiResources,
  patchIntegration,
  testApiKey,
  testIntegration,
} from '../../api/integrations/schema';
import {
  expectProblem,
  KISI_KEY,
  OTHER_ORGANIZATION_KEY,
  SECOND_KISI_KEY,
  startApi,
  type ApiUnderTest,
} from './api-under-test';
import { furnishPlaces, idOf } from './fixtures';

let api: ApiUnderTest;
let id: string;
let organizationId: number;
beforeAll(async () => {
  api = await startApi();
  await furnishPlaces(api);
  const { status, body } = await api.call(createIntegration, {
    body: { provider: 'kisi', apiKey: KISI_KEY, locationIds: ['loc_1', 'loc_1'] },
  });
  expect(status).toBe(201);
  id = idOf(body);
  organizationId = (body as { organization: { id: number } }).organization.id;
});
afterEach(() => {
  api.simulator.clearFaults();
});
afterAll(() => api.close());

const create = (apiKey: string, locationIds = ['loc_1']): Parameters<ApiUnderTest['call']>[1] => ({
  body: { provider: 'kisi', apiKey, locationIds },
});

describe('POST /v1/integrations', () => {
  it('learns from Kisi whose key it is, and never shows the key', async () => {
    const { body, text } = await api.call(getIntegration, { params: { id } });
    expect(body).toMatchObject({
      provider: 'kisi',
      organization: { name: 'First Coworking' },
      apiKeyHint: '1111',
      locationIds: ['loc_1'],
      active: true,
      createdBy: { type: 'api_key', id: api.keyIds.admin },
    });
    expect(text).not.toContain(KISI_KEY);
    expect(api.logs()).not.toContain(KISI_KEY);
  });

  it('refuses a second integration of the same organization, and names the first', async () => {
    const response = await api.call(createIntegration, create(SECOND_KISI_KEY));
    expectProblem(response, 'organization_connected');
    expect((response.body as { detail: string }).detail).toContain(id);
  });

  it('refuses a key that Kisi refuses, and stores nothing', async () => {
    expectProblem(await api.call(createIntegration, create('no-such-key')), 'kisi_key_refused');
    const { body } = await api.call(listIntegrations);
    expect((body as { data: unknown[] }).data).toHaveLength(1);
  });

  it('refuses locations that nobody has sent, each by name', async () => {
    const response = await api.call(
      createIntegration,
      create(OTHER_ORGANIZATION_KEY, ['loc_1', 'loc_no', 'loc_nor']),
    );
    expectProblem(response, 'location_unknown', 'body.locationIds.1', 'body.locationIds.2');
  });

  it.each([
    ['nothing', {}, ['body.apiKey', 'body.locationIds', 'body.provider']],
    [
      'another provider, a short key, and what is no list',
      { provider: 'salto', apiKey: 'short', locationIds: 'loc_1' },
      ['body.apiKey', 'body.locationIds', 'body.provider'],
    ],
  ])('refuses %s', async (_what, body, paths) => {
    expectProblem(await api.call(createIntegration, { body }), 'request_invalid', ...paths);
  });

  it.each([
    [503, 'kisi_unavailable'],
    [500, 'kisi_unavailable'],
    [429, 'kisi_unavailable'],
    [403, 'kisi_key_refused'],
  ] as const)('says what a %i of Kisi means', async (status, code) => {
    api.simulator.addFault({ kind: 'answerBefore', status });
    const response = await api.call(createIntegration, create(OTHER_ORGANIZATION_KEY));
    expectProblem(response, code);
    if (code === 'kisi_unavailable')
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
  });

  it('connects once however often the same request is repeated', async () => {
    const options = {
      ...create(OTHER_ORGANIZATION_KEY),
      headers: { 'Idempotency-Key': 'connect-other' },
    };
    // The answer to the first attempt is lost on our side: the record stays unfinished.
    const finish = jest
      .spyOn(api.store.idempotency, 'finish')
      .mockRejectedValueOnce(new Error('the database went away'));
    expectProblem(await api.call(createIntegration, options), 'internal_error');
    finish.mockRestore();
    const second = await api.call(createIntegration, options);
    expect(second.status).toBe(201);
    const third = await api.call(createIntegration, options);
    expect(third.body).toEqual(second.body);
    expect(third.headers['idempotency-replayed']).toBe('true');
  });
});

describe('POST /v1/integrations/test', () => {
  it('shows whose key it is, and whether the organization is connected', async () => {
    const { body } = await api.call(testApiKey, { body: { apiKey: SECOND_KISI_KEY } });
    expect(body).toMatchObject({
      ok: true,
      organization: { id: organizationId, name: 'First Coworking', domain: 'first-coworking' },
      integrationId: id,
    });
  });

  it('refuses a bad key, and a missing one', async () => {
    const bad = await api.call(testApiKey, { body: { apiKey: 'no-such-key' } });
    expectProblem(bad, 'kisi_key_refused');
    expectProblem(await api.call(testApiKey, { body: {} }), 'request_invalid', 'body.apiKey');
  });
});

describe('PATCH /v1/integrations/:id', () => {
  it('replaces the key, and tells those that wait for one', async () => {
    const { body } = await api.call(patchIntegration, {
      params: { id },
      body: { apiKey: SECOND_KISI_KEY },
    });
    expect(body).toMatchObject({ id, apiKeyHint: '2222' });
    expect(api.replacedKeys).toEqual([organizationId]);
    expect((await api.call(testIntegration, { params: { id } })).body).toMatchObject({ ok: true });
  });

  it('refuses a key of another organization, and changes nothing', async () => {
    const response = await api.call(patchIntegration, {
      params: { id },
      body: { apiKey: OTHER_ORGANIZATION_KEY, locationIds: ['loc_2'] },
    });
    expectProblem(response, 'other_organization');
    const { body } = await api.call(getIntegration, { params: { id } });
    expect(body).toMatchObject({ apiKeyHint: '2222', locationIds: ['loc_1'] });
  });

  it('changes the locations', async () => {
    const body = { locationIds: ['loc_1', 'loc_2'] };
    const changed = await api.call(patchIntegration, { params: { id }, body });
    expect(changed.body).toMatchObject(body);
  });

  it('refuses an empty change, unknown locations, a bad key and an unknown integration', async () => {
    const patch = (body: object, params = { id }): ReturnType<ApiUnderTest['call']> =>
      api.call(patchIntegration, { params, body });
    expectProblem(await patch({}), 'request_invalid', 'body');
    expectProblem(await patch({ locationIds: ['x'] }), 'location_unknown', 'body.locationIds.0');
    expectProblem(await patch({ apiKey: 'no-such-key' }), 'kisi_key_refused');
    expectProblem(await patch({ apiKey: KISI_KEY }, { id: 'int_no' }), 'integration_not_found');
  });
});

describe('POST /v1/integrations/:id/test', () => {
  it('says when Kisi is away or refuses the stored key', async () => {
    api.simulator.addFault({ kind: 'answerBefore', status: 503, count: 1 });
    expectProblem(await api.call(testIntegration, { params: { id } }), 'kisi_unavailable');
    api.simulator.addFault({ kind: 'answerBefore', status: 401, count: 1 });
    expectProblem(await api.call(testIntegration, { params: { id } }), 'kisi_key_refused');
  });
});

describe('GET /v1/integrations/:id/resources', () => {
  it('shows doors or groups as they are at Kisi', async () => {
    const names = async (type: string): Promise<string[]> => {
      const { body } = await api.call(listKisiResources, { params: { id }, query: { type } });
      return (body as { data: { name: string }[] }).data.map(({ name }) => name).sort();
    };
    expect(await names('lock')).toEqual(['Front Door', 'Meeting Room']);
    expect(await names('group')).toEqual(['Common Areas']);
  });

  it('refuses another type, and says when Kisi is away', async () => {
    const params = { id };
    const wrong = await api.call(listKisiResources, { params, query: { type: 'elevator' } });
    expectProblem(wrong, 'request_invalid', 'query.type');
    api.simulator.addFault({ kind: 'dropBefore' });
    const away = await api.call(listKisiResources, { params, query: { type: 'lock' } });
    expectProblem(away, 'kisi_unavailable');
  });
});

describe('GET /v1/integrations/:id/health', () => {
  it('shows a fault with its remedy, until it is gone', async () => {
    const health = async (): Promise<unknown> =>
      (await api.call(getIntegrationHealth, { params: { id } })).body;
    expect(await health()).toMatchObject({
      state: 'unknown',
      fault: null,
      lastReconciliation: null,
    });
    const fault = { type: 'kisi_unavailable', detail: 'No answer.', nextProbeAt: api.clock.time };
    await api.store.integrations.recordFault(organizationId, {
      ...fault,
      type: 'kisi_unavailable',
    });
    expect(await health()).toMatchObject({
      state: 'fault',
      fault: { type: 'kisi_unavailable', remedy: expect.stringContaining('tried again') as string },
    });
    await api.store.integrations.clearFault(organizationId);
    expect(await health()).toMatchObject({ state: 'ok', fault: null });
  });

  it('shows the last reconciliation', async () => {
    await api.store.reconcileRuns.save({
      id: 'run_1',
      organizationId,
      startedAt: api.clock.time,
      finishedAt: null,
      expired: 1,
      started: 2,
      repaired: 3,
      removed: 0,
      foreignRows: {
        count: 4,
        sample: [
          {
            roleAssignmentId: 90210,
            role: 'group_manager',
            groupId: 8831,
            kisiUserId: null,
            from: null,
            until: api.clock.time,
          },
        ],
      },
      plannedRemovals: 30,
      openDoors: 40,
      refused: true,
      disabledUserIds: [7],
      skipped: 'Kisi answered 503',
    });
    const { body } = await api.call(getIntegrationHealth, { params: { id } });
    expect(body).toMatchObject({
      lastReconciliation: {
        id: 'run_1',
        foreignRows: 4,
        foreignRowSample: [
          {
            roleAssignmentId: 90210,
            role: 'group_manager',
            groupId: 8831,
            kisiUserId: null,
            from: null,
            until: new Date(api.clock.time).toISOString(),
          },
        ],
        plannedRemovals: 30,
        refused: true,
        disabledUserIds: [7],
        skipped: 'Kisi answered 503',
      },
    });
  });
});

describe('POST /v1/integrations/:id/reconcile-approval', () => {
  it('stores the word of whoever gave it, and lets the run go on at once', async () => {
    const before = api.reconciled.count;
    const { body } = await api.call(approveReconcile, { params: { id } });
    expect(body).toMatchObject({ by: { type: 'api_key', id: api.keyIds.admin }, runId: null });
    const taken = await api.store.integrations.takeRemovalApproval(organizationId, 'run_2');
    expect(taken).toMatchObject({ by: { id: api.keyIds.admin } });
    expect(api.reconciled.count).toBe(before + 1);
  });

  it('gives one word however often the same request is repeated', async () => {
    const before = api.reconciled.count;
    const options = { params: { id }, headers: { 'Idempotency-Key': 'close-them' } };
    const first = await api.call(approveReconcile, options);
    await api.store.integrations.takeRemovalApproval(organizationId, 'run_3');
    const again = await api.call(approveReconcile, options);
    expect(again.headers['idempotency-replayed']).toBe('true');
    expect(again.body).toEqual(first.body);
    expect(await api.store.integrations.takeRemovalApproval(organizationId, 'run_4')).toBeNull();
    expect(api.reconciled.count).toBe(before + 1);
  });
});
