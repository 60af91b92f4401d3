import request, { type Response } from 'supertest';
import { listApiKeys } from '../../api/api-keys/schema';
import { listLocations, putLocation } from '../../api/locations/schema';
import { createOidcSignIn } from '../../api/session/oidc';
import { listSignInMethods, oidcCallback, startOidc } from '../../api/session/oidc-schema';
import { deleteSession, getSession } from '../../api/session/schema';
import { startOidcProvider, type OidcProvider } from '../support/oidc-provider';
import {
  expectDocumented,
  expectProblem,
  PUBLIC_URL,
  startApi,
  type ApiResponse,
  type ApiUnderTest,
} from './api-under-test';
import { rawDocuments } from './raw-documents';

const REDIRECT_URI = `${PUBLIC_URL}${oidcCallback.path}`;
const OURS = { 'X-Latchkey-Client': 'web' };
const PAGE = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

const ACCOUNTS = {
  'person-admin': { name: 'Ada Admin', latchkey_scopes: ['admin', 'owner-of-something-else'] },
  'person-desk': { name: 'Dan Desk', latchkey_scopes: 'operator booking' },
  'person-none': { name: 'Nil Nobody', latchkey_scopes: ['wheel'] },
  'person-local': {
    name: 'Lou Local',
    latchkey_scopes: ['admin'],
    latchkey_locations: ['loc_1'],
  },
  'person-bare': { name: 'Bea Bare' },
  'mail@example.com': { name: 'Max Mail', latchkey_scopes: ['operator'] },
};

let provider: OidcProvider;
let api: ApiUnderTest;
beforeAll(async () => {
  provider = await startOidcProvider(ACCOUNTS, REDIRECT_URI);
  api = await startApi({}, { oidc: createOidcSignIn(provider.config, REDIRECT_URI) });
  api.clock.time = Date.now();
});
afterAll(async () => {
  await api.close();
  await provider.stop();
});

/** The pairs that a browser would send back, without those that were cleared. */
function cookiesOf({ headers }: Pick<Response, 'headers'>): string {
  const set = (headers['set-cookie'] ?? []) as unknown as string[];
  const kept = set
    .map((cookie) => cookie.split(';')[0] ?? '')
    .filter((pair) => !pair.endsWith('='));
  return kept.join('; ');
}

async function begin(to = api): Promise<{ url: string; Cookie: string }> {
  const started = await to.call(startOidc, { key: null });
  expect(started.status).toBe(302);
  return { url: started.headers['location'] ?? '', Cookie: cookiesOf(started) };
}

async function comeBack(
  at: URL,
  Cookie: string,
  headers: Record<string, string> = {},
): Promise<ApiResponse> {
  const path = `${at.pathname}${at.search}`;
  const answer = await request(api.app)
    .get(path)
    .set({ Cookie, ...headers });
  expectDocumented(oidcCallback, answer);
  return answer;
}

async function signIn(account: string): Promise<ApiResponse> {
  const { url, Cookie } = await begin();
  return comeBack(await provider.visit(url, { account }), Cookie);
}

describe('GET /v1/session/methods', () => {
  it('says which ways in there are', async () => {
    const { body } = await api.call(listSignInMethods, { key: null });
    const { issuer } = provider.config;
    expect(body).toEqual({ apiKey: true, oidc: { issuer, startUrl: startOidc.path } });
  });
});

