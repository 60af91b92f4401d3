import { getIntegration, getIntegrationHealth } from '../../api/integrations/schema';
import {
  deleteEmergencyStop,
  putEmergencyStop,
} from '../../api/integrations/emergency-stop-schema';
import { deleteMemberHold, getMemberHold, putMemberHold } from '../../api/members/hold-schema';
import { getMember } from '../../api/members/schema';
import { furnish, type Building } from './fixtures';
import {
  expectProblem,
  NOW,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
} from './api-under-test';

let api: ApiUnderTest;
let building: Building;
beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
});
afterAll(() => api.close());
beforeEach(() => {
  api.holds.follow = true;
});

describe('a hold of a member', () => {
  const hold = { reason: 'The invoice is due.' };
  const params = { id: 'mem_held' };
  beforeAll(async () => {
    await api.store.members.upsert({ id: params.id, email: 'held@example.com', name: null });
  });

  it('is answered with 200 once the doors have followed, and shown with the member', async () => {
    const { status, body } = await api.call(putMemberHold, {
      params,
      body: hold,
      key: api.keys.booking,
    });
    expect(status).toBe(200);
    const by = { type: 'api_key', id: api.keyIds.booking };
    const since = new Date(NOW).toISOString();
    expect(body).toMatchObject({ id: params.id, hold: { ...hold, since, by }, settled: true });
    const { body: member } = await api.call(getMember, { params });
    expect(member).toMatchObject({ hold });
  });

  it('sent again keeps its job; another reason makes another, and keeps its beginning', async () => {
    const put = async (reason: string): Promise<{ jobId: string; hold: { since: string } }> =>
      (await api.call(putMemberHold, { params, body: { reason } })).body as never;
    const first = await put(hold.reason);
    api.clock.time += 60_000;
    expect((await put(hold.reason)).jobId).toBe(first.jobId);
    const changed = await put('Two invoices are due.');
    expect(changed.jobId).not.toBe(first.jobId);
    expect(changed.hold.since).toBe(first.hold.since);
  });

  it('is answered with 202 and its job while Kisi is waited for; so is the release', async () => {
    api.holds.follow = false;
    const released = await api.call(deleteMemberHold, { params, key: api.keys.operator });
    expect(released.status).toBe(202);
    expect(released.body).toMatchObject({ hold: null, settled: false });
    const { jobId } = released.body as { jobId: string };
    expect(released.headers['location']).toBe(`/v1/jobs/${jobId}`);
    const read = await api.call(getMemberHold, { params, key: api.keys.booking });
    expect(read).toMatchObject({ status: 200, body: released.body });
    const job = { kind: 'member_hold', subjectId: params.id, state: 'running' };
    expect(await api.store.jobs.get(jobId)).toMatchObject(job);
    api.holds.follow = true;
    const again = await api.call(deleteMemberHold, { params });
    expect(again).toMatchObject({ status: 200, body: { settled: true, jobId } });
  });

  it.each([true, false])(
    'overtaken by another is answered as that one stands, followed or not: %s',
    async (isFollowed) => {
      const params = { id: 'mem_twice' };
      await api.store.members.upsert({ id: params.id, email: 'two@example.com', name: null });
      const put = (reason: string): Promise<ApiResponse> =>
        api.call(putMemberHold, { params, body: { reason: `${reason}, ${String(isFollowed)}.` } });
      let second: ApiResponse | undefined;
      api.holds.meanwhile = async (jobId) => {
        api.holds.meanwhile = null;
        api.holds.follow = isFollowed;
        second = await put('Another reason');
        api.holds.follow = false;
        // As the hold's workflow does.
        await api.store.jobs.end(jobId, { state: 'done', result: { overtaken: true } });
      };
      api.holds.follow = false;
      const { status, body } = await put('The first reason');
      expect({ status, body }).toMatchObject({
        status: isFollowed ? 200 : 202,
        body: { settled: isFollowed, hold: { reason: `Another reason, ${String(isFollowed)}.` } },
      });
      expect(body).toEqual(second?.body);
    },
  );

  it('names rows of others that let the member in, with what to do, until they are gone', async () => {
    const { foreignRows, integrations } = api.store;
    const integration = await integrations.get(building.integrationId);
    const organizationId = integration?.organizationId ?? 0;
    const holder = { organizationId, kisiUserId: 1_020, groupId: 301 };
    const row = {
      assigneeType: 'User',
      kisiUserId: holder.kisiUserId,
      memberId: params.id,
      groupId: holder.groupId,
      role: 'group_basic',
      from: null,
      until: NOW + 86_400_000,
      madeAt: NOW - 1,
    };
    await foreignRows.replaceSeenOf(
      holder,
      [
        { ...row, roleAssignmentId: 70_011 },
        { ...row, roleAssignmentId: 70_012, until: NOW - 1 },
        { ...row, roleAssignmentId: 70_013, role: 'place_admin' },
        { ...row, roleAssignmentId: 70_014, memberId: 'mem_other' },
      ],
      NOW,
    );
    const held = await api.call(putMemberHold, { params, body: hold });
    expect(held).toMatchObject({
      status: 200,
      body: {
        settled: true,
        foreignRows: [{ integrationId: building.integrationId, roleAssignmentId: 70_011 }],
        warning: expect.stringContaining('foreign-rows/clear') as unknown,
      },
    });
    expect((held.body as { foreignRows: unknown[] }).foreignRows).toHaveLength(1);
    const read = await api.call(getMemberHold, { params });
    expect(read).toMatchObject({ status: 200, body: held.body });
    await foreignRows.remove(organizationId, 70_011);
    const cleared = await api.call(putMemberHold, { params, body: hold });
    expect(cleared.body).toMatchObject({ foreignRows: [], warning: null });

    await foreignRows.replaceSeenOf(holder, [{ ...row, roleAssignmentId: 70_011 }], NOW);
    const released = await api.call(deleteMemberHold, { params });
    expect(released.body).toMatchObject({ foreignRows: [], warning: null });
  });

  it('was never there: its release changes nothing', async () => {
    await api.store.members.upsert({ id: 'mem_free', email: 'free@example.com', name: null });
    const { status, body } = await api.call(deleteMemberHold, { params: { id: 'mem_free' } });
    expect({ status, body }).toMatchObject({ status: 200, body: { settled: true, jobId: null } });
  });

  it('needs a reason, and a member who exists and was not erased', async () => {
    expectProblem(
      await api.call(putMemberHold, { params, body: { reason: ' ' } }),
      'request_invalid',
      'body.reason',
    );
    await api.store.members.upsert({ id: 'mem_gone', email: 'gone@example.com', name: null });
    await api.store.members.erase('mem_gone', 'job_erase');
    for (const id of ['nobody', 'mem_gone']) {
      const call = { params: { id }, body: hold };
      expectProblem(await api.call(putMemberHold, call), 'member_not_found');
      expectProblem(await api.call(deleteMemberHold, { params: { id } }), 'member_not_found');
      expectProblem(await api.call(getMemberHold, { params: { id } }), 'member_not_found');
    }
  });
});

