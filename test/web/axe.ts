import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** Everything that moves by itself has come to rest, ms. */
const SETTLED_AFTER_MS = 1_000;

/** What axe finds that would keep somebody from using the page, in words: what stays, not what passes by. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const found = await lookWithAxe(page);
  if (found.length === 0) return found;
  // The mark of a choice is put in its place after the page has been laid out.
  await page.waitForTimeout(SETTLED_AFTER_MS);
  return lookWithAxe(page);
}

async function lookWithAxe(page: Page): Promise<string[]> {
  // No page of ours has frames, which the other mode opens one more page for.
  const axe = new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
  const { violations } = await axe.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
}
