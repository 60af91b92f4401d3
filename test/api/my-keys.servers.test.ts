import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type KeyLike } from 'jose';
import mongoose from 'mongoose';
import { createDoorMapping, listAccessLogs } from '../../api/door-mappings/schema';
import { createGrant, revokeGrant } from '../../api/grants/schema';
import { putMember } from '../../api/members/schema';
import { listMyKeys, unlockMyKey } from '../../api/my/schema';
import { createPortalSession } from '../../api/portal-sessions/schema';
import {
  expectProblem,
  NOW,
  PORTAL_URL,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
  type CallOptions,
} from './api-under-test';
import { furnish, idOf, type Building } from './fixtures';

const HOUR = 3_600_000;
const iso = (ms: number): string => new Date(ms).toISOString();

let api: ApiUnderTest;
let building: Building;
/** Maps the group, whose one door is the mapped lock as well. */
let groupMappingId: string;

beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  const { integrationId, groupId } = building;
  const mapping = await api.call(createDoorMapping, {
    body: {
      integrationId,
      resourceType: 'group',
      resourceId: groupId,
      locationId: 'loc_1',
      name: 'Commons',
    },
  });
  groupMappingId = idOf(mapping.body);
});
afterEach(() => {
  api.clock.time = NOW;
  api.grants.mood = 'prompt';
});
afterAll(() => api.close());

let members = 0;
async function newMember(): Promise<string> {
  members += 1;
  const id = `mem_k${String(members)}`;
  await api.call(putMember, { params: { id }, body: { email: `${id}@example.com` } });
  return id;
}

const grant = async (memberId: string, body: object = {}): Promise<string> => {
  const doorMappingId = building.mappingId;
  const made = await api.call(createGrant, {
    params: { id: memberId },
    body: { doorMappingId, endsAt: null, ...body },
  });
  return idOf(made.body);
};

const session = (id: string, options: object = {}): Promise<ApiResponse> =>
  api.call(createPortalSession, { params: { id }, ...options });

async function keysOf(memberId: string): Promise<{
  data: { lockId: number; state: string; name: string; reasons: { grantId: string }[] }[];
  upcoming: { lockId: number; startsAt: string }[];
  hold: { reason: string } | null;
}> {
  const response = await api.call(listMyKeys, { key: await api.tokenOf(memberId) });
  expect(response.status).toBe(200);
  return response.body as never;
}

const unlock = async (
  memberId: string,
  { lockId = building.lockId, ...options }: { lockId?: number | string } & CallOptions = {},
): Promise<ApiResponse> =>
  api.call(unlockMyKey, {
    params: { lockId: String(lockId) },
    body: {},
    key: await api.tokenOf(memberId),
    ...options,
  });

/** What the pass would do, which has no worker here: a row at Kisi in the dashboard's group. */
async function letIn(memberId: string): Promise<void> {
  const [integration] = await api.store.integrations.active();
  const organizationId = integration?.organizationId ?? 0;
  const kisi = await api.kisi.forOrganization(organizationId);
  const email = `${memberId}@example.com`;
  const user = await kisi.createUser({ email, name: memberId, memberId, invited: false });
  await api.store.memberLinks.link(organizationId, memberId, user.id, email);
  const { groupId } = building;
  await kisi.createRoleAssignment({ userId: user.id, groupId, validFrom: null, validUntil: null });
}

