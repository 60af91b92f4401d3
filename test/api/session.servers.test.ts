import request from 'supertest';
import { createApiKey, deleteApiKey, patchApiKey } from '../../api/api-keys/schema';
import { createEventSubscription } from '../../api/event-subscriptions/schema';
import { listLocations, putLocation } from '../../api/locations/schema';
import { createSession, deleteSession, getSession } from '../../api/session/schema';
import {
  expectProblem,
  startApi,
  TEMPORAL_WEB_URL,
  type ApiResponse,
  type ApiUnderTest,
} from './api-under-test';
import { idOf } from './fixtures';
import { rawDocuments } from './raw-documents';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const OURS = { 'X-Latchkey-Client': 'web' };
const LOCATION = { params: { id: 'loc_1' }, body: { name: 'House', timeZone: 'Europe/Berlin' } };

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  // Whatever MongoDB itself cleans up by its own clock is judged by the same one.
  api.clock.time = Date.now();
});
afterAll(() => api.close());

/** What a browser keeps of an answer, as it sends it back. */
function cookieOf({ headers }: ApiResponse): string {
  const [cookie = ''] = headers['set-cookie'] as unknown as string[];
  return cookie.split(';')[0] ?? '';
}

async function signIn(apiKey = api.keys.admin): Promise<string> {
  const answer = await api.call(createSession, { key: null, body: { apiKey } });
  expect(answer.status).toBe(201);
  return cookieOf(answer);
}

const who = (Cookie: string): Promise<ApiResponse> =>
  api.call(getSession, { key: null, headers: { Cookie } });

async function newKey(scopes = ['operator']): Promise<{ id: string; secret: string }> {
  const { body } = await api.call(createApiKey, { body: { name: 'Desk', scopes } });
  return body as { id: string; secret: string };
}

describe('POST /v1/session', () => {
  it('knows no cookie that another host of the domain could have set', async () => {
    const theirs = (await signIn(api.keys.operator)).replace('__Host-', '');
    expectProblem(await who(theirs), 'unauthenticated');
    const both = await who(`${theirs}; ${await signIn()}`);
    expect(both.body).toMatchObject({ scopes: ['admin'] });
  });

  it('sets a cookie that no script can read and that https alone carries', async () => {
    const answer = await api.call(createSession, {
      key: null,
      body: { apiKey: api.keys.operator },
    });
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({
      name: 'operator',
      actor: { type: 'api_key', id: api.keyIds.operator },
      scopes: ['operator'],
      locationIds: null,
      signedInWith: 'api_key',
      expiresAt: new Date(api.clock.time + 2 * HOUR_MS).toISOString(),
      temporalWebUrl: TEMPORAL_WEB_URL,
    });
    expect(answer.headers['cache-control']).toBe('no-store');
    const [cookie = ''] = answer.headers['set-cookie'] as unknown as string[];
    const ends = new Date(api.clock.time + 12 * HOUR_MS).toUTCString();
    expect(cookie.split('; ').sort()).toEqual(
      [
        expect.stringMatching(/^__Host-latchkey_session=[\w-]{43}$/),
        'Path=/',
        `Expires=${ends}`,
        'HttpOnly',
        'Secure',
        'SameSite=Lax',
      ].sort(),
    );
    expect((await who(cookieOf(answer))).body).toEqual(answer.body);
  });

  it('keeps only the hash of the token, and logs neither token nor key', async () => {
    const { secret } = await newKey();
    const [, token = ''] = (await signIn(secret)).split('=');
    await who(`__Host-latchkey_session=${token}`);
    const stored = await rawDocuments(api, 'sessions');
    expect(stored.length).toBeGreaterThan(0);
    expect(JSON.stringify(stored)).not.toContain(token);
    expect(JSON.stringify(stored)).not.toContain(secret);
    expect(api.logs()).not.toContain(token);
    expect(api.logs()).not.toContain(secret);
  });

  it('ends the session that the browser had before', async () => {
    const former = await signIn();
    const headers = { Cookie: former };
    await api.call(createSession, { key: null, headers, body: { apiKey: api.keys.operator } });
    expectProblem(await who(former), 'unauthenticated');
  });

  it('refuses a wrong key, a deleted one, and none', async () => {
    const { id, secret } = await newKey();
    await api.call(deleteApiKey, { params: { id } });
    for (const apiKey of ['lk_wrong', secret]) {
      const refused = await api.call(createSession, { key: null, body: { apiKey } });
      expectProblem(refused, 'unauthenticated');
      expect(refused.headers['set-cookie']).toBeUndefined();
    }
    const none = await api.call(createSession, { key: null, body: {} });
    expectProblem(none, 'request_invalid', 'body.apiKey');
  });

  it('cannot be sent by a page of another site', async () => {
    const body = { apiKey: api.keys.admin };
    const headers = { 'Sec-Fetch-Site': 'cross-site' };
    expectProblem(
      await api.call(createSession, { key: null, headers, body }),
      'cross_site_request',
    );
    const form = await request(api.app).post('/v1/session').type('form').send(body);
    expectProblem(form, 'media_type_unsupported');
  });
});

