import { GUIDE_ANCHORS } from '../../web/src/shared/guide-sections';
import { texts } from '../../web/src/texts';
import { eventually } from '../support/eventually';
import { field, goTo } from './people';
import { oidcCallback } from '../../api/session/oidc-schema';
import { freePort } from '../../scripts/servers/ports';
import { startOidcProvider, type OidcProvider } from '../support/oidc-provider';
import { openStage, signIn, STAGE_TIMEOUT_MS, type Stage } from './stage';

const t = texts.shell;

/** People at the identity provider: one who may do everything here, one who may do nothing. */
const PEOPLE = {
  ada: { name: 'Ada Admin', latchkey_scopes: ['admin'] },
  nil: { name: 'Nil Nobody', latchkey_scopes: ['wheel'] },
};

let provider: OidcProvider;
let stage: Stage;

beforeAll(async () => {
  const apiPort = await freePort();
  const publicUrl = `http://127.0.0.1:${String(apiPort)}`;
  provider = await startOidcProvider(PEOPLE, publicUrl + oidcCallback.path);
  const { issuer, clientId, clientSecret } = provider.config;
  stage = await openStage({
    apiPort,
    env: {
      PUBLIC_URL: publicUrl,
      OIDC_ISSUER: issuer,
      OIDC_CLIENT_ID: clientId,
      OIDC_CLIENT_SECRET: clientSecret,
    },
  });
}, STAGE_TIMEOUT_MS);
afterAll(async () => {
  await stage.close();
  await provider.stop();
});

test('by the identity provider: whoever may do something here comes to the overview', async () => {
  const { page } = await stage.visit();
  await page.goto('/');
  await page.getByRole('link', { name: t.signIn.oidc }).click();
  await page.getByRole('link', { name: 'Go on as ada' }).click();
  await page.getByRole('heading', { level: 1, name: t.nav.overview }).waitFor();
  await page.getByText(t.signedInAs(PEOPLE.ada.name)).waitFor();
});

test.each([
  ['whoever may do nothing here', 'Go on as nil', t.signIn.failed.byCode.oidc_scope_missing],
  ['whoever the provider refuses', 'Refuse', t.signIn.failed.byCode.oidc_refused],
])('by the identity provider: %s is told so, and whom to ask', async (_who, choice, words) => {
  const { page } = await stage.visit();
  await page.goto('/');
  await page.getByRole('link', { name: t.signIn.oidc }).click();
  await page.getByRole('link', { name: choice }).click();
  await page.getByRole('alert').getByText(words).waitFor();
  await field(page, 'API key').waitFor();
});

test('a wrong key is refused with what to do, and what was entered stays', async () => {
  const { page } = await stage.visit();
  await page.goto('/');
  await field(page, 'API key').fill('not-a-key-of-ours');
  await page.getByRole('button', { name: t.signIn.submit, exact: true }).click();
  await page.getByRole('alert').getByText(texts.common.problem.remedy).waitFor();
  expect(await field(page, 'API key').inputValue()).toBe('not-a-key-of-ours');
});

test('goes on where one was sent away from, and nothing of the key stays in the browser', async () => {
  const { page } = await stage.visit();
  await page.goto('/plans');
  await field(page, 'API key').fill(stage.adminApiKey);
  await page.getByRole('button', { name: t.signIn.submit, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: t.nav.plans }).waitFor();
  const kept = await page.evaluate<string>(
    'JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie',
  );
  expect(kept).not.toContain(stage.adminApiKey);
  expect(kept).not.toContain('latchkey_session');
  const [cookie] = await page.context().cookies();
  expect(cookie).toMatchObject({ name: 'latchkey_session', httpOnly: true, sameSite: 'Lax' });
});

test('a section of the guide that one was sent to is shown after the sign-in', async () => {
  const { page } = await stage.visit();
  const address = `/guide#${GUIDE_ANCHORS.troubleshooting}`;
  await page.goto(address);
  await field(page, 'API key').fill(stage.adminApiKey);
  await page.getByRole('button', { name: t.signIn.submit, exact: true }).click();
  await page.waitForURL(stage.url + address);
});