describe('POST /v1/members/:id/portal-sessions', () => {
  it('answers a token for 15 minutes, in the fragment of the portal’s address', async () => {
    const id = await newMember();
    const response = await session(id, { key: api.keys.booking });
    expect(response.status).toBe(201);
    const { token, url, expiresAt } = response.body as Record<string, string>;
    expect(url).toBe(`${PORTAL_URL}#token=${token ?? ''}`);
    expect(expiresAt).toBe('2026-11-24T10:15:00.000Z');
    expect(response.headers['cache-control']).toBe('no-store');
    const key = token ?? '';
    expect((await api.call(listMyKeys, { key })).status).toBe(200);
    api.clock.time = NOW + 15 * 60_000;
    const late = await api.call(listMyKeys, { key });
    expectProblem(late, 'member_unauthenticated');
    expect(late.body).toMatchObject({ detail: 'The token has expired.' });
  });

  it('neither logs nor stores the token', async () => {
    const id = await newMember();
    const headers = { 'Idempotency-Key': `session-${id}` };
    const first = await session(id, { headers });
    const { token = '' } = first.body as Record<string, string>;
    await api.call(listMyKeys, { key: token });
    const again = await session(id, { headers });
    expect(again.body).toEqual(first.body);
    expect(token.length).toBeGreaterThan(50);
    const [, claims = ''] = token.split('.');
    expect(api.logs()).not.toContain(claims);
    const connection = await mongoose.createConnection(api.databaseUri).asPromise();
    try {
      const records = await connection.collection('idempotency').find().toArray();
      expect(records.length).toBeGreaterThan(0);
      expect(JSON.stringify(records)).not.toContain(claims);
    } finally {
      await connection.close();
    }
  });

  it('knows the member, and is for hosts', async () => {
    expectProblem(await session('absent_1'), 'member_not_found');
    expectProblem(await session('not an id'), 'request_invalid', 'params.id');
    const response = await session(await newMember(), { key: api.keys.operator });
    expectProblem(response, 'scope_missing');
  });

  it('a token is not that of a new member with the id of an erased one', async () => {
    const id = await newMember();
    const key = await api.tokenOf(id);
    await api.store.members.erase(id, 'job_1');
    expectProblem(await api.call(listMyKeys, { key }), 'member_unauthenticated');
    await api.store.members.finishErasure(id);
    api.clock.time = NOW + 60_000;
    await api.call(putMember, { params: { id }, body: { email: `${id}@example.com` } });
    expectProblem(await api.call(listMyKeys, { key }), 'member_unauthenticated');
    expect((await api.call(listMyKeys, { key: await api.tokenOf(id) })).status).toBe(200);
  });
});

describe('GET /v1/my/keys', () => {
  it('shows a new grant on the next read, first as being set up', async () => {
    const id = await newMember();
    api.grants.mood = 'slow';
    const grantId = await grant(id);
    expect((await keysOf(id)).data).toMatchObject([
      {
        lockId: building.lockId,
        state: 'being_set_up',
        location: { id: 'loc_1', name: 'loc_1', timeZone: 'Europe/Berlin' },
        attention: null,
        until: null,
        reasons: [{ grantId, source: 'manual', sourceId: null, endsAt: null }],
      },
    ]);
    api.grants.mood = 'prompt';
    await grant(id, { doorMappingId: groupMappingId });
    const { data } = await keysOf(id);
    expect(data).toHaveLength(1);
    expect(data[0]).toMatchObject({ state: 'open', name: 'Front Door' });
    expect(data[0]?.reasons).toHaveLength(2);
  });

  it('says in plain words what needs attention', async () => {
    const id = await newMember();
    const grantId = await grant(id);
    const stored = await api.store.grants.get(grantId);
    if (!stored) throw new Error('no grant');
    await api.store.grants.replaceGrant({
      ...stored,
      recordNumber: stored.recordNumber + 1,
      provisioning: 'attention',
      problem: { type: 'kisi_user_taken', detail: 'mem_2 has this user.' },
    });
    const { data } = await keysOf(id);
    expect(data).toMatchObject([
      { state: 'attention', attention: { detail: expect.stringMatching(/e-mail/) as string } },
    ]);
    expect(JSON.stringify(data)).not.toContain('mem_2');
  });

  it('shows what opens later apart, and nothing that is over or revoked', async () => {
    const id = await newMember();
    const startsAt = iso(NOW - 500 + HOUR);
    await grant(id, { startsAt, endsAt: iso(NOW - 500 + 2 * HOUR) });
    const revoked = await grant(id);
    await api.call(revokeGrant, { params: { id: revoked }, body: {} });
    const { data, upcoming } = await keysOf(id);
    expect(data).toEqual([]);
    expect(upcoming).toMatchObject([{ lockId: building.lockId, startsAt }]);
    api.clock.time = NOW + 2 * HOUR;
    expect(await keysOf(id)).toMatchObject({ data: [], upcoming: [] });
  });

  it('is the member’s own, whatever is asked', async () => {
    const [mine, other] = [await newMember(), await newMember()];
    await grant(other);
    expect((await keysOf(mine)).data).toEqual([]);
    expect((await keysOf(other)).data).toHaveLength(1);
  });

  it('is empty on hold, with the reason', async () => {
    const id = await newMember();
    await grant(id);
    const by = { type: 'api_key', id: 'key_1' } as const;
    await api.store.members.setHold(id, { reason: 'Payment is due', by });
    expect(await keysOf(id)).toMatchObject({
      hold: { reason: 'Payment is due', since: iso(NOW) },
      data: [],
      upcoming: [],
    });
  });

  it('calls no Kisi', async () => {
    const id = await newMember();
    await grant(id);
    const before = api.simulator.requests().length;
    await keysOf(id);
    expect(api.simulator.requests()).toHaveLength(before);
  });
});

