import request from 'supertest';
import { createDoorMapping } from '../../api/door-mappings/schema';
import { createGrant } from '../../api/grants/schema';
import { putMember } from '../../api/members/schema';
import { listMyKeys, unlockMyKey } from '../../api/my/schema';
import { createMySession, deleteMySession } from '../../api/my/session-schema';
import {
  expectProblem,
  NOW,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
  type CallOptions,
} from './api-under-test';
import { furnish, type Building } from './fixtures';

const MINUTE_MS = 60_000;
const OURS = { 'X-Latchkey-Client': 'web' };
const ADA = 'mem_ada';
const BEN = 'mem_ben';

let api: ApiUnderTest;
let building: Building;

beforeAll(async () => {
  api = await startApi();
  building = await furnish(api);
  for (const id of [ADA, BEN]) {
    await api.call(putMember, { params: { id }, body: { email: `${id}@example.com` } });
  }
  const doorMappingId = building.mappingId;
  await api.call(createGrant, { params: { id: ADA }, body: { doorMappingId, endsAt: null } });
});
afterEach(() => {
  api.clock.time = NOW;
});
afterAll(() => api.close());

/** Without an API key unless the options name one. */
const exchange = (token: unknown, options: CallOptions = {}): Promise<ApiResponse> =>
  api.call(createMySession, { key: null, body: { token }, ...options });

function setCookieOf({ headers }: ApiResponse): string {
  const [cookie = ''] = (headers['set-cookie'] ?? []) as unknown as string[];
  return cookie;
}

/** What a browser keeps of an answer, as it sends it back. */
const cookieOf = (answer: ApiResponse): string => setCookieOf(answer).split(';')[0] ?? '';

async function enter(memberId: string): Promise<string> {
  const answer = await exchange(await api.tokenOf(memberId));
  expect(answer.status).toBe(201);
  return cookieOf(answer);
}

/** The shortest token that is at least so long. */
async function tokenOfLength(length: number): Promise<string> {
  for (let idLength = 2_700; ; idLength += 1) {
    const id = 'm'.repeat(idLength);
    const token = await api.tokenOf(id);
    if (token.length < length) continue;
    await api.store.members.upsert({ id, email: `${String(idLength)}@example.com`, name: null });
    return token;
  }
}

const keysBy = (Cookie: string, options: CallOptions = {}): Promise<ApiResponse> =>
  api.call(listMyKeys, { key: null, ...options, headers: { Cookie, ...options.headers } });

const tapBy = (Cookie: string, headers: Record<string, string> = OURS): Promise<ApiResponse> =>
  api.call(unlockMyKey, {
    params: { lockId: String(building.lockId) },
    body: {},
    key: null,
    headers: { Cookie, ...headers },
  });

