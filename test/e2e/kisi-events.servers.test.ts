import { setTimeout as sleep } from 'node:timers/promises';
import type { SwitchesPatch } from '../../simulator';
import { workflowIds } from '../../src/contracts/names';
import { pokeSignal } from '../../src/contracts/pass-messages';
import type { Grant } from '../../src/domain/grant';
import type { Member } from '../../src/store';
import { askKisi, pasteWebhookInKisi } from '../support/kisi-dashboard';
import { expectAccess } from '../support/oracle';
import { build, BUILD_TIMEOUT_MS, withInstallation, type Installation } from '../support/processes';
import { fromNow, hostOf, iso, type Connected, type Host } from './host';
import { outcomesOf } from './verdict';

const HOUR = 3_600_000;
/** What the promise allows for drift to be noticed and repaired. */
const MINUTE_MS = 60_000;
const EVENTS = ['lock.unlock', 'role_assignment.update', 'role_assignment.destroy'];

async function waitFor(what: () => boolean | Promise<boolean>, why: string): Promise<void> {
  const deadline = Date.now() + MINUTE_MS;
  while (!(await what())) {
    if (Date.now() > deadline) throw new Error(`Not within a minute: ${why}`);
    await sleep(50);
  }
}

/** Pastes address and key in Kisi's dashboard, as a person does. Answers Kisi's id of the webhook. */
async function listen(installation: Installation, organization: Connected): Promise<number> {
  const { api, simulatorUrl, apiProcess } = installation;
  const { path, signatureKey } = await api.ok<{ path: string; signatureKey: string }>(
    'POST',
    `/v1/integrations/${organization.integrationId}/kisi-webhook`,
    { register: false },
  );
  const webhookId = await pasteWebhookInKisi(simulatorUrl, organization.apiKey, {
    url: apiProcess().url + path,
    enabled_events: EVENTS,
    signature_key: signatureKey,
  });
  // It came beside the slots of the key and counts all the same: let its second pass.
  await sleep(1_000);
  return webhookId;
}

/** Every event of the webhook has been taken, in so many copies, or refused for its signature. */
async function allDelivered(
  { simulator }: Installation,
  webhookId: number,
  copies = 1,
): Promise<void> {
  const { integrations, events } = simulator.state();
  const webhook = integrations.find(({ id }) => id === webhookId);
  const sent = events.filter(
    ({ type, organizationId, createdAt }) =>
      EVENTS.includes(type) &&
      organizationId === webhook?.organizationId &&
      createdAt >= webhook.createdAt,
  );
  const isDelivered = (uuid: string): boolean => {
    const ofEvent = simulator.deliveries().filter((one) => one.uuid === uuid);
    const taken = ofEvent.filter((one) => one.webhookId === webhookId && one.status === 200);
    return taken.length >= copies || ofEvent.some(({ status }) => status === 401);
  };
  await waitFor(() => sent.every(({ uuid }) => isDelivered(uuid)), 'every event is delivered');
}

interface Drift {
  lastDay: number;
  latest: { change: string; answer: string; grantIds: string[]; by: object } | null;
}
async function driftOf({ api }: Installation, { integrationId }: Connected): Promise<Drift> {
  const path = `/v1/integrations/${integrationId}/health`;
  return (await api.ok<{ drift: Drift }>('GET', path)).drift;
}

/** A member with a grant in place. */
async function holder(
  { settled }: Installation,
  host: Host,
  organization: Connected,
): Promise<{ member: Member; grant: Grant; lockId: number }> {
  const lockId = organization.lockIds[0] ?? 0;
  const member = await host.newMember();
  const { body } = await host.grant(member, await host.map(organization, lockId));
  const grant = await settled(body.id);
  expect(grant.provisioning).toBe('in_place');
  return { member, grant, lockId };
}

beforeAll(build, BUILD_TIMEOUT_MS);