test('by the identity provider one goes on where one was sent away from', async () => {
  const { page } = await stage.visit();
  await page.goto('/plans');
  await page.getByRole('link', { name: t.signIn.oidc }).click();
  await page.getByRole('link', { name: 'Go on as ada' }).click();
  await page.getByRole('heading', { level: 1, name: t.nav.plans }).waitFor();
});

test('signing out ends the session at the server too, and the next one begins anew', async () => {
  const { page } = await stage.admin();
  const cookies = await page.context().cookies();
  await goTo(page, t.nav.plans);
  await page.getByRole('button', { name: t.signOut }).click();
  await field(page, 'API key').waitFor();
  expect(await page.getByText(t.signIn.ended).count()).toBe(0);
  const [{ name, value } = { name: '', value: '' }] = cookies;
  const answer = await fetch(`${stage.url}/v1/session`, {
    headers: { cookie: `${name}=${value}` },
  });
  expect(answer.status).toBe(401);
  await signIn(page, stage.adminApiKey);
});

test('a session that ends by itself is said to have ended, and one goes on where one was', async () => {
  const { secret, id } = await stage.api.ok<{ secret: string; id: string }>(
    'POST',
    '/v1/api-keys',
    { name: 'For an hour', scopes: ['operator'] },
  );
  const { page } = await stage.visit();
  await page.goto('/');
  await signIn(page, secret);
  await goTo(page, t.nav.members);
  await stage.api.ok('DELETE', `/v1/api-keys/${id}`);
  // The first refusal tells; the session itself is looked after every minute.
  await page.getByRole('navigation').getByRole('link', { name: t.nav.plans }).click();
  await page.getByText(t.signIn.ended).waitFor();
  await field(page, 'API key').fill(stage.adminApiKey);
  await page.getByRole('button', { name: t.signIn.submit, exact: true }).click();
  await page.getByRole('heading', { level: 1, name: t.nav.plans }).waitFor();
});

test('what was asked before somebody signed in does not undo it', async () => {
  const { page } = await stage.visit();
  const late: (() => Promise<void>)[] = [];
  let isSignedIn = false;
  await page.route('**/v1/session', async (route) => {
    if (route.request().method() !== 'GET' || isSignedIn) return route.fallback();
    const response = await route.fetch();
    late.push(() => route.fulfill({ response }));
  });
  await page.goto('/sign-in');
  await eventually(
    () => late.length,
    (count) => count > 0,
  );
  isSignedIn = true;
  await signIn(page, stage.adminApiKey);
  // By now nobody may wait for them any more.
  for (const answer of late) await answer().catch(() => undefined);
  await goTo(page, t.nav.plans);
  await page.getByText(texts.plans.empty.title).waitFor();
  expect(await page.getByText(t.signIn.ended).count()).toBe(0);
});

test('whoever is limited to a location is offered nothing that is refused to them', async () => {
  await stage.api.ok('PUT', '/v1/locations/loc_one', { name: 'One', timeZone: 'Europe/Berlin' });
  await stage.api.ok('PUT', '/v1/members/mem_one', { name: 'Una', email: 'una@example.com' });
  const { secret } = await stage.api.ok<{ secret: string }>('POST', '/v1/api-keys', {
    name: 'Desk of One',
    scopes: ['admin'],
    locationIds: ['loc_one'],
  });
  const { page } = await stage.visit();
  await page.goto('/');
  await signIn(page, secret);
  const menu = page.getByRole('navigation');
  expect(await menu.getByRole('link', { name: t.nav.apiKeys }).count()).toBe(0);
  const isOffered = async (name: string): Promise<boolean> =>
    (await page.getByRole('button', { name, exact: true }).count()) > 0;
  await goTo(page, t.nav.integrations);
  expect(await isOffered(texts.integrations.add)).toBe(false);
  await goTo(page, t.nav.doorMappings);
  expect(await isOffered(texts.doorMappings.sync.action)).toBe(false);
  expect(await isOffered(texts.doorMappings.form.create)).toBe(false);
  await goTo(page, t.nav.plans);
  await page.getByText(texts.plans.empty.title).waitFor();
  expect(await isOffered(texts.plans.form.create)).toBe(false);
  await goTo(page, t.nav.members);
  await page.getByRole('link', { name: 'Una' }).click();
  await page.getByText(texts.members.hold.none).waitFor();
  expect(await isOffered(texts.members.hold.put)).toBe(false);
  expect(await isOffered(texts.members.portal.open)).toBe(false);
  await page.getByRole('tab', { name: 'Door Access' }).click();
  await page.getByRole('button', { name: texts.members.access.grant }).first().waitFor();
});

