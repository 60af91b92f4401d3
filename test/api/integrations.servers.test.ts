import {
  approveReconcile,
  createIntegration,
  getIntegration,
  getIntegrationHealth,
  listIntegrations,
  listKisiResources,
  patchIntegration,
  removeIntegration,
  testApiKey,
  testIntegration,
} from '../../api/integrations/schema';
import { getJob } from '../../api/jobs/schema';
import type { Grant } from '../../src/domain/grant';
import { acceptedGrant } from '../../src/domain/grant-life';
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
    expect((response.body as { detail: string }).detail).toBe(
      `The organization First Coworking is connected by the integration ${id}.`,
    );
  });

  it('refuses a location that another integration serves, and names that one', async () => {
    const response = await api.call(createIntegration, create(OTHER_ORGANIZATION_KEY));
    expectProblem(response, 'location_served', 'body.locationIds.0');
    expect((response.body as { detail: string }).detail).toBe(
      `The location loc_1 (loc_1) is served by the integration First Coworking (${id}).`,
    );
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
      ...create(OTHER_ORGANIZATION_KEY, ['loc_2']),
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

describe('several integrations', () => {
  it('stand side by side, each with its own organization, key and locations', async () => {
    const { body } = await api.call(listIntegrations);
    const { data } = body as { data: { id: string; locationIds: string[]; apiKeyHint: string }[] };
    const shown = data.map(({ locationIds, apiKeyHint }) => [...locationIds, apiKeyHint].join());
    expect(shown.sort()).toEqual(['loc_1,1111', 'loc_2,3333']);
    const other = data.find((one) => one.id !== id)?.id ?? '';
    const move = (integrationId: string, locationIds: string[]): ReturnType<ApiUnderTest['call']> =>
      api.call(patchIntegration, { params: { id: integrationId }, body: { locationIds } });
    expectProblem(await move(other, ['loc_1', 'loc_2']), 'location_served', 'body.locationIds.0');
    // Given up by one, it may go to the other.
    expect((await move(id, [])).status).toBe(200);
    expect((await move(other, ['loc_1'])).body).toMatchObject({ locationIds: ['loc_1'] });
    expectProblem(await move(id, ['loc_1']), 'location_served', 'body.locationIds.0');
    expect((await move(other, [])).status).toBe(200);
    expect((await move(id, ['loc_1'])).body).toMatchObject({ locationIds: ['loc_1'] });
  });
});

describe('POST /v1/integrations/test', () => {
  it('shows whose key it is, and whether the organization is connected', async () => {
    const { body } = await api.call(testApiKey, { body: { apiKey: SECOND_KISI_KEY } });
    expect(body).toMatchObject({
      ok: true,
      organization: { id: organizationId, name: 'First Coworking', domain: 'first-coworking' },
      keyOwner: { name: 'owner', isOrganizationOwner: true },
      integrationId: id,
    });
    const { rights } = body as { rights: { ok: boolean; remedy: string | null }[] };
    expect(rights.every(({ ok, remedy }) => ok && remedy === null)).toBe(true);
  });

  it('names each right that the key lacks, and where that is mended', async () => {
    const email = 'clerk@first.test';
    const userId = api.simulator.drift({ kind: 'addUser', organizationId, email });
    const rights = ['locks_read', 'groups_read', 'users_read'] as const;
    api.simulator.drift({ kind: 'setRights', userId, rights: [...rights] });
    api.simulator.drift({ kind: 'addKey', userId, secret: 'key-of-a-clerk' });
    const { status, body } = await api.call(testApiKey, { body: { apiKey: 'key-of-a-clerk' } });
    expect(status).toBe(200);
    expect(body).toMatchObject({ ok: false, keyOwner: { id: userId, isOrganizationOwner: false } });
    const found = (body as { rights: { right: string; ok: boolean; remedy: string }[] }).rights;
    const held = found.filter(({ ok }) => ok).map(({ right }) => right);
    expect(held).toEqual(['locks_read', 'groups_read', 'users_read']);
    for (const { remedy } of found.filter(({ ok }) => !ok)) {
      expect(remedy).toMatch(
        /Kisi dashboard, signed in as the Organization Owner.*Developer Settings/,
      );
    }
  });

  it('says where a key that Kisi refuses is made anew', async () => {
    const { body } = await api.call(testApiKey, { body: { apiKey: 'no-such-key' } });
    expect((body as { remedy: string }).remedy).toContain('Organization Owner');
    expect((body as { remedy: string }).remedy).toContain('Developer Settings');
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
    expect(api.integrationEvents.at(-1)).toBe(`connected ${id}`);
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
    expect(changed.body).toMatchObject({ ...body, madeOtherwise: null });
  });

  it('changes how members are made, and says who stays as they are', async () => {
    const { memberLinks } = api.store;
    await memberLinks.link(organizationId, 'mem_managed', 9001, 'a@x.test', 'managed');
    await memberLinks.link(organizationId, 'mem_invited', 9002, 'b@x.test', 'invited');
    await memberLinks.link(organizationId, 'mem_found', 9003, 'c@x.test');
    const change = async (memberMode: string): Promise<unknown> =>
      (await api.call(patchIntegration, { params: { id }, body: { memberMode } })).body;
    expect(await change('invited')).toMatchObject({
      memberMode: 'invited',
      madeOtherwise: { count: 1, memberIds: ['mem_managed'] },
    });
    expect(await change('managed')).toMatchObject({
      memberMode: 'managed',
      deletionInKisi: 'repair',
      madeOtherwise: { count: 1, memberIds: ['mem_invited'] },
    });
    const wrong = await api.call(patchIntegration, { params: { id }, body: { memberMode: 'vip' } });
    expectProblem(wrong, 'request_invalid', 'body.memberMode');
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

describe('what a test of the stored key finds', () => {
  it('is kept, and shown by the health', async () => {
    const health = async (): Promise<unknown> =>
      (await api.call(getIntegrationHealth, { params: { id } })).body;
    api.simulator.addFault({ kind: 'answerBefore', status: 403, path: '/users', count: 1 });
    const { body } = await api.call(testIntegration, { params: { id }, key: api.keys.operator });
    expect(body).toMatchObject({ ok: false });
    expect(await health()).toMatchObject({
      rights: {
        checkedAt: new Date(api.clock.time).toISOString(),
        missing: [
          { right: 'users_read', remedy: expect.stringContaining('Developer Settings') as string },
        ],
      },
    });
    await api.call(testIntegration, { params: { id } });
    expect(await health()).toMatchObject({ rights: { missing: [] } });
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
    api.clock.time += 60_000;
    await api.store.integrations.clearFault(organizationId);
    expect(await health()).toMatchObject({
      state: 'ok',
      fault: null,
      lastFault: {
        type: 'kisi_unavailable',
        since: new Date(api.clock.time - 60_000).toISOString(),
        healedAt: new Date(api.clock.time).toISOString(),
      },
    });
  });

  it('counts the requests that went to Kisi', async () => {
    const { kisiRequests } = api.store;
    const minute = Math.floor(api.clock.time / 60_000) * 60_000;
    const other = organizationId + 1;
    await kisiRequests.add(organizationId, minute + 1, 1);
    await kisiRequests.add(organizationId, minute - 1, 20);
    await kisiRequests.add(organizationId, minute - 30_000, 3);
    await kisiRequests.add(organizationId, minute - 2 * 3_600_000, 400);
    await kisiRequests.add(organizationId, minute - 25 * 3_600_000, 5_000);
    await kisiRequests.add(other, minute - 1, 60_000);
    const { body } = await api.call(getIntegrationHealth, { params: { id } });
    expect(body).toMatchObject({
      requests: { lastMinute: 23, lastHour: 24, lastDay: 424, limitPerSecond: 5 },
    });
  });

  it('counts the grants that wait and those that are open, of its own mappings only', async () => {
    const by = { type: 'system', id: 'test' } as const;
    const mapping = {
      integrationId: id,
      organizationId,
      locationId: null,
      spaceId: null,
      resourceType: 'lock',
      resourceId: 77,
      name: 'Side door',
      active: true,
      createdBy: by,
    } as const;
    await api.store.doorMappings.insert({ ...mapping, id: 'dm_side' });
    const now = api.clock.time;
    const grant = (grantId: string, fields: Partial<Grant>): Promise<void> =>
      api.store.grants.insertAccepted({
        ...acceptedGrant(
          {
            id: grantId,
            memberId: 'mem_1',
            doorMappingId: 'dm_side',
            source: 'manual',
            sourceId: null,
            startsAt: now - 1_000,
            endsAt: now + 3_600_000,
            reason: null,
          },
          now,
          by,
        ),
        ...fields,
      });
    await grant('grt_waits', { provisioning: 'pending' });
    await grant('grt_next', { provisioning: 'queued' });
    await grant('grt_person', { provisioning: 'attention' });
    await grant('grt_lingers', { provisioning: 'removing', endsAt: now - 500 });
    await grant('grt_past', { provisioning: 'pending', endsAt: now - 500 });
    await grant('grt_fine', { provisioning: 'in_place' });
    await grant('grt_later', { provisioning: 'in_place', startsAt: now + 60_000 });
    await grant('grt_elsewhere', { provisioning: 'pending', doorMappingId: 'dm_other' });
    const { body } = await api.call(getIntegrationHealth, { params: { id } });
    expect(body).toMatchObject({
      waitingGrants: { pending: 1, queued: 1, removing: 1, attention: 1 },
      openGrants: 1,
    });
  });

  it('names the doors that an unlock will not open, as last seen', async () => {
    const open = {
      name: 'Side door',
      placeName: 'House',
      configured: true,
      online: false,
      lockedDown: false,
      geofenceRestrictionEnabled: false,
      readerRestrictionEnabled: true,
      timeRestrictionEnabled: false,
    };
    const seenAt = api.clock.time - 60_000;
    await api.store.kisiDoors.putLocks(
      organizationId,
      [
        { ...open, lockId: 77 },
        { ...open, lockId: 78, name: 'Not mapped' },
      ],
      seenAt,
    );
    const { body } = await api.call(getIntegrationHealth, { params: { id } });
    expect((body as { doorsThatWillNotUnlock: unknown }).doorsThatWillNotUnlock).toEqual({
      count: 1,
      sample: [
        {
          type: 'lock',
          resourceId: 77,
          name: 'Side door',
          doorMappingIds: ['dm_side'],
          obstacles: [expect.objectContaining({ code: 'reader_restriction' })],
          seenAt: new Date(seenAt).toISOString(),
        },
      ],
    });
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

describe('DELETE /v1/integrations/:id', () => {
  const params = (): { params: { id: string } } => ({ params: { id } });
  const jobOf = (body: unknown): { id: string; state: string } =>
    body as { id: string; state: string };
  let jobId = '';

  it('refuses another way with the access, and an unknown integration', async () => {
    const wrong = await api.call(removeIntegration, { ...params(), query: { access: 'keep' } });
    expectProblem(wrong, 'request_invalid', 'query.access');
    const unknown = await api.call(removeIntegration, { params: { id: 'int_no' } });
    expectProblem(unknown, 'integration_not_found');
    expect((await api.call(getIntegration, params())).body).toMatchObject({ active: true });
  });

  it('answers a job, and lets nothing be granted from then on', async () => {
    const { status, body, headers } = await api.call(removeIntegration, params());
    expect(status).toBe(202);
    jobId = jobOf(body).id;
    expect(headers['location']).toBe(`/v1/jobs/${jobId}`);
    expect(body).toMatchObject({ kind: 'removal', subjectId: id, state: 'running' });
    expect(api.integrationEvents.at(-1)).toBe(`removalBegun ${id}`);
    expect((await api.call(getIntegration, params())).body).toMatchObject({
      active: false,
      removal: { mode: 'remove', jobId, by: { id: api.keyIds.admin } },
    });
    expect((await api.call(getIntegrationHealth, params())).body).toMatchObject({
      state: 'inactive',
    });
    expect(await api.store.doorMappings.get('dm_side')).toMatchObject({ active: false });
    const locationIds = ['loc_1'];
    const change = await api.call(patchIntegration, { ...params(), body: { locationIds } });
    expectProblem(change, 'integration_inactive');
  });

  it('answers the same job when it is asked again, in whatever way', async () => {
    const again = await api.call(removeIntegration, { ...params(), query: { access: 'leave' } });
    expect(jobOf(again.body).id).toBe(jobId);
    expect((await api.call(getIntegration, params())).body).toMatchObject({
      removal: { mode: 'remove', jobId },
    });
    expect((await api.call(getJob, { params: { id: jobId } })).body).toMatchObject({
      kind: 'removal',
    });
  });

  it('can be given another key while it is under way, of the same organization only', async () => {
    const other = { ...params(), body: { apiKey: OTHER_ORGANIZATION_KEY } };
    expectProblem(await api.call(patchIntegration, other), 'other_organization');
    const { body } = await api.call(patchIntegration, { ...params(), body: { apiKey: KISI_KEY } });
    expect(body).toMatchObject({ active: false, apiKeyHint: '1111' });
  });

  it('leaves an integration without a key, which refuses whatever needs one', async () => {
    await api.store.integrations.finishRemoval(id, jobId);
    expect((await api.call(getIntegration, params())).body).toMatchObject({
      active: false,
      apiKeyHint: null,
    });
    expectProblem(await api.call(testIntegration, params()), 'integration_inactive');
    const list = await api.call(listKisiResources, { ...params(), query: { type: 'lock' } });
    expectProblem(list, 'integration_inactive');
    const key = await api.call(patchIntegration, { ...params(), body: { apiKey: KISI_KEY } });
    expectProblem(key, 'integration_inactive');
  });

  it('is undone by connecting the same organization again', async () => {
    const { status, body } = await api.call(createIntegration, create(SECOND_KISI_KEY));
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, active: true, removal: null, apiKeyHint: '2222' });
    expect(api.integrationEvents.at(-1)).toBe(`reconnected ${id}`);
    expect(await api.store.doorMappings.get('dm_side')).toMatchObject({ active: true });
    const again = await api.call(createIntegration, create(KISI_KEY));
    expectProblem(again, 'organization_connected');
  });

  it('ends as failed when that happens before it is done', async () => {
    const { body } = await api.call(removeIntegration, { ...params(), query: { access: 'leave' } });
    const options = {
      ...create(KISI_KEY),
      headers: { 'Idempotency-Key': 'connect-again' },
    };
    // The answer to the first attempt is lost on our side: the repetition finds its own work.
    const finish = jest
      .spyOn(api.store.idempotency, 'finish')
      .mockRejectedValueOnce(new Error('the database went away'));
    expectProblem(await api.call(createIntegration, options), 'internal_error');
    finish.mockRestore();
    const second = await api.call(createIntegration, options);
    expect(second.status).toBe(200);
    expect(second.body).toMatchObject({ id, active: true });
    const job = await api.call(getJob, { params: { id: jobOf(body).id } });
    expect(job.body).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('connected again') as string,
    });
  });
});
