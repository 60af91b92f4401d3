import type { Page } from 'playwright-core';
import { fillShowcase, type Showcase } from '../../scripts/web/showcase';
import { demoApiKey } from '../../simulator';
import { wholeSecond } from '../../src/domain/windows';
import { texts } from '../../web/src/texts';
import { eventually } from '../support/eventually';
import { seriousFaults } from './axe';
import { openStage, STAGE_TIMEOUT_MS, type Stage } from './stage';

const t = texts.myKeys;
const HOUR = 3_600_000;
const PORTAL_HOME_URL = 'https://portal.example.com/keys';
/** Long enough to see it count on a busy machine. */
const OPENS_IN_MS = 25_000;
/** The name of the showcase's first mapping. */
const DOOR = 'Dock meeting room';
/** All files of the page take so long on a slow network, and a busy machine. */
const SLOW_MS = 60_000;
/** More controls than the page has. */
const MOST_TABS = 12;

let stage: Stage;
let showcase: Showcase;

beforeAll(async () => {
  stage = await openStage({ env: { PORTAL_HOME_URL } });
  showcase = await fillShowcase(stage.api, demoApiKey);
}, STAGE_TIMEOUT_MS);
afterAll(async () => {
  await stage.close();
});
afterEach(async () => {
  stage.simulator.clearFaults();
  // A page that stays open goes on asking, and together they would ask more than one address may.
  for (const context of stage.browser.contexts()) await context.close();
});

/** Of a new portal session. */
async function portalToken(memberId: string): Promise<string> {
  const path = `/v1/members/${memberId}/portal-sessions`;
  const { token } = await stage.api.ok<{ token: string }>('POST', path);
  return token;
}

/** As the page around a frame renews the session: a new token comes, the page stays. */
async function renew(page: Page, memberId: string): Promise<void> {
  const token = await portalToken(memberId);
  const entered = page.waitForResponse('**/v1/my/session');
  await page.evaluate(`location.hash = 'token=${token}'`);
  await entered;
  await page.waitForResponse('**/v1/my/keys');
}

/** As the host platform opens it: with a portal session, on a phone. */
async function openMyKeys(
  options: {
    memberId?: string;
    colorScheme?: 'light' | 'dark';
    /** Prepares the browser before it goes there. */
    before?: (page: Page) => Promise<void>;
  } = {},
): Promise<Page> {
  const { memberId = showcase.memberId, colorScheme = 'light', before } = options;
  const token = await portalToken(memberId);
  const { page } = await stage.visit({ screen: 'phone', colorScheme });
  await before?.(page);
  await page.goto(`/my-keys#token=${token}`, { waitUntil: 'commit' });
  await page.getByRole('heading', { level: 1, name: t.title }).waitFor();
  return page;
}

/** What stands under a door; a screen reader hears the same from elsewhere. */
const said = (page: Page, text: string) => page.getByRole('listitem').getByText(text);

/** Lighthouse's "slow 3G": https://github.com/GoogleChrome/lighthouse/blob/main/docs/throttling.md. */
async function slowDown(page: Page): Promise<void> {
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Network.enable');
  await devTools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 2_000,
    downloadThroughput: 50_000,
    uploadThroughput: 50_000,
  });
}

/** How often Kisi has opened a door since `since`, ms UTC. */
function openings(since: number): number {
  return stage.simulator
    .requests(since)
    .filter(({ path, status }) => /\/locks\/\d+\/unlock$/.test(path) && status === 200).length;
}

const unlockOf = (page: Page, door: string) =>
  page.getByRole('button', { name: `${t.unlock} ${door}` });

test('a flat list of doors, each opened by its Unlock button', async () => {
  const page = await openMyKeys();
  await page.getByText(t.tip).waitFor();
  // The token does not stay in the address, where a history or a screenshot would keep it.
  expect(page.url()).not.toContain('token');
  // The group that comes with the membership is expanded into its doors.
  await unlockOf(page, 'Dock meeting room').waitFor();
  await unlockOf(page, 'Meeting Room').waitFor();

  const before = Date.now();
  await unlockOf(page, 'Studio').click();
  await page.getByRole('button', { name: /^Opened Studio$/ }).waitFor();
  expect(openings(before)).toBe(1);
});

