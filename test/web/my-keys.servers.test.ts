import type { Page } from 'playwright-core';
import AxeBuilder from '@axe-core/playwright';
import { fillShowcase, type Showcase } from '../../scripts/web/showcase';
import { demoApiKey } from '../../simulator';
import { texts } from '../../web/src/texts';
import { openStage, STAGE_TIMEOUT_MS, until, type Stage } from './stage';

const t = texts.myKeys;

let stage: Stage;
let showcase: Showcase;

beforeAll(async () => {
  stage = await openStage();
  showcase = await fillShowcase(stage.api, demoApiKey);
}, STAGE_TIMEOUT_MS);
afterAll(async () => {
  await stage.close();
});
afterEach(() => {
  stage.simulator.clearFaults();
});

/** As the host platform opens it: with a portal session, on a phone. */
async function openMyKeys(colorScheme: 'light' | 'dark' = 'light'): Promise<Page> {
  const path = `/v1/members/${showcase.memberId}/portal-sessions`;
  const { token } = await stage.api.ok<{ token: string }>('POST', path);
  const { page } = await stage.visit({ screen: 'phone', colorScheme });
  await page.goto(`/my-keys#token=${token}`);
  await page.getByRole('heading', { level: 1, name: t.title }).waitFor();
  return page;
}

const unlockOf = (page: Page, door: string) =>
  page.getByRole('button', { name: `${t.unlock} ${door}` });

test('a flat list of doors, each opened by its Unlock button', async () => {
  const page = await openMyKeys();
  // The token does not stay in the address, where a history or a screenshot would keep it.
  expect(page.url()).not.toContain('token');
  await page.getByText(t.tip).waitFor();
  // The group that comes with the membership is expanded into its doors.
  await unlockOf(page, 'Dock meeting room').waitFor();
  await unlockOf(page, 'Meeting Room').waitFor();

  const before = Date.now();
  await unlockOf(page, 'Studio').click();
  await page.getByRole('button', { name: /^Opened Studio$/ }).waitFor();
  const unlocks = stage.simulator
    .requests(before)
    .filter(({ path, status }) => /\/locks\/\d+\/unlock$/.test(path) && status === 200);
  expect(unlocks).toHaveLength(1);
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
    const page = await openMyKeys(colorScheme);
    await until(
      () => unlockOf(page, 'Studio').count(),
      (count) => count === 1,
    );
    const { violations } = await new AxeBuilder({ page }).analyze();
    const serious = violations.filter(
      ({ impact }) => impact === 'serious' || impact === 'critical',
    );
    expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
});