describe('POST /v1/my/session', () => {
  it('keeps the token in a cookie that works in a frame, until the token expires', async () => {
    const token = await api.tokenOf(ADA);
    const answer = await exchange(token);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ expiresAt: '2026-11-24T10:15:00.000Z' });
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(setCookieOf(answer).split('; ').sort()).toEqual(
      [
        `__Host-latchkey_member=${token}`,
        'Path=/',
        'Expires=Tue, 24 Nov 2026 10:15:00 GMT',
        'HttpOnly',
        'Secure',
        'SameSite=None',
        'Partitioned',
      ].sort(),
    );
    const byToken = await api.call(listMyKeys, { key: token });
    expect(byToken.body).toMatchObject({
      member: { id: ADA },
      data: [{ lockId: building.lockId }],
    });
    expect((await keysBy(cookieOf(answer))).body).toEqual(byToken.body);
    api.clock.time = NOW + 15 * MINUTE_MS;
    expectProblem(await keysBy(cookieOf(answer)), 'member_unauthenticated');
  });

  it('knows no cookie that another host of the domain could have set', async () => {
    const Cookie = await enter(ADA);
    const theirs = `latchkey_member=${await api.tokenOf(BEN)}`;
    expectProblem(await keysBy(theirs), 'member_unauthenticated');
    expect((await keysBy(`${theirs}; ${Cookie}`)).body).toMatchObject({ member: { id: ADA } });
  });

  it('keeps the cookie to one site where there is no https', async () => {
    const plain = await startApi({}, { publicUrl: 'http://127.0.0.1:3000' });
    try {
      await plain.store.members.upsert({ id: ADA, email: 'ada@example.com', name: null });
      const body = { token: await plain.tokenOf(ADA) };
      const cookie = setCookieOf(await plain.call(createMySession, { key: null, body }));
      expect(cookie).toContain('; HttpOnly');
      expect(cookie).toContain('; SameSite=Lax');
      expect(cookie).not.toMatch(/Secure|Partitioned/);
    } finally {
      await plain.close();
    }
  });

  it('refuses what is no token of a member, and ends the session from before', async () => {
    const token = await api.tokenOf(ADA);
    const Cookie = await enter(BEN);
    for (const wrong of [`${token}x`, 'nonsense', await api.tokenOf('mem_nobody')]) {
      const refused = await exchange(wrong, { headers: { Cookie } });
      expectProblem(refused, 'member_unauthenticated');
      expect(setCookieOf(refused)).toMatch(
        /^__Host-latchkey_member=; Path=\/; Expires=Thu, 01 Jan 1970.*Partitioned/,
      );
    }
    api.clock.time = NOW + 15 * MINUTE_MS;
    expectProblem(await exchange(token), 'member_unauthenticated');
  });

  it('keeps no token that is longer than browsers allow, nor the one from before', async () => {
    const room = 4_096 - '__Host-latchkey_member'.length;
    const [longest, tooLong] = [await tokenOfLength(room - 2), await tokenOfLength(room + 1)];
    expect(cookieOf(await exchange(longest))).toBe(`__Host-latchkey_member=${longest}`);
    const answer = await exchange(tooLong);
    expect(answer.status).toBe(201);
    expect(cookieOf(answer)).toBe('__Host-latchkey_member=');
    expect((await api.call(listMyKeys, { key: tooLong })).status).toBe(200);
  });

  it('takes no API key, and nothing that is missing or more than a token', async () => {
    const withKey = await exchange(api.keys.admin);
    expectProblem(withKey, 'member_token_needed');
    expect(cookieOf(withKey)).toBe('__Host-latchkey_member=');
    for (const token of [undefined, '', 7, 'two words', 'x'.repeat(4_097)]) {
      expectProblem(await exchange(token), 'request_invalid', 'body.token');
    }
    const more = { token: await api.tokenOf(ADA), member: ADA };
    const refused = await api.call(createMySession, { key: null, body: more });
    expectProblem(refused, 'request_invalid', 'body.member');
  });

  it('takes the token from the body alone, never from an address', async () => {
    const token = await api.tokenOf(ADA);
    const inQuery = request(api.app).post('/v1/my/session').query({ token });
    expectProblem(await inQuery.send({}), 'request_invalid', 'body.token');
    const get = await request(api.app).get('/v1/my/keys').query({ token });
    expectProblem(get, 'member_unauthenticated');
  });

  it('cannot be sent by a page of another site', async () => {
    const token = await api.tokenOf(ADA);
    const headers = { 'Sec-Fetch-Site': 'cross-site' };
    expectProblem(await exchange(token, { headers }), 'cross_site_request');
    const form = await request(api.app).post('/v1/my/session').type('form').send({ token });
    expectProblem(form, 'media_type_unsupported');
  });

  it('neither logs the token nor lets anybody guess', async () => {
    const strict = await startApi({ refusedKeysPerMinute: 2 });
    try {
      await strict.store.members.upsert({ id: ADA, email: 'ada@example.com', name: null });
      const token = await strict.tokenOf(ADA);
      const send = (body: object): Promise<ApiResponse> =>
        strict.call(createMySession, { key: null, body });
      expect((await send({ token })).status).toBe(201);
      for (let guesses = 0; guesses < 2; guesses += 1) {
        expectProblem(await send({ token: `${token}x` }), 'member_unauthenticated');
      }
      expectProblem(await send({ token: `${token}x` }), 'rate_limited');
      expect((await send({ token })).status).toBe(201);
      const [, claims = ''] = token.split('.');
      // Who sends nothing guesses nothing, as every page in a frame without cookies does.
      for (let loads = 0; loads < 4; loads += 1) {
        expectProblem(await strict.call(listMyKeys, { key: null }), 'member_unauthenticated');
      }
      expect((await strict.call(listMyKeys, { key: token })).status).toBe(200);
      expect(strict.logs()).toContain('/v1/my/session');
      expect(strict.logs()).not.toContain(claims);
    } finally {
      await strict.close();
    }
  });
});