test('a key of the booking system sees no settings that it may not change', async () => {
  const { secret } = await stage.api.ok<{ secret: string }>('POST', '/v1/api-keys', {
    name: 'Booking system',
    scopes: ['booking'],
  });
  const { page } = await stage.visit();
  await page.goto('/');
  await signIn(page, secret);
  const refused: string[] = [];
  page.on('response', (response) => {
    if (response.status() === 403) refused.push(response.url());
  });
  await goTo(page, 'Door Mappings');
  await page.getByText(texts.doorMappings.empty.title).waitFor();
  expect(refused).toEqual([]);
  const create = page.getByRole('button', { name: texts.doorMappings.form.create });
  expect(await create.count()).toBe(0);
  const sync = page.getByRole('button', { name: texts.doorMappings.sync.action });
  expect(await sync.count()).toBe(0);
  // Nor an empty page where somebody sends them an address.
  await stage.api.ok('PUT', '/v1/members/mem_one', { name: 'Una', email: 'una@example.com' });
  await page.goto('/members/mem_one/explain');
  await page.getByText(texts.members.hold.none).waitFor();
});

test('an address asks for what there is, or is read without what there is not', async () => {
  await stage.api.ok('PUT', '/v1/members/mem_one', { name: 'Una', email: 'una@example.com' });
  const { page } = await stage.admin();
  await page.goto('/members/mem_one/nonsense');
  await page.getByText(texts.members.hold.none).waitFor();
  for (const path of ['/bookings', '/memberships']) {
    const isRead = page.waitForResponse((response) => response.url().includes(`/v1${path}`));
    await page.goto(`${path}?status=nonsense`);
    expect((await isRead).status()).toBe(200);
  }
  const menu = page.getByRole('navigation');
  expect(await menu.locator('[aria-current="page"]').allTextContents()).toEqual([
    t.nav.memberships,
  ]);
});

test('a page begins at its top with the focus in it, and the way back leads to where one was', async () => {
  const { page } = await stage.admin();
  await page.goto('/guide');
  const other = page
    .getByRole('navigation', { name: texts.help.contents })
    .getByRole('link')
    .last();
  await other.waitFor();
  const scrolled = (): Promise<number> => page.evaluate<number>('Math.round(scrollY)');
  const DEEP_PX = 600;
  await page.evaluate(`scrollTo(0, ${String(DEEP_PX)})`);
  // A click of its own would scroll to the link.
  await other.dispatchEvent('click');
  await page.waitForURL('**/guide/**');
  await eventually(scrolled, (px) => px === 0);
  await page.goBack();
  await eventually(scrolled, (px) => px === DEEP_PX);

  await goTo(page, t.nav.members);
  await eventually(
    () => page.evaluate<string>('document.activeElement.tagName'),
    (tag) => tag === 'MAIN',
  );
});

test('works by keyboard: past the menu, through it, and into a dialog and back', async () => {
  const { page } = await stage.admin();
  await page.reload();
  await page.getByRole('heading', { level: 1 }).waitFor();
  await page.keyboard.press('Tab');
  const focused = () => page.evaluate<string>('document.activeElement?.textContent ?? ""');
  expect(await focused()).toBe(t.skipToContent);
  await page.getByRole('navigation').getByRole('link', { name: t.nav.plans }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: t.nav.plans }).waitFor();
  const create = page.getByRole('button', { name: texts.plans.form.create }).first();
  await create.focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });
  await eventually(focused, (text) => text === texts.plans.form.create);
});

test('the pages come under a strict policy, each with a nonce of its own', async () => {
  const policyOf = async (path: string): Promise<string> => {
    const { headers } = await fetch(stage.url + path, { headers: { accept: 'text/html' } });
    return headers.get('content-security-policy') ?? '';
  };
  for (const path of ['/', '/members', '/my-keys']) {
    const policy = await policyOf(path);
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    expect(policy).not.toBe(await policyOf(path));
  }
  // As a plain file a page would come without its policy.
  const raw = await fetch(`${stage.url}/index.html`, { headers: { accept: 'application/json' } });
  expect(raw.status).toBe(404);
});