describe('a session', () => {
  it('does what its key may, and no more', async () => {
    const Cookie = await signIn(api.keys.operator);
    const headers = { Cookie, ...OURS };
    expect((await api.call(listLocations, { key: null, headers })).status).toBe(200);
    expectProblem(
      await api.call(putLocation, { ...LOCATION, key: null, headers }),
      'scope_missing',
    );
  });

  it('follows the scopes of its key at once, and ends with it', async () => {
    const { id, secret } = await newKey(['booking']);
    const Cookie = await signIn(secret);
    const params = { id };
    await api.call(patchApiKey, { params, body: { name: 'Front', scopes: ['operator'] } });
    expect((await who(Cookie)).body).toMatchObject({ name: 'Front', scopes: ['operator'] });
    await api.call(deleteApiKey, { params });
    expectProblem(await who(Cookie), 'unauthenticated');
  });

  it('lasts two hours from the last request, and twelve from signing in', async () => {
    const begun = api.clock.time;
    const Cookie = await signIn();
    const kept = await signIn();
    for (let hours = 1; hours < 12; hours += 1) {
      api.clock.time = begun + hours * HOUR_MS + 30 * MINUTE_MS;
      const { body } = await who(kept);
      const ends = Math.min(api.clock.time + 2 * HOUR_MS, begun + 12 * HOUR_MS);
      expect((body as { expiresAt: string }).expiresAt).toBe(new Date(ends).toISOString());
    }
    expectProblem(await who(Cookie), 'unauthenticated');
    api.clock.time = begun + 12 * HOUR_MS - 1;
    expect((await who(kept)).status).toBe(200);
    api.clock.time = begun + 12 * HOUR_MS;
    expectProblem(await who(kept), 'unauthenticated');
  });

  it('changes nothing without the header that only our pages send', async () => {
    const Cookie = await signIn();
    const key = null;
    const place = { ...LOCATION, params: { id: 'loc_csrf' }, key };
    const refused = await api.call(putLocation, { ...place, headers: { Cookie } });
    expectProblem(refused, 'csrf_header_missing');
    expect(await api.store.locations.get('loc_csrf')).toBeNull();
    const post = request(api.app).post('/v1/event-subscriptions').set({ Cookie });
    expectProblem(await post.type('form').send({}), 'csrf_header_missing');
    const made = await api.call(putLocation, { ...place, headers: { Cookie, ...OURS } });
    expect(made.status).toBe(200);
    expect(await api.store.locations.get('loc_csrf')).not.toBeNull();
    expect((await api.call(listLocations, { key, headers: { Cookie } })).status).toBe(200);
    expect((await request(api.app).head('/v1/locations').set({ Cookie })).status).toBe(200);
  });

  it('answers nothing to a page of another site, whatever it sends', async () => {
    const Cookie = await signIn();
    for (const site of ['cross-site', 'same-site', 'same-origin', 'none']) {
      const headers = { Cookie, ...OURS, 'Sec-Fetch-Site': site };
      const answers = [
        await api.call(listLocations, { key: null, headers }),
        await api.call(putLocation, { ...LOCATION, key: null, headers }),
      ];
      for (const answer of answers) {
        if (site === 'cross-site') expectProblem(answer, 'cross_site_request');
        else expect(answer.status).toBe(200);
      }
    }
  });

  it('does not count beside an API key, whether that one is good or not', async () => {
    const headers = { Cookie: await signIn() };
    const own = await api.call(getSession, { headers, key: api.keys.booking });
    expect(own.body).toMatchObject({ scopes: ['booking'], expiresAt: null });
    expectProblem(await api.call(getSession, { headers, key: 'lk_wrong' }), 'unauthenticated');
    const other = { ...headers, Authorization: 'Basic dXNlcjpwYXNz' };
    expectProblem(await api.call(getSession, { key: null, headers: other }), 'unauthenticated');
    // No CSRF header is asked for: nobody's browser adds an API key by itself.
    expect((await api.call(putLocation, { ...LOCATION, headers })).status).toBe(200);
  });

  it.each(['', 'x', 'a'.repeat(43), `${'a'.repeat(43)}=`, '%E0%A4%A'])(
    'is not made up: %j opens nothing',
    async (token) => {
      expectProblem(await who(`__Host-latchkey_session=${token}`), 'unauthenticated');
    },
  );

  it('repeats a POST under one Idempotency-Key to itself alone', async () => {
    const [first, second] = [await signIn(), await signIn()];
    const subscribe = (Cookie: string): Promise<ApiResponse> =>
      api.call(createEventSubscription, {
        key: null,
        headers: { Cookie, ...OURS, 'Idempotency-Key': 'once' },
        body: createEventSubscription.bodyExample,
      });
    const made = await subscribe(first);
    expect(made.status).toBe(201);
    expect((await subscribe(first)).body).toEqual(made.body);
    const other = await subscribe(second);
    expect(other.status).toBe(201);
    expect(idOf(other.body)).not.toBe(idOf(made.body));
  });
});