test('on a slow network: says that it waits, and a door is opened once however often it is tapped', async () => {
  const page = await openMyKeys({ before: slowDown });
  await page.getByText(t.loading).waitFor();
  await page.getByRole('group', { name: t.loading }).waitFor({ timeout: SLOW_MS });
  await unlockOf(page, 'Studio').waitFor({ timeout: SLOW_MS });

  const before = Date.now();
  await unlockOf(page, 'Studio').click();
  const busy = page.getByRole('button', { name: `${t.tap.opening} Studio` });
  await busy.waitFor();
  // People tap it, although it says that it is busy.
  await busy.click({ force: true });
  await page.getByRole('button', { name: `${t.tap.opened} Studio` }).waitFor();
  expect(openings(before)).toBe(1);
});

test('without a network: a tap is not sent, and says so', async () => {
  const page = await openMyKeys();
  await unlockOf(page, 'Studio').waitFor();
  const before = Date.now();
  await page.context().setOffline(true);
  await unlockOf(page, 'Studio').click();
  await said(page, t.tap.notSent.text).waitFor();
  await page.context().setOffline(false);
  await unlockOf(page, 'Studio').click();
  await page.getByRole('button', { name: `${t.tap.opened} Studio` }).waitFor();
  expect(openings(before)).toBe(1);
});

test('an answer that is lost: nobody knows, and the next tap opens nothing twice', async () => {
  const page = await openMyKeys();
  await unlockOf(page, 'Studio').waitFor();
  const before = Date.now();
  const unlocking = '**/v1/my/keys/*/unlock';
  await page.route(unlocking, async (route) => {
    await route.fetch();
    await route.abort();
  });
  await unlockOf(page, 'Studio').click();
  await said(page, t.tap.noAnswer.text).waitFor();
  expect(openings(before)).toBe(1);

  await page.unroute(unlocking);
  await unlockOf(page, 'Studio').click();
  await said(page, t.tap.openedText).or(said(page, t.tap.openedBefore.text)).waitFor();
  expect(openings(before)).toBe(1);
});

test('a door that opens later counts down, and can then be unlocked without a reload', async () => {
  const member = { id: 'mem_early', name: 'Edith Early', email: 'edith@example.com' };
  const { id, ...body } = member;
  await stage.api.ok('PUT', `/v1/members/${id}`, body);
  const startsAt = wholeSecond(Date.now() + OPENS_IN_MS);
  await stage.api.ok('POST', `/v1/members/${id}/grants`, {
    doorMappingId: showcase.mappingId,
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(startsAt + HOUR).toISOString(),
  });
  const page = await openMyKeys({ memberId: id });
  await page.getByText(t.empty.onlyLater).waitFor();
  const countdown = page.getByRole('timer');
  const seen = await countdown.innerText();
  expect(seen).toMatch(/^in \d+ s$/);
  await eventually(
    () => countdown.innerText(),
    (text) => text !== seen,
  );
  expect(await unlockOf(page, DOOR).count()).toBe(0);

  await unlockOf(page, DOOR).waitFor({ timeout: OPENS_IN_MS + 20_000 });
  expect(Date.now()).toBeGreaterThanOrEqual(startsAt);
  await unlockOf(page, DOOR).click();
  await page.getByRole('button', { name: `${t.tap.opened} ${DOOR}` }).waitFor();
});

test('signing out is done when the API has heard of it, however long that takes', async () => {
  const page = await openMyKeys();
  await unlockOf(page, 'Studio').waitFor();
  await page.getByText(t.of('Grace Hopper')).waitFor();
  await page.context().setOffline(true);
  await page.getByRole('button', { name: t.signOut }).click();
  await page.getByRole('heading', { name: t.out.notYet.title }).waitFor();
  expect(await unlockOf(page, 'Studio').count()).toBe(0);
  await page.context().setOffline(false);
  await page.getByRole('heading', { name: t.out.left.title }).waitFor();
  await page.reload();
  await page.getByRole('heading', { name: t.out.none.title }).waitFor();
  const home = page.getByRole('link', { name: t.toPortal });
  expect(await home.getAttribute('href')).toBe(PORTAL_HOME_URL);
});