describe('POST /v1/my/keys/:lockId/unlock', () => {
  it('opens the door, once for each tap, and logs who it was', async () => {
    const id = await newMember();
    const grantId = await grant(id, { doorMappingId: groupMappingId });
    await letIn(id);
    const headers = { 'Idempotency-Key': `tap-${id}` };
    const [first, second] = await Promise.all([unlock(id, { headers }), unlock(id, { headers })]);
    expect(first.body).toEqual({
      lockId: building.lockId,
      outcome: 'opened',
      reason: null,
      at: iso(NOW),
    });
    expect(second.body).toEqual(first.body);
    const unlocks = api.simulator.state().events.filter(({ type }) => type === 'lock.unlock');
    expect(unlocks).toHaveLength(1);
    const log = await api.call(listAccessLogs, {
      params: { id: groupMappingId },
      query: { action: 'unlock' },
    });
    expect((log.body as { data: object[] }).data).toMatchObject([
      {
        action: 'unlock',
        status: 'opened',
        memberId: id,
        grantId,
        by: { type: 'member', id },
      },
    ]);
  });

  it('refuses what the member may not open now, and says why', async () => {
    const [id, other] = [await newMember(), await newMember()];
    await grant(other);
    expectProblem(await unlock(id), 'key_not_held');
    expectProblem(await unlock(id, { lockId: 999_999 }), 'key_not_held');
    const startsAt = iso(NOW - 500 + HOUR);
    await grant(id, { startsAt });
    const early = await unlock(id);
    expectProblem(early, 'key_not_yet');
    expect((early.body as { detail: string }).detail).toContain(startsAt);
    const by = { type: 'api_key', id: 'key_1' } as const;
    await api.store.members.setHold(id, { reason: 'Payment is due', by });
    expectProblem(await unlock(id), 'access_on_hold');
  });

  it('opens nothing for a member whose keys are not those on the screen', async () => {
    const [id, other] = [await newMember(), await newMember()];
    await grant(id);
    await letIn(id);
    const before = Date.now();
    expectProblem(await unlock(id, { body: { memberId: other } }), 'another_member');
    const asked = api.simulator.requests(before).filter(({ path }) => path.endsWith('/unlock'));
    expect(asked).toEqual([]);
    expect(await unlock(id, { body: { memberId: id } })).toMatchObject({
      status: 200,
      body: { outcome: 'opened' },
    });
  });

  it('answers what Kisi says in plain words', async () => {
    const id = await newMember();
    await grant(id);
    api.simulator.setSwitches({ unlock: 'fac001' });
    try {
      await letIn(id);
      expect(await unlock(id)).toMatchObject({
        status: 200,
        body: { outcome: 'refused', reason: { code: 'lock_offline' } },
      });
    } finally {
      api.simulator.setSwitches({ unlock: 'ledger' });
    }
  });

  it('has the pass look where Kisi contradicts what we hold', async () => {
    const id = await newMember();
    await grant(id);
    await letIn(id);
    const rows = api.simulator.state().roleAssignments;
    api.simulator.drift({ kind: 'deleteRow', id: rows.at(-1)?.id ?? 0 });
    api.freshPokes.length = 0;
    expect((await unlock(id)).body).toMatchObject({ reason: { code: 'access_denied' } });
    expect(api.freshPokes).toMatchObject([
      { memberId: id, target: { kind: 'lock', id: building.lockId } },
    ]);
  });

  it('names every fault of the request', async () => {
    const id = await newMember();
    expectProblem(await unlock(id, { lockId: 'front' }), 'request_invalid', 'params.lockId');
    expectProblem(
      await unlock(id, { body: { location: { latitude: 91, longitude: 'x' }, door: 1 } }),
      'request_invalid',
      'body.location.latitude',
      'body.location.longitude',
      'body.door',
    );
    const headers = { 'Idempotency-Key': `reused-${id}` };
    expectProblem(await unlock(id, { headers }), 'key_not_held');
    const other = { body: { location: { latitude: 1, longitude: 1 } }, headers };
    expectProblem(await unlock(id, other), 'idempotency_key_reused');
  });

  it('keeps the taps of members apart, also under one Idempotency-Key', async () => {
    const [id, other] = [await newMember(), await newMember()];
    await grant(id, { doorMappingId: groupMappingId });
    await letIn(id);
    const headers = { 'Idempotency-Key': 'same-for-both' };
    expect((await unlock(id, { headers })).body).toMatchObject({ outcome: 'opened' });
    expectProblem(await unlock(other, { headers }), 'key_not_held');
  });
});