describe('access that somebody deletes at Kisi', () => {
  const ways: [string, SwitchesPatch['webhook']][] = [
    ['an event as documented', {}],
    [
      'bare hex, three copies, reversed and late',
      {
        signature: 'bareHex',
        copies: 3,
        order: 'reversed',
        delayMs: 200,
      },
    ],
  ];

  it('is repaired within a minute, logged with who did it, and raised; a setting makes it a revoke', async () => {
    await withInstallation({}, async (installation) => {
      const { simulator, api, client, rowsOf, logOf, until } = installation;
      const host = hostOf(installation);
      const organization = await host.connect('Drift', 1);
      const webhookId = await listen(installation, organization);
      const { member, grant, lockId } = await holder(installation, host, organization);
      const isOpen = (): boolean => simulator.couldOpen({ email: member.email, lockId }).open;
      const desk = simulator.drift({
        kind: 'addUser',
        organizationId: organization.organizationId,
        email: 'desk@drift.test',
        name: 'Dashboard Desk',
      });
      const deleteRow = (byId: number): void => {
        const [row] = rowsOf(member);
        simulator.drift({ kind: 'deleteRow', id: row?.id ?? 0, byId });
        expect(isOpen()).toBe(false);
      };
      const drifts = async (): Promise<object[]> =>
        (await logOf(grant.id)).filter(({ action }) => action === 'drift');

      let count = 0;
      for (const [, webhook] of ways) {
        simulator.setSwitches({
          webhook: { signature: 'prefixed', copies: 1, order: 'kept', delayMs: 0, ...webhook },
        });
        deleteRow(desk);
        count += 1;
        await waitFor(isOpen, 'the door is open again');
        await waitFor(async () => (await drifts()).length === count, 'the log tells of it');
        const last = simulator.state().events.findLast(({ type }) => type.endsWith('.destroy'));
        await waitFor(
          () =>
            simulator.deliveries().filter(({ uuid }) => uuid === last?.uuid).length ===
            simulator.switches().webhook.copies,
          'every copy is delivered',
        );
        expect(await drifts()).toHaveLength(count);
      }
      expect(await drifts()).toMatchObject([
        { by: { type: 'kisi', id: `User:${String(desk)}` }, status: 'attention' },
        { by: { type: 'kisi', id: `User:${String(desk)}` } },
      ]);
      // The owner of the key may do so by hand, too: what we did not send is not ours.
      deleteRow(organization.ownerId);
      await waitFor(isOpen, 'the door is open again');
      await allDelivered(installation, webhookId);
      expect(await driftOf(installation, organization)).toMatchObject({
        lastDay: 3,
        latest: {
          change: 'deleted',
          answer: 'repair',
          grantIds: [grant.id],
          by: { type: 'kisi', id: `User:${String(organization.ownerId)}` },
        },
      });
      const [row] = rowsOf(member);
      simulator.drift({
        kind: 'editRow',
        id: row?.id ?? 0,
        validUntil: fromNow(-60_000),
        byId: desk,
      });
      await waitFor(isOpen, 'the end that was cut is put right');
      expect(await drifts()).toHaveLength(4);
      expect((await installation.store.grants.get(grant.id))?.stops).toEqual([]);
      await expectAccess(installation, member, lockId, Date.now());

      // Events without a signature change nothing; the reconciliation finds it all the same.
      simulator.setSwitches({ webhook: { signature: 'none', copies: 1, order: 'kept' } });
      deleteRow(desk);
      await waitFor(
        () => simulator.deliveries().some(({ status, attempt }) => status === 401 && attempt === 3),
        'the unsigned event is refused each time',
      );
      expect(isOpen()).toBe(false);
      expect(await drifts()).toHaveLength(4);
      await api.ok('POST', `/v1/integrations/${organization.integrationId}/reconcile-approval`);
      await waitFor(isOpen, 'the reconciliation repairs it');

      // The last resort: a deletion in the dashboard is a revoke. An event that comes when the row has a
      // successor already is too late for that.
      const integration = `/v1/integrations/${organization.integrationId}`;
      await api.ok('PATCH', integration, { deletionInKisi: 'revoke' });
      simulator.setSwitches({ webhook: { signature: 'prefixed', delayMs: 20_000 } });
      deleteRow(desk);
      await client.workflow
        .getHandle(
          workflowIds.pass({
            memberId: member.id,
            organizationId: organization.organizationId,
            target: { kind: 'lock', id: lockId },
          }),
        )
        .signal(pokeSignal, { fresh: true });
      await waitFor(isOpen, 'the pass has looked by itself');
      await allDelivered(installation, webhookId);
      expect(await drifts()).toHaveLength(5);
      expect((await installation.store.grants.get(grant.id))?.stops).toEqual([]);
      expect(isOpen()).toBe(true);

      simulator.setSwitches({ webhook: { delayMs: 0, copies: 2 } });
      deleteRow(desk);
      const revoked = await until(grant.id, ({ settled, stops }) => settled && stops.length > 0);
      expect(revoked).toMatchObject({
        stops: ['admin'],
        provisioning: 'removed',
        changedBy: { type: 'kisi', id: `User:${String(desk)}` },
      });
      await allDelivered(installation, webhookId);
      expect(rowsOf(member)).toEqual([]);
      await expectAccess(installation, member, lockId, Date.now());
      expect(isOpen()).toBe(false);
      await api.ok('POST', `/v1/grants/${grant.id}/restore`, {});
      await waitFor(isOpen, 'it is restored');
      await allDelivered(installation, webhookId);
      expect((await installation.store.grants.get(grant.id))?.stops).toEqual([]);
    });
  }, 240_000);
});

