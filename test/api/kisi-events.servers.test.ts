import { createHmac, randomUUID } from 'node:crypto';
import mongoose from 'mongoose';
import request from 'supertest';
import { createDoorMapping, listAccessLogs } from '../../api/door-mappings/schema';
import { createGrant } from '../../api/grants/schema';
import {
  getIntegration,
  getIntegrationHealth,
  patchIntegration,
  removeIntegration,
} from '../../api/integrations/schema';
import {
  createKisiWebhook,
  deleteKisiWebhook,
  getKisiWebhook,
  receiveKisiEvent,
} from '../../api/kisi-events/schema';
import { putMember } from '../../api/members/schema';
import { unlockMyKey } from '../../api/my/schema';
import { passKey, type PassRef } from '../../src/domain/door';
import {
  expectDocumented,
  expectProblem,
  NOW,
  PUBLIC_URL,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
} from './api-under-test';
import { furnish, idOf, type Building } from './fixtures';

const HOUR = 3_600_000;
const DESK = 1_002;
const iso = (ms: number): string => new Date(ms).toISOString();

let api: ApiUnderTest;
let building: Building;
let organizationId: number;
let ownerId: number;
/** Maps the group, whose one door is the mapped lock as well. */
let groupMappingId: string;
let key: string;

beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  const { integrationId, groupId } = building;
  const mapping = await api.call(createDoorMapping, {
    body: { integrationId, resourceType: 'group', resourceId: groupId, locationId: 'loc_1' },
  });
  groupMappingId = idOf(mapping.body);
  const integration = await api.store.integrations.get(integrationId);
  organizationId = integration?.organizationId ?? 0;
  ownerId = integration?.keyOwnerId ?? 0;
  key = await pastedKey();
});
afterEach(() => {
  api.freshPokes.length = 0;
  api.revoked.length = 0;
});
afterAll(() => api.close());

const ofIntegration = (): { params: { id: string } } => ({
  params: { id: building.integrationId },
});

interface Webhook {
  path: string;
  url: string;
  kisiWebhookId: number | null;
  signatureKey?: string | null;
  lastEventAt: string | null;
}
const webhookOf = ({ body }: ApiResponse): Webhook => body as Webhook;

async function pastedKey(): Promise<string> {
  const made = await api.call(createKisiWebhook, { ...ofIntegration(), body: { register: false } });
  expect(made.status).toBe(201);
  return webhookOf(made).signatureKey ?? '';
}

const sign = (text: string, by = key): string =>
  createHmac('sha256', by).update(text).digest('hex');

/** Brings the event as Kisi does, signed over the very text unless said otherwise. */
async function bring(
  event: object,
  more: { signature?: string | null; integrationId?: string; text?: string } = {},
): Promise<ApiResponse> {
  const { integrationId = building.integrationId, text = JSON.stringify(event) } = more;
  const { signature = `sha256=${sign(JSON.stringify(event))}` } = more;
  const sent = request(api.app)
    .post(receiveKisiEvent.path.replace(':integrationId', integrationId))
    .set('Content-Type', 'application/json');
  if (signature !== null) void sent.set('X-Signature', signature);
  const response = await sent.send(text);
  expectDocumented(receiveKisiEvent, response);
  return response;
}

/** An event of Kisi's, as its documentation shows one. */
function event(type: string, fields: object): Record<string, unknown> {
  return {
    uuid: randomUUID(),
    type,
    actor_type: 'User',
    actor_id: DESK,
    actor_name: 'Dashboard Desk',
    object_name: null,
    organization_id: organizationId,
    place_id: null,
    success: true,
    created_at: iso(Math.floor(NOW / 1000) * 1000),
    ...fields,
  };
}
const unlocked = (fields: object = {}): Record<string, unknown> =>
  event('lock.unlock', { object_type: 'Lock', object_id: building.lockId, ...fields });