describe('a JWT of the host platform', () => {
  const issuer = 'https://id.example.com/';
  const audience = 'latchkey-of-desk-co';

  async function withHost(
    jwksUrl: string,
    work: (host: ApiUnderTest, token: (sub: string) => Promise<string>) => Promise<void>,
    privateKey: KeyLike,
  ): Promise<void> {
    const tokens = { jwksUrl, issuer, audience, memberClaim: 'sub' };
    const host = await startApi({}, { hostTokens: tokens });
    try {
      const body = { email: 'ada@example.com' };
      await host.call(putMember, { params: { id: 'mem_ada' }, body });
      await work(host, (sub) =>
        new SignJWT({ sub, iss: issuer, aud: audience, exp: NOW / 1_000 + 60 })
          .setProtectedHeader({ alg: 'ES256', kid: 'host-1' })
          .sign(privateKey),
      );
    } finally {
      await host.close();
    }
  }

  it('opens My Keys of the member whom it names, and no other route', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'host-1', alg: 'ES256' };
    const jwks = createServer((_req, res) => res.end(JSON.stringify({ keys: [jwk] })));
    await new Promise<void>((resolve) => jwks.listen(0, '127.0.0.1', resolve));
    const { port } = jwks.address() as AddressInfo;
    try {
      await withHost(
        `http://127.0.0.1:${String(port)}/jwks.json`,
        async (host, token) => {
          const key = await token('mem_ada');
          expect((await host.call(listMyKeys, { key })).status).toBe(200);
          const asAdmin = { params: { id: 'mem_ada' }, key };
          expectProblem(await host.call(createPortalSession, asAdmin), 'api_key_needed');
          const stranger = { key: await token('mem_nobody') };
          expectProblem(await host.call(listMyKeys, stranger), 'member_unauthenticated');
        },
        privateKey,
      );
    } finally {
      await new Promise((resolve) => jwks.close(resolve));
    }
  });

  it('cannot be judged while its keys cannot be read', async () => {
    const { privateKey } = await generateKeyPair('ES256');
    await withHost(
      'http://127.0.0.1:9/jwks.json',
      async (host, token) => {
        const response = await host.call(listMyKeys, { key: await token('mem_ada') });
        expectProblem(response, 'portal_keys_unavailable');
        expect(response.headers['retry-after']).toBe('10');
        const own = await host.call(listMyKeys, { key: await host.tokenOf('mem_ada') });
        expect(own.status).toBe(200);
      },
      privateKey,
    );
  });
});

describe('what members may ask for', () => {
  it('is bounded for each of them', async () => {
    const small = await startApi({ memberRequestsPerMinute: 5, unlocksPerMinute: 2 });
    try {
      for (const id of ['mem_a', 'mem_b']) {
        await small.call(putMember, { params: { id }, body: { email: `${id}@example.com` } });
      }
      const key = await small.tokenOf('mem_a');
      const tap = { params: { lockId: '1' }, body: {}, key };
      for (let taps = 0; taps < 2; taps += 1) {
        expectProblem(await small.call(unlockMyKey, tap), 'key_not_held');
      }
      const third = await small.call(unlockMyKey, tap);
      expectProblem(third, 'rate_limited');
      expect(Number(third.headers['retry-after'])).toBeGreaterThan(0);
      expect((await small.call(listMyKeys, { key })).status).toBe(200);
      expect((await small.call(listMyKeys, { key })).status).toBe(200);
      expectProblem(await small.call(listMyKeys, { key }), 'rate_limited');
      const other = await small.tokenOf('mem_b');
      expect((await small.call(listMyKeys, { key: other })).status).toBe(200);
    } finally {
      await small.close();
    }
  });

  it('is told apart from a route that is not there', async () => {
    const key = await api.tokenOf(await newMember());
    const response = await api.call(
      { ...listMyKeys, path: '/v1/my/secrets', problems: ['route_not_found'] },
      { key },
    );
    expectProblem(response, 'route_not_found');
    expect((response.body as { detail: string }).detail).toContain('/v1/my/secrets');
  });
});