describe('an emergency stop', () => {
  const stop = { reason: 'Doors open for the wrong people.', includeRemovals: true };

  it('is shown by integration, health and metrics, holds a removal back, and is released', async () => {
    const params = { id: building.integrationId };
    const { body } = await api.call(putEmergencyStop, {
      params,
      body: stop,
      key: api.keys.operator,
    });
    const by = { type: 'api_key', id: api.keyIds.operator };
    const emergencyStop = { ...stop, by, since: new Date(api.clock.time).toISOString() };
    expect(body).toMatchObject({ id: params.id, emergencyStop });
    expect((await api.call(getIntegration, { params })).body).toMatchObject({ emergencyStop });
    const health = await api.call(getIntegrationHealth, { params });
    expect(health.body).toMatchObject({ emergencyStop });
    const metric = (): Promise<string> =>
      api.registry.getSingleMetricAsString('latchkey_emergency_stops');
    expect(await metric()).toContain('writes="all"} 1');

    api.clock.time += 5_000;
    const changed = await api.call(putEmergencyStop, { params, body: { reason: 'Wait.' } });
    const { since } = emergencyStop;
    expect(changed.body).toMatchObject({
      emergencyStop: { reason: 'Wait.', includeRemovals: false, since },
    });
    // Removals go on now, so that those who wait are let go.
    expect(api.probed).toHaveLength(1);
    expect(await metric()).toContain('writes="changes"} 1');

    for (let times = 0; times < 2; times += 1) {
      const released = await api.call(deleteEmergencyStop, { params });
      expect(released.body).toMatchObject({ emergencyStop: null });
    }
    expect(api.probed).toHaveLength(3);
    expect(await metric()).toContain('writes="changes"} 0');
  });

  it('needs a reason, and an integration', async () => {
    const params = { id: building.integrationId };
    const bad = await api.call(putEmergencyStop, { params, body: { includeRemovals: 'no' } });
    expectProblem(bad, 'request_invalid', 'body.reason', 'body.includeRemovals');
    const unknown = { params: { id: 'int_none' } };
    expectProblem(
      await api.call(putEmergencyStop, { ...unknown, body: stop }),
      'integration_not_found',
    );
    expectProblem(await api.call(deleteEmergencyStop, unknown), 'integration_not_found');
  });
});