const destroyed = (rowId: number, fields: object = {}): Record<string, unknown> =>
  event('role_assignment.destroy', { object_type: 'RoleAssignment', object_id: rowId, ...fields });

const taken = { accepted: true, ignored: null };
const ignored = (because: string): object => ({ accepted: false, ignored: because });

interface LogRow {
  id: string;
  action: string;
  status: string;
  reason: string | null;
  by: { type: string; id: string };
  at: string;
  memberId: string | null;
}
async function logOf(doorMappingId: string, query: Record<string, string>): Promise<LogRow[]> {
  const response = await api.call(listAccessLogs, { params: { id: doorMappingId }, query });
  expect(response.status).toBe(200);
  return (response.body as { data: LogRow[] }).data;
}

let members = 0;
/** A member with a user at Kisi and an open-ended grant, of the mapped lock unless said otherwise. */
async function holder(
  doorMappingId = building.mappingId,
): Promise<{ memberId: string; userId: number; grantId: string }> {
  members += 1;
  const memberId = `mem_e${String(members)}`;
  const email = `${memberId}@example.com`;
  await api.call(putMember, { params: { id: memberId }, body: { email } });
  const kisi = await api.kisi.forOrganization(organizationId);
  const user = await kisi.createUser({ email, name: memberId, memberId, invited: false });
  await api.store.memberLinks.link(organizationId, memberId, user.id, email);
  const grant = await api.call(createGrant, {
    params: { id: memberId },
    body: { doorMappingId, endsAt: null },
  });
  return { memberId, userId: user.id, grantId: idOf(grant.body) };
}

let rows = 70_000;
/** What the pass would have stored, which has no worker here: the grant's wish and its row at Kisi. */
async function rowOf(memberId: string, grantId: string): Promise<{ rowId: number; pass: PassRef }> {
  rows += 1;
  const pass: PassRef = {
    memberId,
    organizationId,
    target: { kind: 'lock', id: building.lockId },
  };
  const wish = { grantId, revision: 1, from: NOW - HOUR, until: null, wanted: true };
  await api.store.wishes.write(pass, wish);
  await api.store.kisiRows.put({
    roleAssignmentId: rows,
    organizationId,
    passKey: `${memberId}:lock:${String(building.lockId)}`,
    kisiUserId: 1,
    groupId: building.groupId,
    from: null,
    until: null,
  });
  return { rowId: rows, pass };
}

describe('the signature key', () => {
  it('is answered once to be pasted, kept sealed, and the same under one Idempotency-Key', async () => {
    const headers = { 'Idempotency-Key': randomUUID() };
    const ask = (): Promise<ApiResponse> =>
      api.call(createKisiWebhook, { ...ofIntegration(), body: { register: false }, headers });
    const [first, again] = [webhookOf(await ask()), webhookOf(await ask())];
    key = first.signatureKey ?? '';
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(again.signatureKey).toBe(key);
    expect(first).toMatchObject({
      path: `/v1/kisi-events/${building.integrationId}`,
      url: `${PUBLIC_URL}/v1/kisi-events/${building.integrationId}`,
      kisiWebhookId: null,
    });
    const read = await api.call(getKisiWebhook, ofIntegration());
    expect(read.text).not.toContain(key);
    const connection = await mongoose.createConnection(api.databaseUri).asPromise();
    try {
      const stored = await connection.collection('kisiWebhooks').find().toArray();
      expect(JSON.stringify(stored)).toContain('sealedKey');
      expect(JSON.stringify(stored)).not.toContain(key);
    } finally {
      await connection.close();
    }
    expect(api.logs()).not.toContain(key);
  });

  it('is given to Kisi with a webhook for the events that are followed', async () => {
    const made = webhookOf(await api.call(createKisiWebhook, { ...ofIntegration(), body: {} }));
    const webhook = api.simulator.state().integrations.at(-1);
    expect(made).toMatchObject({ kisiWebhookId: webhook?.id, signatureKey: null });
    expect(webhook).toMatchObject({
      organizationId,
      url: made.url,
      enabled: true,
      enabledEvents: ['lock.unlock', 'role_assignment.update', 'role_assignment.destroy'],
    });
    // The key before is refused from now on.
    expectProblem(await bring(unlocked()), 'kisi_signature_invalid');
    key = await pastedKey();
    expect((await bring(unlocked({ actor_id: 1 }))).status).toBe(200);
  });

  it('stays as it was when Kisi refuses the webhook', async () => {
    api.simulator.addFault({
      kind: 'answerBefore',
      method: 'POST',
      path: '/integrations',
      status: 403,
    });
    const refused = await api.call(createKisiWebhook, { ...ofIntegration(), body: {} });
    api.simulator.clearFaults();
    expectProblem(refused, 'kisi_key_refused');
    expect((await bring(unlocked({ actor_id: 1 }))).status).toBe(200);
  });

  it('is forgotten on demand', async () => {
    expect((await api.call(deleteKisiWebhook, ofIntegration())).status).toBe(204);
    expectProblem(await api.call(getKisiWebhook, ofIntegration()), 'kisi_webhook_not_found');
    expectProblem(await bring(unlocked()), 'kisi_signature_invalid');
    key = await pastedKey();
  });
});