describe('a row that somebody made by hand', () => {
  it('in a mapped group, and deletes under a live grant that counts on it: open again at once', async () => {
    await withInstallation({}, async (installation) => {
      const { simulator, api } = installation;
      const host = hostOf(installation);
      const organization = await host.connect('Hand made', 2);
      await listen(installation, organization);
      const { member } = await holder(installation, host, organization);
      const { organizationId, integrationId, lockIds } = organization;
      const lockId = lockIds[1] ?? 0;
      const isOpen = (): boolean => simulator.couldOpen({ email: member.email, lockId }).open;
      const kisiUserId =
        (await installation.store.memberLinks.get(organizationId, member.id))?.kisiUserId ?? 0;
      const groupId = await aGroup(installation, organization);
      simulator.drift({ kind: 'addGroupLock', groupId, lockId });
      const desk = simulator.drift({
        kind: 'addUser',
        organizationId,
        email: 'desk@hand-made.test',
        name: 'Dashboard Desk',
      });
      const byHand = simulator.drift({ kind: 'addRow', assigneeId: kisiUserId, groupId });
      const locationId = `loc_${String(organizationId)}`;
      const mapping = { integrationId, resourceType: 'group', resourceId: groupId, locationId };
      const { id } = await api.ok<{ id: string }>('POST', '/v1/door-mappings', mapping);
      const { body } = await host.grant(member, id);
      await installation.settled(body.id);
      expect(rowsIn(installation, member, groupId)).toEqual([byHand]);
      expect(isOpen()).toBe(true);

      simulator.drift({ kind: 'deleteRow', id: byHand, byId: desk });
      expect(isOpen()).toBe(false);
      await waitFor(isOpen, 'the door is open again');
      expect(await driftsOf(installation, body.id)).toEqual([`User:${String(desk)}`]);
    });
  }, 120_000);

  it('in the group of our lock, and deletes under the grant that it served: the same', async () => {
    await withInstallation({}, async (installation) => {
      const { simulator, api, until } = installation;
      const host = hostOf(installation);
      const organization = await host.connect('Own group', 1);
      await listen(installation, organization);
      const { member, grant, lockId } = await holder(installation, host, organization);
      const isOpen = (): boolean => simulator.couldOpen({ email: member.email, lockId }).open;
      const { organizationId } = organization;
      const { store } = installation;
      const kisiUserId = (await store.memberLinks.get(organizationId, member.id))?.kisiUserId ?? 0;
      const { groupId = 0 } = (await store.lockGroups.get(organizationId, lockId)) ?? {};
      await api.ok('POST', `/v1/grants/${grant.id}/revoke`, {});
      await until(grant.id, ({ provisioning }) => provisioning === 'removed');
      expect(isOpen()).toBe(false);

      const desk = simulator.drift({
        kind: 'addUser',
        organizationId,
        email: 'desk@own-group.test',
        name: 'Dashboard Desk',
      });
      const byHand = simulator.drift({ kind: 'addRow', assigneeId: kisiUserId, groupId });
      const { body } = await api.send<{ id: string }>('POST', `/v1/members/${member.id}/grants`, {
        body: { doorMappingId: await host.map(organization, lockId), endsAt: null },
      });
      await installation.settled(body.id);
      expect(rowsIn(installation, member, groupId)).toEqual([byHand]);

      simulator.drift({ kind: 'deleteRow', id: byHand, byId: desk });
      expect(isOpen()).toBe(false);
      await waitFor(isOpen, 'the door is open again');
      expect(await driftsOf(installation, body.id)).toEqual([`User:${String(desk)}`]);
    });
  }, 120_000);
});

/** A group of the dashboard's own, without a lock. */
async function aGroup({ simulatorUrl }: Installation, { apiKey }: Connected): Promise<number> {
  const made = await askKisi(simulatorUrl, {
    method: 'POST',
    path: '/groups',
    secret: apiKey,
    body: { group: { name: 'Floor' } },
  });
  // As in `listen`.
  await sleep(1_000);
  return ((await made.json()) as { id: number }).id;
}

function rowsIn({ rowsOf }: Installation, member: Member, groupId: number): number[] {
  return rowsOf(member)
    .filter((row) => row.groupId === groupId)
    .map(({ id }) => id);
}

