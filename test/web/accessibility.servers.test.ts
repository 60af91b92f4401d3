import type { Page } from 'playwright-core';
import { consoleViews, SCREENS, show, untilLoaded } from '../../scripts/web/catalogue';
import { fillShowcase, type Showcase } from '../../scripts/web/showcase';
import { addTroubles, type Troubles } from '../../scripts/web/troubles';
import { demoApiKey } from '../../simulator';
import { apiClient } from '../support/api-client';
import { seriousFaults } from './axe';
import { keyboardFaults, watchKeyboard } from './keyboard';
import { field } from './people';
import { openStage, STAGE_TIMEOUT_MS, type Stage } from './stage';

/** All pages and dialogs take their time, and the machine may be busy. */
const LOOK_TIMEOUT_MS = 900_000;
/** What Web Vitals call good: https://web.dev/articles/cls. */
const GOOD_LAYOUT_SHIFT = 0.1;

/** How people look at the pages. */
const LOOKS = [
  { screen: 'desktop', colorScheme: 'light' },
  { screen: 'phone', colorScheme: 'dark' },
] as const;

let stage: Stage;
let showcase: Showcase & Troubles;

beforeAll(async () => {
  stage = await openStage();
  const filled = await fillShowcase(stage.api, demoApiKey);
  const kisi = apiClient(() => stage.simulatorUrl, demoApiKey);
  showcase = { ...filled, ...(await addTroubles(stage.api, kisi, filled)) };
}, STAGE_TIMEOUT_MS);
afterAll(async () => {
  await stage.close();
});

/** A page wider than the screen has to be pushed about to be read. */
function isTooWide(page: Page): Promise<boolean> {
  return page.evaluate<boolean>(
    'document.documentElement.scrollWidth > document.documentElement.clientWidth + 1',
  );
}

/** What is wider than the box that hides the rest of it, but for words that end in three dots. */
async function cutOff(page: Page): Promise<string[]> {
  const cut = await page.evaluate<string[]>(`
    [...document.querySelectorAll('body *:not(input, [aria-hidden="true"])')]
      .filter((element) => {
        const { overflowX, textOverflow } = getComputedStyle(element);
        const hides = overflowX === 'hidden' || overflowX === 'clip';
        // Words for screen readers alone have a box of one pixel.
        const isShown = element.clientWidth > 1 && textOverflow !== 'ellipsis';
        return hides && isShown && element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => element.outerHTML.slice(0, 160))
  `);
  return cut.map((html) => `cut off: ${html}`);
}

/** From now on each page adds up how far what it shows moved without anybody's doing. */
async function watchLayout(page: Page): Promise<void> {
  await page.addInitScript(`
    globalThis.layoutShift = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        if (!entry.hadRecentInput) globalThis.layoutShift += entry.value;
      }
    }).observe({ type: 'layout-shift', buffered: true });
  `);
}

/** Looks at what is shown in both themes, the one on a desktop and the other on a phone, and uses the keyboard. */
async function faultsOf(page: Page): Promise<string[]> {
  const faults: string[] = [];
  const shift = await page.evaluate<number>('globalThis.layoutShift');
  if (shift > GOOD_LAYOUT_SHIFT) faults.push(`moves while it loads, by ${shift.toFixed(2)}`);
  for (const { screen, colorScheme } of LOOKS) {
    await page.setViewportSize(SCREENS[screen]);
    await page.emulateMedia({ colorScheme });
    const found = await seriousFaults(page);
    found.push(...(await cutOff(page)));
    if (await isTooWide(page)) found.push('wider than the screen');
    faults.push(...found.map((fault) => `${screen}, ${colorScheme}: ${fault}`));
  }
  return [...faults, ...(await keyboardFaults(page))];
}

test(
  'every page with data and every dialog: nothing serious, too wide, moving or out of the keyboard’s reach',
  async () => {
    const { page } = await stage.admin();
    await watchLayout(page);
    await watchKeyboard(page);
    const found: Record<string, string[]> = {};
    for (const view of consoleViews(showcase)) {
      await page.setViewportSize(SCREENS.desktop);
      await show(page, view);
      const faults = await faultsOf(page);
      if (faults.length > 0) found[view.name] = faults;
    }
    expect(found).toEqual({});
  },
  LOOK_TIMEOUT_MS,
);

test('so is the page for signing in', async () => {
  const { page } = await stage.visit();
  await watchLayout(page);
  await watchKeyboard(page);
  await page.goto('/sign-in');
  await field(page, 'API key').waitFor();
  await untilLoaded(page);
  expect(await faultsOf(page)).toEqual([]);
});