describe('the signature of an event', () => {
  it('may have its name before it or not', async () => {
    const one = unlocked({ actor_id: 1 });
    expect((await bring(one, { signature: sign(JSON.stringify(one)) })).body).toEqual(taken);
    const other = unlocked({ actor_id: 1 });
    expect((await bring(other)).body).toEqual(taken);
    const read = webhookOf(await api.call(getKisiWebhook, ofIntegration()));
    expect(read.lastEventAt).toBe(iso(NOW));
  });

  it('must be there, of this key and of this very body; else nothing is changed', async () => {
    const { memberId, grantId, userId } = await holder();
    const { rowId } = await rowOf(memberId, grantId);
    const forged = [destroyed(rowId), unlocked({ actor_id: userId })];
    for (const one of forged) {
      const text = JSON.stringify(one);
      const right = sign(text);
      const wrong = [null, '', 'sha256=', sign(text, 'other'), `sha1=${right}`, right.slice(2)];
      for (const signature of wrong) {
        expectProblem(await bring(one, { signature }), 'kisi_signature_invalid');
      }
      expectProblem(await bring(one, { text: `${text} ` }), 'kisi_signature_invalid');
      expectProblem(await bring(one, { integrationId: 'int_unknown' }), 'kisi_signature_invalid');
    }
    expect(api.freshPokes).toEqual([]);
    const log = await logOf(building.mappingId, { memberId });
    expect(log.filter(({ action }) => action !== 'grant')).toEqual([]);
  });

  it('does not save a body that cannot be read', async () => {
    const text = '{"uuid": ';
    const signature = sign(text);
    expectProblem(await bring({}, { text, signature }), 'malformed_json');
    expectProblem(await bring({ type: 'lock.unlock' }), 'request_invalid', 'body.uuid');
  });
});

describe('an event that concerns nobody', () => {
  it.each([
    ['type_unknown', () => event('user.create', { object_id: 1 })],
    ['other_organization', () => unlocked({ organization_id: organizationId + 1 })],
    ['door_not_mapped', () => unlocked({ object_id: 999_999 })],
    ['row_unknown', () => destroyed(999_999)],
  ])('is passed over: %s', async (because, make) => {
    const response = await bring(make());
    expect([response.status, response.body]).toEqual([200, ignored(because)]);
    expect(api.freshPokes).toEqual([]);
  });

  it('is one with fields that nobody foresaw, too', async () => {
    const odd = unlocked({ object_id: 'front door', actor_id: {}, success: 'yes', extra: [1] });
    expect((await bring(odd)).body).toEqual(ignored('door_not_mapped'));
  });
});