describe('GET /v1/session/oidc/start', () => {
  it('sends the browser away with a challenge of its own each time', async () => {
    const [first, second] = [await begin(), await begin()];
    const { searchParams } = new URL(first.url);
    expect(Object.fromEntries(searchParams)).toMatchObject({
      client_id: 'latchkey',
      redirect_uri: REDIRECT_URI,
      response_type: 'code',
      scope: 'openid profile',
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(searchParams.get(name)).toMatch(/^[\w-]{43}$/);
      expect(searchParams.get(name)).not.toBe(new URL(second.url).searchParams.get(name));
    }
    const started = await api.call(startOidc, { key: null });
    const [cookie = ''] = started.headers['set-cookie'] as unknown as string[];
    for (const part of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Max-Age=600', 'Path=/']) {
      expect(cookie.split('; ')).toContain(part);
    }
  });
});

describe('GET /v1/session/oidc/callback', () => {
  it('signs in whom the provider vouches for, with the scopes that it names', async () => {
    const answer = await signIn('person-admin');
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe('/');
    const Cookie = cookiesOf(answer);
    expect(Cookie).toMatch(/^__Host-latchkey_session=[\w-]{43}$/);
    const who = await api.call(getSession, { key: null, headers: { Cookie } });
    expect(who.body).toMatchObject({
      name: 'Ada Admin',
      actor: { type: 'person', id: 'person-admin' },
      scopes: ['admin'],
      locationIds: null,
      signedInWith: 'oidc',
    });
    const place = { params: { id: 'loc_1' }, body: putLocation.bodyExample, key: null };
    expectProblem(
      await api.call(putLocation, { ...place, headers: { Cookie } }),
      'csrf_header_missing',
    );
    const headers = { Cookie, ...OURS };
    expect((await api.call(putLocation, { ...place, headers })).status).toBe(200);
    expect(api.logs()).toContain('"personId":"person-admin"');

    await api.call(deleteSession, { key: null, headers });
    expectProblem(await api.call(listLocations, { key: null, headers }), 'unauthenticated');
  });

  it('takes scopes that come as one text, and passes over what is none of ours', async () => {
    const Cookie = cookiesOf(await signIn('person-desk'));
    const who = await api.call(getSession, { key: null, headers: { Cookie } });
    expect(who.body).toMatchObject({ scopes: ['booking', 'operator'] });
    const place = { params: { id: 'loc_1' }, body: putLocation.bodyExample, key: null };
    expect((await api.call(putLocation, { ...place, headers: { Cookie, ...OURS } })).status).toBe(
      200,
    );
  });

  it('names nobody by an e-mail in logs', async () => {
    const Cookie = cookiesOf(await signIn('mail@example.com'));
    const who = await api.call(getSession, { key: null, headers: { Cookie } });
    const { id } = (who.body as { actor: { id: string } }).actor;
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(api.logs()).toContain(`"personId":"${id}"`);
    expect(api.logs()).not.toContain('Max Mail');
  });

  it.each(['person-none', 'person-bare'])('refuses %s, and says whom to ask', async (account) => {
    const answer = await signIn(account);
    expectProblem(answer, 'oidc_scope_missing');
    const { detail } = answer.body as { detail: string };
    expect(detail).toContain(account);
    expect(detail).toContain(`Ask whoever manages accounts at ${provider.config.issuer}`);
    expect(detail).toContain('latchkey_scopes');
    expect(cookiesOf(answer)).toBe('');
  });

  it('sends a browser that is refused to the page for signing in', async () => {
    const { url, Cookie } = await begin();
    const back = await provider.visit(url, { account: 'person-none' });
    const answer = await comeBack(back, Cookie, PAGE);
    expect(answer.status).toBe(302);
    expect(answer.headers['location']).toBe('/sign-in?problem=oidc_scope_missing');
    expect(cookiesOf(answer)).toBe('');
  });

  it('tells when the provider refuses', async () => {
    const { url, Cookie } = await begin();
    const back = await provider.visit(url, { refuse: true });
    expect(back.searchParams.get('error')).toBe('access_denied');
    const answer = await comeBack(back, Cookie);
    expectProblem(answer, 'oidc_refused');
    expect((answer.body as { detail: string }).detail).toContain('access_denied');
  });

  it('takes nobody who began elsewhere, or came twice', async () => {
    const [mine, other] = [await begin(), await begin()];
    const back = await provider.visit(mine.url, { account: 'person-admin' });
    expectProblem(await comeBack(back, ''), 'oidc_flow_invalid');
    expectProblem(await comeBack(back, '__Host-latchkey_oidc=made.up.cookie'), 'oidc_flow_invalid');
    expectProblem(await comeBack(back, other.Cookie), 'oidc_flow_invalid');
    expect((await comeBack(back, mine.Cookie)).headers['location']).toBe('/');
    expectProblem(await comeBack(back, mine.Cookie), 'oidc_refused');
  });

  it.each([
    ['a code that the provider does not know', 'oidc_refused'],
    ['another verifier', 'oidc_refused'],
    ['another nonce', 'oidc_refused'],
    ['no code', 'oidc_refused'],
  ] as const)('refuses %s', async (what, code) => {
    const { url, Cookie } = await begin();
    const back = await provider.visit(url, { account: 'person-admin' });
    const [state = '', nonce = '', verifier = ''] = Cookie.replace(
      '__Host-latchkey_oidc=',
      '',
    ).split('.');
    const wrong = 'A'.repeat(43);
    const asked = {
      'a code that the provider does not know': [state, nonce, verifier],
      'another verifier': [state, nonce, wrong],
      'another nonce': [state, wrong, verifier],
      'no code': [state, nonce, verifier],
    }[what];
    if (what.startsWith('a code')) back.searchParams.set('code', wrong);
    if (what === 'no code') back.searchParams.delete('code');
    expectProblem(await comeBack(back, `__Host-latchkey_oidc=${asked.join('.')}`), code);
  });

  it('leaves no code, state, nonce, verifier or token in logs and database', async () => {
    const { url, Cookie } = await begin();
    const back = await provider.visit(url, { account: 'person-admin' });
    const wrong = Cookie.replace(/\.[^.]+$/, `.${'B'.repeat(43)}`);
    await comeBack(back, wrong, PAGE);
    const again = await begin();
    const fine = await provider.visit(again.url, { account: 'person-admin' });
    const answer = await comeBack(fine, again.Cookie, PAGE);
    const secrets = [back, fine].flatMap(({ searchParams }) =>
      ['code', 'state'].map((name) => searchParams.get(name) ?? ''),
    );
    secrets.push(...`${Cookie}.${again.Cookie}`.replaceAll('__Host-latchkey_oidc=', '').split('.'));
    secrets.push(cookiesOf(answer).replace('__Host-latchkey_session=', ''));
    const stored = JSON.stringify(await rawDocuments(api, 'sessions'));
    expect(api.logs()).toContain('Nobody was signed in');
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(20);
      expect(api.logs()).not.toContain(secret);
      expect(stored).not.toContain(secret);
    }
  });
});