describe('DELETE /v1/session', () => {
  it('ends the session, has the browser forget it, and may be repeated', async () => {
    const Cookie = await signIn();
    for (let time = 0; time < 2; time += 1) {
      const out = await api.call(deleteSession, { key: null, headers: { Cookie, ...OURS } });
      expect(out.status).toBe(204);
      const [cleared = ''] = out.headers['set-cookie'] as unknown as string[];
      expect(cleared).toMatch(/^__Host-latchkey_session=;.*Expires=Thu, 01 Jan 1970/);
      expectProblem(await who(Cookie), 'unauthenticated');
    }
    expect((await api.call(deleteSession, { key: null })).status).toBe(204);
  });

  it('is not done for another site', async () => {
    const Cookie = await signIn();
    const out = (headers: Record<string, string>): Promise<ApiResponse> =>
      api.call(deleteSession, { key: null, headers: { Cookie, ...headers } });
    expectProblem(await out({}), 'csrf_header_missing');
    expectProblem(await out({ ...OURS, 'Sec-Fetch-Site': 'cross-site' }), 'cross_site_request');
    expect((await who(Cookie)).status).toBe(200);
  });
});

describe('with plain http and few attempts', () => {
  let plain: ApiUnderTest;
  beforeAll(async () => {
    plain = await startApi({ signInsPerMinute: 2 }, { publicUrl: 'http://127.0.0.1:3000' });
  });
  afterAll(() => plain.close());

  it('sends the cookie without https, and slows down who guesses', async () => {
    const attempt = (apiKey: string): Promise<ApiResponse> =>
      plain.call(createSession, { key: null, body: { apiKey } });
    const [cookie = ''] = (await attempt(plain.keys.admin)).headers[
      'set-cookie'
    ] as unknown as string[];
    expect(cookie).toContain('HttpOnly');
    expect(cookie).not.toContain('Secure');
    expectProblem(await attempt('lk_guess'), 'unauthenticated');
    const held = await attempt(plain.keys.admin);
    expectProblem(held, 'rate_limited');
    expect(held.headers['retry-after']).toBe('60');
  });
});