describe('an unlock', () => {
  it("lands once in the log of the member's mapping, however often it comes", async () => {
    const { memberId, userId } = await holder();
    const one = unlocked({ actor_id: userId, created_at: '2026-11-24T09:59:30Z' });
    expect((await bring(one)).body).toEqual(taken);
    expect((await bring(one)).body).toEqual(ignored('repetition'));
    expect(await logOf(building.mappingId, { memberId, action: 'unlock' })).toMatchObject([
      {
        status: 'opened',
        reason: null,
        by: { type: 'member', id: memberId },
        at: '2026-11-24T09:59:30.000Z',
        memberId,
      },
    ]);
    // The member holds nothing through the group.
    expect(await logOf(groupMappingId, { memberId })).toEqual([]);
  });

  it("through a group stands in the log of the lock's own mapping, too, with the door", async () => {
    const { memberId, userId, grantId } = await holder(groupMappingId);
    const name = (await api.store.doorMappings.get(building.mappingId))?.name;
    await bring(unlocked({ actor_id: userId }));
    for (const mappingId of [groupMappingId, building.mappingId]) {
      const log = await logOf(mappingId, { memberId, action: 'unlock' });
      expect(log).toMatchObject([
        { grantId, doorMappingId: groupMappingId, lock: { id: building.lockId, name } },
      ]);
    }
  });

  it("of a tap through a group is one row in the log of the lock's own mapping", async () => {
    const { memberId, userId } = await holder(groupMappingId);
    await api.call(createGrant, {
      params: { id: memberId },
      body: { doorMappingId: building.mappingId, endsAt: null },
    });
    const attemptId = randomUUID();
    const { lockId } = building;
    await api.store.unlockAttempts.begin(attemptId, {
      memberId,
      lockId,
      doorMappingId: groupMappingId,
    });
    await bring(unlocked({ actor_id: userId }));
    for (const mappingId of [groupMappingId, building.mappingId]) {
      const log = await logOf(mappingId, { memberId, action: 'unlock' });
      expect(log.map(({ id }) => id)).toEqual([`unlock:${attemptId}`]);
    }
  });

  it.each([
    ['left out', undefined],
    ['null', null],
    ['no number', 'acme'],
  ])('is of this organization where Kisi tells of none: %s', async (_case, organization_id) => {
    const { userId } = await holder();
    expect((await bring(unlocked({ actor_id: userId, organization_id }))).body).toEqual(taken);
  });

  it('that was refused says why, with the code', async () => {
    const { memberId, userId } = await holder();
    await bring(unlocked({ actor_id: userId, success: false, error_code: 'fcd8ff' }));
    const [row] = await logOf(building.mappingId, { memberId, action: 'unlock' });
    expect(row).toMatchObject({ status: 'refused' });
    expect(row?.reason).toContain('(Kisi: fcd8ff)');
  });

  it('of somebody unknown names them, at every mapping that leads to the door, and invents nothing', async () => {
    await bring(unlocked({ actor_id: 4_242, actor_name: 'Olivia Owner' }));
    for (const mappingId of [building.mappingId, groupMappingId]) {
      const log = await logOf(mappingId, { action: 'unlock', search: 'owner' });
      expect(log).toMatchObject([
        {
          status: 'opened',
          by: { type: 'kisi', id: 'User:4242' },
          memberId: null,
          memberName: null,
          kisiName: 'Olivia Owner',
          reason: null,
          grantId: null,
          source: null,
          sourceId: null,
          grant: null,
          doorMappingId: mappingId,
        },
      ]);
      expect(await logOf(mappingId, { search: 'owner', source: 'manual' })).toEqual([]);
    }
    const csv = await api.call(listAccessLogs, {
      params: { id: building.mappingId },
      query: { search: 'olivia', format: 'csv' },
    });
    expect(csv.text.split('\r\n')[1]).toMatch(
      /,unlock,opened,,,,,,,,,,,kisi,User:4242,.*,Olivia Owner$/,
    );
    await bring(unlocked({ actor_type: null, actor_id: null, actor_name: null }));
    const log = await logOf(building.mappingId, { action: 'unlock' });
    const exits = log.filter(({ by }) => by.id === 'Unknown');
    expect(exits).toMatchObject([{ memberId: null, kisiName: null }]);
  });

  it("of a member whom no grant leads there is the member's, without a grant", async () => {
    const { memberId, userId, grantId } = await holder();
    const grant = await api.store.grants.get(grantId);
    if (!grant) throw new Error('The grant is gone');
    await api.store.grants.replaceGrant({ ...grant, stops: ['admin'], recordNumber: 9 });
    await bring(unlocked({ actor_id: userId }));
    expect(await logOf(building.mappingId, { memberId, action: 'unlock' })).toMatchObject([
      { memberId, kisiName: null, grantId: null, source: null, grant: null },
    ]);
  });

  it.each(['before', 'after'])(
    'of a tap on My Keys is one row, the event %s the tap',
    async (when) => {
      const { memberId, userId } = await holder();
      const kisi = await api.kisi.forOrganization(organizationId);
      await kisi.createRoleAssignment({
        userId,
        groupId: building.groupId,
        validFrom: null,
        validUntil: null,
      });
      const tap = async (): Promise<ApiResponse> =>
        api.call(unlockMyKey, {
          params: { lockId: String(building.lockId) },
          body: {},
          key: await api.tokenOf(memberId),
        });
      const opened = unlocked({ actor_id: userId });
      if (when === 'after') {
        expect((await tap()).body).toMatchObject({ outcome: 'opened' });
        expect((await bring(opened)).body).toEqual(taken);
      } else {
        const fault = api.simulator.addFault({
          kind: 'hold',
          when: 'after',
          method: 'POST',
          path: `/locks/${String(building.lockId)}/unlock`,
        });
        const tapped = tap();
        await api.simulator.waitUntilHeld(fault.id);
        expect((await bring(opened)).body).toEqual(taken);
        api.simulator.releaseFault(fault.id);
        expect((await tapped).body).toMatchObject({ outcome: 'opened' });
      }
      const log = await logOf(building.mappingId, { memberId, action: 'unlock' });
      expect(log).toMatchObject([{ status: 'opened', by: { type: 'member', id: memberId } }]);
      // Another opening within seconds is another row.
      expect((await bring(unlocked({ actor_id: userId }))).body).toEqual(taken);
      expect(await logOf(building.mappingId, { memberId, action: 'unlock' })).toHaveLength(2);
    },
  );
});