describe('a member’s session', () => {
  it('counts only where no token is sent', async () => {
    const Cookie = await enter(ADA);
    const bens = await keysBy(Cookie, { key: await api.tokenOf(BEN) });
    expect(bens.body).toMatchObject({ data: [] });
    expectProblem(await keysBy(Cookie, { key: 'nonsense' }), 'member_unauthenticated');
    const headers = { Authorization: 'Basic dXNlcjpwYXNz' };
    expectProblem(await keysBy(Cookie, { headers }), 'member_unauthenticated');
  });

  it('opens nothing without the header that only our pages send', async () => {
    const Cookie = await enter(ADA);
    const opened = (): number =>
      api.simulator.requests().filter(({ path }) => path.includes('/unlock')).length;
    const before = opened();
    expectProblem(await tapBy(Cookie, {}), 'csrf_header_missing');
    const form = request(api.app).post(`/v1/my/keys/${String(building.lockId)}/unlock`);
    expectProblem(await form.set({ Cookie }).type('form').send({}), 'csrf_header_missing');
    const crossSite = { ...OURS, 'Sec-Fetch-Site': 'cross-site' };
    expectProblem(await tapBy(Cookie, crossSite), 'cross_site_request');
    expectProblem(await keysBy(Cookie, { headers: crossSite }), 'cross_site_request');
    expect(opened()).toBe(before);
    // In a frame of the host's page our own page is still the one that asks.
    expect((await tapBy(Cookie, { ...OURS, 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
  });

  it('repeats a tap that was begun with the token itself', async () => {
    const [Cookie, key] = [await enter(ADA), await api.tokenOf(ADA)];
    const headers = { 'Idempotency-Key': 'one-tap' };
    const params = { lockId: String(building.lockId) };
    const first = await api.call(unlockMyKey, { params, body: {}, key, headers });
    const again = await tapBy(Cookie, { ...OURS, ...headers });
    expect(again.body).toEqual(first.body);
    expect(again.headers['idempotency-replayed']).toBe('true');
  });

  it('is no session of the console, and the other way round', async () => {
    const Cookie = await enter(ADA);
    const asAdmin = await api.call(createDoorMapping, {
      key: null,
      headers: { Cookie, ...OURS },
      body: createDoorMapping.bodyExample,
    });
    expectProblem(asAdmin, 'unauthenticated');
    const token = cookieOf(await exchange(await api.tokenOf(ADA))).replace(
      '__Host-latchkey_member=',
      '',
    );
    expectProblem(await keysBy(`__Host-latchkey_session=${token}`), 'member_unauthenticated');
  });

  it('ends with the member', async () => {
    const id = 'mem_leaves';
    await api.call(putMember, { params: { id }, body: { email: `${id}@example.com` } });
    const Cookie = await enter(id);
    await api.store.members.erase(id, 'job_1');
    expectProblem(await keysBy(Cookie), 'member_unauthenticated');
  });
});

describe('DELETE /v1/my/session', () => {
  it('has the browser forget the token, and may be repeated', async () => {
    const Cookie = await enter(ADA);
    const out = await api.call(deleteMySession, { key: null, headers: { Cookie, ...OURS } });
    expect(out.status).toBe(204);
    expect(setCookieOf(out)).toMatch(/^__Host-latchkey_member=; Path=\/; Expires=Thu, 01 Jan 1970/);
    expect((await api.call(deleteMySession, { key: null })).status).toBe(204);
  });

  it('is not done for another site', async () => {
    const Cookie = await enter(ADA);
    const out = (headers: Record<string, string>): Promise<ApiResponse> =>
      api.call(deleteMySession, { key: null, headers: { Cookie, ...headers } });
    expectProblem(await out({}), 'csrf_header_missing');
    expectProblem(await out({ ...OURS, 'Sec-Fetch-Site': 'cross-site' }), 'cross_site_request');
  });
});