/** Who, as the grant's log tells, took its access at Kisi. */
async function driftsOf({ logOf }: Installation, grantId: string): Promise<string[]> {
  return (await logOf(grantId)).filter(({ action }) => action === 'drift').map(({ by }) => by.id);
}

describe('our own changes', () => {
  const modes: [string, SwitchesPatch][] = [
    ['new windows', { patchWindow: 'honoured', duplicateGrant: 'newRow' }],
    ['second rows', { patchWindow: 'ignored', duplicateGrant: 'newRow' }],
    ['replaces', { patchWindow: 'refused', duplicateGrant: 'conflict' }],
  ];

  it('are no drift, whatever they do at Kisi, even where drift would revoke', async () => {
    await withInstallation({}, async (installation) => {
      const { simulator, api, settled, until, rowsOf } = installation;
      const host = hostOf(installation);
      const webhook = { copies: 2, order: 'reversed', delayMs: 100 } as const;
      for (const [name, switches] of modes) {
        simulator.setSwitches({ ...switches, webhook });
        const organization = await host.connect(`Own ${name}`, 1);
        const webhookId = await listen(installation, organization);
        const integration = `/v1/integrations/${organization.integrationId}`;
        await api.ok('PATCH', integration, { deletionInKisi: 'revoke' });
        const { member, grant, lockId } = await holder(installation, host, organization);
        for (const hours of [3, 2, 4]) {
          const endsAt = fromNow(hours * HOUR);
          await api.ok('PATCH', `/v1/grants/${grant.id}`, { endsAt: iso(endsAt) });
          await until(grant.id, (now) => now.settled && now.endsAt === endsAt);
        }
        await api.ok('POST', `/v1/grants/${grant.id}/revoke`, {});
        await settled(grant.id);
        await api.ok('POST', `/v1/grants/${grant.id}/restore`, {});
        await settled(grant.id);
        await allDelivered(installation, webhookId, webhook.copies);

        expect(await driftOf(installation, organization)).toEqual({ lastDay: 0, latest: null });
        expect(rowsOf(member)).toHaveLength(1);
        await expectAccess(installation, member, lockId, Date.now());
        expect(simulator.couldOpen({ email: member.email, lockId }).open).toBe(true);
        expect(await outcomesOf(installation, grant.id)).not.toContain('drift attention');
        const own = simulator
          .state()
          .events.filter(
            ({ type, organizationId }) =>
              organizationId === organization.organizationId &&
              type.startsWith('role_assignment.') &&
              EVENTS.includes(type),
          );
        // Something was there to be mistaken.
        expect(own.length).toBeGreaterThanOrEqual(2);
      }
    });
  }, 240_000);
});

describe('an unlock', () => {
  it('is logged once, whether My Keys or Kisi tells of it', async () => {
    await withInstallation({}, async (installation) => {
      const { simulator, simulatorUrl, api, apiProcess, store } = installation;
      const host = hostOf(installation);
      const organization = await host.connect('Unlocks', 1);
      const webhookId = await listen(installation, organization);
      const { member, lockId } = await holder(installation, host, organization);
      const unlocksOf = async (): Promise<{ id: string; status: string }[]> =>
        (await store.accessLog.list({ memberId: member.id, action: 'unlock' }, { limit: 50 })).data;

      simulator.setSwitches({ webhook: { copies: 2 }, rateLimit: { enabled: false } });
      const { token } = await api.ok<{ token: string }>(
        'POST',
        `/v1/members/${member.id}/portal-sessions`,
      );
      const tap = await fetch(`${apiProcess().url}/v1/my/keys/${String(lockId)}/unlock`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
      });
      expect(await tap.json()).toMatchObject({ outcome: 'opened' });
      await allDelivered(installation, webhookId, 2);
      expect(await unlocksOf()).toMatchObject([{ status: 'opened' }]);

      // With Kisi's own app, which we hear of from Kisi alone.
      const login = await askKisi(simulatorUrl, {
        method: 'POST',
        path: '/logins',
        secret: organization.apiKey,
        body: { login: { type: 'device', email: member.email, expire: false } },
      });
      const { secret } = (await login.json()) as { secret: string };
      const opened = await askKisi(simulatorUrl, {
        method: 'POST',
        path: `/locks/${String(lockId)}/unlock`,
        secret,
      });
      expect(opened.status).toBe(200);
      await allDelivered(installation, webhookId, 2);
      const log = await unlocksOf();
      expect(log).toHaveLength(2);
      expect(new Set(log.map(({ id }) => id)).size).toBe(2);
    });
  }, 120_000);
});