it('of which a tap heard nothing is told by the event, in a row of its own', async () => {
  const { memberId, userId } = await holder();
  const attemptId = randomUUID();
  await api.store.unlockAttempts.begin(attemptId, {
    memberId,
    lockId: building.lockId,
    doorMappingId: building.mappingId,
  });
  await api.store.unlockAttempts.end(attemptId, { outcome: 'no_answer' });
  await bring(unlocked({ actor_id: userId }));
  const log = await logOf(building.mappingId, { memberId, action: 'unlock' });
  expect(log.map((row) => [row.id.startsWith('unlock:'), row.status])).toEqual([[true, 'opened']]);
  expect(log[0]?.id).not.toContain(attemptId);
});

describe("a role assignment that isn't ours to change any more", () => {
  const driftOf = async (): Promise<{ lastDay: number; latest: object | null }> =>
    (
      (await api.call(getIntegrationHealth, ofIntegration())).body as {
        drift: { lastDay: number; latest: object | null };
      }
    ).drift;
  const counted = async (): Promise<string> => api.registry.metrics();

  it('deleted under a live grant: the pass looks, the log names who, health shows it', async () => {
    const { memberId, grantId } = await holder();
    const { rowId, pass } = await rowOf(memberId, grantId);
    const before = await driftOf();
    const one = destroyed(rowId);
    expect((await bring(one)).body).toEqual(taken);
    expect((await bring(one)).body).toEqual(ignored('repetition'));
    expect(api.freshPokes).toEqual([pass]);
    expect(api.revoked).toEqual([]);
    const log = await logOf(building.mappingId, { memberId, action: 'drift' });
    expect(log).toMatchObject([
      { status: 'attention', by: { type: 'kisi', id: `User:${String(DESK)}` } },
    ]);
    expect(log[0]?.reason).toContain('Dashboard Desk');
    expect(await driftOf()).toMatchObject({
      lastDay: before.lastDay + 1,
      latest: { change: 'deleted', answer: 'repair', memberId, grantIds: [grantId] },
    });
    expect(await counted()).toContain(
      'latchkey_kisi_drift_total{change="deleted",answer="repair"} 1',
    );
  });

  it('changed by us is no drift, and deleted by us neither, however late the events come', async () => {
    const { memberId, grantId } = await holder();
    const { rowId } = await rowOf(memberId, grantId);
    const kisi = await api.kisi.forOrganization(organizationId);
    const window = { validFrom: null, validUntil: null };
    await expect(kisi.updateRoleAssignmentWindow(rowId, window)).rejects.toThrow();
    const own = { actor_id: ownerId };
    const at = { object_id: rowId, object_type: 'RoleAssignment', ...own };
    expect((await bring(event('role_assignment.update', at))).body).toEqual(ignored('own_change'));
    // Not ours yet: the owner does it in the dashboard.
    expect((await bring(destroyed(rowId, own))).body).toEqual(taken);
    expect(await kisi.deleteRoleAssignment(rowId)).toBe('already_gone');
    expect((await bring(destroyed(rowId, own))).body).toEqual(ignored('own_change'));
    // A Kisi whose clock is wrong, and an event that comes late.
    const early = { ...own, created_at: iso(NOW - HOUR) };
    expect((await bring(destroyed(rowId, early))).body).toEqual(ignored('own_change'));
    api.clock.time = NOW + HOUR;
    expect((await bring(destroyed(rowId, own))).body).toEqual(ignored('own_change'));
    // Long after anything of ours it is somebody's own doing.
    const late = { ...own, created_at: iso(NOW + HOUR) };
    expect((await bring(destroyed(rowId, late))).body).toEqual(taken);
    api.clock.time = NOW;
    expect(await logOf(building.mappingId, { memberId, action: 'drift' })).toHaveLength(2);
  });

  it('changed by the key owner by hand, right after us, is drift: a note is for one event', async () => {
    const { memberId, grantId } = await holder();
    const { rowId, pass } = await rowOf(memberId, grantId);
    const kisi = await api.kisi.forOrganization(organizationId);
    const window = { validFrom: null, validUntil: null };
    await expect(kisi.updateRoleAssignmentWindow(rowId, window)).rejects.toThrow();
    const by = (actorId: number): Record<string, unknown> =>
      event('role_assignment.update', { object_id: rowId, actor_id: actorId });
    // Somebody else's event leaves the note to ours.
    expect((await bring(by(DESK))).body).toEqual(taken);
    const own = by(ownerId);
    expect((await bring(own)).body).toEqual(ignored('own_change'));
    expect((await bring(own)).body).toEqual(ignored('repetition'));
    expect(api.freshPokes).toEqual([pass]);
    expect((await bring(by(ownerId))).body).toEqual(taken);
    expect(api.freshPokes).toEqual([pass, pass]);
    const log = await logOf(building.mappingId, { memberId, action: 'drift' });
    expect(log.map((row) => row.by.id).sort()).toEqual(
      [`User:${String(DESK)}`, `User:${String(ownerId)}`].sort(),
    );
    // Another change of ours has an event of its own.
    await expect(kisi.updateRoleAssignmentWindow(rowId, window)).rejects.toThrow();
    expect((await bring(by(ownerId))).body).toEqual(ignored('own_change'));
  });

  it('deleted by a person is a revoke where the integration says so', async () => {
    const { memberId, grantId } = await holder();
    const { rowId } = await rowOf(memberId, grantId);
    const patched = await api.call(patchIntegration, {
      ...ofIntegration(),
      body: { deletionInKisi: 'revoke' },
    });
    expect(patched.body).toMatchObject({ deletionInKisi: 'revoke' });
    expect((await api.call(getIntegration, ofIntegration())).body).toMatchObject({
      deletionInKisi: 'revoke',
    });
    const latest = { created_at: iso(NOW + 2 * HOUR) };
    expect((await bring(destroyed(rowId, latest))).body).toEqual(taken);
    await api.call(patchIntegration, { ...ofIntegration(), body: { deletionInKisi: 'repair' } });
    expect(api.revoked).toEqual([
      {
        grantId,
        by: { type: 'kisi', id: `User:${String(DESK)}` },
        reason: expect.stringContaining('Dashboard Desk') as string,
      },
    ]);
    expect(api.freshPokes).toEqual([]);
    expect(await driftOf()).toMatchObject({ latest: { answer: 'revoke', grantIds: [grantId] } });
  });

  it.each([
    ['System', null],
    [null, null],
    ['MarketplaceInstallation', 17],
    ['User', null],
  ])('deleted by no person, %s %s, is repaired wherever it is', async (actor_type, actor_id) => {
    const { memberId, grantId } = await holder();
    const { rowId, pass } = await rowOf(memberId, grantId);
    await api.store.kisiWebhooks.setDeletionMeaning(building.integrationId, 'revoke');
    expect((await bring(destroyed(rowId, { actor_type, actor_id }))).body).toEqual(taken);
    await api.store.kisiWebhooks.setDeletionMeaning(building.integrationId, 'repair');
    expect(api.revoked).toEqual([]);
    expect(api.freshPokes).toEqual([pass]);
    expect(await logOf(building.mappingId, { memberId, action: 'drift' })).toHaveLength(1);
  });

  it('deleted before another grant was made is no revoke of that one, however late it is told', async () => {
    const deletedAt = NOW - HOUR / 2;
    api.clock.time = NOW - HOUR;
    const { memberId, grantId } = await holder();
    const { rowId, pass } = await rowOf(memberId, grantId);
    api.clock.time = NOW;
    const made = await api.call(createGrant, {
      params: { id: memberId },
      body: { doorMappingId: building.mappingId, endsAt: null },
    });
    const younger = idOf(made.body);
    const wish = { grantId: younger, revision: 1, from: NOW, until: null, wanted: true };
    await api.store.wishes.write(pass, wish);

    await api.store.kisiWebhooks.setDeletionMeaning(building.integrationId, 'revoke');
    const late = destroyed(rowId, { created_at: iso(deletedAt) });
    expect((await bring(late)).body).toEqual(taken);
    await api.store.kisiWebhooks.setDeletionMeaning(building.integrationId, 'repair');
    expect(api.revoked.map((one) => one.grantId)).toEqual([grantId]);
    expect(api.freshPokes).toEqual([pass]);
    const log = await logOf(building.mappingId, { memberId, action: 'drift' });
    expect(log).toMatchObject([{ id: expect.stringContaining(younger) as string }]);
  });

  describe('that somebody else made, and a pass counts on', () => {
    /** As the pass leaves it: asked for, nothing of its own stored, the row of others seen. */
    async function foreignRow(
      fields: { role?: string; until?: number | null } = {},
    ): Promise<{ memberId: string; grantId: string; rowId: number; pass: PassRef }> {
      const { memberId, grantId, userId } = await holder();
      const { groupId } = building;
      const pass: PassRef = { memberId, organizationId, target: { kind: 'group', id: groupId } };
      const wish = { grantId, revision: 1, from: NOW - HOUR, until: NOW + HOUR, wanted: true };
      await api.store.wishes.write(pass, wish);
      await api.store.passes.save({
        pass,
        turn: 1,
        blocked: null,
        removalDue: false,
        nextStartAt: null,
        holdJobId: null,
        told: true,
      });
      rows += 1;
      const holderOf = { organizationId, kisiUserId: userId, groupId };
      const seen = {
        roleAssignmentId: rows,
        role: 'group_basic',
        assigneeType: 'User',
        kisiUserId: userId,
        memberId,
        groupId,
        from: null,
        until: null,
        madeAt: NOW - HOUR,
        ...fields,
      };
      await api.store.foreignRows.replaceSeenOf(holderOf, [seen], NOW);
      return { memberId, grantId, rowId: rows, pass };
    }

    it('deleted by its maker: the pass looks at once, the log names who, and nothing is revoked', async () => {
      const { memberId, grantId, rowId, pass } = await foreignRow();
      const before = await driftOf();
      await api.store.kisiWebhooks.setDeletionMeaning(building.integrationId, 'revoke');
      expect((await bring(destroyed(rowId))).body).toEqual(taken);
      await api.store.kisiWebhooks.setDeletionMeaning(building.integrationId, 'repair');
      expect(api.freshPokes).toEqual([pass]);
      expect(api.revoked).toEqual([]);
      expect(await logOf(building.mappingId, { memberId, action: 'drift' })).toMatchObject([
        {
          id: expect.stringContaining(grantId) as string,
          status: 'attention',
          by: { type: 'kisi', id: `User:${String(DESK)}` },
        },
      ]);
      expect(await driftOf()).toMatchObject({ lastDay: before.lastDay + 1 });
    });

    it('takes nothing from anybody where a row of ours gives the same', async () => {
      const { memberId, rowId, pass } = await foreignRow();
      const { groupId } = building;
      await api.store.kisiRows.put({
        roleAssignmentId: rowId + 10_000,
        organizationId,
        passKey: passKey(pass),
        kisiUserId: 1,
        groupId,
        from: null,
        until: NOW + HOUR,
      });
      expect((await bring(destroyed(rowId))).body).toEqual(ignored('not_needed'));
      expect(api.freshPokes).toEqual([pass]);
      expect(await logOf(building.mappingId, { memberId, action: 'drift' })).toEqual([]);
    });

    it('takes nothing from anybody where it opened no door; the pass looks all the same', async () => {
      const { rowId, pass } = await foreignRow({ role: 'group_reader' });
      expect((await bring(destroyed(rowId))).body).toEqual(ignored('not_needed'));
      expect(api.freshPokes).toEqual([pass]);
    });
  });

  it('deleted while the member is on hold takes nothing from anybody', async () => {
    const { memberId, grantId } = await holder();
    const { rowId } = await rowOf(memberId, grantId);
    await api.store.members.setHold(memberId, {
      reason: 'unpaid',
      by: { type: 'system', id: 'test' },
    });
    expect((await bring(destroyed(rowId))).body).toEqual(ignored('not_needed'));
    expect(await logOf(building.mappingId, { memberId, action: 'drift' })).toEqual([]);
  });
});

it('of an integration that is being removed nothing is followed', async () => {
  const { memberId, grantId } = await holder();
  const { rowId } = await rowOf(memberId, grantId);
  await api.call(removeIntegration, ofIntegration());
  expect((await bring(destroyed(rowId))).body).toEqual(ignored('integration_inactive'));
  const made = await api.call(createKisiWebhook, { ...ofIntegration(), body: {} });
  expectProblem(made, 'integration_inactive');
  expect(api.freshPokes).toEqual([]);
});
