import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { workflowIds } from '../../src/contracts/names';
import { eventually } from '../support/eventually';
import { build, BUILD_TIMEOUT_MS, withInstallation, type Installation } from '../support/processes';
import { testServers } from '../support/servers';
import { startTcpProxy } from '../support/tcp-proxy';
import { hostOf, type GrantAnswer } from './host';
import { judgeSince, outcomesOf } from './verdict';

/** The ids of all grants that Temporal knows in this installation. */
async function grantIdsAtTemporal({ client }: Installation): Promise<string[]> {
  const ids = new Set<string>();
  for await (const { workflowId } of client.workflow.list({
    query: `WorkflowType = 'grantAccess'`,
  })) {
    ids.add(workflowId);
  }
  return [...ids].map((workflowId) => workflowId.slice(workflowIds.grant('').length));
}

beforeAll(build, BUILD_TIMEOUT_MS);

describe('an API that is killed after it has accepted', () => {
  it('between the start of the workflow and its answer: the same request makes the same grant', async () => {
    // Temporal hears the API, and the API no longer hears Temporal: it dies before it can go on.
    const wire = await startTcpProxy(testServers().temporalAddress);
    try {
      await withInstallation({ temporalAddressOfApi: wire.address }, async (installation) => {
        const { api, simulator, store, rowsOf, settled } = installation;
        const host = hostOf(installation);
        const begun = Date.now();
        const organization = await host.connect('API killed', 1);
        const [lockId = 0] = organization.lockIds;
        const mapping = await host.map(organization, lockId);
        const member = await host.newMember();
        const request = {
          idempotencyKey: randomUUID(),
          body: { doorMappingId: mapping, endsAt: '2040-01-01T12:00:00Z' },
        };
        const path = `/v1/members/${member.id}/grants`;

        wire.withholdAnswers();
        const lost = expect(api.send('POST', path, request)).rejects.toThrow();
        // Dead before it answers 503, as it does when it has not heard Temporal for 4 s. The worker may
        // ask Kisi before Temporal's list, which lags, shows the workflow.
        const deadline = Date.now() + 3_000;
        const isStarted = async (): Promise<boolean> =>
          simulator
            .requests(begun)
            .some(({ method, path: at }) => method === 'POST' && at === '/users') ||
          (await grantIdsAtTemporal(installation)).length > 0;
        while (!(await isStarted()) && Date.now() < deadline) await sleep(50);
        await installation.apiProcess().kill('SIGKILL');
        await lost;
        wire.mend();
        const [grantId = ''] = await eventually(
          () => grantIdsAtTemporal(installation),
          (ids) => ids.length > 0,
        );

        // Accepted is accepted: the access comes although nobody was told.
        await settled(grantId);
        expect(rowsOf(member)).toHaveLength(1);

        await installation.startApi();
        const again = await api.send<GrantAnswer>('POST', path, request);
        expect(again.status).toBe(201);
        expect(again.body).toMatchObject({ id: grantId, settled: true, provisioning: 'in_place' });
        const replayed = await api.send<GrantAnswer>('POST', path, request);
        expect(replayed.body).toEqual(again.body);
        expect(replayed.headers.get('idempotency-replayed')).toBe('true');

        expect(await grantIdsAtTemporal(installation)).toEqual([grantId]);
        const { data } = await store.grants.list(
          { memberId: member.id },
          { limit: 10 },
          Date.now(),
        );
        expect(data.map(({ id }) => id)).toEqual([grantId]);
        expect(rowsOf(member)).toHaveLength(1);
        expect(await outcomesOf(installation, grantId)).toEqual([
          'grant accepted',
          'grant in_place',
        ]);
        await judgeSince(installation, member, lockId, begun);
      });
    } finally {
      await wire.close();
    }
  }, 120_000);

  it('while a revoke is under way: the same request revokes once', async () => {
    await withInstallation({}, async (installation) => {
      const { api, simulator, settled, rowsOf, until } = installation;
      const host = hostOf(installation);
      const begun = Date.now();
      const organization = await host.connect('Revoke killed', 1);
      const [lockId = 0] = organization.lockIds;
      const member = await host.newMember();
      const { body } = await host.grant(member, await host.map(organization, lockId));
      await settled(body.id);

      // Kisi holds the removal, so that the API is waiting when it dies.
      const { id: faultId } = simulator.addFault({
        kind: 'hold',
        when: 'before',
        method: 'DELETE',
        path: '/role_assignments/*',
        count: 1,
      });
      const request = { idempotencyKey: randomUUID(), body: { reason: 'Lost badge' } };
      const path = `/v1/grants/${body.id}/revoke`;
      const lost = expect(api.send('POST', path, request)).rejects.toThrow();
      // Dead before it answers 202, also where Kisi is asked later than that.
      await simulator.waitUntilHeld(faultId, 4_000).catch(() => undefined);
      await installation.apiProcess().kill('SIGKILL');
      await lost;
      simulator.releaseFault(faultId);
      await until(body.id, (grant) => grant.provisioning === 'removed');
      expect(rowsOf(member)).toEqual([]);

      await installation.startApi();
      const again = await api.send<GrantAnswer>('POST', path, request);
      expect(again.status).toBe(200);
      expect(again.body).toMatchObject({ status: 'revoked', provisioning: 'removed' });
      expect(await outcomesOf(installation, body.id)).toEqual([
        'grant accepted',
        'grant in_place',
        'revoke accepted',
        'revoke removed',
      ]);
      await judgeSince(installation, member, lockId, begun);
    });
  }, 120_000);
});