describe('with a claim for locations', () => {
  let limited: ApiUnderTest;
  beforeAll(async () => {
    const config = { ...provider.config, locationsClaim: 'latchkey_locations' };
    limited = await startApi({}, { oidc: createOidcSignIn(config, REDIRECT_URI) });
    limited.clock.time = Date.now();
  });
  afterAll(() => limited.close());

  async function enter(account: string): Promise<ApiResponse> {
    const { url, Cookie } = await begin(limited);
    const { pathname, search } = await provider.visit(url, { account });
    return request(limited.app).get(`${pathname}${search}`).set({ Cookie });
  }

  it('shows a person their locations, and refuses what concerns all', async () => {
    const headers = { Cookie: cookiesOf(await enter('person-local')), ...OURS };
    const who = await limited.call(getSession, { key: null, headers });
    expect(who.body).toMatchObject({ scopes: ['admin'], locationIds: ['loc_1'] });
    const body = { name: 'House', timeZone: 'Europe/Berlin' };
    const save = (id: string): Promise<ApiResponse> =>
      limited.call(putLocation, { params: { id }, body, key: null, headers });
    expect((await save('loc_1')).status).toBe(200);
    expectProblem(await save('loc_2'), 'location_forbidden');
    expectProblem(await limited.call(listApiKeys, { key: null, headers }), 'location_limited');
  });

  it('refuses whom the provider names none, and says whom to ask', async () => {
    const answer = await enter('person-admin');
    expectProblem(answer, 'oidc_locations_missing');
    expect((answer.body as { detail: string }).detail).toContain('Ask whoever manages accounts');
  });
});

describe('without a provider', () => {
  it('offers API keys alone', async () => {
    const bare = await startApi();
    try {
      const methods = await bare.call(listSignInMethods, { key: null });
      expect(methods.body).toEqual({ apiKey: true, oidc: null });
      for (const spec of [startOidc, oidcCallback]) {
        expectProblem(await bare.call(spec, { key: null }), 'oidc_not_set_up');
      }
      const page = await bare.call(startOidc, { key: null, headers: PAGE });
      expect(page.headers['location']).toBe('/sign-in?problem=oidc_not_set_up');
    } finally {
      await bare.close();
    }
  });

  it('says that it is away, and goes on when it is back', async () => {
    const gone = await startOidcProvider(ACCOUNTS, REDIRECT_URI);
    await gone.stop();
    const cut = await startApi({}, { oidc: createOidcSignIn(gone.config, REDIRECT_URI) });
    try {
      const answer = await cut.call(startOidc, { key: null });
      expectProblem(answer, 'oidc_unavailable');
      expect(answer.headers['retry-after']).toBe('10');
      const methods = await cut.call(listSignInMethods, { key: null });
      expect(methods.status).toBe(200);
      const port = Number(new URL(gone.config.issuer).port);
      const back = await startOidcProvider(ACCOUNTS, REDIRECT_URI, port);
      expect((await cut.call(startOidc, { key: null })).status).toBe(302);
      await back.stop();
    } finally {
      await cut.close();
    }
  });
});