test('when another member comes into the same browser, the first page opens nothing in that name', async () => {
  const page = await openMyKeys();
  await unlockOf(page, 'Studio').waitFor();
  const other = await page.context().newPage();
  const token = await portalToken(showcase.otherMemberId);
  // Only what is on the screen is tapped: the first page does not read anew meanwhile.
  await page.route('**/v1/my/keys', (route) => route.abort());
  await other.goto(`/my-keys#token=${token}`);
  await other.getByText(t.of('Katherine Johnson')).waitFor();
  const before = Date.now();
  await unlockOf(page, 'Studio').click();
  await said(page, t.tap.problems.another_member.text).waitFor();
  expect(openings(before)).toBe(0);
  await page.unroute('**/v1/my/keys');
  await page.getByText(t.of('Katherine Johnson')).waitFor();
  await unlockOf(page, 'Studio').click();
  await page.getByRole('button', { name: `${t.tap.opened} Studio` }).waitFor();
});

test('a session that is renewed under a tap: it says what became of it, and opened once', async () => {
  const page = await openMyKeys();
  await unlockOf(page, 'Studio').waitFor();
  const before = Date.now();
  let letAnswer = (): void => undefined;
  const isRenewed = new Promise<void>((resolve) => {
    letAnswer = resolve;
  });
  await page.route('**/v1/my/keys/*/unlock', async (route) => {
    const response = await route.fetch();
    await isRenewed;
    await route.fulfill({ response });
  });
  await unlockOf(page, 'Studio').focus();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: `${t.tap.opening} Studio` }).waitFor();
  await renew(page, showcase.memberId);
  letAnswer();
  await page.getByRole('button', { name: `${t.tap.opened} Studio` }).waitFor();
  expect(await page.locator(':focus').innerText()).toContain(t.tap.opened);
  expect(openings(before)).toBe(1);
  expect(page.url()).not.toContain('token');

  // Of another member: nothing of whoever was here stays.
  await renew(page, showcase.otherMemberId);
  await page.getByText(t.of('Katherine Johnson')).waitFor();
  await unlockOf(page, 'Studio').waitFor();
  expect(await page.getByText(t.of('Grace Hopper')).count()).toBe(0);
  expect(await page.getByText(t.tap.openedText).count()).toBe(0);
  expect((await page.getByRole('status').allInnerTexts()).join()).not.toContain(t.tap.opened);
});

test('by keyboard alone: a door is opened, and the focus stays where it was', async () => {
  const page = await openMyKeys();
  await unlockOf(page, 'Studio').waitFor();
  const before = Date.now();
  const focused = page.locator(':focus');
  for (let tabs = 0; tabs < MOST_TABS; tabs += 1) {
    await page.keyboard.press('Tab');
    if ((await focused.innerText()).startsWith(t.unlock)) break;
  }
  const door = (await focused.innerText()).replace(t.unlock, '').trim();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: `${t.tap.opened} ${door}` }).waitFor();
  expect(await focused.innerText()).toContain(t.tap.opened);
  expect(openings(before)).toBe(1);
});

test('a door that Kisi does not open says why, and what to do', async () => {
  const page = await openMyKeys();
  await unlockOf(page, 'Studio').waitFor();
  await stage.api.ok('PUT', `/v1/members/${showcase.memberId}/hold`, { reason: 'Invoice' });
  try {
    await unlockOf(page, 'Studio').click();
    await page.getByText(t.tap.problems.access_on_hold.remedy).first().waitFor();
  } finally {
    await stage.api.ok('DELETE', `/v1/members/${showcase.memberId}/hold`);
  }
});

test('without a session: says to come from the portal', async () => {
  const { page } = await stage.visit({ screen: 'phone' });
  await page.goto('/my-keys');
  await page.getByRole('heading').first().waitFor();
  expect(await page.getByRole('button', { name: new RegExp(`^${t.unlock}`) }).count()).toBe(0);
});

test('axe finds nothing serious in either theme', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await openMyKeys({ colorScheme });
    await eventually(
      () => unlockOf(page, 'Studio').count(),
      (count) => count === 1,
    );
    expect(await seriousFaults(page)).toEqual([]);
  }
});
